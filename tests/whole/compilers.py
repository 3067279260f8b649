#!/usr/bin/env python3
"""The same case from two builds: compilers.py PROGRAM PROGRAM..."""
import hashlib
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import evidence  # noqa: E402

digests = {}
with tempfile.TemporaryDirectory(prefix="sj-compilers-") as folder:
    work = pathlib.Path(folder)
    given = evidence.make(work / "evidence", records=1500)
    for n, program in enumerate(sys.argv[1:]):
        case = work / f"{n}.sjt"
        done = subprocess.run([str(pathlib.Path(program).resolve()), "investigate", str(given), "--case", str(case), "--quiet"],
                              capture_output=True, text=True, check=False)
        digests[program] = hashlib.sha256(case.read_bytes()).hexdigest() if case.exists() else done.stderr
same = len(set(digests.values())) == 1
for program, digest in digests.items():
    print(program, digest)
print("1 passed, 0 failed" if same else "0 passed, 1 failed")
sys.exit(not same)

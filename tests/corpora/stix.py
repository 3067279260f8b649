#!/usr/bin/env python3
"""Compares the program's reading of STIX with conformance vectors.

usage: stix.py DIR PROGRAM

DIR holds `*.jsonl`, one vector a line: `id`, `input`, `op` or `options`, and `expect`.
PROGRAM is called as `PROGRAM intel vectors FILE` and prints one line for each: `ok ID`,
`differs ID: expected .., got ..`, or `unjudged ID` for what it cannot judge yet. Kinds
named in NOT_YET are counted by name and not as failures; every other vector has to be
answered, once. A kind that leaves that list fails from then on.
"""
import collections
import json
import pathlib
import subprocess
import sys

WORST = 25
# What the program has no words for yet (docs/formats/stix.md says so).
NOT_YET = {"markings", "pattern-equivalence", "pattern-inspect", "pattern-match",
           "pattern-valid", "validator-v20", "validator-v21", "versioning"}


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2:]
    files = sorted(path for path in folder.glob("*.jsonl"))
    if not files:
        sys.exit(f"no vectors in {folder}")
    passed, misses = 0, []
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        wanted = collections.Counter(json.loads(line)["id"] for line in lines if line.strip())
        if path.stem in NOT_YET:
            print(f"not yet: {path.stem}: {sum(wanted.values())} vectors")
            continue
        done = subprocess.run([*program, "intel", "vectors", str(path)], capture_output=True,
                              check=False)
        agreed = 0
        if done.returncode not in (0, 1):
            misses.append(f"{path.name}: exit {done.returncode}: {done.stderr.decode()[:300]}")
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            word, _, rest = line.partition(" ")
            name = rest.partition(":")[0]
            if wanted[name] <= 0:
                continue
            wanted[name] -= 1
            if word == "ok":
                agreed += 1
            else:
                misses.append(line)
        misses += [f"{name}: not answered" for name, count in wanted.items() for _ in range(count)]
        print(f"{path.stem}: {agreed} of {sum(1 for line in lines if line.strip())}")
        passed += agreed
    for miss in misses[:WORST]:
        print("miss:", miss[:400])
    print(f"{passed} passed, {len(misses)} failed")
    return 1 if misses else 0


sys.exit(main())

#!/usr/bin/env python3
"""Compares the program's reading of the Sigma language with test vectors.

usage: vectors.py DIR PROGRAM

DIR holds `*vectors*.jsonl`, one vector a line: `id`, `kind`, rules, events and
`expect`. PROGRAM is called as `PROGRAM detect --vectors FILE` and prints one
line for each: `ok ID`, or `differs ID: expected .., got ..`. Every vector of
the file must have been answered, once.
"""
import collections
import json
import pathlib
import subprocess
import sys

WORST = 25


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2:]
    files = sorted(folder.glob("*vectors*.jsonl"))
    if not files:
        sys.exit(f"no vectors in {folder}")
    passed, misses = 0, []
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        wanted = collections.Counter(json.loads(line)["id"] for line in lines if line.strip())
        done = subprocess.run([*program, "detect", "--vectors", str(path)], capture_output=True,
                              check=False)
        answers = done.stdout.decode("utf-8", "replace").splitlines()
        if done.returncode not in (0, 1):
            misses.append(f"{path.name}: exit {done.returncode}: {done.stderr.decode()[:300]}")
        for line in answers:
            word, _, rest = line.partition(" ")
            if word == "ok" and wanted[rest] > 0:
                wanted[rest] -= 1
                passed += 1
            elif word == "differs":
                wanted[rest.partition(":")[0]] -= 1
                misses.append(rest)
        misses += [f"{name}: not answered" for name, count in wanted.items() for _ in range(count)]
    for miss in misses[:WORST]:
        print("miss:", miss[:400])
    print(f"{passed} passed, {len(misses)} failed")
    return 1 if misses else 0


sys.exit(main())

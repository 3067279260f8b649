#!/usr/bin/env python3
"""Reads every message of every set below a folder, and loses nothing.

usage: mail_all.py DIR PROGRAM

DIR holds sets of mail (files and archives). For each source the coverage that
`read --coverage` prints must tile its bytes without gap or overlap, no message
may be lost in a set whose README counts them, and the program must end by
itself with status 0 or 1.
"""
import collections
import json
import pathlib
import subprocess
import sys

folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
# Messages that the sets' own documentation counts, by archive.
COUNTED = {"spamassassin": 6046, "phishing-pot": 988, "beacons": 60}
passed = failed = 0


def check(name, ok, detail):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    if not ok:
        print(f"FAILED {name}: {detail}")


for part in sorted(p for p in folder.iterdir() if p.is_dir()):
    done = subprocess.run([program, "read", str(part), "--coverage", "--quiet"], capture_output=True, check=False)
    check(f"{part.name}: ends", done.returncode in (0, 1), f"status {done.returncode}: {done.stderr[-300:]}")
    rows = collections.defaultdict(list)
    records = 0
    for line in done.stdout.splitlines():
        row = json.loads(line.decode("utf-8", "replace"))
        rows[row["sha256"]].append(row)
        records += row["records"] if row["reader"] in ("eml", "mbox") else 0
    untidy = []
    for sha256, stretches in rows.items():
        at = 0
        for row in sorted(stretches, key=lambda r: r["offset"]):
            if row["offset"] > at and not untidy:
                untidy.append(f"{row['path']}: a gap at {at}")
            if row["offset"] < at:
                untidy.append(f"{row['path']}: twice at {row['offset']}")
            at = row["offset"] + row["length"]
    check(f"{part.name}: each byte is accounted for once", not untidy, untidy[:5])
    if part.name in COUNTED:
        # The same message twice in a set is one source.
        check(f"{part.name}: messages", COUNTED[part.name] * 0.99 <= records <= COUNTED[part.name],
              f"{records} of {COUNTED[part.name]}")
print(f"{passed} passed, {failed} failed")
sys.exit(bool(failed))

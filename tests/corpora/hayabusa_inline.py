#!/usr/bin/env python3
"""Applies rules to the event in XML that each of them carries.

usage: hayabusa_inline.py DIR PROGRAM

DIR holds `hayabusa-inline-*.tar.zst`, pairs of `ID.yml` (a rule) and `ID.xml`
(its event), and `expected.tsv`: `match`, `no match` (it needs field names of
that program's own), `rejected`, or `-` (the XML is no whole event). All rules
judge all events in one run of `PROGRAM detect`.
"""
import csv
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

WORST = 25


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2:]
    passed, misses = 0, []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = pathlib.Path(temporary)
        for archive in sorted(folder.glob("*.tar.zst")):
            subprocess.run(["tar", "--zstd", "-xf", str(archive.resolve()), "-C", str(scratch)],
                           check=True)
        events, ledger = scratch / "events", scratch / "ledger"
        events.mkdir()
        for path in list(scratch.rglob("*.xml")):
            path.rename(events / path.name)
        done = subprocess.run([*program, "detect", "--no-builtin", "--rules", str(scratch),
                               "--ledger", str(ledger), "--format", "ndjson", "--quiet",
                               str(events)], capture_output=True, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"exit {done.returncode}: {done.stderr.decode()[:500]}")
        # Files of equal content are one source to the program.
        fired = set()
        for line in done.stdout.splitlines():
            finding = json.loads(line)
            fired.add((finding["source"]["sha256"], finding["rule"]["id"]))
        states = {}
        for line in ledger.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if "state" in entry:
                states[pathlib.Path(entry["file"]).stem] = entry
        with (folder / "expected.tsv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                rule, wanted = row["rule_id"], row["expected"]
                state = states.get(rule, {"state": "not listed"})
                got = (f"rejected: {state.get('reason')}" if state["state"] == "rejected" else
                       "match" if (digest(events / f"{rule}.xml"), rule) in fired else "no match")
                if wanted == "-" or got == wanted or (wanted.startswith("rejected") and
                                                      got.startswith("rejected")):
                    passed += 1
                else:
                    misses.append(f"{rule} ({row['original_path']}): {got}, not {wanted}")
    for miss in misses[:WORST]:
        print("miss:", miss[:400])
    print(f"{passed} passed, {len(misses)} failed")
    return 1 if misses else 0


sys.exit(main())

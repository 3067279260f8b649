#!/usr/bin/env python3
"""Compares what the program loads of a collection of public rules with a key.

usage: sigma_rules.py DIR PROGRAM

DIR holds `sigma-rules.tar.zst`, the rules in folders as their authors publish
them, and `unsupported-expect.tsv`: which files of the folder `unsupported` must
be refused, and why. Of the other folders every document must load, but for
those that want placeholders, which must be refused by their names and load once
values are given. Asked through the ledger of `PROGRAM detect`.
"""
import collections
import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile

WORST = 25
REASONS = {"timeframe": "sigma1-timeframe", "pipe condition": "sigma1-aggregation",
           "condition: ": "condition-undefined"}


def ledger(program, rules, scratch, placeholders=()):
    evidence, out = scratch / "evidence.ndjson", scratch / "ledger.ndjson"
    evidence.write_text('{"nothing":"here"}\n', encoding="utf-8")
    given = [word for name in placeholders for word in ("--placeholder", f"{name}=x")]
    done = subprocess.run([*program, "detect", "--rules", str(rules), *given, "--ledger", str(out),
                           str(evidence)], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"exit {done.returncode}: {done.stderr.decode()[:500]}")
    documents = collections.defaultdict(list)
    for line in out.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "state" in entry:
            documents[entry["file"]].append(entry)
    return documents


class Tally:
    def __init__(self):
        self.passed, self.misses = 0, []

    def check(self, what, wrong):
        if wrong:
            self.misses.append(f"{what}: {wrong}")
        else:
            self.passed += 1


def check_active(tally, program, folder, scratch):
    wanted = {}
    for path in folder.rglob("*.yml"):
        text = path.read_text(encoding="utf-8")
        if re.search(r"\|expand\b", text):
            wanted[str(path)] = set(re.findall(r"%([\w-]+)%", text))
    documents = ledger(program, folder, scratch)
    names = set().union(*wanted.values()) if wanted else set()
    with_values = ledger(program, folder, scratch, sorted(names)) if wanted else documents
    for path in sorted(map(str, folder.rglob("*.yml"))):
        entries = documents.get(path, [])
        if path not in wanted:
            tally.check(path, [e.get("message", "not listed") for e in entries
                               if e["state"] == "rejected"] or ([] if entries else "not listed"))
            continue
        named = [n for e in entries for n in wanted[path] if f"%{n}%" in e.get("message", "")]
        refused = all(e["state"] == "rejected" and e["reason"] == "placeholder" for e in entries)
        tally.check(path, "" if entries and refused and named else f"not refused: {entries}")
        tally.check(path + " with values", [e["message"] for e in with_values.get(path, [])
                                            if e["state"] == "rejected"])


def check_unsupported(tally, program, folder, key, scratch):
    documents = ledger(program, folder, scratch)
    for row in csv.DictReader(key.open(encoding="utf-8"), delimiter="\t"):
        entries = documents.get(str(folder.parent / row["file"]), [])
        refused = [e for e in entries if e["state"] == "rejected"]
        if row["expected"] == "loaded":
            tally.check(row["file"], [e["message"] for e in refused] or ([] if entries else "not listed"))
            continue
        reason = next((ours for theirs, ours in REASONS.items() if row["reason"].startswith(theirs)),
                      None)
        right = [e for e in refused if reason is None or e["reason"] == reason]
        tally.check(row["file"], "" if right and e_help(right) else
                    f"wanted {row['reason']}, got {[e.get('message') for e in entries]}")


def e_help(entries):
    """What is refused as Sigma 1 comes with the correlation to write instead."""
    return all("correlation" in e.get("help", "") for e in entries
               if e["reason"].startswith("sigma1"))


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2:]
    tally = Tally()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = pathlib.Path(temporary)
        for archive in sorted(folder.glob("*.tar.zst")):
            subprocess.run(["tar", "--zstd", "-xf", str(archive.resolve()), "-C", str(scratch)],
                           check=True)
        folders = sorted(path for path in scratch.iterdir() if path.is_dir())
        for rules in folders:
            key = folder / f"{rules.name}-expect.tsv"
            if key.exists():
                check_unsupported(tally, program, rules, key, scratch)
            else:
                check_active(tally, program, rules, scratch)
    for miss in tally.misses[:WORST]:
        print("miss:", miss[:400])
    print(f"{tally.passed} passed, {len(tally.misses)} failed")
    return 1 if tally.misses else 0


sys.exit(main())

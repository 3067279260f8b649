#!/usr/bin/env python3
"""Applies public rules to the samples that their authors keep beside them.

usage: regression.py DIR PROGRAM

DIR holds `regression-*.tar.zst`, folders with samples of Windows events
(`*.evtx` and the same events as `*.json`), and `expected.tsv`: which rule
belongs to a folder and how often it must match. The rules are the archives of
the folder `sigma-rules` beside DIR. All rules judge all samples, as
`PROGRAM detect` does it, so each sample is checked for

* its own rule, which must fire as often as the key says, from either form;
* both forms: the same rules must fire as often;
* the other rules that fire: of samples that `regression_others.tsv` beside this
  script has, exactly those that it lists (each was reviewed: another rule for the same act); and
  if `fired-unrouted.tsv` is in DIR, which lists what fires when no log source
  is looked at, only those.

With --list the lines of `regression_others.tsv` are printed for all samples.
"""
import collections
import csv
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

WORST = 25
ACTIVE = ("rules", "rules-emerging-threats", "rules-threat-hunting")


def unpack(archives, target):
    target.mkdir()
    for archive in archives:
        subprocess.run(["tar", "--zstd", "-xf", str(archive.resolve()), "-C", str(target)], check=True)


def table(path):
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def findings(program, rules, samples):
    """(SHA-256 of the sample, rule) to the number of findings."""
    given = [word for folder in rules for word in ("--rules", str(folder))]
    done = subprocess.run([*program, "detect", "--no-builtin", *given, "--format", "ndjson",
                           "--quiet", str(samples)], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"exit {done.returncode}: {done.stderr.decode()[:500]}")
    counts = collections.Counter()
    for line in done.stdout.splitlines():
        finding = json.loads(line)
        counts[finding["source"]["sha256"], finding["rule"]["id"]] += 1
    return counts


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    listing = "--list" in sys.argv
    arguments = [word for word in sys.argv[1:] if word != "--list"]
    folder, program = pathlib.Path(arguments[0]), arguments[1:]
    known = {row["sample"]: set(filter(None, row["others"].split(",")))
             for row in table(pathlib.Path(__file__).with_name("regression_others.tsv"))}
    passed, misses = 0, []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = pathlib.Path(temporary)
        unpack(sorted(folder.glob("*.tar.zst")), scratch / "samples")
        unpack(sorted((folder.parent / "sigma-rules").glob("*.tar.zst")), scratch / "rules")
        rules = [scratch / "rules" / name for name in ACTIVE if (scratch / "rules" / name).is_dir()]
        fired = findings(program, rules, scratch / "samples")
        unrouted = folder / "fired-unrouted.tsv"
        allowed = collections.defaultdict(set)
        if unrouted.exists():
            for row in table(unrouted):
                allowed[row["sample"]].update(filter(None, row["rules_fired"].split(",")))
        others = collections.Counter()
        for row in table(folder / "expected.tsv"):
            rule, wanted = row["rule_id"], int(row["matches"] or 0)
            forms = {}
            for path in sorted((scratch / "samples" / row["folder"]).glob(f"{rule}.*")):
                if path.suffix not in (".evtx", ".json") or wanted == 0:
                    continue
                name = str(path.relative_to(scratch / "samples"))
                of = {key[1]: n for key, n in fired.items() if key[0] == digest(path)}
                forms[path.suffix] = of
                wrong = [] if of.get(rule, 0) == wanted else [f"{of.get(rule, 0)} matches, not {wanted}"]
                more = sorted(set(of) - {rule})
                others.update(more)
                if listing and path.suffix == ".json":
                    print(f"{rule}\t{','.join(more)}")
                if rule in known and known[rule] != set(more):
                    wrong.append(f"others {sorted(known[rule] ^ set(more))}")
                if unrouted.exists():
                    wrong += [f"also {other}" for other in more if other not in allowed[rule]]
                if wrong:
                    misses.append(f"{name}: {'; '.join(wrong)}")
                else:
                    passed += 1
            if len(forms) == 2:
                if forms[".evtx"] == forms[".json"]:
                    passed += 1
                else:
                    misses.append(f"{row['folder']}: EVTX {forms['.evtx']}, JSON {forms['.json']}")
    if others:
        print(f"other rules that fired on samples: {len(others)}, most often",
              ", ".join(f"{rule} {count}" for rule, count in others.most_common(5)))
    for miss in misses[:WORST]:
        print("miss:", miss[:400])
    print(f"{passed} passed, {len(misses)} failed")
    return 1 if misses else 0


sys.exit(main())

#!/usr/bin/env python3
"""Compares what is known of each mail with the beacon set.

usage: beacons.py DIR PROGRAM...

DIR holds the mails and `expectations.json`. PROGRAM writes one object a line
for each file given; with a single word, `mail --format ndjson` is put behind it.
Measured are references by (url, context, visibility, strongest token),
receipt requests, and the groups that are to be read together.
"""
import json
import pathlib
import re
import subprocess
import sys


def run(command, path):
    done = subprocess.run(command + [str(path)], capture_output=True, check=False)
    lines = done.stdout.decode("utf-8").splitlines()
    return json.loads(lines[0]) if lines else {}


def key(ref, token):
    return (ref["url"], ref["context"], ref["visible"], token)


def expected_keys(mail):
    return [key(r, r["token"]["value"] if r["token"] else None) for r in mail["refs"]]


def given_keys(facts, wanted):
    """The strongest token, unless none was expected for a link or other content."""
    out = []
    for ref in facts.get("refs", []):
        tokens = [t["value"] for t in ref["tokens"]]
        out.append(key(ref, tokens[0] if tokens else None))
    return out


def main():
    folder = pathlib.Path(sys.argv[1])
    command = sys.argv[2:]
    if len(command) == 1:
        command += ["mail", "--format", "ndjson"]
    expectations = json.loads((folder / "expectations.json").read_text())
    found = wanted = hit = 0
    passed = failed = 0
    all_facts = {}
    for mail in expectations["mails"]:
        facts = run(command, folder / mail["file"])
        all_facts[mail["file"]] = facts
        want, got = expected_keys(mail), given_keys(facts, mail)
        left = list(got)
        missed = []
        for one in want:
            if one in left:
                left.remove(one)
                hit += 1
            else:
                missed.append(one)
        wanted += len(want)
        found += len(got)
        fetches = {(r["url"], r["context"]): r["fetch"] for r in facts.get("refs", [])}
        wrong_fetch = [(r["url"], r["context"], r["fetch"], fetches.get((r["url"], r["context"])))
                       for r in mail["refs"] if fetches.get((r["url"], r["context"])) != r["fetch"]]
        parts = {(r["url"], r["context"]): r["part"] for r in facts.get("refs", [])}
        wrong_part = [(r["url"], r["part"], parts.get((r["url"], r["context"])))
                      for r in mail["refs"] if parts.get((r["url"], r["context"])) != r["part"]]
        kinds = {t["value"]: t for r in facts.get("refs", []) for t in r["tokens"]}
        wrong_kind = [(r["token"]["value"], r["token"]["kind"], kinds.get(r["token"]["value"], {}).get("kind"))
                      for r in mail["refs"] if r["token"]
                      and kinds.get(r["token"]["value"], {}).get("kind") != r["token"]["kind"]]
        receipts = [{k: r[k] for k in ("header", "address", "same_domain_as_from")} for r in facts.get("receipts", [])]
        wrong_receipts = mail.get("header_facts", []) != receipts
        bad = missed or left or wrong_fetch or wrong_part or wrong_kind or wrong_receipts
        if bad:
            failed += 1
            print("FAILED", mail["file"])
            for name, items in (("missed", missed), ("not wanted", left), ("fetch", wrong_fetch),
                                ("part", wrong_part), ("token kind", wrong_kind),
                                ("receipts", receipts if wrong_receipts else [])):
                for item in items[:4]:
                    print(f"    {name}: {item}")
        else:
            passed += 1
    for group in expectations["groups"]:
        templates, values = set(), []
        for name in group["files"]:
            for ref in all_facts[name].get("refs", []):
                plain = re.sub(r"\{[^}]*\}", "{token}", ref["template"])
                if plain == group["template"]:
                    templates.add(ref["template"])
                    values.append(ref["tokens"][0]["value"] if ref["tokens"] else None)
        good = len(templates) == 1 and [v for v in values if v] == group["tokens"]
        passed, failed = passed + good, failed + (not good)
        if not good:
            print("FAILED group", group["name"], templates, values)
    print(f"references: {hit} of {wanted} found, {found} given, recall {hit / max(wanted, 1):.3f}, "
          f"precision {hit / max(found, 1):.3f}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

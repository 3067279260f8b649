#!/usr/bin/env python3
"""Compares ARC chain validation with test suites: arc.py DIR PROGRAM

DIR holds YAML suites of scenarios with `txt-records` and tests with `message`
and `cv`, and mails with their DNS in front that `*expectations.json` names. An
empty `cv` states nothing and is counted as skipped. Tests of signing (`AS`) are
not run: the program does not sign.
"""
import hashlib
import json
import pathlib
import sys
import tempfile

import yaml

from dkim import split_mail, judge_signatures
from dns_lines import answers, closed, line, write


def validate(program, path):
    passed, misses, skipped = 0, [], 0
    for scenario in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
        if not scenario:
            continue
        lines = [closed()]
        for name, text in (scenario.get("txt-records") or {}).items():
            lines.append(line(name, "TXT", [[text.replace("\n", "")]]))
        with tempfile.TemporaryDirectory() as folder:
            mails, snapshot = pathlib.Path(folder, "mails"), pathlib.Path(folder, "dns.ndjson")
            mails.mkdir()
            write(snapshot, lines)
            cases = {}
            for name, test in (scenario.get("tests") or {}).items():
                wanted = test.get("cv")
                if wanted is None:
                    continue
                if not wanted:
                    skipped += 1
                    continue
                cases[name] = (wanted.lower(), test["message"])
                body = test["message"].replace("\r\n", "\n").replace("\n", "\r\n")
                # Equal mails are one piece of evidence and are told once.
                key = hashlib.sha256(body.encode()).hexdigest()
                cases[name] += (key,)
                (mails / f"{key}.eml").write_text(body, encoding="utf-8", newline="")
            if not cases:
                continue
            given = {}
            for answer in answers([program, "mail", mails, "--dns", snapshot, "--quiet"]):
                given[pathlib.Path(answer["source"]["path"]).stem] = answer["auth"]["arc"]
            for name, (wanted, message, key) in cases.items():
                arc = given.get(key)
                # A file that is no mail has no chain.
                if arc is None and "arc-" not in message.lower():
                    arc = {"result": "none"}
                got = arc["result"] if arc else "not read"
                if got == wanted:
                    passed += 1
                else:
                    misses.append(f"{path.name}: {name}: wanted {wanted}, got {got} "
                                  f"({(arc or {}).get('reason', '')})")
    return passed, misses, skipped


def mails(program, folder, path):
    passed, misses = 0, []
    for mail in json.loads(path.read_text(encoding="utf-8")):
        auth = split_mail(program, folder, mail)
        if auth is None:
            misses.append(f"{mail['file']}: not read")
            continue
        got = auth["arc"]["result"]
        if got == mail["arc"]:
            passed += 1
        else:
            misses.append(f"{mail['file']}: wanted {mail['arc']}, got {got} "
                          f"({auth['arc'].get('reason', '')})")
        good, bad = judge_signatures(mail["file"], mail.get("dkim", []), auth["dkim"])
        passed += good
        misses += bad
    return passed, misses


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    passed, missed, skipped = 0, [], 0
    for path in sorted(folder.glob("*.yml")):
        good, misses, left = validate(program, path)
        print(f"{path.name}: {good} of {good + len(misses)}, {left} state nothing")
        passed += good
        missed += misses
        skipped += left
    for path in sorted(folder.glob("*expectations.json")):
        good, misses = mails(program, folder, path)
        passed += good
        missed += misses
    for miss in missed[:40]:
        print("FAILED", miss)
    print(f"{passed} passed, {len(missed)} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

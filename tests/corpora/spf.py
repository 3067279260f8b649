#!/usr/bin/env python3
"""Compares SPF results with test suites: spf.py DIR PROGRAM

DIR holds YAML suites in pyspf's form (zonedata and tests; `rfc4408*` for
information only, since RFC 7208 changed its rules) and a folder `mail-auth` of
files in that project's form. Each scenario's zone becomes a DNS snapshot, and
all its tests are asked in one run.
"""
import ipaddress
import json
import pathlib
import re
import sys
import tempfile

import yaml

from dns_lines import answers, closed, line, write

# Case -> what the suite wants, and why our answer is another. One that no longer
# applies is a failure.
EXCEPTIONS = {
    "pyspf-own-tests.yml: default-modifier-harsh":
        (["ambiguous"], "a word of pyspf's strict mode; RFC 7208 has no such result"),
    "pyspf-own-tests.yml: default-modifier":
        (["fail"], "a modifier of pyspf's lax mode; RFC 7208 ignores unknown modifiers"),
    "exists.yml: sender@ip6.test.org from 167.1.2.3":
        (["pass"], "RFC 7208, 5.7: exists asks for A, also where the client has IPv6"),
    "macro.yml: strong-bad@email.example.com from 2001:db8::cb01":
        (["pass"], "RFC 7208, 5.7: as above"),
    "all.yml: sender@test.org from 10.0.0.1":
        (["fail"], "RFC 7208, 4.6: a syntax error anywhere in the record is permerror"),
    "basic.yml: sender@ok.test.org from 172.168.0.1":
        (["softfail"], "RFC 7208, 4.6.4: more than two void lookups are permerror"),
}


def suffixes(name):
    labels = name.strip(".").split(".")
    return {".".join(labels[i:]) for i in range(len(labels))}


def records_of(name, entries):
    """The snapshot lines of one name of pyspf's zonedata."""
    entries = entries or []
    # A bare TIMEOUT holds for all types that have no record.
    silent = "TIMEOUT" in entries
    kinds = {}
    for entry in (entry for entry in entries if entry != "TIMEOUT"):
        for kind, value in entry.items():
            kinds.setdefault(kind.upper(), []).append(value)
    # A record written as SPF stands for TXT too, unless there is a TXT.
    if "SPF" in kinds and "TXT" not in kinds:
        kinds["TXT"] = kinds["SPF"]
    lines = [line(name, "*", (), "TIMEOUT")] if silent else []
    for kind, values in kinds.items():
        if silent and values == ["NONE"]:
            continue
        if "TIMEOUT" in values:
            lines.append(line(name, kind, (), "TIMEOUT"))
            continue
        rdata = []
        for value in values:
            if kind in ("TXT", "SPF"):
                if value != "NONE":
                    rdata.append([value] if isinstance(value, str) else value)
            elif isinstance(value, list):
                rdata.append(" ".join(value))
            else:
                rdata.append(value)
        lines.append(line(name, kind, rdata))
    return lines


def pyspf_scenarios(path):
    text = path.read_text(encoding="utf-8")
    # Everything is text: addresses and numbers must not be interpreted.
    for scenario in yaml.load_all(text, Loader=yaml.BaseLoader):
        if not scenario:
            continue
        zone = scenario.get("zonedata") or {}
        lines = [closed()]
        for name, entries in zone.items():
            lines += records_of(name, entries)
        # Names that begin with "error." and are not there have no answer.
        known = {name.lower() for name in zone}
        for suffix in sorted(set().union(*(suffixes(name) for name in known), set())):
            if "error." + suffix not in known:
                lines.append(line("error." + suffix, "*", (), "TIMEOUT"))
        cases = []
        for name, test in (scenario.get("tests") or {}).items():
            wanted = test["result"]
            cases.append({
                "name": f"{path.name}: {name}",
                "ip": test["host"], "helo": test.get("helo", ""),
                "mail_from": test.get("mailfrom", ""),
                "results": [wanted] if isinstance(wanted, str) else wanted,
                "explanation": test.get("explanation"),
            })
        yield lines, cases


def reverse(address):
    return ipaddress.ip_address(address).reverse_pointer


def mail_auth_scenarios(path):
    """Looks like YAML, but repeats keys: read by line."""
    for block in path.read_text(encoding="utf-8").split("\n---"):
        kinds, groups, testing = {}, [], False
        silent = sorted(set(re.findall(r"_dns_error[\w.-]*", block)))
        domain = sender = ip = ""

        def add(name, kind, value):
            kinds.setdefault((name, kind), []).append(value)

        for raw in block.splitlines():
            text = raw.strip().removeprefix("- ").strip()
            key, colon, value = text.partition(":")
            if not colon or text.startswith("#"):
                continue
            value = value.strip()
            if key in ("spf", "exp"):
                name, _, record = value.partition(" ")
                if testing:  # a record among the tests holds from there on
                    kinds.pop((name, "TXT"), None)
                add(name, "TXT", [record.strip()])
            elif key in ("a", "aaaa"):
                name, _, hosts = value.partition(" ")
                for host in hosts.split(","):
                    add(name, key.upper(), host.strip())
            elif key == "mx":
                name, _, hosts = value.partition(" ")
                for number, host in enumerate(hosts.split(","), 1):
                    host = host.strip()
                    target = f"mx{number}.{name.strip('.')}.hosts.invalid"
                    add(name, "MX", f"{number} {target}")
                    add(target, "AAAA" if ":" in host else "A", host)
            elif key == "ptr":
                address, _, names = value.partition(" ")
                for name in names.split(","):
                    add(reverse(address), "PTR", name.strip())
            elif key == "tests":
                testing = True
            elif key == "domain":
                domain = value
            elif key == "sender":
                sender = value
            elif key == "ip":
                ip = value
            elif key == "expect":
                result, _, explanation = value.partition(" ")
                case = {
                    "name": f"{path.name}: {sender} from {ip}", "ip": ip, "helo": domain,
                    "mail_from": sender, "results": [result.lower()],
                    "explanation": explanation.strip() or None, "helo_first": True,
                }
                lines = [closed()] + [line(name, "*", (), "TIMEOUT") for name in silent]
                lines += [line(n, k, v) for (n, k), v in kinds.items()]
                if groups and groups[-1][0] == lines:
                    groups[-1][1].append(case)
                else:
                    groups.append((lines, [case]))
        yield from groups


def run(program, scenarios):
    misses, good = [], 0
    with tempfile.TemporaryDirectory() as folder:
        snapshot, questions = pathlib.Path(folder, "dns.ndjson"), pathlib.Path(folder, "q.ndjson")
        for lines, cases in scenarios:
            write(snapshot, lines)
            write(questions, [json.dumps({"id": i, "ip": c["ip"], "helo": c["helo"],
                                          "mail_from": c["mail_from"]})
                              for i, c in enumerate(cases)])
            given = answers([program, "mail", "--spf-cases", questions, "--dns", snapshot])
            for case, answer in zip(cases, given, strict=True):
                # That suite does not ask for MAIL FROM where HELO fails (RFC 7208, section 2.3).
                if case.get("helo_first") and answer.get("helo", {}).get("result") == "fail":
                    answer = answer["helo"]
                result = answer.get("result", "none")
                said = answer.get("explanation", "DEFAULT")
                right = result in case["results"]
                if right and result == "fail" and case["explanation"] is not None:
                    right = said == case["explanation"]
                if right != (case["name"] in EXCEPTIONS and case["results"] ==
                             EXCEPTIONS[case["name"]][0]):
                    good += 1
                else:
                    misses.append(f"{case['name']}: wanted {'/'.join(case['results'])} "
                                  f"{case['explanation'] or ''}, got {result} {said} "
                                  f"({answer.get('reason') or answer.get('error', '')})")
    return good, misses


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    passed, missed = 0, []
    for path in sorted(folder.glob("*.yml")):
        good, misses = run(program, pyspf_scenarios(path))
        print(f"{path.name}: {good} of {good + len(misses)}")
        if path.name.startswith("rfc4408"):
            print("\n".join(f"  for information: {miss}" for miss in misses))
            continue
        passed += good
        missed += misses
    for path in sorted((folder / "mail-auth").glob("*.yml")):
        good, misses = run(program, mail_auth_scenarios(path))
        passed += good
        missed += misses
    for miss in missed[:40]:
        print("FAILED", miss)
    print(f"{passed} passed, {len(missed)} failed")
    return 1 if missed else 0


sys.exit(main())

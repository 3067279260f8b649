#!/usr/bin/env python3
"""Compares DKIM results with `expectations.json`: dkim.py DIR PROGRAM

A mail has its DNS in front, lines `NAME TXT` up to the first empty line, or in
the JSON file that `dns` names. `clock` is the time that counts. A case with
`body_hash` is asked by signatures of an unknown key: the body must be intact.
A signature that has `after_x` is asked again a year after it expired.
"""
import datetime
import json
import pathlib
import sys
import tempfile

from dns_lines import answers, closed, line, write

# How the expectations name a result -> the states that say it.
STATES = {
    "pass": {"verified"},
    "fail": {"signature_invalid", "body_altered", "expired_at_T"},
    "body altered": {"body_altered"},
    "expired": {"expired_at_T"},
    "permerror": {"not_evaluable", "signature_invalid", "body_intact_key_unavailable"},
}


def wire(text):
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def ask(program, raw, lines, clock=None):
    with tempfile.TemporaryDirectory() as folder:
        mail, snapshot = pathlib.Path(folder, "mail.eml"), pathlib.Path(folder, "dns.ndjson")
        mail.write_bytes(wire(raw))
        write(snapshot, lines)
        command = [program, "mail", mail, "--dns", snapshot, "--quiet"]
        if clock is not None:
            when = datetime.datetime.fromtimestamp(clock, datetime.timezone.utc)
            command += ["--at", when.strftime("%Y-%m-%dT%H:%M:%SZ")]
        given = answers(command)
    return given[0]["auth"] if given else None


def read_mail(folder, mail):
    raw = (folder / mail["file"]).read_bytes()
    lines = [closed()]
    if "dns" in mail:
        zone = json.loads((folder / mail["dns"]).read_text(encoding="utf-8"))
        for name, kinds in zone.items():
            for kind, rdata in kinds.items():
                lines.append(line(name, kind.upper(), rdata))
    elif mail["file"].endswith(".txt"):
        head, _, raw = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        records = {}
        for text in head.decode("utf-8").splitlines():
            name, _, record = text.partition(" ")
            records.setdefault(name, []).append([record])
        lines += [line(name, "TXT", rdata) for name, rdata in records.items()]
    return raw, lines


def split_mail(program, folder, mail):
    raw, lines = read_mail(folder, mail)
    return ask(program, raw, lines, mail.get("clock"))


def judge_signatures(file, wanted, given):
    passed, misses = 0, []
    left = list(given)
    for one in wanted:
        same = [g for g in left if g["domain"] == one["d"] and g["selector"] == one["s"]]
        states = STATES.get(one["result"].split(" (")[0], set())
        fit = next((g for g in same if g["state"] in states), None)
        if fit:
            for key, mine in (("a", "algorithm"), ("c", "canonicalization")):
                if key in one and one[key] != fit[mine]:
                    misses.append(f"{file}: {one['d']}: {key} is {fit[mine]}")
            left.remove(fit)
            passed += 1
        else:
            misses.append(f"{file}: d={one['d']} s={one['s']}: wanted {one['result']}, got "
                          f"{[(g['state'], g.get('reason')) for g in same]}")
    return passed, misses


def body_hashes(program, raw, hashes):
    """Each hash as a signature whose key nobody saw."""
    passed, misses = 0, []
    for name, value in hashes.items():
        form = name.split("/")[0]
        forms = ["simple", "relaxed"] if form.startswith("any") else [form]
        length = name.split("l=")[1] if "l=" in name else None
        for body in forms:
            tags = f"v=1; a=rsa-sha256; c=relaxed/{body}; d=x.example; s=s; h=from;"
            tags += f" l={length};" if length is not None else ""
            head = f"DKIM-Signature: {tags} bh={value}; b=AAAA\r\n".encode()
            auth = ask(program, head + wire(raw), [])
            got = auth["dkim"][0] if auth else {}
            if got.get("state") == "body_intact_key_unavailable":
                passed += 1
            else:
                misses.append(f"{name} {body}: {got.get('state')} ({got.get('reason')})")
    return passed, misses


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    passed, missed = 0, []
    for mail in json.loads((folder / "expectations.json").read_text(encoding="utf-8")):
        raw, lines = read_mail(folder, mail)
        if "body_hash" in mail:
            good, misses = body_hashes(program, raw, mail["body_hash"])
        else:
            auth = ask(program, raw, lines, mail.get("clock")) or {"dkim": []}
            good, misses = judge_signatures(mail["file"], mail["signatures"], auth["dkim"])
            for one in mail["signatures"]:
                if "after_x" not in one:
                    continue
                later = ask(program, raw, lines, one["x"] + 366 * 86400)
                more, bad = judge_signatures(mail["file"], [{**one, "result": "expired"}],
                                             later["dkim"])
                good += more
                misses += bad
        passed += good
        missed += misses
    for miss in missed[:40]:
        print("FAILED", miss)
    print(f"{passed} passed, {len(missed)} failed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

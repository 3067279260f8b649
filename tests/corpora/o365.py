#!/usr/bin/env python3
"""Compares a case made from a labelled audit-log export with its labels.

usage: o365.py DIR PROGRAM
       o365.py DIR --shown ACCOUNTS.ndjson COVERAGE.ndjson

DIR holds the export (any file but README* and truth.json) and truth.json, as
the README of the set describes. PROGRAM investigates the export; then the lines
of `show CASE accounts` and `show CASE coverage` are compared: facts as sets,
exactly; takeovers of certainty strong or certain found, with the same origin
and an overlapping interval; undecidable ones open with both readings, or not
told; nothing told of what must not be claimed; every gap found. The second form
compares lines that were printed before.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

WORST = 12  # misses printed for each kind of fact


def times(value):
    return (value or "").replace("Z", "")


def as_key(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


class Score:
    def __init__(self):
        self.passed = self.failed = 0
        self.notes = []

    def check(self, what, ok, detail=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}{': ' if detail else ''}{detail}")

    def same_sets(self, what, wanted, given):
        missing = [x for x in wanted if x not in given]
        extra = [x for x in given if x not in wanted]
        for word, misses in (("missing", missing), ("not in the labels", extra)):
            for miss in sorted(misses)[:WORST]:
                print(f"  {what}: {word}: {miss[:300]}")
        self.check(what, not missing and not extra,
                   f"{len(missing)} missing, {len(extra)} too many of {len(wanted)}")


def sign_in(one):
    return as_key([one["date"], one["ip"], times(one["first"]), times(one["last"]),
                   one["success"], one["failed"], one["errors"]])


def mail_read(one):
    return as_key([one["origin_kind"], one["origin"], one["mode"], times(one["first"]),
                   times(one["last"]), sorted(one["records"]), one["record_count"],
                   sorted(one["sessions"]), one["throttled"], sorted(one["folders"]),
                   one["references"], sorted(one["message_ids"]), one["distinct_message_ids"]])


def mail_sent(one):
    return as_key([times(one["time"]), one["record"], one["ip"], one["client_app_id"] or "",
                   one["session"] or "", one["message_id"]])


def mail_removed(one):
    return as_key([times(one["time"]), one["record"], one["op"], one["ip"],
                   sorted(x or "" for x in one["message_ids"]), one["folder"] or ""])


def file_act(one):
    return as_key([times(one["time"]), one["record"], one["op"], one["object"], one["ip"],
                   one["app_id"] or "", one["bytes"]])


def consent(one):
    return as_key([times(one["time"]), one["record"], one["result"], one["app_id"],
                   one["app_name"], one["admin"], one["all_users"], sorted(one["scopes"])])


def operation(name):
    """Operation names compare without outer blanks and kinds of dash."""
    return name.strip().replace("\u2013", "-").replace("\u2014", "-")


def change(one):
    return as_key([times(one["time"]), one["record"], operation(one["op"]), one["result"],
                   one["ip"], one["session"] or "", one["detail"]])


FACTS = [("signins", sign_in), ("mail_read", mail_read), ("mail_sent", mail_sent),
         ("mail_removed", mail_removed), ("files", file_act), ("consents", consent)]


def compare_facts(score, wanted, given, operations, recovered):
    for name, key in FACTS:
        score.same_sets(f"{wanted['upn']} {name}", {key(x) for x in wanted[name]},
                        {key(x) for x in given[name]})
    # The labels cover these operations and whole records; a case may tell of more.
    score.same_sets(f"{wanted['upn']} control_changes",
                    {change(x) for x in wanted["control_changes"]},
                    {change(x) for x in given["control_changes"]
                     if operation(x["op"]) in operations and x["record"] not in recovered})


def overlap(a, b):
    return times(a["first"]) <= times(b["last"]) and times(b["first"]) <= times(a["last"])


def compare_takeovers(score, wanted, given):
    for label in wanted["judgement"]["takeovers"]:
        what = f"{wanted['upn']} {label['id']} ({label['verdict']}, {label['certainty']})"
        near = [t for t in given["takeovers"] if overlap(t, label)]
        mine = [t for t in near if set(t["origins"]) & set(label["origins"])]
        if label["verdict"] == "undecidable":
            wrong = [t for t in mine if t["verdict"] not in ("undecidable",)
                     and not set(t["basis"]) - set(label["basis"])]
            open_ones = [t for t in mine if t["verdict"] == "undecidable"]
            ok = not wrong and all(len(t["readings"]) >= 2 for t in open_ones)
            score.check(what, ok, "told as decided, or without both readings")
        elif label["certainty"] in ("strong", "certain"):
            found = set(o for t in mine for o in t["origins"])
            score.check(what, set(label["origins"]) <= found,
                        f"not found: {sorted(set(label['origins']) - found)}; told there: "
                        + "; ".join(f"{t['verdict']} {t['origins']}" for t in near)[:300])
            words = {t["verdict"] for t in mine}
            if words:
                score.check(f"{what}: its word", label["verdict"] in words, f"told: {sorted(words)}")


def claims_of(given):
    return [t for t in given["takeovers"] if t["verdict"] != "undecidable"]


def must_not(score, wanted, given):
    records = {r: m for m in wanted["mail_read"] for r in m["records"]}
    for sentence in wanted["judgement"]["must_not_claim"]:
        what = f"{wanted['upn']} must not claim: {sentence}"
        basis = {r for t in claims_of(given) for r in t["basis"]}
        address = re.search(r"mail was read from (\S+)", sentence)
        application = re.match(r"that the (.+?) applications?\b", sentence)
        download = re.search(r"that FileDownloaded at (\S+)", sentence)
        shared = re.match(r"that (\S+) is purely hostile or purely benign", sentence)
        if sentence.startswith("a takeover by"):
            day = re.search(r"(\d+) (\w{3})\b", sentence)
            routes = ("spray", "guessing")
            bad = [t for t in claims_of(given) if t["route"] in routes and
                   (day is None or int(day[1]) == int(t["first"][8:10]))]
            if "spray" in sentence:
                bad = [t for t in claims_of(given) if t["route"] == "spray"]
            score.check(what, not bad, str(bad)[:200])
        elif sentence.startswith("a takeover"):
            bad = [t for t in claims_of(given) if t["verdict"] in ("taken_over", "credentials_known")]
            score.check(what, not bad, str(bad)[:200])
        elif sentence.startswith("any exposure"):
            score.check(what, given["ladder"]["stage"] == "none", given["ladder"]["stage"])
        elif address:
            told = [m for m in given["mail_read"] if address[1] in (m["origin"], *m["addresses"])]
            score.check(what, not told, str(told)[:200])
        elif "RESTSystem" in sentence or "Microsoft system" in sentence:
            bad = [r for r in basis if records.get(r, {}).get("origin_kind") == "provider-system"]
            score.check(what, not bad, str(bad)[:200])
        elif "anyone but Microsoft" in sentence:
            score.check(what, all(m["origin_kind"] == "provider-system" for m in given["mail_read"]))
        elif "Sync" in sentence:
            score.check(what, all(m["at_most"] is None for m in given["mail_read"]
                                  if m["mode"] == "Sync"))
        elif application:
            names = re.split(r" and |, ", application[1])
            bad = [t for t in claims_of(given) for n in names
                   if re.search(rf"application {re.escape(n)}\b", t["statement"])]
            score.check(what, not bad, str(bad)[:200])
        elif download:
            bad = [f for f in given["files"] if times(f["time"]) == download[1] and
                   f["op"] == "FileDownloaded" and (f["record"] in basis or not f["rendering"])]
            score.check(what, not bad, str(bad)[:200])
        elif shared:
            bad = [t for t in claims_of(given) if shared[1] in t["origins"] and not t["against"]]
            score.check(what, not bad, str(bad)[:200])
        else:
            score.notes.append(f"not checked by program: {what}")


def compare_gaps(score, truth, coverage):
    gaps = [g for g in coverage if g["kind"] == "gap"]
    for label in truth["set"]["gaps"]:
        found = [g for g in gaps if times(g["first"]) == label["first"]
                 and times(g["last"]) == label["last"]]
        score.check(f"gap {label['kind']} {label['first']} to {label['last']}", bool(found))
    logs = [g for g in coverage if g["kind"] == "log"]
    score.check("unique records", sum(g["records"] for g in logs)
                == truth["set"]["unique_ids_with_recovered"],
                f"{[g['records'] for g in logs]}, labelled "
                f"{truth['set']['unique_ids_with_recovered']}")
    days = sorted({d for g in logs for d in g["days_without_any_record"]})
    score.same_sets("days without any record", set(truth["set"]["days_without_any_record"]),
                    set(days))


def shown_by(program, folder):
    evidence = sorted(p for p in folder.iterdir()
                      if p.is_file() and p.name != "truth.json" and not p.name.startswith("README"))
    with tempfile.TemporaryDirectory() as scratch:
        case = str(pathlib.Path(scratch) / "case.sjt")
        made = subprocess.run([*program, "investigate", *map(str, evidence), "--case", case],
                              capture_output=True, text=True, check=False)
        if made.returncode not in (0, 1):
            sys.exit(f"investigate ended with {made.returncode}: {made.stderr[-2000:]}")
        out = []
        for topic in ("accounts", "coverage"):
            shown = subprocess.run([*program, "show", case, topic, "--json"], capture_output=True,
                                   text=True, encoding="utf-8", check=False)
            if shown.returncode != 0:
                sys.exit(f"show {topic} ended with {shown.returncode}: {shown.stderr[-2000:]}")
            out.append(shown.stdout)
        return out


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    if sys.argv[2] == "--shown":
        shown = [pathlib.Path(p).read_text(encoding="utf-8") for p in sys.argv[3:5]]
    else:
        shown = shown_by(sys.argv[2:], folder)
    accounts = {a["account"]: a for a in map(json.loads, shown[0].splitlines())}
    coverage = [json.loads(line) for line in shown[1].splitlines()]
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    operations = {operation(c["op"]) for a in truth["accounts"] for c in a["control_changes"]}
    recovered = {r["id"] for r in truth["set"]["recovered_from_raw"]}

    score = Score()
    compare_gaps(score, truth, coverage)
    for wanted in truth["accounts"]:
        given = accounts.get(wanted["upn"].lower())
        score.check(f"{wanted['upn']} is told of", given is not None)
        if given is None:
            continue
        compare_facts(score, wanted, given, operations, recovered)
        compare_takeovers(score, wanted, given)
        must_not(score, wanted, given)
        stage = wanted["judgement"]["ladder"]["stage"]
        if given["ladder"]["stage"] != stage:
            score.notes.append(f"ladder of {wanted['upn']}: labelled {stage}, told "
                               f"{given['ladder']['stage']} (at most {given['ladder']['at_most']})")
    for note in score.notes:
        print("note:", note)
    print(f"{score.passed} passed, {score.failed} failed")
    return 1 if score.failed else 0


sys.exit(main())

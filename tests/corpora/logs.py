"""Holds the program to small logs of many kinds, and what is known of them.

usage: logs.py DIR PROGRAM

A folder has any of zeek, plaso, otrf, webshell, suricata, telephony. Known are
the figures of README.md, plaso/expectations.json and */expected.json. Held:
every byte is accounted for (read, skipped or failed, with a reason); no file is
of unknown format; records are as many as known; values that are known stand in
the record they are known of.
"""
import collections
import datetime
import json
import pathlib
import re
import subprocess
import sys
import zoneinfo

WORST = 40

# Upstream names whose values are words of the upstream reader, not of the log.
DERIVED = {"data_type", "facility", "log_type", "gcloud_command_partial"}
# Names whose values upstream leaves in one piece, where fields are made of it here.
WHOLE = {"message_body", "text", "username"}


class Checks:
    def __init__(self):
        self.passed = 0
        self.missed = []

    def hold(self, ok, what):
        if ok:
            self.passed += 1
        else:
            self.missed.append(what)


def run(program, path, *options):
    done = subprocess.run([program, "read", "--quiet", *options, str(path)], capture_output=True,
                          check=False, timeout=600)
    if done.returncode not in (0, 1, 2, 3, 4):
        raise SystemExit(f"{path}: the program ended with {done.returncode}")
    return [json.loads(line) for line in done.stdout.decode("utf-8", "replace").splitlines()]


def leaves(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def instant(text):
    """A time with its zone as UTC, or nothing."""
    if not isinstance(text, str) or not re.match(r"\d{4}-\d\d-\d\dT", text):
        return None
    text = re.sub(r"\.(\d{1,9})", lambda m: "." + m[1][:6].ljust(6, "0"), text)
    try:
        time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return time.astimezone(datetime.timezone.utc) if time.tzinfo else time.replace(
        tzinfo=datetime.timezone.utc)


def spelt(value):
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def same_value(wanted, event, is_time):
    """Is `wanted` a value of the event, as it is or as a part of one?"""
    if wanted is None or wanted == [] or wanted == "":
        return True
    if isinstance(wanted, list):
        return all(same_value(item, event, False) for item in wanted)
    if isinstance(wanted, dict):
        return all(same_value(item, event, False) for item in wanted.values())
    if is_time:
        if str(wanted).startswith("000"):
            month, day, clock = re.match(r"000\d-(\d\d)-(\d\d)T([\d:]+)", wanted).groups()
            name = datetime.date(2000, int(month), 1).strftime("%b")
            old = re.compile(rf"{name} +{int(day)} {clock}|{month}/{day}-{clock}")
            return any(old.search(str(leaf)) for leaf in leaves(event["fields"]))
        return instant(event["spine"].get("time")) == instant(wanted) or any(
            instant(leaf) == instant(wanted) for leaf in leaves(event["fields"]) if instant(leaf))
    text = spelt(wanted)
    if " | " in text:  # columns that upstream joined
        return all(same_value(part, event, False)
                   for part in text.split(" | ") if not part.startswith("... ("))
    if "->" in text or re.fullmatch(r"\w+: \S+", text):  # likewise
        return all(same_value(part, event, False) for part in re.split(r"->|: ", text)[-2:]
                   if "->" in text or part == re.split(r": ", text)[-1])
    values = {spelt(leaf) for leaf in leaves([event["fields"], event["spine"]]) if leaf is not None}
    if text in values or text.lower() in {v.lower() for v in values}:
        return True
    return any(text in value for value in values)


def accounted(check, program, path, name):
    """Coverage of each source of `path`; says its reader and profile."""
    by_source = collections.defaultdict(list)
    for line in run(program, path, "--coverage"):
        by_source[line["path"]].append(line)
    check.hold(by_source, f"{name}: no account at all")
    for source, lines in by_source.items():
        at, whole = 0, True
        for line in lines:
            whole = whole and line["offset"] == at and line["state"] in ("read", "skipped", "failed")
            whole = whole and (line["state"] == "read" or bool(line.get("why")))
            at = line["offset"] + line["length"]
        if path.name == source:
            whole = whole and at == path.stat().st_size
        check.hold(whole, f"{name}: {source}: bytes without account, up to {at}")
    return by_source


def read_all(check, program, folder, skip=("expectations.json", "expected.json", "README.md")):
    """Events by file and source; every file is accounted for and of a known format."""
    out = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in skip):
        name = str(path.relative_to(folder.parent))
        coverage = accounted(check, program, path, name)
        events = collections.defaultdict(list)
        for event in run(program, path):
            events[event["source"]["path"]].append(event)
        known = [s for s, lines in coverage.items() if lines[0]["reader"] != "unknown"]
        check.hold(known, f"{name}: unknown format")
        out[str(path.relative_to(folder))] = (coverage, events)
    return out


def clean(events):
    return [e for e in events if not any(f["kind"] in ("bad-syntax", "bad-quote", "bad-columns", "truncated")
                                         for f in e.get("faults", []))]


def plaso(check, program, folder):
    files = read_all(check, program, folder)
    known = json.loads((folder / "expectations.json").read_text())["files"]
    for one in known:
        name = one["file"]
        if name not in files:
            check.hold(False, f"plaso/{name}: not there")
            continue
        coverage, by_source = files[name]
        events = [e for source in by_source.values() for e in source]
        raw = (folder / name).read_bytes()
        lines = [line for source in coverage.values() for line in source]
        failed = sum(1 for line in lines if line["state"] == "failed")
        good = clean(events)
        numbers = {len(events), len(good)}
        # A time that cannot be read makes upstream drop the record; here it stays.
        timeless = sum(1 for e in events if any(f["kind"] == "bad-time" for f in e.get("faults", [])))
        numbers |= {len(events) - timeless, len(good) - timeless, len(events) + failed}
        if lines and lines[0]["reader"] == "auditd":  # upstream counts lines, here events are counted
            text = raw
            numbers.add(sum(len([x for x in text[e["source"]["offset"]:][:e["source"]["length"]]
                                 .split(b"\n") if x.strip()]) for e in events))
        check.hold(one["records"] in numbers,
                   f"plaso/{name}: {len(events)} records, {len(good)} without flaw, {failed} stretches "
                   f"failed; known {one['records']}, {one['extraction_warnings']} warnings")
        for value_check in one["checks"]:
            wanted = {k: v for k, v in value_check["values"].items() if k not in DERIVED}
            index = value_check["index"]
            is_time = lambda value: isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value)
            # Records that upstream counts otherwise move the index.
            near = good[max(0, index - 3):index + 4] if lines[0]["reader"] != "auditd" else events
            near = near or events
            best = min(([k for k, v in wanted.items()
                         if not same_value(v, event, is_time(v)) and not (
                             k in WHOLE and stands_in(v, event, raw))]
                        for event in near), key=len, default=list(wanted))
            check.hold(not best, f"plaso/{name} record {index}: no "
                       + ", ".join(f"{k}={wanted[k]!r}" for k in best)[:300])


def stands_in(value, event, raw):
    """In a record that gave fields, as it stands in the file."""
    source = event["source"]
    text = raw[source["offset"]:source["offset"] + source["length"]].decode("utf-8", "replace")
    return len(event["fields"]) > 1 and str(value) in text


def zeek_value(value):
    if isinstance(value, str):
        time = instant(value)
        if time:
            return time.timestamp()
        try:
            return float(value)
        except ValueError:
            return value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, list):  # Zeek's tables write (empty) for [] and for [""]
        return [] if value == [""] else [zeek_value(v) for v in value]
    return value


def same_zeek(a, b):
    if isinstance(a, float) and isinstance(b, float):  # tables have six decimals
        return abs(a - b) <= 1.1e-6 * max(1.0, abs(a) / 1e6)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_zeek, a, b))
    return a == b


def zeek_row(fields):
    flat = {}
    for key, value in fields.items():
        if value is None or key in ("_path", "_write_ts", "_system_name", "_node"):
            continue
        flat[key] = zeek_value(value)
    return flat


def zeek(check, program, folder, readme):
    logs = {}
    for name, (_, by_source) in read_all(check, program, folder).items():
        for source, events in by_source.items():
            dialect = "json" if source.endswith(".json") or "json" in name else "tsv"
            logs.setdefault(pathlib.PurePath(source).stem, {})[dialect] = events
    counted = re.search(r"Counted, TSV and JSON alike:(.*)", readme)
    for name, number in re.findall(r"(\w+) (\d[\d,]*)", counted[1] if counted else ""):
        for dialect, events in logs.get(name, {"none": []}).items():
            check.hold(len(events) == int(number.replace(",", "")),
                       f"zeek/{name} {dialect}: {len(events)} records, known {number}")
    for name, both in sorted(logs.items()):
        if len(both) != 2:
            continue
        check.hold(len(both["tsv"]) == len(both["json"]), f"zeek/{name}: other lengths")
        other, first = 0, None
        for n, (a, b) in enumerate(zip(both["tsv"], both["json"])):
            left, right = zeek_row(a["fields"]), zeek_row(b["fields"])
            keys = [k for k in {**left, **right} if not same_zeek(left.get(k), right.get(k))][:3]
            if keys or instant(a["spine"].get("time")) != instant(b["spine"].get("time")):
                other += 1
                first = first or f"row {n}: " + ", ".join(
                    f"{k} {left.get(k)!r} / {right.get(k)!r}" for k in keys)
        check.hold(other == 0, f"zeek/{name}: {other} rows differ; {(first or '')[:300]}")


def by_readme(check, program, folder, readme):
    """Files whose number of records the README says, in a table or after a colon."""
    files = read_all(check, program, folder)
    known = {}
    for line in readme.splitlines():
        names = re.findall(r"`([\w.-]+)`", line.split("|")[1] if line.startswith("|") else line)
        names = [n for n in names if n in files]
        if not names:
            continue
        rest = line.split("|")[2] if line.startswith("|") else line.split("`:", 1)[-1]
        requests = re.search(r"(\d[\d,]*) (?:requests|records|rows)", rest)
        numbers = [int(n.replace(",", "")) for n in
                   ([requests[1]] if requests else re.findall(r"(?<![\w,])\d[\d,]*\d|\d", rest))]
        if len(names) > 1:
            numbers = [int(n) for n in re.findall(r"\d+", rest)]
        for name, number in zip(names, numbers):
            known[name] = number
    for name, (_, by_source) in files.items():
        events = sum(len(events) for events in by_source.values())
        if name in known:
            check.hold(events == known[name],
                       f"{folder.name}/{name}: {events} records, known {known[name]}")
        else:
            check.hold(events > 0, f"{folder.name}/{name}: no record")


def suricata(check, program, folder):
    files = read_all(check, program, folder)
    known = json.loads((folder / "expected.json").read_text())
    events = [e for _, by_source in files.values() for source in by_source.values() for e in source]
    check.hold(len(events) == known["records"],
               f"suricata: {len(events)} records, known {known['records']}")
    by_type = collections.Counter(e["fields"].get("event_type") for e in events)
    check.hold(dict(by_type) == known["by_type"], f"suricata: types {dict(by_type)}")
    for wanted in known["expected"]:
        event = events[wanted["line"] - 1] if wanted["line"] <= len(events) else None
        bad = ["record"] if event is None else [
            k for k, v in wanted.items() if k not in ("line", "time") and event["fields"].get(k) != v]
        if event and instant(event["spine"].get("time")) != instant(wanted["time"]):
            bad.append("time")
        check.hold(not bad, f"suricata line {wanted['line']}: {', '.join(bad)}")


def telephony(check, program, folder):
    files = read_all(check, program, folder)
    known = json.loads((folder / "expected.json").read_text())
    zone = zoneinfo.ZoneInfo(known["zone_of_the_local_times"].split()[0])

    def utc(event):
        time = instant(event["spine"].get("time"))
        if time and event["spine"].get("basis") == "assumed":
            return time.replace(tzinfo=zone).astimezone(datetime.timezone.utc)
        return time

    for name, (_, by_source) in files.items():
        events = [e for source in by_source.values() for e in source]
        profile = events[0]["spine"]["profile"] if events else "none"
        access = profile == "cdr-access"
        check.hold(access or profile.endswith("-cdr"), f"telephony/{name}: profile {profile}")
        rows = known["accesses" if access else "calls"]
        check.hold(len(events) == len(rows),
                   f"telephony/{name}: {len(events)} records, known {len(rows)}")
        for event, wanted in zip(events, rows):
            spine, fields = event["spine"], event["fields"]
            if access:
                got = {"time": utc(event), "operator": spine.get("actor"),
                       "action": spine.get("operation"), "number": spine.get("object"),
                       "rows_returned": spine.get("item_count"), "ip": spine.get("ip")}
                number = wanted["row"]
            else:
                got = {"start": utc(event), "from": spine.get("actor"), "to": spine.get("target"),
                       "answered": spine.get("outcome") == "success",
                       "seconds": int(fields.get("billsec") or 0)}
                number = wanted["n"]
            bad = [f"{k} {got[k]} not {v}" for k, v in wanted.items() if k in got and got[k] != (
                instant(v) if k in ("time", "start") else v)]
            check.hold(not bad, f"telephony/{name} {number}: {'; '.join(bad)}")
        if access:
            numbers = sorted({e["spine"].get("object") for e in events})
            check.hold(numbers == known["distinct_subscribers_queried"],
                       f"telephony/{name}: subscribers {numbers}")


def main():
    folder, program = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    check = Checks()
    readme = (folder / "README.md").read_text() if (folder / "README.md").exists() else ""
    for name, part in (("plaso", plaso), ("suricata", suricata), ("telephony", telephony)):
        if (folder / name).is_dir():
            part(check, program, folder / name)
    if (folder / "zeek").is_dir():
        zeek(check, program, folder / "zeek", readme)
    for name in ("otrf", "webshell"):
        if (folder / name).is_dir():
            by_readme(check, program, folder / name, readme)
    order = ("no account", "bytes without", "unknown format", "records")
    for miss in sorted(check.missed, key=lambda miss: next(
            (i for i, words in enumerate(order) if words in miss), len(order)))[:WORST]:
        print(f"missed: {miss}")
    if len(check.missed) > WORST:
        print(f"and {len(check.missed) - WORST} more")
    print(f"{check.passed} passed, {len(check.missed)} failed")
    return bool(check.missed)


sys.exit(main())

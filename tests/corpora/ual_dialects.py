#!/usr/bin/env python3
"""Compares what the program makes of Microsoft 365 audit exports with a key.

usage: ual_dialects.py DIR PROGRAM

DIR holds exports of one set of records in several dialects and `expected.json`,
which says what every file must give. PROGRAM is called as `PROGRAM read FILE`.
Each (file, record) is one check, and so are each file's rows, faults and gaps.
"""
import collections
import json
import pathlib
import subprocess
import sys

WORST = 25
# Outcomes that the key does not tell apart.
COARSE = {"password-only": "failure", "blocked": "failure", None: "unknown"}

# Columns of the collection around a record, which differ between repeats of it.
AROUND = {"CreationDate", "Identity", "IsValid", "ObjectState", "PSComputerName",
          "PSShowComputerName", "ResultCount", "ResultIndex", "RunspaceId"}


def events_of(program, path):
    done = subprocess.run([*program, "read", str(path)], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{path.name}: exit {done.returncode}: {done.stderr.decode()[:300]}")
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def number(value):
    return int(value) if value is not None else None


def listed(fields, name, value="Value"):
    return {entry["Name"]: entry.get(value) for entry in fields.get(name) or []}


def view(event):
    """The event as the key would put it."""
    spine, fields = event["spine"], event["fields"]
    items = spine.get("items", [])
    mails = [item["key"] for item in items if item["kind"] == "mail"]
    folders = []
    if spine.get("operation") == "MailItemsAccessed":
        by_path = collections.OrderedDict()
        for item in items:
            if item["kind"] == "folder":
                by_path.setdefault(item["key"], [])
            elif item["kind"] == "mail":
                by_path.setdefault(item.get("container"), []).append(item["key"])
        folders = [{"path": path, "message_ids": ids} for path, ids in by_path.items()]
        mails = []
    properties = listed(fields, "OperationProperties")
    throttled = properties.get("IsThrottled")
    if throttled is not None and (throttled == "True") != ("throttled" in spine.get("flags", [])):
        throttled = "flag disagrees"
    agent = spine.get("agent")
    client = fields.get("ClientInfoString")
    file_bytes = [item.get("bytes") for item in items if item["kind"] == "file"]
    return {
        "id": spine.get("record_id"),
        "time": spine.get("time"),
        "operation": spine.get("operation"),
        "workload": fields.get("Workload"),
        "record_type": fields.get("RecordType"),
        "user": fields.get("UserId"),
        "user_type": fields.get("UserType"),
        "actor_kind": spine.get("actor_kind"),
        "ip": spine.get("ip"),
        "ip_port": spine.get("port"),
        "session": spine.get("session"),
        "unique_token_id": spine.get("token"),
        "app_id": spine.get("app"),
        "client_app_id": spine.get("client_app"),
        "client": client,
        "user_agent": agent if agent != client else None,
        "outcome": COARSE.get(spine.get("outcome"), spine.get("outcome")),
        "error": spine.get("error"),
        "mailbox_owner": fields.get("MailboxOwnerUPN"),
        "logon_type": fields.get("LogonType"),
        "mail_access_type": properties.get("MailAccessType"),
        "throttled": throttled == "True" if throttled in ("True", "False") else throttled,
        "folders": folders,
        "message_ids": mails,
        "object": spine.get("object"),
        "file_name": fields.get("SourceFileName"),
        "bytes": file_bytes[0] if file_bytes else None,
        "parameters": listed(fields, "Parameters"),
        "modified": listed(fields, "ModifiedProperties", "NewValue"),
        "_actor": spine.get("actor"),
        "_mailbox": spine.get("mailbox"),
        "_content": {key: value for key, value in fields.items() if key not in AROUND},
        "_dotted": {key: value for key, value in fields.items() if key.startswith("Parameters.")},
    }


def wanted(record):
    out = dict(record)
    out["_actor"] = record["user"].casefold() if record["user"] else None
    out["_mailbox"] = record["mailbox_owner"].casefold() if record["mailbox_owner"] else None
    out["_dotted"] = {f"Parameters.{key}": value for key, value in record["parameters"].items()}
    return out


class Tally:
    def __init__(self):
        self.passed = 0
        self.misses = []

    def check(self, what, problems):
        if problems:
            self.misses.append((len(problems), f"{what}: " + "; ".join(problems[:4])))
        else:
            self.passed += 1

    def equal(self, what, want, got):
        self.check(what, [] if want == got else [f"wanted {want!r}, got {got!r}"[:400]])


def missing_indexes(events):
    """Indexes that runs of one ResultCount lack."""
    seen = collections.defaultdict(set)
    for event in events:
        fields = event["fields"]
        if fields.get("ResultIndex") is not None:
            seen[int(fields["ResultCount"])].add(int(fields["ResultIndex"]))
    return {count: sorted(set(range(1, count + 1)) - found) for count, found in seen.items()}


def check_file(tally, entry, events, records):
    name = entry["name"]
    partial = {item["id"] for item in entry.get("partial", [])}
    first = collections.OrderedDict()
    conflicts = []
    for event in events:
        seen = view(event)
        if "cut" in event["spine"].get("flags", []) and seen["id"] not in partial:
            continue  # the file ends inside this record
        if seen["id"] in first:
            if seen != first[seen["id"]]:
                conflicts.append(seen["id"])
        else:
            first[seen["id"]] = seen
    whole = sum(1 for event in events if event["fields"])
    tally.equal(f"{name} rows", entry["rows"], whole)
    tally.equal(f"{name} unique", entry["unique"], len(first))
    ids = set(entry.get("record_ids") or [record["id"] for record in records])
    tally.equal(f"{name} ids missing", [], sorted(ids - set(first)))
    tally.equal(f"{name} ids too many", [], sorted(set(first) - ids))
    tally.equal(f"{name} same id, other content",
                sorted(item["id"] for item in entry.get("same_id_other_content", [])),
                sorted(conflicts))
    for record in records:
        if record["id"] not in ids or record["id"] not in first:
            continue
        got, want = first[record["id"]], wanted(record)
        left_out = ("modified",) if record["id"] in partial else ()
        tally.check(f"{name} {record['operation']} {record['id'][:8]}",
                    [f"{key} wanted {want[key]!r}, got {got[key]!r}"[:300] for key in want
                     if key not in left_out and want[key] != got.get(key)])
    for event in events:
        if event["spine"].get("record_id") in partial:
            tally.check(f"{name} {event['spine']['record_id'][:8]} carries a fault",
                        [] if event.get("faults") and "cut" in event["spine"].get("flags", [])
                        else ["no fault, or not flagged as cut"])
    for gap in entry.get("gaps", []):
        tally.equal(f"{name} missing indexes", gap["missing_indexes"],
                    missing_indexes(events).get(gap["result_count"]))


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2:]
    key = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    tally = Tally()
    for entry in key["files"]:
        try:
            events = events_of(program, folder / entry["name"])
        except (RuntimeError, ValueError, OSError) as error:
            tally.check(entry["name"], [str(error)[:300]])
            continue
        check_file(tally, entry, events, key["records"])
    for _, miss in sorted(tally.misses, key=lambda miss: -miss[0])[:WORST]:
        print("miss:", miss)
    print(f"{tally.passed} passed, {len(tally.misses)} failed")
    return 1 if tally.misses else 0


sys.exit(main())

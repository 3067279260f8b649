#!/usr/bin/env python3
"""Compares event logs read with counts and renderings of other readers.

usage: evtx_goldens.py DIR PROGRAM...

DIR holds archives `*.tar.zst` of event logs, each with `NAME.counts.tsv` (what a
walk over record heads counted, and where it stopped; perhaps also how many
records another reader gave), and `snapshots.tsv` with renderings of single
records, as JSON or XML. PROGRAM is the command that writes one event a line
for each file given to it; with a single word, `read` is put behind it.

A whole log must give as many records as the walk counted; one in which the walk
stopped, at least as many as it and the other reader found. The bytes of every
file must be accounted for once. Everything in the
snapshots must be equal. Records beyond those counted are those behind a flaw.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree


def run(command, name):
    done = subprocess.run(command + [str(name)], capture_output=True, check=False)
    return [json.loads(line) for line in done.stdout.decode("utf-8").split("\n") if line]


def table(path):
    lines = path.read_text().splitlines()
    heads = lines[0].split("\t")
    return [dict(zip(heads, line.split("\t") + [""] * len(heads))) for line in lines[1:]]


def gap_in_coverage(command, name):
    at = 0
    for line in run(command + ["--coverage"], name):
        if line["offset"] != at:
            return at
        at += line["length"]
    return None if at == name.stat().st_size else at


def separated(value):
    """Our form with the attributes of x as x_attributes beside it."""
    if not isinstance(value, dict):
        return value
    out = {}
    for name, member in value.items():
        if isinstance(member, dict) and "#attributes" in member:
            out[name + "_attributes"] = member["#attributes"]
            rest = {k: v for k, v in member.items() if k != "#attributes"}
            if list(rest) == ["#text"]:
                out[name] = rest["#text"]
            elif rest:
                out[name] = separated(rest)
        else:
            out[name] = separated(member)
    return out


def from_xml(element):
    """An element in our form; texts only, since XML has no other values."""
    children = [(tag(child), from_xml(child)) for child in element]
    text = "" if children else (element.text or "")
    text = "" if not text.strip() and "\n" in text else text
    if not element.attrib and not children:
        return text or None
    out = {"#attributes": dict(element.attrib)} if element.attrib else {}
    if text:
        out["#text"] = text
    if tag(element) in ("EventData", "UserData") and children:
        return {**out, **data_of(element)}
    seen = {}
    for name, value in children:
        seen[name] = seen.get(name, 0) + 1
        out[name if seen[name] == 1 else f"{name}_{seen[name] - 1}"] = value
    return out


def data_of(element):
    out = {}
    for child in element:
        if tag(child) != "Data":
            out[tag(child)] = from_xml(child)
            continue
        text = child.text or ""
        text = "" if not text.strip() and "\n" in text else text
        if "Name" in child.attrib:
            out[child.attrib["Name"]] = text
        else:
            out.setdefault("Data", {"#text": []})["#text"].append(text)
    return out


def tag(element):
    return element.tag.rsplit("}", 1)[-1]


def as_texts(value):
    if isinstance(value, dict):
        return {k: as_texts(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_texts(v) for v in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def snapshot_differs(want, form, got):
    if form == "json":
        return json.loads(want) != got
    if form == "json-separate":
        return json.loads(want) != separated(got)
    root = xml.etree.ElementTree.fromstring(want)
    want = from_xml(root)
    namespace = root.tag[1:].split("}")[0]
    got = as_texts(got["Event"])
    want["#attributes"] = {**want.get("#attributes", {}), "xmlns": namespace}
    return want != got


class Score:
    def __init__(self):
        self.passed = self.failed = 0

    def of(self, what, miss):
        if miss is None:
            self.passed += 1
        else:
            self.failed += 1
            print(f"{what}: {miss}")


def count_miss(row, records):
    walked = int(row["records"])
    other = row.get("crate_ok", "")
    least = max(walked, int(other) if other.isdigit() else 0)
    if row["stops"]:
        return None if records >= least else f"{records} records of at least {least}"
    return None if records == walked else f"{records} records instead of {walked}"


def main():
    folder = pathlib.Path(sys.argv[1])
    command = sys.argv[2:]
    if len(command) == 1:
        command += ["read"]
    score = Score()
    records = beyond = 0
    with tempfile.TemporaryDirectory() as work:
        for archive in sorted(folder.glob("*.tar.zst")):
            subprocess.run(["tar", "-I", "zstd -d --long=27", "-xf", archive, "-C", work],
                           check=True)
        logs = {}
        for counts in sorted(folder.glob("*.counts.tsv")):
            for row in table(counts):
                place = next((p for p in (pathlib.Path(work) / row["file"],
                                          pathlib.Path(work) / "samples" / row["file"])
                              if p.exists()), None)
                if place is None:
                    score.of(row["file"], "is not there")
                    continue
                lines = run(command, place)
                logs[row["file"]] = lines
                records += len(lines)
                beyond += max(0, len(lines) - int(row["records"]))
                score.of(row["file"], count_miss(row, len(lines)))
                gap = gap_in_coverage(command, place)
                score.of(row["file"], None if gap is None else f"not accounted for: byte {gap}")
        snapshots = folder / "snapshots.tsv"
        for row in table(snapshots) if snapshots.exists() else []:
            want = (pathlib.Path(work) / "snapshots" / row["snapshot"]).read_text()
            lines = logs.get(row["sample"], [])
            if row["record"] != "first":
                lines = [line for line in lines if str(
                    line["fields"].get("Event", {}).get("System", {}).get("EventRecordID"))
                    == row["record"]]
            if not lines:
                score.of(row["snapshot"], "no such record")
                continue
            differs = snapshot_differs(want, row["form"], lines[0]["fields"])
            score.of(row["snapshot"], "the record differs" if differs else None)
    print(f"{records} records, {beyond} of them beyond those that the walk counted")
    print(f"{score.passed} passed, {score.failed} failed")
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())

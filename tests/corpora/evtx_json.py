#!/usr/bin/env python3
"""Compares event logs read with the same events as another program printed them.

usage: evtx_json.py DIR PROGRAM...

DIR holds archives `*.tar.zst` (or what they hold, unpacked) in which x.json lies
beside x.evtx, with one or several objects. PROGRAM is the command that writes
one event a line for each file given to it; with a single word, `read` is put
behind it. Records must be equal, field for field, but for what `normal` names.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

# Name of a log -> why an event of it may differ.
EXCEPTIONS = {
    "ad691d92-15f2-4181-9aa4-723c74f9ddc3.evtx":
        "the sample was edited: the log has Explorer.EXE, the other form Explorer.exe",
}


def run(command, name):
    done = subprocess.run(command + [str(name)], capture_output=True, check=False)
    return [json.loads(line)["fields"] for line in done.stdout.decode("utf-8").split("\n") if line]


def objects(text):
    decoder = json.JSONDecoder()
    at = 0
    while True:
        at += len(text) - at - len(text[at:].lstrip())
        if at == len(text):
            return
        value, at = decoder.raw_decode(text, at)
        yield value


def normal(value, name=""):
    """The other program cuts blanks at the end of texts, which we keep; and
    writes some times to 100 nanoseconds, which we write to microseconds."""
    if isinstance(value, dict):
        return {k: normal(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [normal(v) for v in value]
    if isinstance(value, str):
        if name == "SystemTime" and len(value) == 30:
            return value[:26] + "Z"
        return value.rstrip()
    return value


def main():
    command = sys.argv[2:]
    if len(command) == 1:
        command += ["read"]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(sys.argv[1])
        archives = sorted(folder.glob("*.tar.zst"))
        for archive in archives:
            subprocess.run(["tar", "-I", "zstd -d --long=27", "-xf", archive, "-C", work],
                           check=True)
        for log in sorted((pathlib.Path(work) if archives else folder).rglob("*.evtx")):
            beside = log.with_suffix(".json")
            if not beside.exists():
                continue
            want = [normal(o) for o in objects(beside.read_text(encoding="utf-8-sig"))]
            got = [normal(o) for o in run(command, log)]
            equal = sum(a == b for a, b in zip(want, got))
            missed = max(len(want), len(got)) - equal
            if log.name in EXCEPTIONS:
                equal, missed = (len(want), 0) if missed == 1 else (0, len(want))
            passed += equal
            failed += missed
            if missed:
                print(f"{log.name}: {missed} of {len(want)} events differ")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

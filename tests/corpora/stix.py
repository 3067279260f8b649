#!/usr/bin/env python3
"""Compares the program with conformance vectors for STIX.

usage: stix.py DIR PROGRAM

DIR holds `KIND.jsonl`, one vector a line: `id`, `input`, where needed `op` and
`options`, and `expect`; docs/formats/stix.md says what each kind asks. PROGRAM
is called once a file as `PROGRAM intel vectors FILE` and prints one line of
JSON for each vector. What is compared of each kind is written here; a vector
that was not answered, or answered twice, has failed.
"""
import datetime
import json
import pathlib
import re
import subprocess
import sys

WORST = 12
# Kinds that the program has no answer to yet, and vectors on which it differs: `* NAME: reason`.
UNBUILT = pathlib.Path(__file__).resolve().parents[2] / "docs/differences/stix.md"


def as_sets(value):
    """Lists whose order says nothing, made comparable."""
    if isinstance(value, dict):
        return {key: as_sets(one) for key, one in value.items()}
    if isinstance(value, list):
        return sorted((as_sets(one) for one in value), key=json.dumps)
    return value


def moment(text):
    """A timestamp as (seconds, fraction), to any precision."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z", text or "")
    if not match:
        return None
    return datetime.datetime.fromisoformat(match[1]), float(match[2] or 0)


def later(vector, answer):
    """expect.object with "$LATER" replaced by the answer's time, if that is later."""
    wanted = dict(vector["expect"])
    if isinstance(wanted.get("object"), dict) and wanted["object"].get("modified") == "$LATER":
        before = moment(vector["input"]["object"].get("modified"))
        after = moment((answer.get("object") or {}).get("modified"))
        if after and (before is None or after > before):
            wanted["object"] = {**wanted["object"], "modified": answer["object"]["modified"]}
    return wanted


def same_verdict(given, wanted):
    """The verdict and the checks that spoke; the number of messages is not compared, nor
    what the vector does not tell."""
    if isinstance(wanted, list):
        return isinstance(given, list) and len(given) == len(wanted) and all(
            a.get("valid") == b["valid"] for a, b in zip(given, wanted))
    if not isinstance(given, dict) or given.get("rejected") != wanted.get("rejected"):
        return False
    told = all(given.get(key) == wanted[key] for key in ("valid", "valid_without_should")
               if key in wanted)
    return told and all(sorted(given.get(key, [])) == sorted(wanted.get(key, []))
                        for key in ("should_codes", "warning_codes"))


def is_right(kind, vector, answer):
    wanted = vector["expect"]
    if kind.startswith("validator"):
        return same_verdict(answer, wanted)
    if kind.startswith("jcs"):  # the hash is told by some only
        return all(answer.get(key) == value for key, value in wanted.items())
    if kind == "versioning":
        return answer == later(vector, answer)
    if kind in ("markings", "pattern-inspect"):
        return as_sets(answer) == as_sets(wanted)
    if kind == "pattern-valid":
        return answer.get("valid") == wanted["valid"]
    if kind == "pattern-match":
        # Any binding that satisfies the pattern is right; that it does is asked
        # by matching again what was bound, which the program does itself.
        if "bound" in wanted and answer.get("match") and not answer.get("bound_matches"):
            return False
        return {key: answer.get(key) for key in ("match", "error")} == \
            {key: wanted.get(key) for key in ("match", "error")}
    return answer == wanted


def main():
    folder, program = pathlib.Path(sys.argv[1]), sys.argv[2:]
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        sys.exit(f"no vectors in {folder}")
    unbuilt = {line[2:].split(":")[0] for line in UNBUILT.read_text(encoding="utf-8").splitlines()
               if line.startswith("* ")}
    passed = failed = skipped = 0
    for path in files:
        vectors = {}
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                vector = json.loads(line)
                vectors[vector["id"]] = vector
        done = subprocess.run([*program, "intel", "vectors", str(path)], capture_output=True,
                              check=False)
        answers, misses = {}, []
        if path.stem in unbuilt and done.returncode == 2 and b"SJ0033" in done.stderr:
            print(f"skipped: {path.name}: {len(vectors)} vectors, as docs/differences/stix.md says")
            skipped += len(vectors)
            continue
        if path.stem in unbuilt:
            misses.append(f"{path.stem}: is answered and still stands in {UNBUILT.name}")
        if done.returncode != 0:
            misses.append(f"exit {done.returncode}: {done.stderr.decode(errors='replace')[:300]}")
        for line in done.stdout.decode("utf-8", "replace").split("\n"):
            if not line:
                continue
            line = json.loads(line)
            if line["id"] in answers:
                misses.append(f"{line['id']}: answered twice")
            answers[line["id"]] = line
        good = known = 0
        for name, vector in vectors.items():
            given = answers.get(name)
            agrees = given is not None and "answer" in given and \
                is_right(path.stem, vector, given["answer"])
            if name in unbuilt and given is not None:
                known += 1
                if agrees:
                    misses.append(f"{name}: agrees and still stands in {UNBUILT.name}")
                continue
            if given is None:
                misses.append(f"{name}: not answered")
            elif agrees:
                good += 1
            else:
                got = given.get("answer", {"refused": given.get("refused")})
                misses.append(f"{name}: expected {json.dumps(vector['expect'])}, got "
                              f"{json.dumps(got)}, asked {json.dumps(vector['input'])[:300]} "
                              f"{json.dumps(vector.get('options', ''))} ({vector.get('from', '')})")
        bad = len(vectors) - good - known
        if known:
            print(f"skipped: {path.name}: {known} that differ, as docs/differences/stix.md says")
        skipped += known
        print(f"{path.name}: {good} of {len(vectors)}")
        for miss in misses[:WORST]:
            print("  miss:", miss[:700])
        passed, failed = passed + good, failed + max(bad, 1 if misses else 0)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


sys.exit(main())

#!/usr/bin/env python3
"""Compares message trees and header fields with the answers of another parser.

usage: mail_parser.py DIR PROGRAM...

DIR holds `mail-parser.tar.zst` (or the folder `mail-parser` unpacked) and the
vectors `header-*.json`. PROGRAM is the command that writes one tree a line for
each file given to it; with a single word, `mail --format ndjson --tree` is put
behind it. Every mail is tried with LF and with CR LF line ends. What we read
otherwise on purpose is in EXCEPTIONS, with the reason; an exception that no
longer applies is a failure.
"""
import ipaddress
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# Name of a case -> why our answer is another.
_ID_CUT = "an id or name is kept whole; the answer cuts it at a slash"
_OUTER = "RFC 2046, 5.1.2: the boundary of an outer multipart ends the inner ones; the answer looks for the innermost only"
_PREFIX = "RFC 2046, 5.1.1: of several boundaries that begin a line the one that is the whole line counts"
_CTIME = "a date in ctime's order is read; the answer takes its numbers for other fields"
_RULE3 = "RFC 2045, 6.7, rule 3: white space at the end of a line of quoted-printable must be deleted"
_FIRST = "of two Content-Type fields the first counts, and the ambiguity is recorded"
_YEAR = "RFC 5322, 4.3: a year of two digits below 50 is of this century"
_LINE_END = "the answer leaves the line end in a value"
_ZONE = "RFC 5322, 4.3: PST and PDT are zones"
EXCEPTIONS = {
    "header-content_type/61": "parameter sections with numbers beyond all bounds are no sections",
    "header-received/6": _ID_CUT,
    "header-received/13": _CTIME,
    "header-received/28": _ID_CUT,
    "header-received/29": _ID_CUT,
    "header-received/30": _ID_CUT,
    "header-received/39": _ID_CUT,
    "header-received/65": "the identity is that of the client, not the envelope sender",
    "header-received/67": _ZONE,
    "header-received/89": _YEAR,
    "header-received/90": _YEAR,
    "header-received/116": _ID_CUT,
    "header-received/117": _CTIME,
    "header-received/118": _CTIME,
    "header-received/125": _ID_CUT,
    "header-received/128": _YEAR + "; nothing behind the date is a clause",
    "header-received/144": "seconds before a fraction are read",
    "header-received/151": _CTIME,
    "header-received/155": "a cipher outside of brackets belongs to no clause",
    "header-received/163": _ZONE,
    "header-received/166": "an address in the first comment is the client's",
    "header-received/171": "\"from userid\" in a comment of the server is no host",
    "legacy/033": _RULE3,
    "legacy/040": _RULE3,
    "legacy/047": _RULE3,
    "malformed/000": "a delimiter right behind another ends an empty part; the answer stops there",
    "malformed/001": _PREFIX,
    "malformed/004": "RFC 2046, 5.1.1: what follows the boundary on its line is no part's header",
    "malformed/007": _PREFIX,
    "malformed/008": _OUTER,
    "malformed/009": _OUTER,
    "malformed/011": _OUTER,
    "malformed/012": _OUTER,
    "malformed/016": _OUTER,
    "malformed/020": _FIRST,
    "malformed/021": _FIRST,
    "malformed/019": "the base64 and line ends of a spliced mail are read to their delimiter",
    "malformed/022": "a nested message without a header is a message all the same",
    "rfc/002": _LINE_END,
    "thirdparty/002": "the number of U+FFFD for a character cut short",
    "thirdparty/005": "base64 does not end the part: a delimiter stands on a line of its own",
    "thirdparty/014": _LINE_END,
    "thirdparty/015": "a delimiter ends a header that has no blank line",
}

FIELDS = {
    "address": "To",
    "content_type": "Content-Type",
    "date": "Date",
    "id": "References",
    "list": "Keywords",
    "received": "Received",
    "unstructured": "Subject",
}


def run(command, files):
    """Trees of the files, in the order given."""
    out = []
    for name in files:
        done = subprocess.run(command + [str(name)], capture_output=True, check=False)
        lines = done.stdout.decode("utf-8").splitlines()
        tree = json.loads(lines[0]) if done.returncode in (0, 1) and lines else None
        if tree is not None:
            tree.pop("source")  # where the message stands, which is ours to say
        out.append(tree)
    return out


def differences(want, got, path="", out=None):
    out = [] if out is None else out
    if len(out) > 5:
        return out
    if isinstance(want, dict) and isinstance(got, dict):
        for key in want:
            if key not in got:
                out.append(f"{path}.{key}: missing, wanted {str(want[key])[:200]}")
            else:
                differences(want[key], got[key], f"{path}.{key}", out)
        for key in got:
            if key not in want and got[key] is not None:
                out.append(f"{path}.{key}: not wanted: {str(got[key])[:200]}")
    elif isinstance(want, list) and isinstance(got, list) and not (want and isinstance(want[0], int)):
        if len(want) != len(got):
            out.append(f"{path}: {len(want)} wanted, {len(got)} given: {str(want)[:300]} / {str(got)[:300]}")
        for i, (a, b) in enumerate(zip(want, got)):
            differences(a, b, f"{path}[{i}]", out)
    elif want != got:
        out.append(f"{path}: wanted {str(want)[:300]!r}, given {str(got)[:300]!r}")
    return out


def address(text):
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


def normal(tree):
    """Null members are left out in some answers; addresses may be spelt in two ways."""
    if isinstance(tree, dict):
        if tree.get("tz_hour") == 0 and tree.get("tz_minute") == 0:
            tree = {**tree, "tz_before_gmt": False}  # a zone of nothing has no sign
        return {k: address(v) if k in ("from_ip", "IpAddr") else normal(v)
                for k, v in tree.items() if v is not None}
    if isinstance(tree, list):
        return [normal(v) for v in tree]
    return tree


def tree_cases(folder, work):
    for answer in sorted(folder.glob("eml/*/*.json")):
        crlf = answer.name.endswith(".crlf.json")
        stem = answer.name.split(".")[0]
        mail = (answer.parent / (stem + ".eml")).read_bytes()
        mail = re.sub(rb"(?<!\r)\n", b"\r\n", mail) if crlf else mail.replace(b"\r", b"")
        name = f"{answer.parent.name}/{stem}{'.crlf' if crlf else ''}"
        path = work / (name.replace("/", "-") + ".eml")
        path.write_bytes(mail)
        yield name, path, json.loads(answer.read_text())


def vector_cases(folder, work):
    for kind, field in FIELDS.items():
        path = folder / f"header-{kind}.json"
        if not path.exists():
            continue
        for number, case in enumerate(json.loads(path.read_text())):
            mail = work / f"{kind}-{number}.eml"
            header = case["header"].encode("utf-8", "surrogatepass")
            tail = b"" if header.endswith(b"\n") else b"\n"
            mail.write_bytes(field.encode() + b":" + header + tail + b"\n")
            yield kind, f"header-{kind}/{number}", mail, case["expected"]


def field_value(kind, tree):
    value = tree["parts"][0]["headers"][0]["value"]
    if value == "Empty":
        return None
    inner = next(iter(value.values()))
    if kind in ("id", "list"):
        return inner if isinstance(inner, list) else [inner]
    if kind == "content_type" and inner["attributes"] is not None:
        inner["attributes"] = [[a["name"], a["value"]] for a in inner["attributes"]]
    return inner


def main():
    folder = pathlib.Path(sys.argv[1])
    command = sys.argv[2:]
    if len(command) == 1:
        command += ["mail", "--format", "ndjson", "--tree"]
    results = []  # name, differences
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        trees = folder / "mail-parser"
        if not trees.exists():
            subprocess.run(["tar", "--zstd", "-xf", folder / "mail-parser.tar.zst", "-C", work], check=True)
            trees = work / "mail-parser"
        cases = list(tree_cases(trees, work))
        for (name, _, want), got in zip(cases, run(command, [path for _, path, _ in cases])):
            results.append((name, differences(normal(want), normal(got)) if got else ["no answer"]))
        vectors = list(vector_cases(folder, work))
        for (kind, name, _, want), got in zip(vectors, run(command, [v[2] for v in vectors])):
            results.append((name, differences(normal(want), normal(field_value(kind, got))) if got else ["no answer"]))
    failed = 0
    excepted = 0
    for name, found in results:
        reason = EXCEPTIONS.get(name.removesuffix(".crlf"))
        if found and reason:
            excepted += 1
        elif found or (reason and name in EXCEPTIONS):
            failed += 1
            print(f"FAILED {name}" + ("" if found else " (excepted, but agrees)"))
            for line in found[:3]:
                print("   ", line)
    print(f"{len(results) - failed} passed, {failed} failed ({excepted} of those passed are named exceptions)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

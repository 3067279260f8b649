#!/usr/bin/env python3
"""Runs every command that the docs show: docs.py [PROGRAM]

Commands are the lines of ```sh blocks in README.md and docs/**/*.md that begin
with `serjeant`. They run in a folder that holds evidence under the names that
the docs use. A command may say that some evidence could not be read (status 1);
wrong usage (2) and internal errors (3) are failures. The pages of the verbs must
be what the program writes.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/whole"))
import evidence  # noqa: E402

PROGRAM = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/serjeant").resolve()
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def bundle():
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": [
        {"type": "attack-pattern", "id": "attack-pattern--1", "name": "Email Collection", "modified": "2024-01-01T00:00:00Z",
         "external_references": [{"source_name": "mitre-attack", "external_id": "T1114"}]},
        {"type": "intrusion-set", "id": "intrusion-set--1", "name": "Example Group", "aliases": ["Example Group", "Alias"],
         "external_references": [{"source_name": "mitre-attack", "external_id": "G9999"}, {"source_name": "Paper"}]},
        {"type": "relationship", "id": "relationship--1", "relationship_type": "uses", "source_ref": "intrusion-set--1",
         "target_ref": "attack-pattern--1", "external_references": [{"source_name": "Paper"}]}]})


def prepare(work):
    evidence.make(work / "evidence", records=400, mails=60)
    shutil.copy(work / "evidence/audit.csv", work / "audit.csv")
    shutil.copytree(work / "evidence/mail", work / "mailboxes")
    shutil.copy(work / "evidence/mail/inbox.mbox", work / "inbox.mbox")
    shutil.copy(work / "evidence/mail/one.eml", work / "suspicious.eml")
    shutil.copy(work / "evidence/web/u_ex240302.log", work / "strange.log")
    (work / "security.ndjson").write_text("\n".join(
        json.dumps({"Channel": "Security", "Provider_Name": "Microsoft-Windows-Security-Auditing", "EventID": 4624, "n": n})
        for n in range(10)) + "\n")
    (work / "dns.ndjson").write_text('{"name":"news.example","type":"TXT","rdata":["v=spf1 -all"]}\n')
    (work / "enterprise-attack.json").write_text(bundle())
    (work / "people.csv").write_text("person,address,kind,role,organisation\n" + "".join(
        f"Person {n},member{n}@parliament.example,work,{'member' if n % 2 else 'staff'},Parliament\n" for n in range(17)))
    questions = ROOT / "tests/cases/attribute/ready-questions"
    shutil.copytree(questions / "published", work / "published")
    shutil.copy(questions / "trials.jsonl", work / "trials.jsonl")
    (work / "report.txt").write_text("The Ministry said on 3 May 2024 that the group had very likely stolen 200 files.\n")
    rules = work / "sigma/rules"
    rules.mkdir(parents=True)
    (rules / "logon.yml").write_text("title: Log-on\nid: 6f3c9a0e-0000-4000-8000-000000000001\nlogsource:\n  product: windows\n"
                                     "  service: security\ndetection:\n  s:\n    EventID: 4624\n  condition: s\nlevel: low\n")


def main():
    failed = passed = 0
    with tempfile.TemporaryDirectory(prefix="sj-docs-") as folder:
        work = pathlib.Path(folder)
        prepare(work)
        (work / "bin").mkdir()
        (work / "bin/serjeant").symlink_to(PROGRAM)
        env = {"PATH": f"{work}/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": folder}
        pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
        seen = set()
        # The case that other commands look into comes first.
        commands = ["serjeant investigate Parliament=evidence/ --case incident.sjt --intel enterprise-attack.json --roster people.csv",
                    "serjeant exercise --seed 7 --size XS exercise/",
                    "serjeant investigate exercise/ --case exercise.sjt"]
        for page in pages:
            for block in BLOCK.findall(page.read_text(encoding="utf-8")):
                commands += [line.strip() for line in block.splitlines() if line.strip().startswith("serjeant ")]
        for command in commands:
            if command in seen:
                continue
            seen.add(command)
            try:
                done = subprocess.run(["sh", "-c", command], cwd=work, env=env, stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, errors="replace", timeout=900, check=False)
            except subprocess.TimeoutExpired:
                failed += 1
                print(f"FAILED (still running after 900 s): {command}")
                continue
            if done.returncode in (0, 1):
                passed += 1
            else:
                failed += 1
                print(f"FAILED ({done.returncode}): {command}\n{done.stderr[-800:]}")
        subprocess.run([ROOT / "scripts/verb_pages", PROGRAM, work / "pages"], check=True)
        for page in sorted((work / "pages").iterdir()):
            there = ROOT / "docs/verbs" / page.name
            if there.exists() and there.read_text() == page.read_text():
                passed += 1
            else:
                failed += 1
                print(f"FAILED: docs/verbs/{page.name} is not what the program writes; run scripts/verb_pages")
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed))


main()

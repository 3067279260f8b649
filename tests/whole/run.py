#!/usr/bin/env python3
"""Whole runs of the program: what holds for a case as a whole.

usage: run.py [PROGRAM]      (default build/release/serjeant)
"""
import hashlib
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import evidence  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/serjeant").resolve())
KILLS = int(os.environ.get("SJ_KILLS", "200"))
CLEAN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
passed = failed = skipped = 0


def run(*arguments, env=None, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], env={**CLEAN, **(env or {})}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", timeout=300, check=False, **options)


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def check(name, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {detail}")


def skip(name, why):
    global skipped
    skipped += 1
    print(f"skipped: {name} ({why})")


def investigate(given, case, *more, env=None):
    return run("investigate", *given, "--case", case, "--quiet", *more, env=env)


def same_bytes(work, given, case):
    """Law 4: the same evidence gives the same bytes, however it is run."""
    first = investigate(given, case, "--jobs", "1")
    check("a case is made and says that one file was not fully read", first.returncode == 1, first.stderr)
    want = digest(case)
    variants = {
        "two workers": dict(more=["--jobs", "2"]),
        "seven workers": dict(more=["--jobs", "7"]),
        "New York time": dict(env={"TZ": "America/New_York"}),
        "Kathmandu time": dict(env={"TZ": "Asia/Kathmandu"}),
        "Auckland time": dict(env={"TZ": "Pacific/Auckland"}),
        "Turkish locale": dict(env={"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}),
        "C locale": dict(env={"LC_ALL": "C"}),
        "work folder elsewhere": dict(more=["--work", str(work / "elsewhere")]),
    }
    (work / "elsewhere").mkdir()
    for name, how in variants.items():
        other = work / "other.sjt"
        done = investigate(given, other, *how.get("more", []), env=how.get("env"))
        check(f"same bytes: {name}", done.returncode == 1 and digest(other) == want, done.stderr)
    # Files handed over one by one, in another order, have other names (relative to
    # the argument) but are the same set however they are shuffled.
    files = sorted(p for p in (work / "evidence").rglob("*") if p.is_file())
    a, b = work / "a.sjt", work / "b.sjt"
    investigate(files, a)
    shuffled = files[:]
    random.Random(5).shuffle(shuffled)
    investigate(shuffled, b)
    check("same bytes: files in another order", digest(a) == digest(b))
    copy = work / "copy"
    shutil.copytree(work / "evidence", copy)
    other = work / "moved.sjt"
    investigate([copy], other)
    check("same bytes: the folder elsewhere, with other times", digest(other) == want)
    return want


def verify(work, case):
    done = run("verify", case, "--evidence", work / "evidence", "--quiet")
    check("verify holds with the evidence", done.returncode == 0, done.stdout + done.stderr)
    done = run("verify", case, "--quiet")
    check("verify holds without the evidence", done.returncode == 0, done.stdout + done.stderr)
    copy = work / "tampered"
    shutil.copytree(work / "evidence", copy)
    data = bytearray((copy / "audit.csv").read_bytes())
    data[1_200_000] ^= 1
    (copy / "audit.csv").write_bytes(data)
    done = run("verify", case, "--evidence", copy, "--quiet")
    check("verify names the damaged megabyte", done.returncode == 1 and "audit.csv" in done.stdout and "leaf 1" in done.stdout,
          done.stdout + done.stderr)
    bad = work / "bad.sjt"
    data = bytearray(pathlib.Path(case).read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)
    for end in (".seal", ".custody"):
        shutil.copy(str(case) + end, str(bad) + end)
    done = run("verify", bad, "--quiet")
    check("verify sees a changed case", done.returncode == 1 and "NOT" in done.stdout, done.stdout + done.stderr)


def killed_anywhere(work, given, want):
    """Killed at any moment: the case is whole or absent, and the next run gives the same bytes."""
    case = work / "killed.sjt"
    began = time.monotonic()
    investigate(given, case)
    whole = time.monotonic() - began
    chance = random.Random(11)
    wrong = 0
    for n in range(KILLS):
        for left in work.glob("killed.sjt*"):
            if n % 3 == 0 or left.name == "killed.sjt":
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        process = subprocess.Popen([PROGRAM, "investigate", *map(str, given), "--case", str(case), "--quiet"], env=CLEAN,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.random() * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if case.exists() and digest(case) != want:
            wrong += 1
    check(f"killed at {KILLS} random points, never half a case", wrong == 0, f"{wrong} times a case of other bytes")
    done = investigate(given, case)
    check("a run after kills gives the same bytes", done.returncode == 1 and digest(case) == want, done.stderr)
    left = sorted(p.name for p in work.glob("killed.sjt*"))
    check("and leaves nothing else behind", left == ["killed.sjt", "killed.sjt.custody", "killed.sjt.seal"], str(left))


def interrupted(work, given, want):
    case = work / "stopped.sjt"
    process = subprocess.Popen([PROGRAM, "investigate", *map(str, given), "--case", str(case), "--quiet", "--jobs", "1"], env=CLEAN,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(0.03)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    if process.returncode in (0, 1):
        skip("Ctrl-C", "the run was over before the signal")
    elif process.returncode == -signal.SIGINT:
        check("Ctrl-C before the start leaves nothing", not case.exists())
    else:
        check("Ctrl-C leaves no case and says so", not case.exists() and "No case was written" in said, said)
    done = investigate(given, case)
    check("the same command goes on", digest(case) == want, done.stderr)


def mistakes(work, given, case):
    """Every mistake has one clear answer."""
    import fcntl
    other = work / "locked.sjt"
    with open(str(other) + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = investigate(given, other)
    check("two runs on one case: the second is refused", done.returncode == 3 or done.returncode == 2, done.stderr)
    check("and says why", "another" in done.stderr, done.stderr)
    check("and writes nothing", not other.exists())
    done = investigate([work / "nothing-here"], work / "x.sjt")
    check("missing evidence", done.returncode == 2 and "nothing-here" in done.stderr, done.stderr)
    done = investigate(given, work / "no" / "folder" / "x.sjt")
    check("a case in a folder that is not there", done.returncode in (2, 3) and "x.sjt" in done.stderr, done.stderr)
    for name, data in {"empty.sjt": b"", "text.sjt": b"hello\n", "cut.sjt": pathlib.Path(case).read_bytes()[:5000],
                       "other.db": b"SQLite format 3\0" + bytes(4080)}.items():
        (work / name).write_bytes(data)
        for verb in ("show", "dossier", "verify"):
            done = run(verb, work / name)
            check(f"{verb} of {name}", done.returncode in (1, 2, 3) and done.stderr + done.stdout != "", done.stderr)
            check(f"{verb} of {name} writes no page", not (work / name).with_suffix(".html").exists())
    done = subprocess.run(["sh", "-c", f"ulimit -f 200; exec '{PROGRAM}' investigate '{given[0]}' --case '{work}/full.sjt' --quiet"],
                          env=CLEAN, capture_output=True, text=True, check=False)
    check("a full disk is an error and leaves no case", done.returncode == 3 and not (work / "full.sjt").exists(),
          f"{done.returncode} {done.stderr}")
    readonly = work / "readonly"
    readonly.mkdir()
    shutil.copy(case, readonly / "c.sjt")
    os.chmod(readonly / "c.sjt", 0o444)
    os.chmod(readonly, 0o555)
    done = run("show", readonly / "c.sjt", "accounts", "--json")
    check("a read-only case can be looked into", done.returncode == 0, done.stderr)
    os.chmod(readonly, 0o755)


def odd_files(work):
    odd = work / "odd"
    odd.mkdir()
    (odd / "empty").write_bytes(b"")
    (odd / "line\nbreak.ndjson").write_text('{"a":1}\n')
    with open(os.path.join(os.fsencode(odd), b"bad\xff\xfename.ndjson"), "wb") as out:
        out.write(b'{"a":2}\n')
    os.mkfifo(odd / "pipe")
    (odd / "link-out").symlink_to("/etc/passwd")
    (odd / "deep.json").write_bytes(b"[" * 100_000)
    (odd / "nul.csv").write_bytes(b"a,b\n1,\0\n2,3\n")
    (odd / "field.csv").write_bytes(b"a,b\n1," + b"x" * 100_000_000 + b"\n2,3\n")
    (odd / "headers.eml").write_bytes(b"From: a@b.example\nTo: c@d.example\n" + b"X: y\n" * 1_000_000 + b"\nbody\n")
    (odd / "nest.eml").write_bytes(b"From: a@b.example\nTo: c@d.example\nSubject: s\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000)))
    if os.geteuid() != 0:
        (odd / "secret").write_text("x")
        os.chmod(odd / "secret", 0)
    began = time.monotonic()
    done = investigate([odd], work / "odd.sjt")
    check("odd files: done, and says that not all was read", done.returncode == 1, f"{done.returncode} {done.stderr[-500:]}")
    check("odd files: in bounded time", time.monotonic() - began < 60, f"{time.monotonic() - began:.0f} s")
    shown = run("show", work / "odd.sjt", "coverage", "--json")
    check("odd files: each byte is accounted for", shown.returncode == 0 and "limit-length" in shown.stdout, shown.stdout[-500:])
    done = run("read", odd, "--quiet")
    check("no link out of the evidence is followed", "root:" not in done.stdout)
    many = work / "many"
    many.mkdir()
    for n in range(100_000):
        if n % 1000 == 0:
            (many / f"{n // 1000}").mkdir()
        (many / f"{n // 1000}" / f"{n}.ndjson").write_text(f'{{"n":{n}}}\n')
    began = time.monotonic()
    done = investigate([many], work / "many.sjt")
    check("a folder of 100,000 files", done.returncode == 0, f"{done.returncode} {done.stderr[-500:]}")
    print(f"100,000 files took {time.monotonic() - began:.0f} s")
    shutil.rmtree(many)


def outputs(work, case):
    page = work / "page.html"
    done = run("dossier", case, "-o", page, "--evidence", work / "evidence")
    check("the dossier is written", done.returncode == 0 and page.exists(), done.stderr)
    text = page.read_text() if page.exists() else ""
    check("the dossier runs nothing and loads nothing",
          "<script" not in text and "src=\"http" not in text and "Content-Security-Policy" in text)
    again = work / "page2.html"
    run("dossier", case, "-o", again, "--evidence", work / "evidence")
    check("the same dossier twice", page.exists() and again.exists() and digest(page) == digest(again))
    for form in ("--stix", "--navigator", "--blocklist"):
        one, two = work / f"one{form}", work / f"two{form}"
        done = run("export", case, form, "-o", one)
        run("export", case, form, "-o", two)
        check(f"export {form}, twice the same", done.returncode == 0 and one.exists() and digest(one) == digest(two), done.stderr)
    done = run("export", case, "--csv", "-o", work / "tables")
    check("export --csv", done.returncode == 0 and (work / "tables" / "accounts.csv").exists(), done.stderr)
    for topic in ("sources", "coverage", "findings", "accounts", "sessions", "items", "persons", "campaigns", "hypotheses",
                  "claims", "timeline", "summary"):
        for more in ([], ["--json"]):
            done = run("show", case, topic, *more)
            check(f"show {topic} {' '.join(more)}", done.returncode == 0, done.stderr)


def memory(work):
    """Memory must not follow the input: ten times as much may take at most four times the memory here.

    The aim is 1.2 times; docs/differences/memory.md says what is measured and why it is not reached."""
    peaks = []
    for times in (1, 10):
        folder = work / f"times{times}"
        folder.mkdir()
        for n in range(times):
            # Records and accounts of its own each: a larger house.
            data = evidence.audit_csv(60_000).replace(b"-0000-4000-8000-", b"-%04x-4000-8000-" % n)
            (folder / f"part{n}.csv").write_bytes(data.replace(b"member", b"member%d-" % n))
        done = subprocess.run(["/usr/bin/env", "python3", "-c",
                               "import resource,subprocess,sys; r=subprocess.run(sys.argv[1:]); "
                               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(r.returncode)",
                               PROGRAM, "investigate", str(folder), "--case", str(work / f"m{times}.sjt"), "--quiet"],
                              capture_output=True, text=True, check=False)
        peaks.append(int(done.stdout.split()[-1]))
    print(f"peak memory: {peaks[0] // 1024} MB, ten times the input: {peaks[1] // 1024} MB ({peaks[1] / peaks[0]:.2f} times)")
    check("ten times the input, at most four times the memory", peaks[1] <= 4 * peaks[0], str(peaks))


def main():
    with tempfile.TemporaryDirectory(prefix="sj-whole-") as folder:
        work = pathlib.Path(folder)
        given = [evidence.make(work / "evidence")]
        case = work / "case.sjt"
        want = same_bytes(work, given, case)
        verify(work, case)
        outputs(work, case)
        mistakes(work, given, case)
        interrupted(work, given, want)
        killed_anywhere(work, given, want)
        odd_files(work)
        memory(work)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(bool(failed))


main()

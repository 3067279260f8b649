"""Writes zone data of test suites as a DNS snapshot (docs/formats/dns-snapshot.md)."""
import json


def line(name, kind, rdata=(), rcode="NOERROR"):
    return json.dumps({"name": name, "type": kind, "rcode": rcode, "rdata": list(rdata),
                       "ttl": 3600, "observed_at": "2015-01-01T00:00:00Z",
                       "observer": "suite", "grade": "A1"})


def closed():
    """A suite's zone is whole: what it does not hold does not exist."""
    return line("*", "*", (), "NXDOMAIN")


def write(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def answers(command):
    """The objects that the program prints, one a line; it must end well."""
    import subprocess
    done = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode("utf-8", "replace"))
    return [json.loads(one) for one in done.stdout.decode("utf-8").splitlines()]

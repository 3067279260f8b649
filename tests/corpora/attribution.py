#!/usr/bin/env python3
"""Compares the attribution engine with the benchmark of published cases.

usage: attribution.py DIR PROGRAM

DIR holds the neutral form (docs/attribution.md): kb/, citations.jsonl and
trials.jsonl; the answers are in cases.jsonl or, where that is absent, at the
front of each trial's case_id, which the program itself does not read. With
DIR/reference/expected.json the plain scorers' tables must equal it to three
decimals. Then the program answers every trial, and the figures are held
against the floors that a release must not fall below. The floors are of 610
honest questions; with fewer, a share p may miss its floor by two standard
errors more than it would there, and the log-loss by 2 * 1.3 / sqrt(n) more.
"""
import collections
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import time

EPS = 1e-9
DEV_QUESTIONS, DEV_KNOWN, DEV_UNKNOWN = 610, 279, 331


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def rank(posterior, truth):
    """The middle of the places shared with ties; groups that are not listed have 0."""
    own = posterior.get(truth, 0.0)
    others = [v for g, v in posterior.items() if g not in ("unknown", truth)]
    return 1 + sum(v > own + EPS for v in others) + sum(abs(v - own) <= EPS for v in others) / 2


def best(posterior):
    groups = {g: v for g, v in posterior.items() if g != "unknown"}
    if not groups:
        return None, 0.0
    most = max(groups.values())
    return min(g for g, v in groups.items() if v >= most - EPS), most


def auroc(positive, negative):
    pairs = sorted([(v, 1) for v in positive] + [(v, 0) for v in negative])
    total, below, at = 0.0, 0, 0
    while at < len(pairs):
        end = at
        while end < len(pairs) and pairs[end][0] <= pairs[at][0] + EPS:
            end += 1
        hits = sum(kind for _, kind in pairs[at:end])
        misses = end - at - hits
        total += hits * (below + misses / 2)
        below += misses
        at = end
    return total / max(1, len(positive) * len(negative))


def honest_figures(questions):
    """Over (truth or None, posterior, named)."""
    n = len(questions)
    loss = brier = 0.0
    bins = [[0, 0.0, 0] for _ in range(10)]
    ranks, known, unknown = [], [], []
    for truth, posterior, _ in questions:
        answer = truth or "unknown"
        p = posterior.get(answer, 0.0)
        loss -= math.log(max(p, 1e-12)) / n
        brier += (sum(v * v for v in posterior.values()) - 2 * p + 1) / n
        first = max(posterior.values())
        place = bins[min(9, int(first * 10))]
        place[0] += 1
        place[1] += first
        place[2] += posterior.get(answer, 0.0) >= first - EPS
        (known if truth else unknown).append(1 - posterior.get("unknown", 0.0))
        if truth:
            ranks.append(rank(posterior, truth))
    named = [(truth, name) for truth, _, name in questions if name]
    k, u = max(1, len(known)), max(1, len(unknown))
    return collections.OrderedDict([
        ("top-1", sum(r < 1.5 for r in ranks) / k),
        ("top-5", sum(r <= 5 for r in ranks) / k),
        ("MRR", sum(1 / r for r in ranks) / k),
        ("log-loss", loss),
        ("Brier", brier),
        ("ECE", sum(abs(b[1] - b[2]) for b in bins) / n),
        ("AUROC unknown", auroc(known, unknown)),
        ("named right of knowable", sum(truth == name for truth, name in named) / k),
        ("false accusations", sum(truth is None for truth, _ in named) / u),
        ("named", len(named)), ("named wrong", sum(truth != name for truth, name in named)),
    ])


def country_figures(folder, questions):
    path = folder / "groups.jsonl"
    if not path.exists():
        return {}
    country = {r["group"]: r["country"] for r in lines(path) if r["country"]}
    n = right = high = high_right = 0
    for truth, posterior, _ in questions:
        if truth not in country:
            continue
        sums = collections.Counter()
        for group, p in posterior.items():
            if group in country:
                sums[country[group]] += p
        whole = sum(p for g, p in posterior.items() if g != "unknown") or 1
        most = max(sums.values(), default=0)
        first = min((c for c in sums if sums[c] >= most - EPS), default=None)
        n += 1
        right += first == country[truth]
        if most / whole >= .9:
            high += 1
            high_right += first == country[truth]
    return {"country top-1": right / max(1, n), "country cases": n,
            "country at .9": high, "country right at .9": high_right / max(1, high)}


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, good, detail=""):
        self.passed += good
        self.failed += not good
        print(f"  {'ok    ' if good else 'FAILED'} {what}{'  ' + detail if detail else ''}")

    def least(self, what, value, floor, n, of):
        slack = 2 * math.sqrt(floor * (1 - floor)) * max(0, 1 / math.sqrt(n) - 1 / math.sqrt(of))
        self.check(what, value >= floor - slack - 5e-4, f"{value:.3f}, at least {floor - slack:.3f}")

    def most(self, what, value, floor, n, of):
        slack = 2 * math.sqrt(floor * (1 - floor)) * max(0, 1 / math.sqrt(n) - 1 / math.sqrt(of))
        self.check(what, value <= floor + slack + 5e-4, f"{value:.3f}, at most {floor + slack:.3f}")


def compare_tables(folder, program, checks):
    """Every baseline's figure against the reference's; gives the program's own tables."""
    started = time.monotonic()
    done = subprocess.run([program, "attribute", "--tables", folder], capture_output=True,
                          check=False)
    took = time.monotonic() - started
    if done.returncode:
        checks.check("tables are made", False, done.stderr.decode()[:200])
        return {}
    made = json.loads(done.stdout)["figures"]
    expected = folder / "reference" / "expected.json"
    if not expected.exists():
        return made
    wrong = collections.Counter()
    count = collections.Counter()
    for table, rows in json.loads(expected.read_text(encoding="utf-8"))["figures"].items():
        for row, figures in rows.items():
            for name, want in figures.items():
                got = made.get(table, {}).get(row, {}).get(name)
                if isinstance(want, float) or isinstance(got, float):
                    bound = 5.5e-4 * max(1, abs(want) if abs(want) >= 10 else 1)
                    same = got is not None and abs(got - want) <= bound
                else:
                    same = got == want
                count[table] += 1
                wrong[table] += not same
                if not same and wrong[table] <= 3:
                    print(f"    {table} {row} {name}: expected {want}, got {got}")
    for table in sorted(count):
        checks.check(f"table {table} as in the reference", not wrong[table],
                     f"{count[table] - wrong[table]} of {count[table]} figures")
    print(f"  all tables took {took:.2f} s")
    return made


def answer(folder, program, trials, checks, what):
    with tempfile.TemporaryDirectory(prefix="sj-attribution-") as work:
        out = pathlib.Path(work) / "answers.jsonl"
        done = subprocess.run([program, "attribute", "--cases", trials, "--knowledge", folder,
                               "--out", out], capture_output=True, check=False)
        checks.check(f"{what}: the program answers", done.returncode == 0,
                     done.stderr.decode()[:200])
        return lines(out) if done.returncode == 0 else []


def duplicates_move_nothing(folder, program, trials, answers, checks):
    """Every tenth trial again with each item five times, in another order."""
    some = trials[::10]
    with tempfile.TemporaryDirectory(prefix="sj-attribution-") as work:
        path = pathlib.Path(work) / "trials.jsonl"
        with open(path, "w", encoding="utf-8") as file:
            for trial in some:
                seen = {kind: list(reversed(items)) * 5
                        for kind, items in trial["observed"].items()}
                file.write(json.dumps({**trial, "observed": seen}) + "\n")
        again = answer(folder, program, path, checks, "items five times")
    moved = max((abs(a["posterior"].get(g, 0) - b["posterior"].get(g, 0))
                 for a, b in zip(answers[::10], again)
                 for g in set(a["posterior"]) | set(b["posterior"])), default=1)
    checks.check("exact copies of items move no posterior", moved < 1e-9, f"most: {moved:.1e}")


def what_a_trial_says_of_its_answer_is_not_read(folder, program, trials, answers, checks):
    some = trials[::10]
    with tempfile.TemporaryDirectory(prefix="sj-attribution-") as work:
        path = pathlib.Path(work) / "trials.jsonl"
        with open(path, "w", encoding="utf-8") as file:
            for n, trial in enumerate(some):
                file.write(json.dumps({**trial, "case_id": f"case {n}", "framed": None,
                                       "planted": []}) + "\n")
        again = answer(folder, program, path, checks, "without the answers")
    same = [a["posterior"] == b["posterior"] and a["named"] == b["named"]
            for a, b in zip(answers[::10], again)]
    checks.check("answers are the same without case_id, framed and planted",
                 bool(same) and all(same), f"{sum(same)} of {len(same)}")


def techniques_alone_name_nobody(folder, program, trials, checks):
    asked = [{**t, "observed": {"t": t["observed"]["t"], "s": []}} for t in trials
             if t["trial"] == "known"]
    if not asked:
        return
    with tempfile.TemporaryDirectory(prefix="sj-attribution-") as work:
        path = pathlib.Path(work) / "trials.jsonl"
        path.write_text("".join(json.dumps(t) + "\n" for t in asked), encoding="utf-8")
        given = answer(folder, program, path, checks, "without software")
    checks.check("techniques alone name nobody",
                 bool(given) and all(a["named"] is None for a in given))


def thin_cases_name_nobody(folder, program, trials, checks):
    """Three items of each honest trial, and the behaviour of the tracking-link mails as it was
    described in public, which must end unattributed."""
    toy = ["T1598", "T1598.003", "T1566.002", "T1589.002", "T1114.002", "T1567.002", "T1583.001",
           "T1584.008"]
    kb = trials[0]["kb"]
    asked = [{"trial": "toy", "case_id": "toy", "kb": kb, "date": "2024-03", "drop_source": None,
              "window_months": 0, "drop_group": None, "observed": {"t": toy, "s": []}}]
    for trial in trials:
        if "/" not in trial["trial"]:
            seen = trial["observed"]
            thin = {"t": seen["t"][:2], "s": seen["s"][:1]}
            asked.append({**trial, "observed": thin})
    with tempfile.TemporaryDirectory(prefix="sj-attribution-") as work:
        path = pathlib.Path(work) / "trials.jsonl"
        path.write_text("".join(json.dumps(t) + "\n" for t in asked), encoding="utf-8")
        given = answer(folder, program, path, checks, "thin cases")
    checks.check("the described behaviour of the tracking-link mails names nobody",
                 bool(given) and given[0]["named"] is None)
    named = sum(a["named"] is not None for a in given[1:])
    checks.check("three items name nobody", named == 0,
                 f"{named} of {len(given) - 1}")


def main():
    folder, program = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    checks = Checks()
    made = compare_tables(folder, program, checks)
    trials = lines(folder / "trials.jsonl")
    truth_of = ({c["case_id"]: c["group"] for c in lines(folder / "cases.jsonl")}
                if (folder / "cases.jsonl").exists() else {})
    started = time.monotonic()
    answers = answer(folder, program, folder / "trials.jsonl", checks, "trials")
    print(f"  {len(trials)} trials took {time.monotonic() - started:.2f} s")
    keys = [(t["trial"], t["case_id"]) for t in trials]
    checks.check("each trial is answered once, in order",
                 [(a["trial"], a["case_id"]) for a in answers] == keys)
    checks.check("posteriors sum to 1, are between 0 and 1, and hold unknown", all(
        abs(sum(a["posterior"].values()) - 1) < 1e-6 and "unknown" in a["posterior"]
        and all(0 <= p <= 1 for p in a["posterior"].values()) for a in answers))
    dropped_answers = sum(t["drop_group"] in a["posterior"] for t, a in zip(trials, answers)
                          if t["drop_group"])
    checks.check("no group that was taken out is answered", dropped_answers == 0)
    duplicates_move_nothing(folder, program, trials, answers, checks)
    what_a_trial_says_of_its_answer_is_not_read(folder, program, trials, answers, checks)

    techniques_alone_name_nobody(folder, program, trials, checks)
    thin_cases_name_nobody(folder, program, trials, checks)

    by_kind = collections.defaultdict(list)
    for trial, given in zip(trials, answers):
        by_kind[trial["trial"]].append((trial, given))
    questions = []
    for kind in ("known", "unknown"):
        for trial, given in by_kind[kind]:
            case = trial["case_id"]
            truth = truth_of.get(case, case.split("|")[0]) if kind == "known" else None
            questions.append((truth, given["posterior"], given.get("named")))
    if not questions:
        checks.check("there are honest questions", False)
        print(f"{checks.passed} passed, {checks.failed} failed")
        return 1
    ours = honest_figures(questions)
    ours.update(country_figures(folder, questions))
    known, unknown = len(by_kind["known"]), len(by_kind["unknown"])

    table_b, table_e = made.get("B", {}), made.get("E", {})
    print(f"\n  {known} known, {unknown} unknown; +-6 months removed, techniques and software")
    print(f"  {'':24}{'top-1':>8}{'top-5':>8}{'MRR':>8}{'log-loss':>10}{'Brier':>8}{'ECE':>8}")
    for name in ("size", "jaccard", "tfidf", "nb", "llr", "bm25", "knn"):
        row = table_b.get(f"pm6/TS/{name}", {})
        if "top1" in row:
            print(f"  {name:24}{row['top1']:8.3f}{row['top5']:8.3f}{row['mrr']:8.3f}")
    stack, ranks = table_e.get("open/full stack", {}), table_e.get("closed/full stack/rank", {})
    if stack:
        print(f"  {'plain stack':24}{ranks['top1']:8.3f}{ranks['top5']:8.3f}{ranks['mrr']:8.3f}"
              f"{stack['logloss']:10.3f}{stack['brier']:8.3f}{stack['ece']:8.3f}")
    print(f"  {'ours':24}{ours['top-1']:8.3f}{ours['top-5']:8.3f}{ours['MRR']:8.3f}"
          f"{ours['log-loss']:10.3f}{ours['Brier']:8.3f}{ours['ECE']:8.3f}")
    for name in list(ours)[6:]:
        value = ours[name]
        print(f"  {name:28}" + (f"{value:8.3f}" if isinstance(value, float) else f"{value:8}"))
    print(f"\n  {'planted':24}{'n':>6}{'first':>8}{'p>=.9':>8}{'named':>8}")
    framed_named = {}
    for kind in sorted(by_kind):
        if "/" not in kind:
            continue
        rows = by_kind[kind]
        tops = [(t["framed"], *best(a["posterior"]), a.get("named")) for t, a in rows]
        framed_named[kind] = (sum(f == named for f, _, _, named in tops) / len(rows), len(rows))
        print(f"  {kind:24}{len(rows):6}{sum(f == g for f, g, _, _ in tops) / len(rows):8.3f}"
              f"{sum(f == g and p >= .9 for f, g, p, _ in tops) / len(rows):8.3f}"
              f"{framed_named[kind][0]:8.3f}")

    honest = sorted(a["doubt"] for t, a in by_kind["known"]
                    if best(a["posterior"])[0] == truth_of.get(t["case_id"],
                                                               t["case_id"].split("|")[0]))
    bound = honest[min(len(honest) - 1, int(.9 * len(honest)))] if honest else 0
    caught = {}
    print(f"\n  {'doubt':24}{'frames':>6}{'AUROC':>8}{'caught':>8}   (10 % of {len(honest)} right "
          f"honest ones are above {bound:.3f})")
    for kind in sorted(by_kind):
        doubts = [a["doubt"] for t, a in by_kind[kind]
                  if t["framed"] and best(a["posterior"])[0] == t["framed"]]
        if doubts and kind.startswith("known"):
            caught[kind] = (sum(d > bound for d in doubts) / len(doubts), len(doubts))
            print(f"  {kind:24}{len(doubts):6}{auroc(doubts, honest):8.3f}{caught[kind][0]:8.3f}")

    print()
    n = len(questions)
    if known:
        checks.least("top-1", ours["top-1"], .41, known, DEV_KNOWN)
        checks.least("top-5", ours["top-5"], .66, known, DEV_KNOWN)
        checks.least("MRR", ours["MRR"], .52, known, DEV_KNOWN)
        checks.least("named right of knowable", ours["named right of knowable"], .08, known,
                     DEV_KNOWN)
    if unknown:
        checks.most("false accusations", ours["false accusations"], .005, unknown, DEV_UNKNOWN)
    if known and unknown:
        checks.least("AUROC unknown", ours["AUROC unknown"], .66, n, DEV_QUESTIONS)
        slack = 2.6 * max(0, 1 / math.sqrt(n) - 1 / math.sqrt(DEV_QUESTIONS))
        checks.check("log-loss", ours["log-loss"] <= 1.92 + slack + 5e-4,
                     f"{ours['log-loss']:.3f}, at most {1.92 + slack:.3f}")
        checks.most("Brier", ours["Brier"], .592, n, DEV_QUESTIONS)
        checks.most("ECE", ours["ECE"], .06, n, DEV_QUESTIONS)
    if ours.get("country cases"):
        checks.least("country top-1", ours["country top-1"], .60, ours["country cases"], 228)
    if ours.get("country at .9"):
        checks.least("country right at >= .9", ours["country right at .9"], .97,
                     ours["country at .9"], 41)
    for kind, bound in (("known/rare/3", .07), ("known/rare-usual/3", .12),
                        ("unknown/rare/3", .11), ("unknown/rare-usual/3", .11),
                        ("known/rare-usual/5", .40)):
        if kind in framed_named:
            checks.most(f"framed and named, {kind}", framed_named[kind][0], bound,
                        framed_named[kind][1], DEV_KNOWN)
    for kind, bound, of in (("known/rare/3", .67, 208), ("known/rare-usual/3", .40, 259)):
        if kind in caught:
            checks.least(f"doubt catches frames, {kind}", caught[kind][0], bound, caught[kind][1], of)
    if stack and ranks:
        bm25 = table_b["pm6/TS/bm25"]
        checks.check("not below BM25 on top-5", ours["top-5"] >= bm25["top5"] - 5e-4)
        checks.check("not above the plain stack on log-loss",
                     ours["log-loss"] <= stack["logloss"] + 5e-4)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


sys.exit(main())

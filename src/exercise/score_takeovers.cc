#include <algorithm>
#include <set>

#include "core/json.h"
#include "core/time.h"
#include "exercise/score_parts.h"
#include "store/rows.h"

namespace serjeant::exercise {
namespace {

// A takeover that the case asserts, not one that it holds possible.
struct Said {
  Id subject;
  std::string account, route;
  std::int64_t first = 0, last = 0;  // seconds
};

auto read_takeovers(const CaseReader& reader) -> Result<std::vector<Said>> {
  auto list = std::vector<Said>{};
  SJ_DO(reader.query(
      "SELECT c.subject, e.value, c.held0, c.held1, c.quantity FROM claim c LEFT JOIN entity e ON "
      "e.id=c.subject WHERE c.predicate=? AND c.literal='taken_over' AND c.stance=1 AND "
      "c.negated=0 AND c.word IN ('certain','strong','probable') ORDER BY c.id",
      {static_cast<std::int64_t>(Predicate::kCompromised)}, [&](const Row& row) {
        auto document = Document{};
        auto arena = Arena{};
        parse_json(row.text(4), "", document, arena);
        list.push_back({row.id(0), std::string{row.text(1)},
                        std::string{document.root().find("route").text()}, row.integer(2) / kSecond,
                        row.integer(3) / kSecond});
      }));
  return list;
}

// Length of the intersection over that of the union, in ppm.
auto jaccard(std::int64_t a0, std::int64_t a1, std::int64_t b0, std::int64_t b1) -> std::uint64_t {
  const auto both = std::min(a1, b1) - std::max(a0, b0);
  const auto all = std::max(a1, b1) - std::min(a0, b0);
  if (both < 0) return 0;
  return all == 0 ? 1'000'000 : static_cast<std::uint64_t>(both * 1'000'000 / all);
}

auto account_rows(const ScoreInput& input, const std::string& strand) -> Miss {
  for (const auto& event : input.truth.events) {
    if (event.strand == strand && input.sources.find(event.file) != input.sources.end()) {
      return {"", event.file, event.offset, event.length};
    }
  }
  return {};
}

void judge_takeovers(const ScoreInput& input, const std::vector<Said>& said,
                     std::vector<Measure>& out) {
  auto planted = std::uint64_t{0}, found = std::uint64_t{0}, routes = std::uint64_t{0};
  auto overlaps = std::vector<std::uint64_t>{};
  auto misses = std::vector<Miss>{}, wrong = std::vector<Miss>{};
  auto victims = std::set<Id>{};
  for (const auto& account : input.truth.accounts) {
    for (const auto& stay : account.intervals) {
      ++planted;
      const auto id = account_id(account.account);
      victims.insert(id);
      auto best = std::uint64_t{0};
      auto seen = false, routed = false;
      for (const auto& one : said) {
        if (one.subject != id || one.last < stay.from || one.first > stay.to) continue;
        seen = true;
        best = std::max(best, jaccard(one.first, one.last, stay.from, stay.to));
        routed = routed || one.route == stay.route;
      }
      if (seen) {
        ++found;
        routes += routed ? 1 : 0;
        overlaps.push_back(best);
      } else {
        auto miss = account_rows(input, stay.strand);
        miss.what = "not found: " + account.account + " by " + stay.route;
        misses.push_back(std::move(miss));
      }
    }
  }
  for (const auto& one : said) {
    if (victims.find(one.subject) == victims.end()) {
      wrong.push_back({"nobody took " + one.account + " (" + one.route + ")", "", 0, 0});
    }
  }
  out.push_back(judged("takeover.recall", ratio(found, planted), "recall 1.00", found == planted,
                       Detail{}
                           .count("planted", static_cast<std::int64_t>(planted))
                           .worst(std::move(misses))
                           .end()));
  const auto false_ones = wrong.size();
  out.push_back(judged("takeover.false", std::to_string(false_ones),
                       "at most 2 false per 3,000 accounts", false_ones <= 2,
                       Detail{}.worst(std::move(wrong)).end()));
  if (found == 0) {
    out.push_back(not_testable("takeover.route", "route right >= 0.9", "no takeover was found"));
    out.push_back(
        not_testable("takeover.interval", "median Jaccard >= 0.9", "no takeover was found"));
    return;
  }
  out.push_back(judged("takeover.route", ratio(routes, found), "route right >= 0.9",
                       routes * 10 >= found * 9, "{}"));
  std::sort(overlaps.begin(), overlaps.end());
  const auto median = overlaps[overlaps.size() / 2];
  out.push_back(judged("takeover.interval", ratio(median, 1'000'000), "median Jaccard >= 0.9",
                       median >= 900'000, "{}"));
}

struct Strand {
  std::string ip;
  std::int64_t t0 = 0, t1 = 0;
  bool hostile = false;
};

// Rows of sessions that a thief shared with their owner: on the right side?
auto judge_strands(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  const auto bar = std::string{">= 0.95 of events on the right strand"};
  auto hostile = std::map<std::pair<std::uint32_t, std::uint64_t>, const EventTruth*>{};
  for (const auto& event : input.truth.events) {
    const auto source = input.sources.find(event.file);
    if (source != input.sources.end() && !event.strand.empty()) {
      hostile[{source->second, event.offset}] = &event;
    }
  }
  auto right = std::uint64_t{0}, all = std::uint64_t{0};
  auto misses = std::vector<Miss>{};
  for (const auto& account : input.truth.accounts) {
    for (const auto& stay : account.intervals) {
      auto strands = std::vector<Strand>{};
      const auto session = session_id(account.account, stay.session);
      SJ_DO(input.reader.query("SELECT ip, t0, t1, verdict FROM strand WHERE session=? ORDER BY n",
                               {session}, [&](const Row& row) {
                                 strands.push_back({std::string{row.blob(0)}, row.integer(1),
                                                    row.integer(2), row.integer(3) == 2});
                               }));
      if (strands.empty()) continue;
      SJ_DO(input.reader.query(
          "SELECT source, off, len, ts_ns, ip FROM event WHERE session_a=? ORDER BY source, off",
          {std::string_view{stay.session}}, [&](const Row& row) {
            const auto source = static_cast<std::uint32_t>(row.integer(0));
            const auto offset = static_cast<std::uint64_t>(row.integer(1));
            const auto at = row.integer(3);
            // The strand of the row's address and time, else one of its time.
            const Strand* place = nullptr;
            for (const auto& strand : strands) {
              if (at < strand.t0 || at > strand.t1) continue;
              if (place == nullptr || strand.ip == row.blob(4)) place = &strand;
            }
            const auto truth = hostile.find({source, offset});
            ++all;
            if ((place != nullptr && place->hostile) == (truth != hostile.end())) {
              ++right;
            } else {
              const auto path = input.paths.find(source);
              misses.push_back({truth != hostile.end()
                                    ? "the intruder's row, taken for the owner's"
                                    : "the owner's row, taken for the intruder's",
                                path == input.paths.end() ? "" : path->second, offset,
                                static_cast<std::uint64_t>(row.integer(2))});
            }
          }));
    }
  }
  if (all == 0) {
    out.push_back(not_testable("takeover.strands", bar,
                               "the case cites no event of a shared session, or has no strands"));
    return {};
  }
  out.push_back(judged(
      "takeover.strands", ratio(right, all), bar, right * 100 >= all * 95,
      Detail{}.count("events", static_cast<std::int64_t>(all)).worst(std::move(misses)).end()));
  return {};
}

struct Left {
  std::string account, kind, certainty;
  std::int64_t at = 0;
};

// Entries of the claims of one kind, with the account they are about.
auto read_entries(const CaseReader& reader, std::string_view literal) -> Result<std::vector<Left>> {
  auto list = std::vector<Left>{};
  SJ_DO(reader.query(
      "SELECT e.value, c.quantity FROM claim c JOIN entity e ON e.id=c.subject WHERE "
      "c.literal=? ORDER BY c.id",
      {literal}, [&](const Row& row) {
        auto document = Document{};
        auto arena = Arena{};
        parse_json(row.text(1), "", document, arena);
        if (!document.root().is_array()) return;
        for (const auto one : document.root()) {
          const auto at = parse_iso_time(one.find("time").text());
          list.push_back({std::string{row.text(0)}, std::string{one.find("kind").text()},
                          std::string{one.find("actor_certainty").text()},
                          at ? at->at / kSecond : 0});
        }
      }));
  return list;
}

auto judge_persistence(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  SJ_TRY(const auto left, read_entries(input.reader, "persistence"));
  SJ_TRY(const auto changes, read_entries(input.reader, "control_changes"));
  auto planted = std::uint64_t{0}, found = std::uint64_t{0};
  auto misses = std::vector<Miss>{}, wrong = std::vector<Miss>{};
  const auto is_planted = [&](const Left& one) {
    return std::any_of(input.truth.persistence.begin(), input.truth.persistence.end(),
                       [&](const PersistenceTruth& truth) {
                         return truth.account == one.account && truth.kind == one.kind &&
                                std::abs(truth.set - one.at) <= 2;
                       });
  };
  for (const auto& truth : input.truth.persistence) {
    if (input.sources.find(truth.file) == input.sources.end()) continue;
    ++planted;
    const auto seen = std::any_of(left.begin(), left.end(), [&](const Left& one) {
      return truth.account == one.account && truth.kind == one.kind &&
             std::abs(truth.set - one.at) <= 2;
    });
    if (seen) {
      ++found;
    } else {
      misses.push_back({"not found: " + truth.kind, truth.file, truth.offset, 0});
    }
  }
  const auto is_rule = [](const Left& one) { return one.kind == "inbox_rule"; };
  auto rules = std::uint64_t{0};
  for (const auto& one : changes) rules += is_rule(one) && !is_planted(one) ? 1u : 0u;
  for (const auto& one : left) {
    const auto sure = one.certainty == "strong" || one.certainty == "probable";
    if (is_rule(one) && sure && !is_planted(one)) {
      wrong.push_back({"an honest rule of " + one.account, "", 0, 0});
    }
  }
  if (planted == 0) {
    out.push_back(not_testable("persistence.found", "all found", "its rows are not in the case"));
    return {};
  }
  out.push_back(judged("persistence.found", ratio(found, planted), "all found", found == planted,
                       Detail{}
                           .count("planted", static_cast<std::int64_t>(planted))
                           .worst(std::move(misses))
                           .end()));
  const auto count = wrong.size();
  out.push_back(judged("persistence.false", ratio(count, std::max<std::uint64_t>(rules, 1)),
                       "benign rules reported as hostile <= 5 %", count * 20 <= rules || count == 0,
                       Detail{}
                           .count("benign_rules", static_cast<std::int64_t>(rules))
                           .worst(std::move(wrong))
                           .end()));
  return {};
}

}  // namespace

auto score_takeovers(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  if (!input.has("P/ual/")) {
    out.push_back(not_testable("takeover.recall", "recall 1.00", "no audit log is in the case"));
    return {};
  }
  SJ_TRY(const auto said, read_takeovers(input.reader));
  judge_takeovers(input, said, out);
  SJ_DO(judge_strands(input, out));
  return judge_persistence(input, out);
}

}  // namespace serjeant::exercise

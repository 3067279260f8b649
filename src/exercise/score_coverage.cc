#include <algorithm>
#include <array>

#include "core/file.h"
#include "core/time.h"
#include "exercise/score_parts.h"
#include "store/rows.h"

namespace serjeant::exercise {
namespace {

struct Hole {
  std::uint32_t source = 0;
  std::string kind;
  Id subject;
  std::int64_t t0 = 0, t1 = 0;  // seconds; 0 = open
};

auto matches(const Hole& hole, const GapTruth& truth) -> bool {
  if (hole.kind != truth.kind) return false;
  if (!truth.entity.empty() && hole.subject != account_id(truth.entity)) return false;
  const auto begins = hole.t0 == 0 || hole.t0 <= truth.to + 1;
  const auto ends = hole.t1 == 0 || hole.t1 >= truth.from - 1;
  return begins && ends;
}

auto judge_gaps(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  auto holes = std::vector<Hole>{};
  SJ_DO(input.reader.query("SELECT kind, subject, t0, t1, source FROM gap ORDER BY id",
                           [&](const Row& row) {
                             auto hole = Hole{};
                             hole.source = static_cast<std::uint32_t>(row.integer(4));
                             hole.kind = row.text(0);
                             hole.subject = row.id(1);
                             hole.t0 = row.integer(2) / kSecond;
                             hole.t1 = row.integer(3) / kSecond;
                             holes.push_back(std::move(hole));
                           }));
  auto planted = std::uint64_t{0}, found = std::uint64_t{0};
  auto misses = std::vector<Miss>{}, wrong = std::vector<Miss>{};
  for (const auto& truth : input.truth.gaps) {
    if (!input.has("P/" + truth.source + "/")) continue;
    ++planted;
    if (std::any_of(holes.begin(), holes.end(), [&](const Hole& h) { return matches(h, truth); })) {
      ++found;
    } else {
      misses.push_back({truth.kind + " in " + truth.source + " from " +
                            format_time(truth.from * kSecond) + " to " +
                            format_time(truth.to * kSecond),
                        "", 0, 0});
    }
  }
  for (const auto& hole : holes) {
    if (std::none_of(input.truth.gaps.begin(), input.truth.gaps.end(),
                     [&](const GapTruth& truth) { return matches(hole, truth); })) {
      wrong.push_back({hole.kind + " from " + format_time(hole.t0 * kSecond) + " to " +
                           format_time(hole.t1 * kSecond),
                       "", 0, 0});
    }
  }
  if (planted == 0) {
    out.push_back(not_testable("gaps.found", "all planted gaps found",
                               "the logs with gaps are not in the case"));
    return {};
  }
  out.push_back(judged("gaps.found", ratio(found, planted), "all planted gaps found",
                       found == planted,
                       Detail{}
                           .count("planted", static_cast<std::int64_t>(planted))
                           .worst(std::move(misses))
                           .end()));
  const auto false_ones = wrong.size();
  out.push_back(judged("gaps.false", std::to_string(false_ones), "false gaps <= 2 an organisation",
                       false_ones <= 2, Detail{}.worst(std::move(wrong)).end()));
  return {};
}

struct Account {
  std::uint64_t bytes = 0, records = 0, faults = 0;
};

auto judge_accounting(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  auto accounts = std::map<std::uint32_t, Account>{};
  SJ_DO(input.reader.query(
      "SELECT source, sum(len), sum(records), sum(faults) FROM coverage GROUP BY source",
      [&](const Row& row) {
        accounts[static_cast<std::uint32_t>(row.integer(0))] = {
            static_cast<std::uint64_t>(row.integer(1)), static_cast<std::uint64_t>(row.integer(2)),
            static_cast<std::uint64_t>(row.integer(3))};
      }));
  auto damaged = std::map<std::string, std::array<std::uint64_t, 2>>{};  // faulty, cut
  for (const auto& row : input.truth.damage) {
    // Another newline is no fault; a cut row is one that can be recovered.
    if (row.kind != "newline") ++damaged[row.file][0];
    if (row.kind == "cut") ++damaged[row.file][1];
  }
  auto bytes = std::uint64_t{0}, named = std::uint64_t{0};
  auto rows = std::uint64_t{0}, reported = std::uint64_t{0};
  auto cut = std::uint64_t{0}, recovered = std::uint64_t{0};
  auto lost = std::vector<Miss>{}, silent = std::vector<Miss>{}, unread = std::vector<Miss>{};
  for (const auto& [path, source] : input.sources) {
    const auto& entry = input.manifest.at(path);
    const auto account = accounts[source];
    bytes += entry.bytes;
    named += std::min(entry.bytes, account.bytes);
    if (account.bytes != entry.bytes) lost.push_back({"bytes not accounted for", path, 0, 0});
    const auto& [faulty, broken] = damaged[path];
    rows += faulty;
    reported += std::min(faulty, account.faults);
    if (account.faults < faulty) {
      silent.push_back({std::to_string(account.faults) + " faults for " + std::to_string(faulty) +
                            " damaged rows",
                        path, 0, 0});
    }
    if (broken == 0) continue;
    cut += broken;
    const auto missing = entry.rows - std::min(entry.rows, account.records);
    recovered += broken - std::min(broken, missing);
    if (missing > 0) {
      unread.push_back(
          {std::to_string(account.records) + " records of " + std::to_string(entry.rows) + " rows",
           path, 0, 0});
    }
  }
  out.push_back(judged("accounting.bytes", ratio(named, bytes),
                       "every byte read, skipped or failed", named == bytes,
                       Detail{}
                           .count("files", static_cast<std::int64_t>(input.sources.size()))
                           .worst(std::move(lost))
                           .end()));
  if (rows == 0) {
    out.push_back(not_testable("accounting.damage", "damaged rows all reported",
                               "no damaged row is in the case"));
    return {};
  }
  out.push_back(judged(
      "accounting.damage", ratio(reported, rows), "damaged rows all reported", reported == rows,
      Detail{}.count("damaged", static_cast<std::int64_t>(rows)).worst(std::move(silent)).end()));
  out.push_back(
      judged("accounting.recovered", ratio(recovered, cut),
             "records recovered from cut rows >= 0.95", recovered * 100 >= cut * 95,
             Detail{}.count("cut", static_cast<std::int64_t>(cut)).worst(std::move(unread)).end()));
  return {};
}

}  // namespace

auto score_coverage(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  SJ_DO(judge_gaps(input, out));
  return judge_accounting(input, out);
}

auto score_attribution(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  const auto bar =
      std::string{"unknown always present; nobody named, as nothing published names A or C"};
  SJ_TRY(const auto questions,
         input.reader.number("SELECT count(DISTINCT question) FROM hypothesis"));
  if (questions == 0) {
    out.push_back(not_testable("attribution", bar, "the case weighs no hypotheses"));
    return {};
  }
  SJ_TRY(
      const auto with_unknown,
      input.reader.number("SELECT count(DISTINCT question) FROM hypothesis WHERE kind='unknown'"));
  SJ_TRY(const auto named, input.reader.number("SELECT count(*) FROM assessment WHERE named=1"));
  out.push_back(
      judged("attribution",
             ratio(static_cast<std::uint64_t>(with_unknown), static_cast<std::uint64_t>(questions)),
             bar, with_unknown == questions && named == 0,
             Detail{}.count("questions", questions).count("named", named).end()));
  return {};
}

}  // namespace serjeant::exercise

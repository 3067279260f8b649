#include "exercise/ualgen.h"

#include <algorithm>

#include "exercise/damage.h"
#include "exercise/out.h"

namespace serjeant::exercise {
namespace {

constexpr auto kLimit = std::size_t{50'000};
constexpr auto kPage = std::size_t{40};  // rows that the collector fetches again together

struct Row {
  Stub stub;
  std::uint32_t day = 0;
  std::uint32_t index = 0, count = 0;
  bool repeat = false;
};

class ExportWriter {
 public:
  ExportWriter(const World& world, const StoryLine& story, const Export& plan,
               const std::string& dir)
      : world_(world),
        story_(story),
        plan_(plan),
        file_(dir, plan.path),
        maker_(world, story),
        writer_(plan.dialect),
        draw_(world.key("export:" + plan.path), 0),
        damage_(world.key("damage:" + plan.path)) {
    draw_.guid(run_);
    // A byte-order mark before the CSV exports; none before lines of JSON.
    const auto csv = !dialect_header(plan.dialect).empty() && plan.dialect != Dialect::kSplunk;
    if (csv) put(std::string{"\xEF\xBB\xBF"} + std::string{dialect_header(plan.dialect)});
    if (plan.dialect == Dialect::kSplunk) put(dialect_header(plan.dialect));
  }

  // Rows in the order of the export; pages of them may come twice.
  void write(std::vector<Row> rows) {
    lose_one(rows);
    for (auto at = std::size_t{0}; at < rows.size(); at += kPage) {
      const auto end = std::min(rows.size(), at + kPage);
      const auto again = plan_.repeats && !plan_.capped && draw_.chance(world_.load->repeats);
      if (plan_.dialect == Dialect::kSplunk) {
        // Indexed twice: the copies stand side by side.
        for (auto i = at; i < end; ++i) {
          queue(rows[i]);
          if (again) queue_repeat(rows[i]);
        }
      } else {
        for (auto i = at; i < end; ++i) queue(rows[i]);
        for (auto i = at; i < end && again; ++i) queue_repeat(rows[i]);
      }
    }
    flush_queue(false);
  }

  auto finish() -> Result<LogTruth> {
    flush_queue(true);
    auto file = file_.finish();
    if (!file) return tl::unexpected<Error>(std::move(file).error());
    truth_.file = *std::move(file);
    return std::move(truth_);
  }
  auto truth() -> LogTruth& { return truth_; }

 private:
  void put(std::string_view text) {
    if (!plan_.utf16) {
      file_.buffer += text;
      return;
    }
    append_utf16le(file_.buffer, text);
  }

  void queue(Row row) {
    if (!row.repeat) ++truth_.distinct;
    queue_.push_back(std::move(row));
  }
  void queue_repeat(Row row) {
    row.repeat = true;
    queue(std::move(row));
  }

  auto planted(const Row& row) const -> bool {
    return row.stub.act >= 0 || row.stub.op == Op::kWide;
  }

  // Keeps one row back, so that a row knows whether its neighbours are planted.
  void flush_queue(bool all) {
    const auto end = all ? queue_.size() : queue_.size() - std::min<std::size_t>(queue_.size(), 1);
    for (auto i = std::size_t{0}; i < end; ++i) {
      const auto near = planted(queue_[i]) || before_planted_ ||
                        (i + 1 < queue_.size() && planted(queue_[i + 1]));
      before_planted_ = planted(queue_[i]);
      write_row(queue_[i], near);
    }
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(end));
  }

  void write_row(const Row& row, bool spare) {
    row_.clear();
    auto wrapping = Wrapping{};
    wrapping.run = run_;
    wrapping.index = row.index;
    wrapping.count = row.count;
    wrapping.bucket = static_cast<std::uint32_t>(rows_ * 977);
    wrapping.cut = world_.traps.wide_record;
    writer_.append(maker_.make(row.stub, row.day), wrapping, row_);
    auto kind = std::string_view{};
    if (world_.traps.damage && !spare) {
      kind = damage_.apply(rows_, dialect_newline(plan_.dialect), plan_.dialect, row_);
    }
    const auto start = file_.offset();
    put(row_);
    const auto length = file_.offset() - start;
    note(row, start, length);
    if (!kind.empty()) {
      truth_.damage.push_back({plan_.path, start, length, std::string{kind}});
    }
    ++rows_;
    file_.end_row();
  }

  void note(const Row& row, std::uint64_t start, std::uint64_t length) {
    if (row.stub.act < 0) return;
    const auto& act = story_.acts[static_cast<std::size_t>(row.stub.act)];
    if (act.actor == "none") return;
    truth_.events.push_back(
        {plan_.path, start, length, act.actor, act.campaign, act.stage, act.strand});
    auto kind = std::string_view{};
    auto unset = Seconds{0};
    if (act.op == Op::kNewRule) {
      kind = "inbox_rule";
      unset = story_.rule_unset;
    } else if (act.op == Op::kForward) {
      kind = "forward";
      unset = story_.forward_unset;
    } else if (act.op == Op::kUpdateUser) {
      kind = "mfa";
      unset = story_.factor_unset;
    }
    if (kind.empty() || row.repeat) return;
    truth_.persistence.push_back({"P", std::string{kind}, act.at, unset,
                                  world_.people[act.target].lower, plan_.path, start, length});
  }

  // One record of this stretch never arrives; its neighbours' index shows it.
  void lose_one(std::vector<Row>& rows) {
    if (!world_.traps.lost_index || rows.size() < 8 || rows.front().count == 0) return;
    const auto wanted = std::find(plan_.lost_days.begin(), plan_.lost_days.end(), rows[0].day);
    if (wanted == plan_.lost_days.end() || lost_day_ == rows[0].day) return;
    for (auto i = rows.size() / 3; i + 1 < rows.size(); ++i) {
      if (planted(rows[i])) continue;
      const auto a = rows[i - 1].stub.at, b = rows[i + 1].stub.at;
      truth_.gaps.push_back({"P", "ual", "lost_index", "", std::min(a, b), std::max(a, b), 1});
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
      lost_day_ = *wanted;
      return;
    }
  }

  const World& world_;
  const StoryLine& story_;
  const Export& plan_;
  OutFile file_;
  RecordMaker maker_;
  DialectWriter writer_;
  Stream draw_;
  Damage damage_;
  LogTruth truth_;
  std::string run_, row_;
  std::vector<Row> queue_;
  bool before_planted_ = false;
  std::uint64_t rows_ = 0;
  std::uint32_t lost_day_ = kLogDays;
};

// A query over six hours: the service counts its records from the newest.
void write_windows(ExportWriter& out, const Export& plan, std::uint32_t day,
                   const std::vector<Stub>& stubs) {
  auto windows = std::vector<std::vector<Row>>(4);
  for (auto i = stubs.size(); i-- > 0;) {
    const auto window = static_cast<std::size_t>((stubs[i].at - day_start(day)) / 21'600);
    windows[std::min<std::size_t>(window, 3)].push_back({stubs[i], day, 0, 0, false});
  }
  if (plan.dialect == Dialect::kSplunk) std::reverse(windows.begin(), windows.end());
  for (auto& window : windows) {
    for (auto i = std::size_t{0}; i < window.size(); ++i) {
      window[i].index = static_cast<std::uint32_t>(i + 1);
      window[i].count = static_cast<std::uint32_t>(window.size());
    }
    out.write(std::move(window));
  }
}

void write_capped(ExportWriter& out, const World& world, const Life& life, const Export& plan) {
  auto total = std::size_t{0};
  for (auto day = plan.from; day < plan.to; ++day) total += life.day(day).size();
  const auto limit = world.traps.export_limit ? kLimit : total;
  auto index = std::uint32_t{0};
  auto oldest = day_start(plan.to);
  for (auto day = plan.to; day-- > plan.from && index < limit;) {
    const auto stubs = life.day(day);
    auto rows = std::vector<Row>{};
    for (auto i = stubs.size(); i-- > 0 && index < limit;) {
      rows.push_back({stubs[i], day, ++index, static_cast<std::uint32_t>(total), plan.repeats});
      oldest = stubs[i].at;
    }
    out.write(std::move(rows));
  }
  if (limit < total && !plan.repeats) {
    out.truth().gaps.push_back({"P", "ual", "export_limit", "", day_start(plan.from), oldest,
                                static_cast<std::int64_t>(total - limit)});
  }
}

}  // namespace

auto plan_exports(const World& world) -> std::vector<Export> {
  const auto& traps = world.traps;
  const auto window = world.load->window_days;
  const auto again = traps.repeats;
  auto plans = std::vector<Export>{};
  plans.push_back({"P/ual/2020-11.csv", Dialect::kSearch, 0, window, false, true, false, {}});
  if (again) {
    // The collector was started again and stopped at the same limit.
    plans.push_back(
        {"P/ual/2020-11-again.csv", Dialect::kSearch, 0, window, false, true, true, {}});
  }
  if (window < 29) {
    plans.push_back(
        {"P/ual/2020-11-late.csv", Dialect::kSearch, window, 29, false, false, again, {}});
  }
  plans.push_back({"P/ual/2020-12.csv", Dialect::kPortal, 29, 60, false, false, again, {}});
  plans.push_back(
      {"P/ual/2021-01.csv", Dialect::kSearch, 60, 91, traps.utf16, false, again, {70, 84}});
  plans.push_back({"P/ual/2021-02.jsonl",
                   traps.key_case ? Dialect::kGraph : Dialect::kApi,
                   91,
                   119,
                   false,
                   false,
                   again,
                   {}});
  plans.push_back({"P/ual/2021-03.csv", Dialect::kSplunk, 119, 150, false, false, again, {130}});
  plans.push_back(
      {"P/ual/2021-04-sentinel.ndjson", Dialect::kSentinel, 150, 165, false, false, again, {}});
  plans.push_back({"P/ual/2021-04.ndjson", Dialect::kApi, 165, 180, false, false, again, {}});
  return plans;
}

auto write_export(const World& world, const StoryLine& story, const Life& life, const Export& plan,
                  const std::string& dir) -> Result<LogTruth> {
  auto out = ExportWriter{world, story, plan, dir};
  if (plan.capped) {
    write_capped(out, world, life, plan);
    return out.finish();
  }
  const auto indexed = plan.dialect == Dialect::kSearch || plan.dialect == Dialect::kSplunk;
  for (auto i = plan.from; i < plan.to; ++i) {
    const auto day = plan.dialect == Dialect::kSplunk ? plan.to - 1 - (i - plan.from) : i;
    const auto stubs = life.day(day);
    if (indexed) {
      write_windows(out, plan, day, stubs);
      continue;
    }
    auto rows = std::vector<Row>{};
    for (const auto& stub : stubs) rows.push_back({stub, day, 0, 0, false});
    out.write(std::move(rows));
  }
  auto truth = out.finish();
  if (truth && world.traps.hole && plan.from <= kHoleFrom && kHoleTo <= plan.to) {
    truth->gaps.push_back({"P", "ual", "hole", "", day_start(kHoleFrom), day_start(kHoleTo), -1});
  }
  return truth;
}

}  // namespace serjeant::exercise

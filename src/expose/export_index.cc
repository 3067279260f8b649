#include "expose/export_index.h"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace serjeant {
namespace {

// A query's rows are numbered up to 50,000; a page of ReturnLargeSet holds 5,000.
constexpr auto kMostRows = 100'000;

// A jump over more numbers than this is the border between two queries.
auto most_lost(std::int32_t count) -> std::int32_t { return std::max(10, count / 10); }

}  // namespace

void IndexRuns::take(const ExportIndex& row) {
  if (row.index < 1 || row.count < 1 || row.index > row.count || row.count > kMostRows) return;
  auto fresh = Row{row.at, {row.offset, row.length, row.source}};
  auto step = open_.rows.empty() ? 0 : row.index - open_.last;
  auto goes_on = !open_.rows.empty() && open_.count == row.count &&
                 open_.rows.begin()->second.span.source == row.source &&
                 (step == 0 || open_.step == 0 || (step < 0) == (open_.step < 0)) &&
                 std::abs(step) <= most_lost(row.count) + 1 &&
                 (step == 0 || open_.rows.count(row.index) == 0);
  if (!goes_on) {
    close();
    open_.count = row.count;
  } else if (step != 0) {
    open_.step = step < 0 ? -1 : 1;
    if (std::abs(step) > 1 && row.offset == open_.end)
      open_.beside.insert(std::min(row.index, open_.last));
  }
  open_.last = row.index;
  open_.end = row.offset + row.length;
  open_.rows.emplace(row.index, fresh);
}

void IndexRuns::close() {
  if (!open_.rows.empty()) runs_.push_back(std::move(open_));
  open_ = {};
}

void IndexRuns::finish() {
  close();
  // Lay runs of one query together: those that share a row (same number, same
  // time), then those that fill each other's holes next to each other in time.
  auto by_row = std::map<std::tuple<std::int32_t, std::int32_t, Nanos>, std::size_t>{};
  auto merged = std::vector<Run>{};
  for (auto& run : runs_) {
    auto target = merged.size();
    for (const auto& [index, row] : run.rows)
      if (auto found = by_row.find({run.count, index, row.at}); found != by_row.end()) {
        target = found->second;
        break;
      }
    if (target == merged.size()) {
      merged.push_back({run.count, run.step, 0, {}, 0, {}});
    }
    for (const auto& [index, row] : run.rows) {
      by_row.emplace(std::tuple{run.count, index, row.at}, target);
      merged[target].rows.emplace(index, row);
    }
    merged[target].beside.merge(run.beside);
  }
  runs_.clear();
  auto earliest = [](const Run& run) {
    auto at = run.rows.begin()->second.at;
    for (const auto& [index, row] : run.rows) at = std::min(at, row.at);
    return at;
  };
  std::stable_sort(merged.begin(), merged.end(), [&](const Run& a, const Run& b) {
    return std::tuple(a.count, earliest(a)) < std::tuple(b.count, earliest(b));
  });
  auto whole = std::vector<Run>{};
  for (auto& run : merged) {
    if (!whole.empty() && whole.back().count == run.count) {
      auto& before = whole.back();
      auto before_low = before.rows.begin()->first, before_high = before.rows.rbegin()->first;
      auto low = run.rows.begin()->first, high = run.rows.rbegin()->first;
      // Falling numbers as time goes on: the later part has the lower ones.
      auto apart = high < before_low ? before_low - high : low - before_high;
      if (apart >= 1 && apart <= most_lost(run.count) + 1) {
        before.rows.merge(run.rows);
        before.beside.merge(run.beside);
        continue;
      }
    }
    whole.push_back(std::move(run));
  }
  for (const auto& run : whole) {
    auto window = IndexWindow{};
    window.count = run.count;
    window.present = run.rows.size();
    window.source = run.rows.begin()->second.span.source;
    window.first = window.last = run.rows.begin()->second.at;
    window.at_first = run.rows.begin()->second.span;
    for (const auto& [index, row] : run.rows) {
      window.first = std::min(window.first, row.at);
      window.last = std::max(window.last, row.at);
    }
    windows_.push_back(window);
    auto add = [&](std::int32_t from, std::int32_t to, const Row* before, const Row* after) {
      auto lost =
          LostRows{window.source, run.count, from, to, {}, {}, {}, run.beside.count(from - 1) > 0};
      for (const auto* row : {before, after}) {
        if (row == nullptr) continue;
        lost.neighbours.push_back(row->span);
        if (!lost.t0 || row->at < *lost.t0) lost.t0 = row->at;
        if (!lost.t1 || row->at > *lost.t1) lost.t1 = row->at;
      }
      if (before == nullptr) {  // the newest are missing: nothing bounds them from above
        lost.t1.reset();
      } else if (after == nullptr) {
        lost.t0.reset();
      }
      lost_.push_back(std::move(lost));
    };
    // A query of which less than half is here was filtered afterwards: what is
    // missing there was left out, not lost.
    if (run.rows.size() * 2 < static_cast<std::size_t>(run.count)) continue;
    auto expected = 1;
    const Row* before = nullptr;
    for (const auto& [index, row] : run.rows) {
      if (index > expected) add(expected, index - 1, before, &row);
      expected = index + 1;
      before = &row;
    }
    if (expected <= run.count) add(expected, run.count, before, nullptr);
  }
}

}  // namespace serjeant

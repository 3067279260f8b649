#include "expose/coverage.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/time.h"
#include "expose/facts.h"
#include "expose/native.h"

namespace serjeant {
namespace {

constexpr auto kMinutesADay = std::int64_t{1440};
constexpr auto kMostDays = std::size_t{200'000};
constexpr auto kMostUnnumbered = std::size_t{100'000};

auto span_words(std::optional<Nanos> t0, std::optional<Nanos> t1) -> std::string {
  if (t0 && t1) return "between " + format_time(*t0) + " and " + format_time(*t1);
  if (t0) return "after " + format_time(*t0);
  if (t1) return "before " + format_time(*t1);
  return "at an unknown time";
}

}  // namespace

void CoverageBook::see(const Event& event) {
  if (event.basis == TimeBasis::kNone) return;
  // A collector stamps the rows of one run alike; without a stamp the file is
  // the run. Neighbouring events mostly agree, so the last answer is kept.
  auto run = native_text(event, "RunspaceId");
  if (near_.log == nullptr || event.org != near_.org || event.profile != near_.profile ||
      event.span.source != near_.source || run != near_.run) {
    near_.org = std::string(event.org);
    near_.profile = std::string(event.profile);
    near_.run = std::string(run);
    near_.source = event.span.source;
    near_.log = &open_[{near_.org, near_.profile}];
    near_.collection = &collections_[{near_.org, near_.profile,
                                      run.empty() ? std::to_string(near_.source) : near_.run}];
  }
  auto& log = *near_.log;
  if (log.records == 0 || event.at < log.first) {
    log.first = event.at;
    log.first_span = event.span;
  }
  if (log.records == 0 || event.at > log.last) {
    log.last = event.at;
    log.last_span = event.span;
  }
  ++log.records;
  auto day = day_of(event.at);
  auto found = log.days.find(day);
  if (found == log.days.end()) {
    if (log.days.size() >= kMostDays) return;
    found = log.days.emplace(day, Minutes{}).first;
  }
  auto minute = static_cast<std::size_t>((event.at - day * kDay) / kMinute);
  found->second[minute / 64] |= std::uint64_t{1} << (minute % 64);

  auto& collection = *near_.collection;
  if (collection.records == 0 || event.at < collection.first) {
    collection.first = event.at;
    collection.first_span = event.span;
  }
  if (collection.records == 0 || event.at > collection.last) {
    collection.last = event.at;
    collection.last_span = event.span;
  }
  collection.source = event.span.source;
  ++collection.records;
}

void CoverageBook::throttled(std::string_view org, std::string_view profile,
                             std::string_view mailbox, Nanos at, const Span& span) {
  constexpr auto kPause = 24 * kHour;
  for (auto& gap : gaps_)
    if (gap.kind == "throttle" && gap.entity == mailbox && gap.org == org && *gap.t1 >= at) {
      gap.t1 = std::max(*gap.t1, at + kPause);
      return;
    }
  gaps_.push_back({"throttle",
                   std::string(org),
                   std::string(profile),
                   std::string(mailbox),
                   span.source,
                   at,
                   at + kPause,
                   {},
                   "Reads of mailbox " + std::string(mailbox) + " were not logged for 24 h from " +
                       format_time(at) +
                       ": the log paused after too many records. Any item of the mailbox may have "
                       "been read in that time.",
                   {span}});
}

void CoverageBook::audit_off(std::string_view org, std::string_view profile,
                             std::string_view entity, Nanos at, const Span& span) {
  gaps_.push_back({"audit_off",
                   std::string(org),
                   std::string(profile),
                   std::string(entity),
                   span.source,
                   at,
                   {},
                   {},
                   "Auditing was switched off at " + format_time(at) +
                       (entity.empty() ? std::string{} : " for " + std::string(entity)) +
                       ": what happened from then on may have left no record.",
                   {span}});
}

// Rows at which collectors stop: a page, a query, a portal's export.
static auto is_limit(std::uint64_t rows) -> bool {
  return rows == 5'000 || rows == 10'000 || rows == 30'000 || rows == 50'000;
}

auto CoverageBook::read_index(const ExportIndexStream& rows) -> Result<> {
  auto source = std::uint32_t{0};
  auto numbered = false;  // some row of it
  auto kept = std::size_t{0};
  // Damaged rows say something only where others have numbers.
  auto end_source = [&] {
    if (!numbered) unnumbered_.resize(kept);
    kept = unnumbered_.size();
    numbered = false;
  };
  SJ_DO(rows.each([&](const ExportIndex& row) {
    if (row.source != source) end_source();
    source = row.source;
    if (row.index >= 0) {
      numbered = true;
      index_.take(row);
    } else if (unnumbered_.size() < kMostUnnumbered) {
      unnumbered_.push_back({row.source, row.offset, row.at});
    }
  }));
  end_source();
  return {};
}

// Counts a damaged row that lost its number, not itself: it is of the time that
// rows are missing from, or stands between the two neighbours. Each counts once.
auto CoverageBook::take_damaged(const LostRows& lost) -> std::uint64_t {
  if (lost.beside) return 0;
  auto missing = static_cast<std::uint64_t>(lost.to - lost.from + 1);
  auto taken = std::uint64_t{0};
  for (auto& row : unnumbered_) {
    if (taken == missing) break;
    if (row.source != lost.source) continue;
    auto in_time = (!lost.t0 || row.at >= *lost.t0) && (!lost.t1 || row.at <= *lost.t1);
    auto between = false;
    if (lost.neighbours.size() == 2) {
      auto [first, last] = std::minmax(lost.neighbours[0].offset, lost.neighbours[1].offset);
      between = first < row.offset && row.offset < last;
    }
    if (!in_time && !between) continue;
    row.source = 0;
    ++taken;
  }
  return taken;
}

// An export that stopped at a collector's limit says itself how much is missing.
auto CoverageBook::tell_stop(const LostRows& lost) -> bool {
  for (auto& gap : gaps_) {
    if (gap.kind != "export_limit" || gap.source != lost.source) continue;
    gap.records = static_cast<std::uint64_t>(lost.to - lost.from + 1);
    gap.effect += " By its own numbers " + std::to_string(*gap.records) + " of " +
                  std::to_string(lost.count) + " records are missing.";
    gap.spans.insert(gap.spans.end(), lost.neighbours.begin(), lost.neighbours.end());
    return true;
  }
  return false;
}

void CoverageBook::find_lost(const std::vector<SourceFacts>& sources) {
  // Those between two neighbours first: the others are open to one side and
  // would take damaged rows of any time.
  auto all = index_.lost();
  std::stable_partition(all.begin(), all.end(),
                        [](const LostRows& lost) { return lost.neighbours.size() == 2; });
  for (const auto& lost : all) {
    auto missing = static_cast<std::uint64_t>(lost.to - lost.from + 1) - take_damaged(lost);
    if (missing == 0) continue;
    if (lost.to == lost.count && is_limit(static_cast<std::uint64_t>(lost.from - 1)) &&
        tell_stop(lost))
      continue;
    auto org = std::string{}, profile = std::string{};
    for (const auto& source : sources)
      if (source.id == lost.source) {
        org = source.org;
        profile = source.profile;
      }
    for (const auto& [key, log] : open_)
      if (org.empty() && (profile.empty() || key.second == profile)) org = key.first;
    auto numbers = lost.from == lost.to
                       ? "number " + std::to_string(lost.from)
                       : "numbers " + std::to_string(lost.from) + " to " + std::to_string(lost.to);
    gaps_.push_back({"lost_index", org, profile, "", lost.source, lost.t0, lost.t1, missing,
                     std::to_string(missing) + (missing == 1 ? " record" : " records") +
                         " of the export missing " + span_words(lost.t0, lost.t1) + ": " + numbers +
                         " of " + std::to_string(lost.count) + (missing == 1 ? " is" : " are") +
                         " not there while " + (missing == 1 ? "its" : "their") +
                         " neighbours are. Nobody's acts in that time are fully known.",
                     lost.neighbours});
  }
}

void CoverageBook::find_limits(const std::vector<SourceFacts>& sources) {
  auto say = [](std::uint64_t rows) {
    return "It ends at exactly " + std::to_string(rows) +
           " rows, where collectors stop: records of the asked time may be missing before its "
           "first row or after its last.";
  };
  for (const auto& source : sources)
    if (is_limit(source.records))
      gaps_.push_back({"export_limit",
                       source.org,
                       source.profile,
                       "",
                       source.id,
                       source.first,
                       source.last,
                       {},
                       "Export " + source.name + ": " + say(source.records),
                       {}});
  for (const auto& window : index_.windows()) {
    auto rows = static_cast<std::uint64_t>(window.count);
    if (!is_limit(rows)) continue;
    auto same = std::any_of(gaps_.begin(), gaps_.end(), [&](const Gap& gap) {
      return gap.kind == "export_limit" && gap.source == window.source;
    });
    if (same) continue;
    auto gap = Gap{"export_limit",
                   {},
                   {},
                   {},
                   window.source,
                   window.first,
                   window.last,
                   {},
                   "One query of the export: " + say(rows),
                   {window.at_first}};
    for (const auto& source : sources)
      if (source.id == window.source) {
        gap.org = source.org;
        gap.profile = source.profile;
      }
    gaps_.push_back(std::move(gap));
  }
}

auto CoverageBook::silences(const Log& log) -> std::vector<Silence> {
  auto out = std::vector<Silence>{};
  auto before = std::optional<std::int64_t>{};
  for (const auto& [day, minutes] : log.days)
    for (auto word = std::size_t{0}; word < minutes.size(); ++word) {
      auto bits = minutes[word];
      while (bits != 0) {
        auto bit = static_cast<std::int64_t>(__builtin_ctzll(bits));
        bits &= bits - 1;
        auto minute = day * kMinutesADay + static_cast<std::int64_t>(word) * 64 + bit;
        if (before && minute - *before > 1) out.push_back({*before, minute - *before});
        before = minute;
      }
    }
  std::sort(out.begin(), out.end(), [](const Silence& a, const Silence& b) {
    return std::tuple(-a.minutes, a.from) < std::tuple(-b.minutes, b.from);
  });
  return out;
}

// An empty stretch is called a hole only if its chance under the log's own
// spacing is below 1 in 10,000. Logs come in bursts, so the tail of the spacing
// is fitted, not its mean: beyond its 99th percentile the excess is taken as
// exponential, the stretch in question left out.
void CoverageBook::find_holes(const std::pair<std::string, std::string>& key, const Log& log) {
  auto empties = silences(log);
  constexpr auto kEnough = std::size_t{20};
  constexpr auto kLeast = std::int64_t{6 * 60};
  constexpr auto kChance = 1e-4;
  if (empties.size() < kEnough) return;
  for (auto i = std::size_t{0}; i + kEnough < empties.size(); ++i) {
    auto length = empties[i].minutes;
    if (length < kLeast) break;
    auto rest = empties.size() - i - 1;
    auto tail = std::max<std::size_t>(rest / 100, 1);
    auto from = empties[i + tail + 1 < empties.size() ? i + tail + 1 : empties.size() - 1].minutes;
    auto excess = std::int64_t{0};
    for (auto j = i + 1; j <= i + tail; ++j) excess += empties[j].minutes - from;
    auto mean = std::max({static_cast<double>(excess) / static_cast<double>(tail),
                          static_cast<double>(from) / 4.0, 1.0});
    auto chance = static_cast<double>(tail) * std::exp(-static_cast<double>(length - from) / mean);
    if (chance >= kChance) break;
    auto t0 = empties[i].from * kMinute;
    auto t1 = (empties[i].from + length) * kMinute;
    auto known = std::any_of(gaps_.begin(), gaps_.end(), [&](const Gap& gap) {
      return gap.kind == "export_edge" && gap.org == key.first && gap.profile == key.second &&
             gap.t0 && gap.t1 && *gap.t0<t1&& * gap.t1> t0;
    });
    if (known) continue;
    gaps_.push_back({"hole",
                     key.first,
                     key.second,
                     "",
                     log.first_span.source,
                     t0,
                     t1,
                     {},
                     "No record at all " + span_words(t0, t1) +
                         ", although this log is otherwise never silent so long. Nothing can be "
                         "said of that time.",
                     {}});
  }
}

// Between two runs of a collector lies time that neither covers, if the silence
// is longer than the log's usual ones: nights and weekends are silent too.
void CoverageBook::find_edges() {
  constexpr auto kLeast = std::int64_t{6 * 60};  // minutes
  constexpr auto kLong = std::int64_t{60};
  for (auto at = collections_.begin(); at != collections_.end();) {
    const auto& org = std::get<0>(at->first);
    const auto& profile = std::get<1>(at->first);
    auto mine = std::vector<const Collection*>{};
    auto end = at;
    for (; end != collections_.end() && std::get<0>(end->first) == org &&
           std::get<1>(end->first) == profile;
         ++end)
      mine.push_back(&end->second);
    std::sort(mine.begin(), mine.end(), [](const Collection* a, const Collection* b) {
      return std::tuple(a->first, a->last, a->first_span.source, a->first_span.offset) <
             std::tuple(b->first, b->last, b->first_span.source, b->first_span.offset);
    });
    // A quarter longer than all but one in twenty of the silences of an hour and
    // more, and than 6 h.
    auto usual = std::vector<std::int64_t>{};
    for (const auto& silence : silences(open_[{org, profile}]))
      if (silence.minutes >= kLong) usual.push_back(silence.minutes);
    auto least = kLeast;
    if (!usual.empty()) least = std::max(least, usual[usual.size() / 20] * 5 / 4);
    const auto* latest = mine.front();
    for (const auto* next : mine) {
      if (next->first > latest->last && next->first - latest->last > least * kMinute)
        gaps_.push_back({"export_edge",
                         org,
                         profile,
                         "",
                         next->source,
                         latest->last,
                         next->first,
                         {},
                         "No export covers the time " + span_words(latest->last, next->first) +
                             ": one ends, the next begins later. Nothing can be said of that time.",
                         {latest->last_span, next->first_span}});
      if (next->last > latest->last) latest = next;
    }
    at = end;
  }
}

void CoverageBook::find_retention() {
  for (const auto& [key, log] : open_) {
    auto days = (log.last - log.first) / kDay;
    for (auto kept : {90, 180, 365})
      if (days >= kept - 1 && days <= kept)
        gaps_.push_back({"retention",
                         key.first,
                         key.second,
                         "",
                         log.first_span.source,
                         {},
                         log.first,
                         {},
                         "The log begins " + std::to_string(kept) +
                             " days before it ends, the time such logs are kept: what was before " +
                             format_time(log.first) + " is not known.",
                         {log.first_span}});
  }
}

void CoverageBook::finish(const std::vector<SourceFacts>& sources) {
  index_.finish();
  find_edges();
  find_limits(sources);
  find_lost(sources);
  find_retention();
  for (const auto& [key, log] : open_) {
    find_holes(key, log);
    auto cover = LogCover{key.first, key.second, log.records,    log.first,
                          log.last,  {},         log.first_span, log.last_span};
    for (auto day = day_of(log.first); day < day_of(log.last); ++day) {
      if (cover.quiet_days.size() >= kMostDays) break;
      if (log.days.find(day) == log.days.end()) cover.quiet_days.push_back(day * kDay);
    }
    logs_.push_back(std::move(cover));
  }
  std::sort(gaps_.begin(), gaps_.end(), [](const Gap& a, const Gap& b) {
    return std::tie(a.org, a.profile, a.t0, a.kind, a.entity, a.effect) <
           std::tie(b.org, b.profile, b.t0, b.kind, b.entity, b.effect);
  });
}

auto CoverageBook::gaps_in(std::string_view org, std::string_view entity, Nanos from,
                           Nanos to) const -> std::vector<const Gap*> {
  auto out = std::vector<const Gap*>{};
  for (const auto& gap : gaps_) {
    if (gap.org != org || (!gap.entity.empty() && gap.entity != entity)) continue;
    if (gap.kind == "export_limit") continue;  // beside the span it names, not in it
    if ((gap.t0 && *gap.t0 > to) || (gap.t1 && *gap.t1 < from)) continue;
    out.push_back(&gap);
  }
  return out;
}

auto CoverageBook::covered_percent(std::string_view org, Nanos from, Nanos to) const -> int {
  if (to <= from) return 100;
  auto first = std::optional<Nanos>{}, last = std::optional<Nanos>{};
  for (const auto& log : logs_) {
    if (log.org != org) continue;
    if (!first || log.first < *first) first = log.first;
    if (!last || log.last > *last) last = log.last;
  }
  if (!first) return 0;
  auto covered = std::max<Nanos>(0, std::min(to, *last) - std::max(from, *first));
  for (const auto& gap : gaps_)
    if (gap.org == org && gap.entity.empty() && gap.t0 && gap.t1 &&
        (gap.kind == "hole" || gap.kind == "export_edge"))
      covered -= std::max<Nanos>(0, std::min(to, *gap.t1) - std::max(from, *gap.t0));
  return static_cast<int>(std::max<Nanos>(0, covered) / ((to - from) / 100 + 1));
}

}  // namespace serjeant

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>
#include <unordered_map>

#include "core/narrow.h"
#include "core/text.h"
#include "detect/matcher.h"
#include "detect/sigma/window.h"

// Correlations, offline: the matches of the referenced rules are put into
// groups, each group in order of time, and a window slides over it. Decisions
// C1 to C14 (docs/rules.md).
namespace serjeant {
namespace sigma {
namespace {

constexpr auto kMostGroups = std::size_t{256};       // of one match, by arrays (C5)
constexpr auto kMostSpans = std::size_t{1000};       // shown of one finding
constexpr auto kMostUnfolded = std::size_t{10'000};  // events of inner correlations

// Where the events of an inner match are: a stretch of a pool.
struct Stretch {
  std::uint32_t pool = 0;
  std::uint32_t begin = 0, end = 0;
};
struct PoolEntry {
  Nanos at = 0;
  Span span;
  std::optional<Stretch> inner;
};

using Fields = std::vector<std::pair<std::uint32_t, std::vector<std::string>>>;

// A match of a rule, or an event at which an inner correlation held (C12).
struct Match {
  Nanos at = 0;
  Span span;
  TimeBasis basis = TimeBasis::kNone;
  Id eid;
  Fields fields;
  std::optional<Stretch> inner;
};

auto values_of(const Match& match, std::optional<std::uint32_t> field)
    -> const std::vector<std::string>* {
  if (!field) return nullptr;
  const auto at =
      std::lower_bound(match.fields.begin(), match.fields.end(), *field,
                       [](const auto& one, std::uint32_t id) { return one.first < id; });
  return at != match.fields.end() && at->first == *field && !at->second.empty() ? &at->second
                                                                                : nullptr;
}

// Every combination of one value of each field; nothing if a field has none.
auto combinations(const Match& match, const std::vector<std::optional<std::uint32_t>>& fields)
    -> std::vector<std::vector<std::string>> {
  auto out = std::vector<std::vector<std::string>>(1);
  for (const auto field : fields) {
    const auto* const values = values_of(match, field);
    if (!values) return {};
    auto more = std::vector<std::vector<std::string>>{};
    for (const auto& head : out) {
      for (const auto& value : *values) {
        if (more.size() >= kMostGroups) break;
        more.push_back(head);
        more.back().push_back(value);
      }
    }
    out = std::move(more);
  }
  return out;
}

// Folded and length-prefixed, so that ("a","bc") and ("ab","c") differ.
auto folded_key(const std::vector<std::string>& values) -> std::string {
  auto out = std::string{};
  for (const auto& value : values) {
    const auto folded = fold_case(value);
    out += fmt::format("{}:", folded.size());
    out += folded;
  }
  return out;
}

// An event of a group, and what it contributes.
struct GroupEvent {
  const Match* match = nullptr;
  Contribution contribution;
  std::vector<const Match*> others;  // matches of further references at the same event
};

struct Group {
  std::vector<std::string> shown;  // first spelling (C4)
  struct Entry {
    const Match* match;
    std::uint32_t reference;
    std::vector<std::string> spelling;
  };
  std::vector<Entry> entries;
};

auto by_time(const Match& a, const Match& b) -> bool {
  return std::tie(a.at, a.span.source, a.span.offset, a.span.length) <
         std::tie(b.at, b.span.source, b.span.offset, b.span.length);
}
auto same_event(const Match& a, const Match& b) -> bool { return a.at == b.at && a.span == b.span; }

class Correlator {
 public:
  Correlator(const RuleSet& rules, std::vector<Finding>& out, MatchCounts& counts)
      : rules_(rules), compiled_(rules.compiled()), out_(out), counts_(counts) {
    const auto size = rules.rules().size();
    counts_.matches.resize(size);
    counts_.no_group.resize(size);
  }

  void take(std::vector<BaseMatch> matches) {
    for (auto& match : matches)
      by_document_[match.document].push_back(
          {match.at, match.span, match.basis, match.eid, std::move(match.fields), std::nullopt});
  }

  void run() {
    for (const auto& correlation : compiled_.correlations) {
      pools_.emplace_back();
      judge(correlation);
    }
  }

 private:
  void judge(const Correlation& correlation) {
    auto groups = std::map<std::string, Group>{};
    for (auto i = std::uint32_t{0}; i < correlation.references.size(); ++i) {
      const auto& reference = correlation.references[i];
      const auto found = by_document_.find(reference.document);
      if (found == by_document_.end()) continue;
      for (const auto& match : found->second) {
        auto keys = match.basis == TimeBasis::kNone ? std::vector<std::vector<std::string>>{}
                                                    // no time, no window
                                                    : combinations(match, reference.group_fields);
        if (keys.empty()) ++counts_.no_group[correlation.document];
        for (auto& key : keys) {
          auto& group = groups[folded_key(key)];
          group.entries.push_back({&match, i, std::move(key)});
        }
      }
    }
    for (auto& [key, group] : groups) judge(correlation, key, group);
  }

  // The entries in order of time, one for each event (C7), with their values;
  // events without a value that is asked for contribute nothing (C9).
  auto events_of(const Correlation& correlation, Group& group) -> std::vector<GroupEvent> {
    std::stable_sort(group.entries.begin(), group.entries.end(), [](const auto& a, const auto& b) {
      if (by_time(*a.match, *b.match)) return true;
      return !by_time(*b.match, *a.match) && a.reference < b.reference;
    });
    auto out = std::vector<GroupEvent>{};
    for (auto& entry : group.entries) {
      const auto merged = !out.empty() && same_event(*out.back().match, *entry.match);
      if (!merged) {
        out.emplace_back();
        out.back().match = entry.match;
        out.back().contribution.at = entry.match->at;
      } else if (out.back().match != entry.match) {
        out.back().others.push_back(entry.match);
      }
      auto& contribution = out.back().contribution;
      contribution.references |= std::uint64_t{1} << entry.reference;
      add_values(correlation, *entry.match, correlation.references[entry.reference], contribution);
    }
    if (!group.entries.empty()) group.shown = group.entries[0].spelling;
    group.entries.clear();
    std::erase_if(out, [&](const GroupEvent& event) {
      return !correlation.value_fields.empty() && event.contribution.values.empty() &&
             event.contribution.numbers.empty();
    });
    return out;
  }

  static void add_values(const Correlation& correlation, const Match& match,
                         const Reference& reference, Contribution& to) {
    if (correlation.value_fields.empty()) return;
    const auto textual =
        correlation.type == CorrelationType::kValueCount ||
        (correlation.type == CorrelationType::kValuePercentile && !correlation.percentile);
    if (textual) {
      for (const auto& tuple : combinations(match, reference.value_fields)) {
        auto key = folded_key(tuple);
        if (std::find(to.values.begin(), to.values.end(), key) == to.values.end())
          to.values.push_back(std::move(key));
      }
      return;
    }
    if (!to.numbers.empty()) return;  // a further reference at the same event
    if (const auto* const values = values_of(match, reference.value_fields[0]))
      for (const auto& value : *values)
        if (const auto number = parse_decimal(value)) to.numbers.push_back(*number);
  }

  void judge(const Correlation& correlation, const std::string& key, Group& group) {
    const auto events = events_of(correlation, group);
    if (events.empty()) return;
    // Where each event's own matches begin in the pool.
    auto places = std::vector<std::uint32_t>{};
    if (correlation.correlated) {
      auto& pool = pools_.back();
      for (const auto& event : events) {
        places.push_back(narrow<std::uint32_t>(pool.size()));
        pool.push_back({event.match->at, event.match->span, event.match->inner});
        for (const auto* const other : event.others)
          if (other->inner) pool.push_back({other->at, other->span, other->inner});
      }
      places.push_back(narrow<std::uint32_t>(pool.size()));
    }
    auto run = Run{correlation, key, group, events, places};
    if (correlation.at_close)
      judge_closes(run);
    else
      judge_events(run);
  }

  struct Run {
    const Correlation& correlation;
    const std::string& key;
    const Group& group;
    const std::vector<GroupEvent>& events;
    const std::vector<std::uint32_t>& places;
  };

  // C6: judged at each event over the window that ends there; one alert an
  // episode.
  void judge_events(const Run& run) {
    const auto ordered = run.correlation.type == CorrelationType::kTemporalOrdered;
    auto window = Window(run.correlation);
    auto chains = Chains(run.correlation);
    auto begin = std::size_t{0};
    auto open = std::optional<std::size_t>{};
    for (auto i = std::size_t{0}; i < run.events.size(); ++i) {
      const auto& contribution = run.events[i].contribution;
      const auto now = contribution.at;
      if (ordered)
        chains.add(contribution);
      else
        window.add(contribution);
      while (now - run.events[begin].contribution.at > run.correlation.timespan) {
        if (!ordered) window.remove(run.events[begin].contribution);
        ++begin;
      }
      if (!(ordered ? chains.holds(now - run.correlation.timespan) : window.holds())) {
        open.reset();
        continue;
      }
      if (run.correlation.correlated) inner_match(run, begin, i, now);
      if (run.correlation.silent) continue;
      if (open) {
        out_[*open].last = now;
      } else {
        alert(run, begin, i, now, window.figure());
        open = out_.size() - 1;
      }
    }
  }

  // C8: judged when the window closes that the first uncovered event opened.
  void judge_closes(const Run& run) {
    const auto ordered = run.correlation.type == CorrelationType::kTemporalOrdered;
    auto window = Window(run.correlation);
    auto chains = Chains(run.correlation);
    for (auto begin = std::size_t{0}; begin < run.events.size();) {
      const auto opened = run.events[begin].contribution.at;
      window.clear();
      chains.clear();
      auto end = begin;
      for (; end < run.events.size() &&
             run.events[end].contribution.at - opened <= run.correlation.timespan;
           ++end) {
        if (ordered)
          chains.add(run.events[end].contribution);
        else
          window.add(run.events[end].contribution);
      }
      if (ordered ? chains.holds(opened) : window.holds()) {
        const auto close = opened + run.correlation.timespan;
        if (run.correlation.correlated) inner_match(run, begin, end - 1, close);
        if (!run.correlation.silent) alert(run, begin, end - 1, close, window.figure());
      }
      begin = end;
    }
  }

  void inner_match(const Run& run, std::size_t begin, std::size_t last, Nanos at) {
    const auto& event = *run.events[last].match;
    auto match = Match{at, event.span, event.basis, event.eid, event.fields, std::nullopt};
    match.inner =
        Stretch{narrow<std::uint32_t>(pools_.size() - 1), run.places[begin], run.places[last + 1]};
    // The group keys stand over the event's own fields of those names.
    for (auto i = std::size_t{0}; i < run.correlation.group_kept.size(); ++i) {
      const auto field = run.correlation.group_kept[i];
      const auto place =
          std::lower_bound(match.fields.begin(), match.fields.end(), field,
                           [](const auto& one, std::uint32_t id) { return one.first < id; });
      auto values = std::vector<std::string>{run.group.shown[i]};
      if (place != match.fields.end() && place->first == field)
        place->second = std::move(values);
      else
        match.fields.emplace(place, field, std::move(values));
    }
    by_document_[run.correlation.document].push_back(std::move(match));
  }

  // The events in a window, those of inner correlations unfolded.
  void spans_of(const Run& run, std::size_t begin, std::size_t last, Finding& finding) const {
    auto entries = std::vector<PoolEntry>{};
    auto stack = std::vector<PoolEntry>{};
    const auto unfold = [&](const PoolEntry& first) {
      stack.push_back(first);
      while (!stack.empty() && entries.size() < kMostUnfolded) {
        const auto entry = stack.back();
        stack.pop_back();
        if (!entry.inner) {
          entries.push_back(entry);
          continue;
        }
        const auto& pool = pools_[entry.inner->pool];
        for (auto i = entry.inner->begin; i < entry.inner->end && stack.size() < kMostUnfolded; ++i)
          stack.push_back(pool[i]);
      }
      stack.clear();
    };
    auto nested = false;
    for (auto i = begin; i <= last && (entries.size() < kMostUnfolded); ++i) {
      const auto& event = run.events[i];
      nested = nested || event.match->inner || !event.others.empty();
      unfold({event.match->at, event.match->span, event.match->inner});
      for (const auto* const other : event.others) unfold({other->at, other->span, other->inner});
    }
    std::sort(entries.begin(), entries.end(), [](const PoolEntry& a, const PoolEntry& b) {
      return std::tie(a.at, a.span.source, a.span.offset, a.span.length) <
             std::tie(b.at, b.span.source, b.span.offset, b.span.length);
    });
    for (const auto& entry : entries)
      if (finding.events.empty() || finding.events.back() != entry.span)
        finding.events.push_back(entry.span);
    finding.count = nested ? finding.events.size() : last - begin + 1;
    if (finding.events.size() > kMostSpans) finding.events.resize(kMostSpans);
  }

  void alert(const Run& run, std::size_t begin, std::size_t last, Nanos at,
             const std::string& figure) {
    const auto& correlation = run.correlation;
    const auto& info = rules_.rules()[correlation.document];
    const auto& event = *run.events[last].match;
    auto finding = Finding{};
    finding.rule = correlation.document;
    finding.span = event.span;
    finding.at = at;
    finding.last = at;
    finding.basis = event.basis;
    finding.level = info.level;
    for (auto i = std::size_t{0}; i < correlation.group_by.size(); ++i) {
      finding.group_values.emplace_back(correlation.group_by[i], run.group.shown[i]);
      finding.group +=
          fmt::format("{}{}={}", i > 0 ? ", " : "", correlation.group_by[i], run.group.shown[i]);
    }
    spans_of(run, begin, last, finding);
    if (!figure.empty()) finding.matched.push_back({"correlation", figure, "condition"});
    auto id = IdBuilder("correlation finding");
    id.add(view(info.sha256)).add(run.key).add(static_cast<std::uint64_t>(at));
    for (const auto* const match : {run.events[begin].match, &event})
      id.add(match->eid).add(match->span.offset).add(std::uint64_t{match->span.length});
    finding.id = id.finish();
    ++counts_.matches[correlation.document];
    out_.push_back(std::move(finding));
  }

  const RuleSet& rules_;
  const Compiled& compiled_;
  std::vector<Finding>& out_;
  MatchCounts& counts_;
  std::unordered_map<std::uint32_t, std::vector<Match>> by_document_;
  std::vector<std::vector<PoolEntry>> pools_;  // one for each correlation
};

}  // namespace
}  // namespace sigma

void correlate(const RuleSet& rules, std::vector<BaseMatch> matches, std::vector<Finding>& out,
               MatchCounts& counts) {
  auto correlator = sigma::Correlator(rules, out, counts);
  correlator.take(std::move(matches));
  correlator.run();
}

}  // namespace serjeant

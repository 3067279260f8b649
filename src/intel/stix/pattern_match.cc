#include "intel/stix/pattern_match.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/text.h"
#include "intel/stix/pattern_streams.h"
#include "intel/stix/pattern_value.h"

namespace serjeant::stix {
namespace {

// What a reference in an observation refers to.
auto referred(const Observation& observation, Value reference) -> Value {
  if (!reference.is_text()) return {};
  if (observation.surroundings.is_object()) return observation.surroundings.find(reference.text());
  for (const auto object : observation.surroundings)
    if (object.find("id").text() == reference.text()) return object;
  return {};
}

// The values that a path selects in an object. A property ending in `_ref` is the
// object referred to; one in `_hex` or `_bin` is bytes.
class PathWalk {
 public:
  PathWalk(const Observation& observation, const std::vector<PathStep>& path, Budget& budget)
      : observation_(observation), path_(path), budget_(budget) {}

  auto run(Value object) -> std::vector<Operand> {
    auto at = std::vector<Operand>{{.value = object}};
    for (auto i = std::size_t{0}; i < path_.size(); ++i) {
      of_references_ =
          i > 0 && path_[i - 1].kind == PathStep::Kind::kKey && path_[i - 1].key.ends_with("_refs");
      auto next = std::vector<Operand>{};
      for (const auto& from : at) {
        if (!budget_.take()) return {};
        if (!from.bytes) step(from.value, path_[i], next);
      }
      at = std::move(next);
    }
    return at;
  }

 private:
  void step(Value from, const PathStep& step, std::vector<Operand>& to) {
    if (step.kind == PathStep::Kind::kKey) {
      if (const auto found = from.find(step.key)) property(found, step.key, to);
      return;
    }
    if (!from.is_array()) return;
    auto number = std::uint64_t{0};
    for (const auto member : from) {
      if (!budget_.take()) return;
      if (step.kind == PathStep::Kind::kIndex && number++ != step.index) continue;
      const auto value = of_references_ ? referred(observation_, member) : member;
      if (value) to.push_back({.value = value});
    }
  }
  void property(Value found, std::string_view key, std::vector<Operand>& to) {
    if (key.ends_with("_ref")) {
      if (const auto object = referred(observation_, found)) to.push_back({.value = object});
    } else if (found.is_text() && key.ends_with("_hex")) {
      if (auto bytes = from_hex(found.text()))
        to.push_back({.value = found, .bytes = std::move(bytes)});
    } else if (found.is_text() && key.ends_with("_bin")) {
      if (auto bytes = base64_decode(found.text()))
        to.push_back({.value = found, .bytes = std::move(bytes)});
    } else {
      to.push_back({.value = found});
    }
  }

  const Observation& observation_;
  const std::vector<PathStep>& path_;
  Budget& budget_;
  bool of_references_ = false;  // members of the list at hand are references
};

class Matcher {
 public:
  Matcher(const Pattern& pattern, const std::vector<Observation>& observations, MatchLimits limits)
      : pattern_(pattern), observations_(observations), budget_(limits.steps) {}

  auto run() -> MatchOutcome {
    if (!prepare()) return {.verdict = MatchVerdict::kError, .why = error_};
    auto binding = Binding{};
    const auto found = exists(pattern_.root, binding);
    if (!error_.empty()) return {.verdict = MatchVerdict::kError, .why = error_};
    if (found) {
      auto out = MatchOutcome{.verdict = MatchVerdict::kMatch};
      for (const auto& [index, count] : binding) out.bound.push_back(index);
      return out;
    }
    if (budget_.spent())
      return {.verdict = MatchVerdict::kUndecided, .why = "more ways to bind than were tried"};
    return {};
  }

 private:
  // Everything that can make the whole pattern an error is found out before
  // anything is bound, so that the verdict does not depend on the way of binding.
  auto prepare() -> bool {
    comparators_.resize(pattern_.nodes.size());
    hits_.resize(pattern_.nodes.size());
    bounds_.resize(pattern_.nodes.size());
    times_.assign(pattern_.nodes.size(), 0);
    for (auto at = std::uint32_t{0}; at < pattern_.nodes.size(); ++at) {
      const auto& node = pattern_[at];
      if (node.kind == PatternKind::kCompare) {
        comparators_[at] = Comparator::prepare(node, error_);
        if (!comparators_[at]) return false;
      } else if (node.kind >= PatternKind::kWithin && !read_qualifier(at)) {
        return false;
      }
    }
    for (auto at = std::uint32_t{0}; at < pattern_.nodes.size(); ++at)
      if (pattern_[at].kind == PatternKind::kObservation && !find_hits(at)) return false;
    return true;
  }

  auto read_qualifier(std::uint32_t at) -> bool {
    const auto& node = pattern_[at];
    if (node.kind == PatternKind::kRepeats) {
      auto digits = std::string_view(node.bounds[0].value);
      if (digits.starts_with('+')) digits.remove_prefix(1);
      times_[at] = to_uint(digits).value_or(~std::uint64_t{0});
      if (times_[at] == 0) error_ = "REPEATS needs a number above 0";
    } else if (node.kind == PatternKind::kWithin) {
      bounds_[at].to = read_duration(node.bounds[0].value);
      if (bounds_[at].to == Moment{}) error_ = "WITHIN needs a time above 0";
    } else {
      const auto from = read_moment(node.bounds[0].value), to = read_moment(node.bounds[1].value);
      if (!from || !to || !from->exists || !to->exists)
        error_ = "START and STOP need times such as t'2016-05-12T08:17:27.000Z'";
      else
        bounds_[at] = {.is_window = true, .from = from->at, .to = to->at};
    }
    return error_.empty();
  }

  // Seconds with a fraction, to the nanosecond; 10,000 years stand for all more.
  static auto read_duration(std::string_view text) -> Moment {
    constexpr auto kMost = std::uint64_t{315'360'000'000};
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    auto out = Moment{};
    if (!whole.empty())
      out.seconds = static_cast<std::int64_t>(std::min(to_uint(whole).value_or(kMost), kMost));
    auto worth = std::uint32_t{100'000'000};
    if (point != std::string_view::npos)
      for (const auto c : text.substr(point + 1)) {
        out.nanos += worth * static_cast<std::uint32_t>(c - '0');
        worth /= 10;
      }
    return out;
  }

  auto find_hits(std::uint32_t at) -> bool {
    for (auto i = std::uint32_t{0}; i < observations_.size(); ++i) {
      auto hit = false;
      // One and the same object has to meet what AND joins.
      for (const auto object : observations_[i].objects)
        hit = holds(pattern_[at].children[0], observations_[i], object) || hit;
      if (hit) hits_[at].push_back(i);
      if (!error_.empty()) return false;
    }
    return true;
  }

  // No short cuts: that a later comparison is an error does not depend on what
  // stands before it.
  auto holds(std::uint32_t at, const Observation& observation, Value object) -> bool {
    const auto& node = pattern_[at];
    if (node.kind == PatternKind::kCompare) return compare(at, observation, object);
    auto met = std::size_t{0};
    for (const auto child : node.children) met += std::size_t{holds(child, observation, object)};
    return node.kind == PatternKind::kBothHold ? met == node.children.size() : met > 0;
  }
  auto compare(std::uint32_t at, const Observation& observation, Value object) -> bool {
    const auto& node = pattern_[at];
    if (object.find("type").text() != node.type) return false;
    const auto values = PathWalk(observation, node.path, budget_).run(object);
    if (node.op == PatternOp::kExists) return values.empty() == node.negated;
    auto met = false;
    for (const auto& value : values) {
      const auto one = comparators_[at]->met(value, error_);
      if (!one) return false;
      met = met || *one;
    }
    return met;
  }

  // Is there any binding at all? Cheaper than a stream of all where it can be told
  // by counting.
  auto exists(std::uint32_t at, Binding& binding) -> bool {
    const auto& node = pattern_[at];
    if (node.kind == PatternKind::kOr) {
      return std::any_of(node.children.begin(), node.children.end(),
                         [&](auto child) { return exists(child, binding); });
    }
    if (const auto counted = by_counting(at, binding)) return *counted;
    return stream(at)->next(binding);
  }

  // Qualifiers on one observation, WITHIN outside of all REPEATS: enough of the
  // intervals must touch one stretch of time, which can be taken to begin where
  // one of them ends.
  auto by_counting(std::uint32_t at, Binding& binding) -> std::optional<bool> {
    auto times = std::uint64_t{1};
    auto within = std::optional<TimeBound>{};
    auto windows = std::vector<TimeBound>{};
    auto repeats = false;
    for (; pattern_[at].kind >= PatternKind::kWithin; at = pattern_[at].children[0]) {
      if (pattern_[at].kind == PatternKind::kStartStop) {
        windows.push_back(bounds_[at]);
      } else if (pattern_[at].kind == PatternKind::kRepeats) {
        repeats = true;
        const auto more = times_[at];
        times = times > ~std::uint64_t{0} / more ? ~std::uint64_t{0} : times * more;
      } else if (!repeats) {
        if (!within || bounds_[at].to < within->to) within = bounds_[at];
      } else if (pattern_[pattern_[at].children[0]].kind != PatternKind::kObservation) {
        // Between two REPEATS it binds the inner ones only. On a bracket alone
        // it says nothing.
        return std::nullopt;
      }
    }
    if (pattern_[at].kind != PatternKind::kObservation) return std::nullopt;
    auto hits = std::vector<std::uint32_t>{};
    for (const auto hit : hits_[at])
      if (std::all_of(windows.begin(), windows.end(),
                      [&](const auto& window) { return is_in_window(observations_[hit], window); }))
        hits.push_back(hit);
    return count_hits(std::move(hits), times, within, binding);
  }

  auto count_hits(std::vector<std::uint32_t> hits, std::uint64_t times,
                  const std::optional<TimeBound>& within, Binding& binding) -> bool {
    const auto take = [&](const std::vector<std::uint32_t>& from) {
      binding.clear();
      for (auto i = std::size_t{0}; i < from.size() && times > 0; ++i) {
        binding.emplace_back(from[i], std::min(observations_[from[i]].count, times));
        times -= binding.back().second;
      }
      std::sort(binding.begin(), binding.end());
      return times == 0;
    };
    if (!within) return take(hits);
    auto by_begin = hits, by_end = hits;
    std::stable_sort(by_begin.begin(), by_begin.end(), [&](auto a, auto b) {
      return observations_[a].first < observations_[b].first;
    });
    std::stable_sort(by_end.begin(), by_end.end(),
                     [&](auto a, auto b) { return observations_[a].last < observations_[b].last; });
    // Those begun by the end of the stretch, less those over before its begin.
    auto begun = std::uint64_t{0}, over = std::uint64_t{0};
    auto next = std::size_t{0};
    for (const auto end : by_end) {
      const auto from = observations_[end].last;
      const auto to = later_by(from, *within);
      for (; next < by_begin.size() && observations_[by_begin[next]].first <= to; ++next)
        begun += observations_[by_begin[next]].count;
      if (begun - over >= times) {
        std::erase_if(hits, [&](auto hit) {
          return observations_[hit].first > to || observations_[hit].last < from;
        });
        return take(hits);
      }
      over += observations_[end].count;
    }
    return false;
  }

  auto stream(std::uint32_t at) -> Stream {
    const auto& node = pattern_[at];
    switch (node.kind) {
      case PatternKind::kOr: {
        auto parts = std::vector<Stream>{};
        for (const auto child : node.children) parts.push_back(stream(child));
        return either_of(std::move(parts));
      }
      case PatternKind::kAnd:
      case PatternKind::kFollowedBy: {
        auto all = stream(node.children[0]);
        for (auto i = std::size_t{1}; i < node.children.size(); ++i)
          all = both_of(std::move(all), stream(node.children[i]),
                        node.kind == PatternKind::kFollowedBy, observations_, budget_);
        return all;
      }
      case PatternKind::kRepeats: {
        const auto child = node.children[0];
        const auto* hits =
            pattern_[child].kind == PatternKind::kObservation ? &hits_[child] : nullptr;
        return repeated(stream(child), times_[at], hits, observations_, budget_);
      }
      case PatternKind::kWithin:
      case PatternKind::kStartStop:
        return bounded(stream(node.children[0]), bounds_[at], observations_, budget_);
      default:
        return each_hit(hits_[at]);
    }
  }

  const Pattern& pattern_;
  const std::vector<Observation>& observations_;
  Budget budget_;
  std::string error_;
  std::vector<std::unique_ptr<Comparator>> comparators_;  // by node, as the next three
  std::vector<std::vector<std::uint32_t>> hits_;
  std::vector<TimeBound> bounds_;
  std::vector<std::uint64_t> times_;
};

auto read_observation(Value record, Value surroundings, std::vector<Observation>& out) -> Result<> {
  auto made = Observation{
      .record = record, .objects = {}, .surroundings = surroundings, .first = {}, .last = {}};
  const auto first = read_moment(record.find("first_observed").text());
  const auto last = read_moment(record.find("last_observed").text());
  const auto where = "observed-data " + printable(record.find("id").text());
  if (!first || !last || !first->exists || !last->exists || first->at > last->at)
    return fail(Code::kMalformed, where + " has no right first_observed and last_observed");
  made.first = first->at;
  made.last = last->at;
  if (const auto count = record.find("number_observed")) {
    const auto number = to_uint(count.text());
    if (!number || *number < 1 || *number > 999'999'999)
      return fail(Code::kMalformed, where + " has a number_observed outside 1 to 999,999,999");
    made.count = *number;
  }
  if (surroundings.is_object()) {
    made.objects.assign(surroundings.begin(), surroundings.end());
  } else {
    for (const auto reference : record.find("object_refs"))
      if (const auto object = referred(made, reference)) made.objects.push_back(object);
  }
  out.push_back(std::move(made));
  return {};
}

}  // namespace

auto read_observations(Value list) -> Result<std::vector<Observation>> {
  auto out = std::vector<Observation>{};
  const auto take = [&](Value one) -> Result<> {
    const auto type = one.find("type").text();
    const auto objects = one.find("objects");
    // Before 2.0 was final the container had another type.
    if (type == "observed-data" || (one.find("first_observed") && objects.is_object()))
      return read_observation(one, objects, out);
    if (type != "bundle") return {};
    for (const auto object : objects) {
      if (object.find("type").text() != "observed-data") continue;
      const auto refers = object.find("object_refs");
      SJ_DO(read_observation(object, refers ? objects : object.find("objects"), out));
    }
    return {};
  };
  if (!list.is_array()) {
    SJ_DO(take(list));
    return out;
  }
  for (const auto one : list) SJ_DO(take(one));
  return out;
}

auto match_pattern(const Pattern& pattern, const std::vector<Observation>& observations,
                   MatchLimits limits) -> MatchOutcome {
  return Matcher(pattern, observations, limits).run();
}

}  // namespace serjeant::stix

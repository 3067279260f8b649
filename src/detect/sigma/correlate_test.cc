#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "core/arena.h"
#include "core/json.h"
#include "core/time.h"
#include "detect/matcher.h"
#include "detect/sigma/window.h"

namespace serjeant {
namespace {

// An event of the little world of these tests.
struct Happening {
  std::int64_t second = 0;
  std::string type, user;
  std::int64_t value = 0;
  bool timed = true;
};

auto rule(std::string_view name) -> std::string {
  return fmt::format(
      "title: {0}\nname: {0}\nlogsource: {{category: t}}\ndetection: {{s: {{type: {0}}}, "
      "condition: s}}\n---\n",
      name);
}

auto correlation(std::string_view body) -> std::string {
  return fmt::format("title: c\nname: c\ncorrelation: {{{}}}\n", body);
}

struct Alert {
  std::string rule, group;
  std::int64_t at = 0, last = 0;
  std::vector<std::uint64_t> events;
  auto operator<=>(const Alert&) const = default;
};

// `workers` matchers share the events round robin; the result must not show it.
auto play(const RuleSet& rules, const std::vector<Happening>& happenings, std::size_t workers = 1)
    -> std::vector<Alert> {
  auto matchers = std::vector<std::unique_ptr<Matcher>>{};
  for (auto i = std::size_t{0}; i < workers; ++i) matchers.push_back(make_reference_matcher(rules));
  auto findings = std::vector<Finding>{};
  for (auto i = std::size_t{0}; i < happenings.size(); ++i) {
    const auto& one = happenings[i];
    auto document = Document{};
    const auto value = std::to_string(one.value);
    const auto root = document.open(Kind::kObject, {});
    document.add(Kind::kText, "type", one.type);
    if (!one.user.empty()) document.add(Kind::kText, "user", one.user);
    document.add(Kind::kNumber, "value", value);
    document.close(root);
    auto event = Event{};
    event.profile = "unknown";
    event.native = document.root();
    event.at = one.second * kSecond;
    event.basis = one.timed ? TimeBasis::kDefined : TimeBasis::kNone;
    event.span = {i, 1, 1};
    matchers[i % workers]->match(event, findings);
  }
  auto matches = std::vector<BaseMatch>{};
  auto counts = MatchCounts{};
  for (auto& matcher : matchers) {
    auto some = matcher->take_matches();
    matches.insert(matches.begin(), std::make_move_iterator(some.begin()),
                   std::make_move_iterator(some.end()));
    counts.merge(matcher->counts());
  }
  correlate(rules, std::move(matches), findings, counts);
  auto out = std::vector<Alert>{};
  for (const auto& finding : findings) {
    auto alert = Alert{rules.rules()[finding.rule].name,
                       finding.group,
                       finding.at / kSecond,
                       finding.last / kSecond,
                       {}};
    for (const auto& span : finding.events) alert.events.push_back(span.offset);
    out.push_back(std::move(alert));
  }
  return out;
}

auto load(const std::string& text) -> RuleSet {
  auto rules = load_rule_texts({{"t.yml", text}});
  for (const auto& info : rules.rules()) EXPECT_TRUE(info.loaded) << info.why;
  return rules;
}

TEST(Correlation, LeavesOutEventsWithoutTimeOrGroup) {
  const auto rules =
      load(rule("a") + correlation("type: event_count, rules: a, group-by: user, timespan: 1m, "
                                   "condition: {gte: 2}"));
  EXPECT_TRUE(play(rules, {{0, "a", "u", 0, false}, {1, "a", "u"}}).empty());
  EXPECT_TRUE(play(rules, {{0, "a", ""}, {1, "a", "u"}}).empty());
  EXPECT_EQ(play(rules, {{0, "a", "u"}, {1, "a", "U"}}).size(), 1u);
}

TEST(Correlation, DoesNotDependOnWorkersOrOrder) {
  const auto rules =
      load(rule("a") + rule("b") +
           correlation("type: temporal_ordered, rules: [a, b], group-by: user, timespan: "
                       "5s"));
  auto generator = std::mt19937(7);
  auto happenings = std::vector<Happening>{};
  for (auto i = 0; i < 300; ++i)
    happenings.push_back({static_cast<std::int64_t>(generator() % 400), generator() % 2 ? "a" : "b",
                          generator() % 2 ? "u" : "v", 0});
  const auto one = play(rules, happenings, 1);
  EXPECT_FALSE(one.empty());
  EXPECT_EQ(play(rules, happenings, 3), one);
  EXPECT_EQ(play(rules, happenings, 7), one);
}

TEST(Correlation, UnfoldsTheEventsOfInnerOnes) {
  const auto rules =
      load(rule("a") + rule("b") +
           "title: i\nname: i\ncorrelation: {type: event_count, rules: a, group-by: user, "
           "timespan: 10s, "
           "condition: {gte: 2}}\n---\n" +
           correlation("type: temporal, rules: [i, b], group-by: user, timespan: 20s"));
  const auto alerts = play(rules, {{0, "a", "u"}, {1, "a", "u"}, {5, "b", "u"}, {40, "b", "u"}});
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0], (Alert{"c", "user=u", 5, 5, {0, 1, 2}}));
}

TEST(Correlation, OfAnOrderedExpressionEndsAtWhatMustNotComeBetween) {
  const auto rules = load(rule("a") + rule("x") + rule("b") +
                          correlation("type: temporal_ordered, rules: [a, x, b], group-by: user, "
                                      "timespan: 1h, condition: a and not x and b"));
  EXPECT_EQ(play(rules, {{0, "a", "u"}, {5, "b", "u"}}).size(), 1u);
  EXPECT_TRUE(play(rules, {{0, "a", "u"}, {3, "x", "u"}, {5, "b", "u"}}).empty());
  EXPECT_EQ(play(rules, {{0, "a", "u"}, {3, "x", "u"}, {4, "a", "u"}, {5, "b", "u"}}).size(), 1u);
}

TEST(Correlation, TakesAnyNumberOfRulesInListedOrder) {
  const auto rules = load(rule("a") + rule("b") + rule("d") +
                          correlation("type: temporal_ordered, rules: [a, b, d], group-by: user, "
                                      "timespan: 1m, condition: {gte: 2}"));
  EXPECT_EQ(play(rules, {{0, "a", "u"}, {5, "d", "u"}}).size(), 1u);
  EXPECT_TRUE(play(rules, {{0, "d", "u"}, {5, "a", "u"}}).empty());
  EXPECT_TRUE(play(rules, {{0, "a", "u"}, {61, "d", "u"}}).empty());
}

// The definition of each figure, recounted over the window at every event: the
// twin of the incremental windows.
class Slow {
 public:
  Slow(std::string type, std::int64_t span, std::int64_t least)
      : type_(std::move(type)), span_(span), least_(least) {}

  auto alerts(std::vector<std::pair<Happening, std::uint64_t>> events) const -> std::vector<Alert> {
    std::stable_sort(events.begin(), events.end(),
                     [](const auto& a, const auto& b) { return a.first.second < b.first.second; });
    auto out = std::vector<Alert>{};
    auto open = false;
    for (auto i = std::size_t{0}; i < events.size(); ++i) {
      auto begin = i;
      while (begin > 0 && events[i].first.second - events[begin - 1].first.second <= span_) --begin;
      if (!holds({events.begin() + static_cast<std::ptrdiff_t>(begin),
                  events.begin() + static_cast<std::ptrdiff_t>(i) + 1})) {
        open = false;
      } else if (open) {
        out.back().last = events[i].first.second;
      } else {
        open = true;
        auto alert = Alert{"c",
                           "user=" + events[i].first.user,
                           events[i].first.second,
                           events[i].first.second,
                           {}};
        for (auto j = begin; j <= i; ++j) alert.events.push_back(events[j].second);
        out.push_back(std::move(alert));
      }
    }
    return out;
  }

 private:
  auto holds(const std::vector<std::pair<Happening, std::uint64_t>>& window) const -> bool {
    auto values = std::vector<std::int64_t>{};
    auto types = std::set<std::string>{};
    for (const auto& [event, index] : window) {
      values.push_back(event.value);
      types.insert(event.type);
    }
    std::sort(values.begin(), values.end());
    const auto count = static_cast<std::int64_t>(values.size());
    auto sum = std::int64_t{0};
    for (const auto value : values) sum += value;
    if (type_ == "event_count") return count >= least_;
    if (type_ == "value_count")
      return static_cast<std::int64_t>(std::set(values.begin(), values.end()).size()) >= least_;
    if (type_ == "value_sum") return sum >= least_;
    if (type_ == "value_avg") return sum >= least_ * count;
    if (type_ == "value_median")
      return values[static_cast<std::size_t>((count - 1) / 2)] +
                 values[static_cast<std::size_t>(count / 2)] >=
             2 * least_;
    if (type_ == "value_percentile")  // 90: the smallest rank r with r/count >= 0.9
      return values[static_cast<std::size_t>((9 * count + 9) / 10 - 1)] >= least_;
    if (type_ == "temporal") return types.size() == 3;
    // temporal_ordered over a, b, d: try all triples.
    for (auto i = std::size_t{0}; i < window.size(); ++i)
      for (auto j = i + 1; j < window.size(); ++j)
        for (auto k = j + 1; k < window.size(); ++k)
          if (window[i].first.type == "a" && window[j].first.type == "b" &&
              window[k].first.type == "d")
            return true;
    return false;
  }

  std::string type_;
  std::int64_t span_, least_;
};

TEST(Correlation, AgreesWithRecountingEveryWindow) {
  auto generator = std::mt19937(20'260'302);
  const auto draw = [&](std::uint32_t below) {
    return static_cast<std::int64_t>(generator() % below);
  };
  for (const auto* type : {"event_count", "value_count", "value_sum", "value_avg", "value_median",
                           "value_percentile", "temporal", "temporal_ordered"}) {
    const auto kind = std::string_view(type);
    const auto temporal = kind.starts_with("temporal");
    for (auto round = 0; round < 40; ++round) {
      const auto span = 1 + draw(12);
      const auto least = 1 + draw(6);
      auto condition = temporal ? std::string{}
                                : fmt::format(", condition: {{{}gte: {}{}}}",
                                              kind == "event_count" ? "" : "field: value, ", least,
                                              kind == "value_percentile" ? ", percentile: 90" : "");
      const auto rules = load(rule("a") + rule("b") + rule("d") +
                              correlation(fmt::format("type: {}, rules: [a, b, d], group-by: user, "
                                                      "timespan: {}s{}",
                                                      type, span, condition)));
      auto happenings = std::vector<Happening>{};
      auto groups = std::map<std::string, std::vector<std::pair<Happening, std::uint64_t>>>{};
      for (auto i = std::uint64_t{0}; i < 60; ++i) {
        const auto names = std::string("abd");
        auto one = Happening{draw(90), std::string(1, names[static_cast<std::size_t>(draw(3))]),
                             draw(2) ? "u" : "v", draw(9)};
        groups[one.user].emplace_back(one, i);
        happenings.push_back(std::move(one));
      }
      auto expected = std::vector<Alert>{};
      for (auto& [user, events] : groups)
        for (auto& alert : Slow(type, span, least).alerts(events))
          expected.push_back(std::move(alert));
      EXPECT_EQ(play(rules, happenings, 2), expected) << type << " round " << round;
    }
  }
}

TEST(SortedBag, AgreesWithASortedList) {
  auto generator = std::mt19937(3);
  auto bag = sigma::SortedBag{};
  auto list = std::vector<std::int64_t>{};
  for (auto i = 0; i < 6'000; ++i) {
    if (!list.empty() && generator() % 3 == 0) {
      const auto at = generator() % list.size();
      bag.erase(list[at]);
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      const auto value = static_cast<std::int64_t>(generator() % 500);
      bag.insert(value);
      list.insert(std::upper_bound(list.begin(), list.end(), value), value);
    }
    ASSERT_EQ(bag.size(), list.size());
    if (!list.empty()) {
      const auto rank = generator() % list.size();
      ASSERT_TRUE(bag.at(rank) == list[rank]);
    }
  }
}

}  // namespace
}  // namespace serjeant

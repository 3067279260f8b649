#include <fmt/core.h>

#include <algorithm>

#include "detect/matcher.h"

// The fast engine held against the slow one, event by event.
namespace serjeant {
namespace {

auto describe(const Finding& finding) -> std::string {
  auto out = fmt::format("rule {} ({})", finding.rule, finding.logsource);
  for (const auto& one : finding.matched)
    out += fmt::format(", {}={} by {}", one.field, one.value, one.pattern);
  return out;
}

auto same(const Matched& a, const Matched& b) -> bool {
  return a.field == b.field && a.value == b.value && a.pattern == b.pattern;
}

auto same(const Finding& a, const Finding& b) -> bool {
  return a.id == b.id && a.rule == b.rule && a.span == b.span && a.at == b.at && a.last == b.last &&
         a.basis == b.basis && a.level == b.level && a.logsource == b.logsource &&
         std::equal(a.matched.begin(), a.matched.end(), b.matched.begin(), b.matched.end(),
                    [](const Matched& x, const Matched& y) { return same(x, y); });
}

auto same(const BaseMatch& a, const BaseMatch& b) -> bool {
  return a.document == b.document && a.span == b.span && a.at == b.at && a.eid == b.eid &&
         a.fields == b.fields;
}

class BothMatchers final : public Matcher {
 public:
  explicit BothMatchers(const RuleSet& rules)
      : fast_(make_fast_matcher(rules)), slow_(make_reference_matcher(rules)) {}

  void match(const Event& event, std::string_view raw, std::vector<Finding>& out) override {
    const auto before = out.size();
    fast_->match(event, raw, out);
    expected_.clear();
    slow_->match(event, raw, expected_);
    if (!difference_.empty()) return;
    const auto count = std::max(out.size() - before, expected_.size());
    for (auto i = std::size_t{0}; i < count; ++i) {
      const auto* const fast = before + i < out.size() ? &out[before + i] : nullptr;
      const auto* const slow = i < expected_.size() ? &expected_[i] : nullptr;
      if (fast != nullptr && slow != nullptr && same(*fast, *slow)) continue;
      difference_ = fmt::format("source {} at {}: fast: {}; reference: {}", event.span.source,
                                event.span.offset, fast ? describe(*fast) : "no finding",
                                slow ? describe(*slow) : "no finding");
      return;
    }
  }

  auto take_matches() -> std::vector<BaseMatch> override {
    auto out = fast_->take_matches();
    const auto expected = slow_->take_matches();
    if (difference_.empty() &&
        !std::equal(out.begin(), out.end(), expected.begin(), expected.end(),
                    [](const BaseMatch& x, const BaseMatch& y) { return same(x, y); }))
      difference_ = "the matches kept for correlations";
    return out;
  }
  auto counts() const -> const MatchCounts& override { return fast_->counts(); }
  auto difference() const -> std::string override {
    if (!difference_.empty()) return difference_;
    return fast_->counts().matches == slow_->counts().matches ? std::string{}
                                                              : "the numbers of matches";
  }

 private:
  std::unique_ptr<Matcher> fast_, slow_;
  std::vector<Finding> expected_;
  std::string difference_;
};

}  // namespace

auto make_matcher(const RuleSet& rules, Engine engine) -> std::unique_ptr<Matcher> {
  switch (engine) {
    case Engine::kFast:
      break;
    case Engine::kReference:
      return make_reference_matcher(rules);
    case Engine::kBoth:
      return std::make_unique<BothMatchers>(rules);
  }
  return make_fast_matcher(rules);
}

}  // namespace serjeant

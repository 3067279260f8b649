#include <algorithm>
#include <array>

#include "detect/ids.h"
#include "detect/matcher.h"
#include "detect/sigma/fast/bytes.h"
#include "detect/sigma/fast/judge.h"
#include "detect/sigma/fast/layout.h"
#include "detect/sigma/fast/memo.h"
#include "detect/sigma/reference.h"

// One event through all stages: its layout tells where fields lie and which
// rules judge it; its values wake candidates, by memory or by the indexes;
// candidates are judged. What a finding shows is collected by the reference
// evaluator, which so decides it for both.
namespace serjeant {
namespace {

using namespace sigma::fast;

constexpr auto kLastEpoch = std::uint32_t{0x7fff'ffff};
// A slot of which fewer than half of the values come again is not remembered for
// a while; then it is tried again.
constexpr auto kTrial = std::uint32_t{512};
constexpr auto kPause = std::uint32_t{16'384};
constexpr auto kWorthKeeping = std::size_t{24};  // shorter values are looked at as quickly

class FastMatcher final : public Matcher {
 public:
  explicit FastMatcher(const RuleSet& rules)
      : rules_(rules), compiled_(rules.compiled()), layouts_(rules.groups(), counts_) {
    counts_.matches.resize(rules.rules().size());
    counts_.candidates.resize(rules.rules().size());
    counts_.no_group.resize(rules.rules().size());
  }

  void match(const Event& event, std::string_view raw, std::vector<Finding>& out) override {
    auto ready = false;
    auto& plan = layouts_.plan(event, raw, view_, ready);
    next_epoch();
    judge_.begin(event, raw, plan, epoch_, view_, ready);
    ++plan.source->events;
    if (!plan.unseen.empty()) note_fields(plan);
    candidates_.clear();
    for (const auto rule : plan.fixed) wake(*plan.scratch, rule);
    probe(event, plan);
    if (candidates_.empty()) return;
    std::sort(candidates_.begin(), candidates_.end());
    for (const auto rule : candidates_) judge(plan.scratch->group->rules[rule], plan, out);
  }

  auto take_matches() -> std::vector<BaseMatch> override { return std::exchange(matches_, {}); }
  auto counts() const -> const MatchCounts& override { return counts_; }

 private:
  void next_epoch() {
    if (epoch_ == kLastEpoch) {
      layouts_.clear_results();
      judge_.clear();
      epoch_ = 0;
    }
    ++epoch_;
  }

  void wake(Scratch& scratch, std::uint32_t rule) {
    auto& woken = scratch.woken[rule];
    if (woken == epoch_) return;
    woken = epoch_;
    candidates_.push_back(rule);
  }

  void wake_all(Scratch& scratch, std::uint32_t trigger) {
    for (const auto rule : scratch.group->rules_of(trigger)) wake(scratch, rule);
  }

  void probe(const Event& event, Plan& plan) {
    auto& scratch = *plan.scratch;
    const auto& group = *scratch.group;
    const auto* const root = event.native.node();
    for (const auto& [node, slot] : plan.probes) {
      if (root[node].kind == Kind::kNull) continue;
      look_up(scratch, slot, node);
    }
    for (const auto slot : plan.varying) {
      auto some = false;
      judge_.any_leaf(slot, [&](std::uint32_t number) {
        const auto value = judge_.leaf(number);
        if (value.is_null()) return false;
        some = true;
        if (!group.indexes[slot].empty()) look_up(scratch, slot, number);
        return false;
      });
      if (some)
        for (const auto rule : group.present[slot]) wake(scratch, rule);
    }
    if (judge_.has_raw() && !group.indexes[kAnywhere].empty())
      scan(scratch, kAnywhere, judge_.raw_leaf(),
           [&](std::uint32_t trigger) { wake_all(scratch, trigger); });
  }

  template <class Hit>
  void scan(const Scratch& scratch, SlotId slot, std::uint32_t number, Hit&& hit) {
    scratch.group->indexes[slot].probe(judge_.folded(number), judge_.leaf(number), hit);
  }

  // Which rules a value wakes: remembered, or looked up and remembered.
  void look_up(Scratch& scratch, SlotId slot, std::uint32_t number) {
    const auto value = judge_.leaf(number);
    const auto text = value.text();
    auto& habit = scratch.habits[slot];
    if (habit.pause > 0 || text.size() < kWorthKeeping || text.size() > Memo::kLongest ||
        !scratch.group->indexes[slot].scans()) {
      if (habit.pause > 0) --habit.pause;
      scan(scratch, slot, number, [&](std::uint32_t trigger) { wake_all(scratch, trigger); });
      return;
    }
    const auto tag = scratch.first_tag + slot * 2 + (value.is_number() ? 1u : 0u);
    const auto key = hash_of(text, tag);
    ++habit.asked;
    if (const auto known = memo_.find(key, tag, text)) {
      ++habit.known;
      for (const auto trigger : *known) wake_all(scratch, trigger);
    } else {
      hits_.clear();
      scan(scratch, slot, number, [&](std::uint32_t trigger) { hits_.push_back(trigger); });
      for (const auto trigger : hits_) wake_all(scratch, trigger);
      memo_.keep(key, tag, text, hits_);
    }
    if (habit.asked < kTrial) return;
    if (habit.known * 2 < habit.asked) habit.pause = kPause;
    habit.asked = habit.known = 0;
  }

  // Fields that values decide: present in some event of the route?
  void note_fields(Plan& plan) {
    std::erase_if(plan.unseen, [&](SlotId slot) {
      if (!judge_.is_present(slot)) return false;
      plan.source->fields.emplace(plan.scratch->group->program.slots[slot].name);
      return true;
    });
  }

  void judge(const GroupRule& rule, const Plan& plan, std::vector<Finding>& out) {
    const auto document = rule.rule->document;
    ++counts_.candidates[document];
    if (!judge_.holds(rule.root)) return;
    for (const auto& [filter, node] : rule.filters) {
      if (judge_.holds(node)) continue;
      ++counts_.matches[filter];
      return;
    }
    ++counts_.matches[document];
    if (rule.rule->correlated) keep(rule);
    if (rule.rule->silent) return;
    const auto& event = judge_.view().event();
    const auto& info = rules_.rules()[document];
    auto& finding = out.emplace_back();
    finding.id = finding_id(info, event.eid, event.span);
    finding.rule = document;
    finding.span = event.span;
    finding.at = event.at;
    finding.last = event.at;
    finding.basis = event.basis;
    finding.level = info.level;
    finding.logsource = source_of(*rule.rule, plan.route);
    sigma::collect_matched(rule.rule->judgement, view_, rule.map, finding.matched);
  }

  static auto source_of(const sigma::Rule& rule, const Route& route) -> std::string {
    if (route.unknown) return "unknown";
    for (const auto& source : route.sources)
      if (sigma::covers(rule.source, source.source)) return sigma::text_of(source.source);
    return sigma::text_of(route.sources[0].source);
  }

  void keep(const GroupRule& rule) {
    auto& view = judge_.view();
    const auto& event = view.event();
    auto match = BaseMatch{rule.rule->document, event.span, event.at, event.basis, event.eid, {}};
    for (const auto field : rule.rule->kept) {
      auto values = sigma::kept_values(view.field(compiled_.kept_fields[field], rule.map));
      if (!values.empty()) match.fields.emplace_back(field, std::move(values));
    }
    matches_.push_back(std::move(match));
  }

  const RuleSet& rules_;
  const sigma::Compiled& compiled_;
  MatchCounts counts_;
  EventView view_;
  Layouts layouts_;
  Judge judge_;
  Memo memo_;
  std::uint32_t epoch_ = 0;
  std::vector<std::uint32_t> candidates_, hits_;
  std::vector<BaseMatch> matches_;
};

}  // namespace

auto make_fast_matcher(const RuleSet& rules) -> std::unique_ptr<Matcher> {
  return std::make_unique<FastMatcher>(rules);
}

}  // namespace serjeant

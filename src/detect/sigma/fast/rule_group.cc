#include "detect/sigma/fast/rule_group.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "core/narrow.h"
#include "detect/sigma/fast/witness.h"

namespace serjeant::sigma::fast {
namespace {

// Evidence may name its log sources as it likes; what it combines is bounded.
constexpr auto kMostGroups = std::size_t{512};

auto key_of(const Watch& watch) -> std::string {
  auto key = std::string{};
  const auto put = [&](const auto& value) {
    key.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  put(watch.slot);
  put(watch.trigger.kind);
  put(watch.trigger.network.base.bytes);
  put(watch.trigger.network.base.v4);
  put(watch.trigger.network.prefix);
  return key + watch.trigger.text;
}

void sort_unique(std::vector<std::uint32_t>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

// Puts the triggers of all rules into the indexes of their slots.
class Indexer {
 public:
  explicit Indexer(RuleGroup& group) : group_(group) {
    const auto slots = group.program.slots.size();
    group.indexes = std::vector<ValueIndex>(slots);
    group.present.resize(slots);
  }

  void add(std::uint32_t rule, const std::vector<Watch>& watches) {
    for (const auto& watch : watches) {
      if (watch.trigger.kind == Trigger::Kind::kPresent) {
        if (watch.slot == kAnywhere)
          group_.always.push_back(rule);
        else
          group_.present[watch.slot].push_back(rule);
        continue;
      }
      const auto [at, fresh] = ids_.emplace(key_of(watch), narrow<std::uint32_t>(rules_.size()));
      if (fresh) {
        rules_.emplace_back();
        group_.indexes[watch.slot].add(watch.trigger, at->second);
      }
      rules_[at->second].push_back(rule);
    }
  }

  void finish() {
    for (auto& index : group_.indexes) index.freeze();
    for (auto& rules : group_.present) sort_unique(rules);
    sort_unique(group_.always);
    for (auto& rules : rules_) {
      sort_unique(rules);
      group_.begins.push_back(narrow<std::uint32_t>(group_.woken.size()));
      group_.woken.insert(group_.woken.end(), rules.begin(), rules.end());
    }
    group_.begins.push_back(narrow<std::uint32_t>(group_.woken.size()));
  }

 private:
  RuleGroup& group_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<std::vector<std::uint32_t>> rules_;  // by trigger
};

}  // namespace

auto applicable(const Compiled& compiled, const Route& route)
    -> std::vector<std::pair<const Rule*, const FieldMap*>> {
  auto out = std::vector<std::pair<const Rule*, const FieldMap*>>{};
  for (const auto& rule : compiled.rules) {
    if (route.unknown) {
      out.emplace_back(&rule, nullptr);
      continue;
    }
    const auto source =
        std::find_if(route.sources.begin(), route.sources.end(),
                     [&](const RoutedSource& one) { return covers(rule.source, one.source); });
    if (source != route.sources.end()) out.emplace_back(&rule, source->map);
  }
  return out;
}

auto build_group(std::vector<std::pair<const Rule*, const FieldMap*>> rules)
    -> std::shared_ptr<const RuleGroup> {
  auto group = std::make_shared<RuleGroup>();
  auto builder = ProgramBuilder{};
  auto wanted = std::set<SlotId>{};
  for (const auto& [rule, map] : rules) {
    auto& one = group->rules.emplace_back();
    one.rule = rule;
    one.map = map;
    one.root = builder.add(rule->judgement, map);
    for (const auto& [document, judgement] : rule->filters)
      one.filters.emplace_back(document, builder.add(*judgement, map));
    for (const auto& field : rule->fields) wanted.insert(builder.slot(field, map));
  }
  group->program = builder.take();
  wanted.erase(kAnywhere);
  group->wanted.assign(wanted.begin(), wanted.end());
  auto witnesses = Witnesses(group->program);
  // What is least likely to hold decides a conjunction first.
  for (const auto& node : group->program.nodes)
    if (node.kind == GraphNode::Kind::kAnd) {
      const auto begin = group->program.children.begin() + static_cast<std::ptrdiff_t>(node.begin);
      std::stable_sort(
          begin, begin + static_cast<std::ptrdiff_t>(node.count),
          [&](NodeId a, NodeId b) { return witnesses.cost(a, true) < witnesses.cost(b, true); });
    }
  auto indexer = Indexer(*group);
  auto watches = std::vector<Watch>{};
  for (auto i = std::uint32_t{0}; i < group->rules.size(); ++i) {
    watches.clear();
    if (witnesses.choose(group->rules[i].root, watches))
      indexer.add(i, watches);
    else
      group->always.push_back(i);
  }
  indexer.finish();
  return group;
}

auto RuleGroups::get(const Route& route) -> std::shared_ptr<const RuleGroup> {
  auto rules = applicable(compiled_, route);
  auto key =
      std::string(reinterpret_cast<const char*>(rules.data()), rules.size() * sizeof(rules[0]));
  const auto lock = std::lock_guard(mutex_);
  if (const auto found = groups_.find(key); found != groups_.end()) return found->second;
  if (groups_.size() >= kMostGroups) groups_.clear();
  auto group = build_group(std::move(rules));
  groups_.emplace(std::move(key), group);
  return group;
}

}  // namespace serjeant::sigma::fast

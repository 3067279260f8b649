#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detect/route.h"
#include "detect/sigma/fast/program.h"
#include "detect/sigma/rule.h"

// The rules that judge the events of one route, compiled: one program, and for
// each field an index of the triggers that make some of the rules candidates.
namespace serjeant::sigma::fast {

struct GroupRule {
  const Rule* rule = nullptr;
  const FieldMap* map = nullptr;
  NodeId root = 0;
  std::vector<std::pair<std::uint32_t, NodeId>> filters;  // document and condition
};

struct RuleGroup {
  std::vector<GroupRule> rules;  // in order of the rule set
  Program program;
  std::vector<ValueIndex> indexes;                  // by slot; of many, empty
  std::vector<std::vector<std::uint32_t>> present;  // by slot: rules that its presence wakes
  std::vector<std::uint32_t> always;                // rules without a witness
  // Trigger id to rules: `woken[begins[id]] .. woken[begins[id + 1]]`.
  std::vector<std::uint32_t> begins, woken;
  std::vector<SlotId> wanted;  // fields that rules ask for, each once

  auto rules_of(std::uint32_t trigger) const -> std::span<const std::uint32_t> {
    return {woken.data() + begins[trigger], begins[trigger + 1] - begins[trigger]};
  }
};

// The rules that `route` lets judge its events, with the names that fields have
// for each, in order.
auto applicable(const Compiled& compiled, const Route& route)
    -> std::vector<std::pair<const Rule*, const FieldMap*>>;

auto build_group(std::vector<std::pair<const Rule*, const FieldMap*>> rules)
    -> std::shared_ptr<const RuleGroup>;

// All groups of a rule set that were needed so far, made at first need and
// shared by all workers. Routes that are judged by the same rules share one.
class RuleGroups {
 public:
  explicit RuleGroups(const Compiled& compiled) : compiled_(compiled) {}
  // Safe to call from several threads; only a worker that meets a route for the
  // first time calls it.
  auto get(const Route& route) -> std::shared_ptr<const RuleGroup>;

 private:
  const Compiled& compiled_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const RuleGroup>> groups_;  // shared: workers keep theirs
};

}  // namespace serjeant::sigma::fast

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/matcher.h"
#include "detect/route.h"
#include "detect/sigma/fast/rule_group.h"

// Events of one kind have the same names in the same order. Where a field lies
// in such events, and which rules judge them, is asked of EventView and Router
// once; later events of that layout only read the places. Nothing here knows
// what a name means: it remembers what the slow way answered.
namespace serjeant::sigma::fast {

// A worker's memory for judging by one group.
struct Scratch {
  std::shared_ptr<const RuleGroup> group;
  std::uint32_t first_tag = 0;         // of the memo: two for each slot from here on
  std::vector<std::uint32_t> results;  // by node: epoch * 2 + result
  std::vector<std::uint32_t> woken;    // by rule: epoch
  // Per slot: does remembering values pay?
  struct Habit {
    std::uint32_t asked = 0, known = 0, pause = 0;
  };
  std::vector<Habit> habits;
};

// Judging the events of one layout and one route.
struct Plan {
  enum class State : std::uint8_t {
    kAbsent,
    kSteady,   // at places that the layout tells
    kVarying,  // decided by values too: EventView is asked for each event
  };
  struct Place {
    State state = State::kAbsent;
    std::uint32_t begin = 0, count = 0;  // of kSteady, in `nodes`
  };
  struct Probe {
    std::uint32_t node = 0;
    SlotId slot = 0;
  };
  Route route;
  bool windows = false, classic = false;  // of the view; classic PowerShell (R8)
  Scratch* scratch = nullptr;
  MatchCounts::Source* source = nullptr;
  std::vector<Place> places;         // by slot
  std::vector<std::uint32_t> nodes;  // as offsets from the root
  std::vector<Probe> probes;         // values to look up in indexes, by node
  std::vector<SlotId> varying;       // slots of that state that wake rules
  std::vector<SlotId> unseen;        // of that state, wanted by rules, not present so far
  std::vector<std::uint32_t> fixed;  // rules that every event of this plan wakes
};

struct Layout {
  // A value that decides the route: its offset, or kMissing.
  static constexpr auto kMissing = ~std::uint32_t{0};
  struct Shape {
    std::uint32_t begin = 0, length = 0;  // of the name, in `names`
    std::uint32_t form = 0;               // 0 for a scalar; else nodes * 2, odd for an object
  };
  std::string profile, product, category, service, service_too;
  std::string names;
  std::vector<Shape> shapes;
  bool steady = true;  // the route follows from values at `deciding`
  std::vector<std::uint32_t> deciding;
  std::unordered_map<std::string, Plan*> plan_of_values;
  std::string last_values;
  Plan* last_plan = nullptr;
  std::vector<std::unique_ptr<Plan>> plans;

  auto fits(const Event& event) const -> bool;
};

// A worker's layouts. Bounded: evidence can make up names without end, and all
// is forgotten when there are too many.
class Layouts {
 public:
  Layouts(RuleGroups& groups, MatchCounts& counts) : groups_(groups), counts_(counts) {}

  // Resets `view` to the event if it has to ask, and says so in `ready`. Valid
  // until the next call.
  auto plan(const Event& event, std::string_view raw, EventView& view, bool& ready) -> Plan&;
  // Forgets the results of all events, so that epochs can begin anew.
  void clear_results();

 private:
  auto find_layout(const Event& event) -> Layout*;
  auto add_layout(std::unique_ptr<Layout> layout, const Event& event) -> Layout&;
  auto plan_by_route(Layout& layout, EventView& view) -> Plan*;
  auto make_plan(const Route& route, EventView& view) -> std::unique_ptr<Plan>;
  auto scratch(std::shared_ptr<const RuleGroup> group) -> Scratch&;

  RuleGroups& groups_;
  MatchCounts& counts_;
  Router router_;
  std::unordered_map<std::uint64_t, std::vector<std::unique_ptr<Layout>>> layouts_;
  std::vector<Layout*> recent_;
  std::unique_ptr<Layout> loose_;  // of an event that is too large to remember
  std::size_t count_ = 0, remembered_ = 0;
  std::unordered_map<const RuleGroup*, std::unique_ptr<Scratch>> scratches_;
  std::uint32_t next_tag_ = 0;
  std::string values_;
};

}  // namespace serjeant::sigma::fast

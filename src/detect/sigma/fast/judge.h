#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "detect/route.h"
#include "detect/sigma/fast/layout.h"

// One event under one plan: its values by slot, folded at most once each, and
// the nodes of the program, judged at most once each and only where a candidate
// asks.
namespace serjeant::sigma::fast {

class Judge {
 public:
  // Takes up the next event. All that it points to outlives the use.
  void begin(const Event& event, std::string_view raw, Plan& plan, std::uint32_t epoch,
             EventView& view, bool& view_ready);
  auto holds(NodeId node) -> bool;

  // Values of the event: numbers up to the event's nodes are its own, then comes
  // the raw line, then what EventView derived.
  auto leaf(std::uint32_t number) const -> Value {
    return number < size_    ? Value(root_ + number)
           : number == size_ ? Value(&raw_node_)
                             : extra_[number - size_ - 1];
  }
  auto raw_leaf() const -> std::uint32_t { return size_; }
  auto has_raw() const -> bool { return !raw_node_.text.empty(); }
  // With kPadding readable bytes behind it.
  auto folded(std::uint32_t number) -> std::string_view;
  // Calls `each(number)` for the values of a slot, nulls among them, until it
  // returns true; returns whether it did.
  template <class Each>
  auto any_leaf(SlotId slot, Each&& each) -> bool {
    const auto& place = plan_->places[slot];
    if (place.state == Plan::State::kVarying) {
      const auto derived = vary(slot);
      for (auto i = std::uint32_t{0}; i < derived.count; ++i)
        if (each(size_ + 1 + derived.begin + i)) return true;
      return false;
    }
    for (auto i = std::uint32_t{0}; i < place.count; ++i)
      if (each(plan_->nodes[place.begin + i])) return true;
    return slot == kAnywhere && has_raw() && each(raw_leaf());
  }
  auto is_present(SlotId slot) -> bool;
  auto view() -> EventView&;
  // Forgets all epochs, so that they can begin anew.
  void clear() { std::fill(folds_.begin(), folds_.end(), Fold{}); }

 private:
  struct Derived {
    SlotId slot = 0;
    std::uint32_t begin = 0, count = 0;  // in extra_
    bool present = false;
  };
  struct Fold {
    std::uint32_t epoch = 0;
    std::uint32_t size = 0;
    const char* at = nullptr;
  };

  auto compute(NodeId node) -> bool;
  auto atom_holds(const Atom& atom) -> bool;
  auto meets(const Atom& atom, std::uint32_t number) -> bool;
  auto refers(const Atom& atom) -> bool;
  auto vary(SlotId slot) -> Derived;

  const Event* event_ = nullptr;
  Plan* plan_ = nullptr;
  const Program* program_ = nullptr;
  std::uint32_t* results_ = nullptr;
  std::uint32_t epoch_ = 0;
  const serjeant::Node* root_ = nullptr;
  std::uint32_t size_ = 0;
  serjeant::Node raw_node_;
  EventView* view_ = nullptr;
  bool* view_ready_ = nullptr;
  std::vector<Value> extra_;
  std::vector<Derived> derived_;
  std::vector<Fold> folds_;
  Arena arena_;
  EventView::Field one_;  // for tests that the slow evaluator judges
};

}  // namespace serjeant::sigma::fast

#pragma once

#include <memory>
#include <vector>

#include "detect/sigma/fast/program.h"

namespace serjeant::sigma::fast {

// A trigger on the values of a slot.
struct Watch {
  SlotId slot = 0;
  Trigger trigger;
};

// What to look out for: of each node, a set of triggers of which at least one is
// met by every event for which the node holds, chosen to be met rarely
// otherwise. Triggers are weaker than the atoms they stand for, never stronger.
class Witnesses {
 public:
  // `program` outlives this, and may have grown since.
  explicit Witnesses(const Program& program) : program_(program) {}
  // Appends the triggers of `node` to `out` and returns true; false if there is
  // no such set, so that the node must be judged for every event.
  auto choose(NodeId node, std::vector<Watch>& out) -> bool;
  // The expected share of events that meet one of the triggers of the node, or
  // (not `positive`) of its negation; huge if there are none.
  auto cost(NodeId node, bool positive) -> double;

 private:
  auto compute(NodeId node, bool positive) -> double;
  void collect(NodeId node, bool positive, std::vector<Watch>& out);

  const Program& program_;
  std::vector<double> costs_[2];  // by node, negative: not known; for "not" and plain
};

// The triggers for one atom, any of which it meets; empty if there are none.
// `cost` is the expected share of events that meet one of them.
auto triggers_of(const Atom& atom, double& cost) -> std::vector<Trigger>;

}  // namespace serjeant::sigma::fast

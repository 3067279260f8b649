#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "intel/stix/pattern_match.h"

// Streams of bindings, one for each node of a pattern outside of brackets: each
// gives, one by one, the choices of observations that satisfy its part. Nothing is
// computed before it is asked for, so that the first match ends the work.
namespace serjeant::stix {

// Some of the observations, each so many times, in order of their indices.
using Binding = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

// Work that may still be done.
class Budget {
 public:
  explicit Budget(std::uint64_t steps) : left_(steps) {}
  auto take(std::uint64_t steps = 1) -> bool {
    spent_ = spent_ || left_ < steps;
    left_ -= spent_ ? left_ : steps;
    return !spent_;
  }
  auto spent() const -> bool { return spent_; }

 private:
  std::uint64_t left_;
  bool spent_ = false;
};

class BindingStream {
 public:
  virtual ~BindingStream() = default;
  // The next binding, or false: there is none, or the budget is spent.
  virtual auto next(Binding& out) -> bool = 0;
  virtual void rewind() = 0;
};
using Stream = std::unique_ptr<BindingStream>;

// Those observations, each once. `hits` are indices in order.
auto each_hit(std::vector<std::uint32_t> hits) -> Stream;
auto either_of(std::vector<Stream> parts) -> Stream;
// One of each, no instance twice; in sequence if `followed`: times can be chosen
// from the intervals so that none on the right is earlier than one on the left.
auto both_of(Stream left, Stream right, bool followed, const std::vector<Observation>& observations,
             Budget& budget) -> Stream;
// So many of `part`, no instance twice. `hits`, if not null, says that `part` is
// `each_hit` of them, and lives as long.
auto repeated(Stream part, std::uint64_t times, const std::vector<std::uint32_t>* hits,
              const std::vector<Observation>& observations, Budget& budget) -> Stream;

// A bound in time that a binding must keep to.
struct TimeBound {
  bool is_window = false;     // START..STOP: every interval overlaps [from, to)
  Moment from = {}, to = {};  // else WITHIN: all lie within `to` - `from`
};
auto bounded(Stream part, TimeBound bound, const std::vector<Observation>& observations,
             Budget& budget) -> Stream;

auto later_by(Moment at, const TimeBound& within) -> Moment;
auto is_in_window(const Observation& observation, const TimeBound& window) -> bool;

}  // namespace serjeant::stix

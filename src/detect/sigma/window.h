#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/time.h"
#include "detect/sigma/rule.h"

// What a correlation counts over a sliding window: events enter at its end and
// leave at its start, and the figure is kept up to date, never recounted.
namespace serjeant::sigma {

// One event of one group, as a correlation sees it.
struct Contribution {
  Nanos at = 0;
  std::uint64_t references = 0;     // bit i: it matches reference i
  std::vector<std::string> values;  // value_count and rarity: folded values or tuples, distinct
  std::vector<Wide> numbers;        // numeric types, in 1e-9
};

// Numbers in order, with rank queries; insertion and removal cost the square
// root of the size.
class SortedBag {
 public:
  void insert(Wide value);
  void erase(Wide value);  // one that is there
  auto size() const -> std::size_t { return size_; }
  auto at(std::size_t rank) const -> Wide;  // from 0
  void clear();

 private:
  static constexpr auto kBlock = std::size_t{1024};
  std::vector<std::vector<Wide>> blocks_;
  std::size_t size_ = 0;
};

// The figure of any type but temporal_ordered.
class Window {
 public:
  explicit Window(const Correlation& correlation) : correlation_(correlation) {}
  void add(const Contribution& event);
  void remove(const Contribution& event);
  void clear();
  auto holds() const -> bool;
  auto figure() const -> std::string;  // "3", "1.5"; empty for expressions and rarity

 private:
  auto expression_holds(std::uint32_t node) const -> bool;
  auto rarity_holds() const -> bool;
  // Do all thresholds hold for `value` / `scale`?
  auto thresholds_hold(Wide value, Wide scale) const -> bool;
  auto percentile() const -> Wide;

  const Correlation& correlation_;
  std::uint64_t events_ = 0;
  std::map<std::string, std::uint64_t> values_;
  std::uint64_t value_total_ = 0;
  Wide sum_ = 0;
  std::uint64_t numbers_ = 0;
  SortedBag sorted_;
  std::vector<std::uint64_t> seen_ = std::vector<std::uint64_t>(64);
};

// temporal_ordered: for each chain of rules in listed order the latest time at
// which one that is complete so far began. Events are given in order; one
// event is one step of a chain at most (C7).
class Chains {
 public:
  explicit Chains(const Correlation& correlation);
  void add(const Contribution& event);
  void clear();
  // Judged over events from `since` on.
  auto holds(Nanos since) const -> bool;

 private:
  void add_step(const Contribution& event);
  void add_any(const Contribution& event);

  const Correlation& correlation_;
  std::vector<OrderedStep> steps_;        // all must be met, in order; empty: any number counts
  std::vector<Nanos> began_;              // per step
  std::vector<std::vector<Nanos>> best_;  // [length - 1][last reference]
};

}  // namespace serjeant::sigma

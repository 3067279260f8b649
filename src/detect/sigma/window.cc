#include "detect/sigma/window.h"

#include <algorithm>
#include <limits>

#include "core/check.h"
#include "core/narrow.h"

namespace serjeant::sigma {
namespace {

constexpr auto kNever = std::numeric_limits<Nanos>::min();

auto order_of(Wide a, Wide b) -> std::partial_ordering {
  return a == b  ? std::partial_ordering::equivalent
         : a < b ? std::partial_ordering::less
                 : std::partial_ordering::greater;
}

auto decimal_text(Wide value) -> std::string {
  auto out = std::string(value < 0 ? "-" : "");
  if (value < 0) value = -value;
  auto whole = std::string{};
  for (auto rest = value / kDecimalOne; rest > 0 || whole.empty(); rest /= 10)
    whole += static_cast<char>('0' + static_cast<int>(rest % 10));
  out.append(whole.rbegin(), whole.rend());
  auto fraction = static_cast<std::int64_t>(value % kDecimalOne);
  if (fraction == 0) return out;
  auto digits = std::string(9, '0');
  for (auto i = std::size_t{9}; i-- > 0; fraction /= 10)
    digits[i] = static_cast<char>('0' + fraction % 10);
  digits.erase(digits.find_last_not_of('0') + 1);
  return out + "." + digits;
}

}  // namespace

void SortedBag::insert(Wide value) {
  ++size_;
  auto block = std::find_if(blocks_.begin(), blocks_.end(),
                            [&](const auto& one) { return one.back() >= value; });
  if (block == blocks_.end()) {
    if (blocks_.empty()) blocks_.emplace_back();
    block = blocks_.end() - 1;
  }
  block->insert(std::upper_bound(block->begin(), block->end(), value), value);
  if (block->size() <= kBlock) return;
  auto half = std::vector<Wide>(block->begin() + kBlock / 2, block->end());
  block->resize(kBlock / 2);
  blocks_.insert(block + 1, std::move(half));
}

void SortedBag::erase(Wide value) {
  const auto block = std::find_if(blocks_.begin(), blocks_.end(),
                                  [&](const auto& one) { return one.back() >= value; });
  SJ_CHECK(block != blocks_.end());
  const auto at = std::lower_bound(block->begin(), block->end(), value);
  SJ_CHECK(at != block->end() && *at == value);
  block->erase(at);
  if (block->empty()) blocks_.erase(block);
  --size_;
}

auto SortedBag::at(std::size_t rank) const -> Wide {
  for (const auto& block : blocks_) {
    if (rank < block.size()) return block[rank];
    rank -= block.size();
  }
  SJ_CHECK(false);
}

void SortedBag::clear() {
  blocks_.clear();
  size_ = 0;
}

void Window::add(const Contribution& event) {
  ++events_;
  for (const auto& value : event.values) ++values_[value];
  value_total_ += event.values.size();
  for (const auto number : event.numbers) {
    sum_ += number;
    ++numbers_;
    if (correlation_.type == CorrelationType::kValuePercentile ||
        correlation_.type == CorrelationType::kValueMedian)
      sorted_.insert(number);
  }
  for (auto i = std::size_t{0}; i < 64; ++i) seen_[i] += event.references >> i & 1;
}

void Window::remove(const Contribution& event) {
  --events_;
  for (const auto& value : event.values) {
    const auto at = values_.find(value);
    if (--at->second == 0) values_.erase(at);
  }
  value_total_ -= event.values.size();
  for (const auto number : event.numbers) {
    sum_ -= number;
    --numbers_;
    if (sorted_.size() > 0) sorted_.erase(number);
  }
  for (auto i = std::size_t{0}; i < 64; ++i) seen_[i] -= event.references >> i & 1;
}

void Window::clear() {
  events_ = value_total_ = numbers_ = 0;
  values_.clear();
  sum_ = 0;
  sorted_.clear();
  std::fill(seen_.begin(), seen_.end(), 0);
}

auto Window::thresholds_hold(Wide value, Wide scale) const -> bool {
  return std::all_of(correlation_.thresholds.begin(), correlation_.thresholds.end(),
                     [&](const Threshold& threshold) {
                       return sigma::holds(threshold.comparison,
                                           order_of(value, threshold.value * scale));
                     });
}

// Nearest rank: the smallest value that is not below `percentile` % of all.
auto Window::percentile() const -> Wide {
  const auto count = static_cast<Wide>(sorted_.size());
  const auto whole = 100 * kDecimalOne;
  const auto rank = (*correlation_.percentile * count + whole - 1) / whole;
  return sorted_.at(static_cast<std::size_t>(std::max<Wide>(rank, 1) - 1));
}

auto Window::holds() const -> bool {
  switch (correlation_.type) {
    case CorrelationType::kEventCount:
      return thresholds_hold(Wide{events_} * kDecimalOne, 1);
    case CorrelationType::kValueCount:
      return thresholds_hold(static_cast<Wide>(values_.size()) * kDecimalOne, 1);
    case CorrelationType::kValueSum:
      return thresholds_hold(sum_, 1);
    case CorrelationType::kValueAvg:
      return numbers_ > 0 && thresholds_hold(sum_, numbers_);
    case CorrelationType::kValuePercentile:
      if (!correlation_.percentile) return rarity_holds();
      return sorted_.size() > 0 && thresholds_hold(percentile(), 1);
    case CorrelationType::kValueMedian: {
      const auto count = sorted_.size();
      return count > 0 && thresholds_hold(sorted_.at((count - 1) / 2) + sorted_.at(count / 2), 2);
    }
    case CorrelationType::kTemporal: {
      if (correlation_.expression) return expression_holds(correlation_.expression->root);
      const auto different =
          std::count_if(seen_.begin(), seen_.end(), [](auto n) { return n > 0; });
      if (correlation_.thresholds.empty())
        return static_cast<std::size_t>(different) >= correlation_.references.size();
      return thresholds_hold(Wide{different} * kDecimalOne, 1);
    }
    case CorrelationType::kTemporalOrdered:
      break;  // see Chains
  }
  return false;
}

auto Window::figure() const -> std::string {
  switch (correlation_.type) {
    case CorrelationType::kEventCount:
      return std::to_string(events_);
    case CorrelationType::kValueCount:
      return std::to_string(values_.size());
    case CorrelationType::kValueSum:
      return decimal_text(sum_);
    case CorrelationType::kValueAvg:
      return numbers_ > 0 ? decimal_text(sum_ / numbers_) : "";
    case CorrelationType::kValuePercentile:
      return correlation_.percentile && sorted_.size() > 0 ? decimal_text(percentile()) : "";
    case CorrelationType::kValueMedian: {
      const auto count = sorted_.size();
      if (count == 0) return {};
      return decimal_text((sorted_.at((count - 1) / 2) + sorted_.at(count / 2)) / 2);
    }
    default:
      return {};
  }
}

// The parser bounds the depth.
auto Window::expression_holds(std::uint32_t index) const -> bool {
  const auto& node = correlation_.expression->nodes[index];
  const auto child = [&](std::uint32_t at) { return expression_holds(at); };
  switch (node.kind) {
    case Node::Kind::kAnd:
      return std::all_of(node.children.begin(), node.children.end(), child);
    case Node::Kind::kOr:
      return std::any_of(node.children.begin(), node.children.end(), child);
    case Node::Kind::kNot:
      return !child(node.children[0]);
    default:
      return seen_[node.index] > 0;
  }
}

// C10 without a percentile: is there a value whose share of the window, in
// percent, meets the thresholds?
auto Window::rarity_holds() const -> bool {
  return std::any_of(values_.begin(), values_.end(), [&](const auto& value) {
    return thresholds_hold(Wide{value.second} * 100 * kDecimalOne, value_total_);
  });
}

Chains::Chains(const Correlation& correlation)
    : correlation_(correlation), steps_(correlation.steps) {
  if (steps_.empty() && correlation.thresholds.empty())
    for (auto i = std::uint32_t{0}; i < correlation.references.size(); ++i)
      steps_.push_back({i, {}});
  began_.assign(steps_.size(), kNever);
  if (steps_.empty()) {
    const auto count = correlation.references.size();
    best_.assign(count, std::vector<Nanos>(count, kNever));
  }
}

void Chains::clear() {
  std::fill(began_.begin(), began_.end(), kNever);
  for (auto& row : best_) std::fill(row.begin(), row.end(), kNever);
}

void Chains::add(const Contribution& event) {
  if (steps_.empty())
    add_any(event);
  else
    add_step(event);
}

void Chains::add_step(const Contribution& event) {
  const auto before = began_;
  const auto is = [&](std::uint32_t reference) { return (event.references >> reference & 1) != 0; };
  for (auto i = std::size_t{0}; i < steps_.size(); ++i) {
    // A chain that waits for this step ends at a rule that must not come.
    if (i > 0 && std::any_of(steps_[i].none_before.begin(), steps_[i].none_before.end(), is))
      began_[i - 1] = kNever;
  }
  for (auto i = std::size_t{0}; i < steps_.size(); ++i)
    if (is(steps_[i].reference)) began_[i] = std::max(began_[i], i == 0 ? event.at : before[i - 1]);
}

void Chains::add_any(const Contribution& event) {
  const auto count = correlation_.references.size();
  // From the last reference to the first: what is read belongs to earlier
  // references, and those were not changed by this event yet.
  for (auto j = count; j-- > 0;) {
    if ((event.references >> j & 1) == 0) continue;
    for (auto length = count; length-- > 1;)
      for (auto i = std::size_t{0}; i < j; ++i)
        best_[length][j] = std::max(best_[length][j], best_[length - 1][i]);
    best_[0][j] = std::max(best_[0][j], event.at);
  }
}

auto Chains::holds(Nanos since) const -> bool {
  if (!steps_.empty()) return began_.back() != kNever && began_.back() >= since;
  auto longest = std::size_t{0};
  for (auto length = best_.size(); length-- > 0 && longest == 0;)
    if (std::any_of(best_[length].begin(), best_[length].end(),
                    [&](Nanos at) { return at != kNever && at >= since; }))
      longest = length + 1;
  return std::all_of(correlation_.thresholds.begin(), correlation_.thresholds.end(),
                     [&](const Threshold& threshold) {
                       return sigma::holds(
                           threshold.comparison,
                           order_of(static_cast<Wide>(longest) * kDecimalOne, threshold.value));
                     });
}

}  // namespace serjeant::sigma

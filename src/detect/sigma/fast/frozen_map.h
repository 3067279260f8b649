#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace serjeant::sigma::fast {

// From a hash to the numbers that were put under it. Filled once, then constant;
// a lookup that finds nothing, which is nearly every one, reads one word.
class FrozenMap {
 public:
  void add(std::uint64_t key, std::uint32_t value) { pairs_.emplace_back(key, value); }

  void freeze() {
    if (pairs_.empty()) return;
    std::stable_sort(pairs_.begin(), pairs_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    auto keys = std::size_t{1};
    for (auto i = std::size_t{1}; i < pairs_.size(); ++i)
      if (pairs_[i].first != pairs_[i - 1].first) ++keys;
    slots_.resize(std::bit_ceil(keys * 2));
    filter_.resize(std::max<std::size_t>(1, std::bit_ceil(keys * 32) / 64));
    filter_mask_ = filter_.size() * 64 - 1;
    for (auto from = std::size_t{0}; from < pairs_.size();) {
      const auto key = pairs_[from].first;
      const auto begin = static_cast<std::uint32_t>(values_.size());
      for (; from < pairs_.size() && pairs_[from].first == key; ++from)
        values_.push_back(pairs_[from].second);
      auto at = key & (slots_.size() - 1);
      while (slots_[at].count != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = {key, begin, static_cast<std::uint32_t>(values_.size()) - begin};
      const auto bit = (key >> 32) & filter_mask_;
      filter_[bit >> 6] |= std::uint64_t{1} << (bit & 63);
    }
    pairs_ = {};
  }

  auto empty() const -> bool { return slots_.empty(); }
  auto find(std::uint64_t key) const -> std::span<const std::uint32_t> {
    const auto bit = (key >> 32) & filter_mask_;
    if (((filter_[bit >> 6] >> (bit & 63)) & 1) == 0) return {};
    for (auto at = key & (slots_.size() - 1); slots_[at].count != 0;
         at = (at + 1) & (slots_.size() - 1))
      if (slots_[at].key == key) return {values_.data() + slots_[at].begin, slots_[at].count};
    return {};
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t begin = 0, count = 0;
  };
  std::vector<std::pair<std::uint64_t, std::uint32_t>> pairs_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> values_;
  std::vector<std::uint64_t> filter_;
  std::uint64_t filter_mask_ = 0;
};

}  // namespace serjeant::sigma::fast

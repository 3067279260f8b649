#include "detect/sigma/fast/scanner.h"

#include <algorithm>
#include <bit>

#include "core/check.h"
#include "core/narrow.h"
#include "detect/sigma/fast/rarity.h"

namespace serjeant::sigma::fast {
namespace {

// Bits of the filter for a text: about one in sixty-four is set. At most 32 KiB,
// which stay in the fastest cache.
constexpr auto kLeastBits = std::size_t{10};
constexpr auto kMostBits = std::size_t{18};

// The bytes by which a text is found.
auto width_of(std::string_view text) -> std::size_t {
  return text.size() >= 4 ? 4 : text.size() >= 2 ? 2 : 1;
}

auto gram_at(std::string_view text, std::size_t at, std::size_t width) -> std::uint32_t {
  return static_cast<std::uint32_t>(load_some(text.data() + at, width));
}

}  // namespace

void Scanner::add(std::string_view text, std::uint32_t id) {
  SJ_CHECK(!text.empty());
  const auto& rarity = Rarity::shared();
  const auto width = width_of(text);
  auto best = std::size_t{0};
  auto least = 0.0;
  for (auto at = std::size_t{0}; width > 1 && at + width <= text.size(); ++at) {
    const auto share = width == 4 ? rarity.weight_of_four(text.data() + at)
                                  : rarity.weight_of_two(text.data() + at);
    if (at == 0 || share < least) {
      least = share;
      best = at;
    }
  }
  entries_.push_back({text, narrow<std::uint32_t>(best), id});
}

void Scanner::freeze() {
  const auto key = [&](const Entry& entry) {
    const auto width = width_of(entry.text);
    return std::uint64_t{width} << 32 | gram_at(entry.text, entry.offset, width);
  };
  std::stable_sort(entries_.begin(), entries_.end(),
                   [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
  const auto below = [&](std::size_t width) {
    return static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(),
                      [&](const Entry& entry) { return width_of(entry.text) < width; }));
  };
  singles_ = below(2);
  const auto shorter = below(4);
  const auto all = std::span<const Entry>(entries_);
  build(pairs_, all.subspan(singles_, shorter - singles_), 2, narrow<std::uint32_t>(singles_));
  build(fours_, all.subspan(shorter), 4, narrow<std::uint32_t>(shorter));
}

void Scanner::build(Table& table, std::span<const Entry> entries, std::size_t width,
                    std::uint32_t first) const {
  if (entries.empty()) return;
  // All pairs have a bit of their own.
  const auto bits = width == 2
                        ? std::size_t{16}
                        : std::clamp(std::bit_width(entries.size()) + 6, kLeastBits, kMostBits);
  table.shift = static_cast<std::uint32_t>(32 - bits);
  table.filter.resize((std::size_t{1} << bits) / 64);
  table.slots.resize(std::bit_ceil(entries.size() * 2));
  for (auto from = std::size_t{0}; from < entries.size();) {
    const auto gram = gram_at(entries[from].text, entries[from].offset, width);
    auto to = from;
    while (to < entries.size() && gram_at(entries[to].text, entries[to].offset, width) == gram)
      ++to;
    const auto hash = spread(gram);
    const auto bit = width == 2 ? gram : hash >> table.shift;
    table.filter[bit >> 6] |= std::uint64_t{1} << (bit & 63);
    auto at = hash & (table.slots.size() - 1);
    while (table.slots[at].count != 0) at = (at + 1) & (table.slots.size() - 1);
    table.slots[at] = {gram, first + narrow<std::uint32_t>(from), narrow<std::uint32_t>(to - from)};
    from = to;
  }
}

auto Scanner::find(const Table& table, std::uint32_t gram) const -> std::span<const Entry> {
  for (auto at = spread(gram) & (table.slots.size() - 1); table.slots[at].count != 0;
       at = (at + 1) & (table.slots.size() - 1))
    if (table.slots[at].gram == gram)
      return {entries_.data() + table.slots[at].begin, table.slots[at].count};
  return {};
}

}  // namespace serjeant::sigma::fast

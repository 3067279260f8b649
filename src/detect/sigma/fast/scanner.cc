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

auto gram_at(std::string_view text, std::size_t at, std::size_t width) -> std::uint32_t {
  return static_cast<std::uint32_t>(load_some(text.data() + at, width));
}

}  // namespace

void Scanner::add(std::string_view text, std::uint32_t id) {
  SJ_CHECK(text.size() >= kShortest);
  auto best = std::size_t{0};
  auto least = 0.0;
  for (auto at = std::size_t{0}; at + 4 <= text.size(); ++at) {
    const auto share = Rarity::shared().share_of_four(text.data() + at);
    if (at == 0 || share < least) {
      least = share;
      best = at;
    }
  }
  entries_.push_back({text, narrow<std::uint32_t>(best), id});
}

void Scanner::freeze() {
  // Texts of three bytes first, then by gram.
  const auto width = [](const Entry& entry) { return std::min<std::size_t>(entry.text.size(), 4); };
  const auto key = [&](const Entry& entry) {
    return std::uint64_t{width(entry)} << 32 | gram_at(entry.text, entry.offset, width(entry));
  };
  std::stable_sort(entries_.begin(), entries_.end(),
                   [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
  const auto threes = static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [&](const Entry& entry) { return width(entry) == 3; }));
  const auto all = std::span<const Entry>(entries_);
  build(three_, all.first(threes), 3, 0);
  build(four_, all.subspan(threes), 4, narrow<std::uint32_t>(threes));
}

void Scanner::build(Table& table, std::span<const Entry> entries, std::size_t width,
                    std::uint32_t first) const {
  if (entries.empty()) return;
  const auto bits = std::clamp(std::bit_width(entries.size()) + 6, kLeastBits, kMostBits);
  table.shift = static_cast<std::uint32_t>(32 - bits);
  table.filter.resize((std::size_t{1} << bits) / 64);
  table.slots.resize(std::bit_ceil(entries.size() * 2));
  for (auto from = std::size_t{0}; from < entries.size();) {
    const auto gram = gram_at(entries[from].text, entries[from].offset, width);
    auto to = from;
    while (to < entries.size() && gram_at(entries[to].text, entries[to].offset, width) == gram)
      ++to;
    const auto hash = spread(gram);
    const auto bit = hash >> table.shift;
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

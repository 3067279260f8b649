#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "detect/sigma/fast/bytes.h"

// Finds which of many texts occur in a value. Each text is known by the rarest
// four bytes in it (Rarity), so that in an ordinary value hardly any place is
// worth a second look: one load, one multiplication and one bit test a byte,
// whatever the number of texts. An automaton over the same texts (Aho-Corasick)
// takes a dependent load a byte and some megabytes of tables; a library for many
// expressions takes longer to compile than all rules to load.
namespace serjeant::sigma::fast {

class Scanner {
 public:
  static constexpr auto kShortest = std::size_t{3};

  // `text` has at least kShortest bytes and outlives the scanner.
  void add(std::string_view text, std::uint32_t id);
  void freeze();
  auto empty() const -> bool { return entries_.empty(); }

  // Calls `hit(id)` for every text in `value`, at least once and maybe more
  // often. kPadding bytes behind `value` are readable.
  template <class Hit>
  void scan(std::string_view value, Hit&& hit) const {
    if (!four_.slots.empty()) scan_width<4>(four_, value, hit);
    if (!three_.slots.empty()) scan_width<3>(three_, value, hit);
  }

 private:
  struct Entry {
    std::string_view text;
    std::uint32_t offset;  // of the four bytes (three, of a text of three) in it
    std::uint32_t id;
  };
  struct Slot {
    std::uint32_t gram = 0;
    std::uint32_t begin = 0, count = 0;  // in entries_
  };
  struct Table {
    std::vector<std::uint64_t> filter;
    std::vector<Slot> slots;
    std::uint32_t shift = 0;
  };

  static auto spread(std::uint32_t gram) -> std::uint32_t { return gram * 0x9e3779b1u; }
  void build(Table& table, std::span<const Entry> entries, std::size_t width,
             std::uint32_t first) const;
  auto find(const Table& table, std::uint32_t gram) const -> std::span<const Entry>;

  template <std::size_t kWidth, class Hit>
  void scan_width(const Table& table, std::string_view value, Hit& hit) const {
    if (value.size() < kWidth) return;
    const auto* const filter = table.filter.data();
    const auto shift = table.shift;
    const auto* const begin = value.data();
    const auto* const end = begin + value.size() - (kWidth - 1);
    for (const auto* at = begin; at < end; ++at) {
      auto gram = load32(at);
      if constexpr (kWidth == 3) gram &= 0xffffff;
      const auto bit = spread(gram) >> shift;
      if (((filter[bit >> 6] >> (bit & 63)) & 1) == 0) continue;
      for (const auto& entry : find(table, gram)) {
        const auto before = static_cast<std::size_t>(at - begin);
        if (before < entry.offset ||
            value.size() - (before - entry.offset) < entry.text.size())
          continue;
        if (same({at - entry.offset, entry.text.size()}, entry.text)) hit(entry.id);
      }
    }
  }

  std::vector<Entry> entries_;
  Table four_, three_;
};

}  // namespace serjeant::sigma::fast

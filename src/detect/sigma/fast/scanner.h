#pragma once

#include <cstdint>
#include <cstring>
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
  // `text` is not empty and outlives the scanner.
  void add(std::string_view text, std::uint32_t id);
  void freeze();
  auto empty() const -> bool { return entries_.empty(); }

  // Calls `hit(id)` for every text in `value`, at least once and maybe more
  // often. kPadding bytes behind `value` are readable.
  template <class Hit>
  void scan(std::string_view value, Hit&& hit) const {
    if (!fours_.slots.empty()) scan_fours(value, hit);
    if (!pairs_.slots.empty()) scan_pairs(value, hit);
    for (const auto& entry : std::span(entries_).first(singles_))
      if (std::memchr(value.data(), entry.text[0], value.size()) != nullptr) hit(entry.id);
  }

 private:
  struct Entry {
    std::string_view text;
    std::uint32_t offset;  // of the four bytes in it, or two of a text of two or three
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

  template <class Hit>
  void verify(std::span<const Entry> entries, std::string_view value, std::size_t at,
              Hit& hit) const {
    for (const auto& entry : entries) {
      if (at < entry.offset || value.size() - (at - entry.offset) < entry.text.size()) continue;
      if (same(value.substr(at - entry.offset, entry.text.size()), entry.text)) hit(entry.id);
    }
  }

  template <class Hit>
  void scan_fours(std::string_view value, Hit& hit) const {
    const auto* const filter = fours_.filter.data();
    const auto shift = fours_.shift;
    const auto* const begin = value.data();
    for (auto at = std::size_t{0}; at + 4 <= value.size(); ++at) {
      const auto gram = load32(begin + at);
      const auto bit = spread(gram) >> shift;
      if (((filter[bit >> 6] >> (bit & 63)) & 1) == 0) continue;
      verify(find(fours_, gram), value, at, hit);
    }
  }

  template <class Hit>
  void scan_pairs(std::string_view value, Hit& hit) const {
    const auto* const filter = pairs_.filter.data();
    const auto* const begin = value.data();
    for (auto at = std::size_t{0}; at + 2 <= value.size(); ++at) {
      const auto gram = load32(begin + at) & 0xffff;
      if (((filter[gram >> 6] >> (gram & 63)) & 1) == 0) continue;
      verify(find(pairs_, gram), value, at, hit);
    }
  }

  std::vector<Entry> entries_;  // those of one byte first
  std::size_t singles_ = 0;
  Table fours_, pairs_;
};

}  // namespace serjeant::sigma::fast

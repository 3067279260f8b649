#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/json.h"

namespace serjeant {

// The names of members that were met before. Records of one log have few
// names and give them in the same order again and again: that the name which
// came next last time comes next now is checked in a few instructions, while
// finding the end of a name takes many, and what was learned of a name can be
// kept by its number.
//
// Keeps at most 1,023 names, of up to 30 ASCII characters; others are read as
// if this were not here. Never forgets, so that the views that `parse_json`
// gave live as long as this does. For one thread. 64 KiB.
class JsonNames {
 public:
  static constexpr auto kMost = std::size_t{1024};

  // The number of a name that `parse_json` took from here, below kMost and the
  // same for as long as this lives; nothing for any other text.
  auto number_of(std::string_view name) const -> std::optional<std::size_t> {
    const auto at = reinterpret_cast<std::uintptr_t>(name.data()) -
                    reinterpret_cast<std::uintptr_t>(entries_.data());
    if (at >= sizeof(entries_)) return std::nullopt;
    return at / sizeof(Entry);
  }

  // For the parser: the name whose text begins at `at` and is followed by a
  // quote and a colon, if it is one that came next before; empty if not, or
  // if fewer than 32 bytes are left.
  auto expected(const char* at, const char* end) -> std::string_view;
  // For the parser: the name as it is kept here, after it was read; `name`
  // itself if it cannot be kept. `name` is ASCII and was not escaped.
  auto keep(std::string_view name) -> std::string_view;
  void begin() { last_ = 0; }  // of a text

 private:
  static constexpr auto kCompared = std::size_t{32};
  struct alignas(64) Entry {
    std::array<char, kCompared> text;      // the name, a quote, a colon
    std::uint32_t mask = 0;                // a bit for each byte of it
    std::uint16_t size = 0;                // of the name
    std::uint16_t next = 0, next_too = 0;  // what came after it; 0 = nothing yet
    auto name() const -> std::string_view { return {text.data(), size}; }
  };
  auto follow(std::uint16_t number) -> std::string_view;

  std::array<Entry, kMost> entries_{};  // the first stands for the begin of a text
  std::array<std::uint16_t, 2 * kMost> buckets_{};
  std::uint16_t count_ = 1;
  std::uint16_t last_ = 0;
};

// As `parse_json` of core/json.h, with names taken from `names` where they are
// there: equal bytes, another place.
auto parse_json(std::string_view text, std::string_view key, Document& out, Arena& arena,
                JsonNames& names) -> JsonOutcome;

}  // namespace serjeant

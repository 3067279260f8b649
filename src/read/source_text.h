#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/arena.h"

// The text of a source in whatever encoding it stands, so that readers see
// UTF-8 while spans stay in the bytes of the evidence.
//
// UTF-8 (and any other superset of ASCII) is read in place. UTF-16 is handled
// in two steps: records are cut on a *narrowed* copy, one byte a code unit,
// where every unit outside of ASCII is 0x80, so that a place in the copy times
// two is the place in the source; then each record is decoded on its own. A
// position never has to be carried through a decoder.
namespace serjeant {

enum class Encoding : std::uint8_t { kUtf8, kUtf16Le, kUtf16Be };

class SourceText {
 public:
  // Looks at the byte-order mark, or for UTF-16 without one at where the NUL
  // bytes lie (at least 90 % of a first stretch must be ASCII in that reading).
  SourceText(std::string_view bytes, std::uint32_t source);

  auto bytes() const -> std::string_view { return bytes_; }
  auto source() const -> std::uint32_t { return source_; }
  auto encoding() const -> Encoding { return encoding_; }
  auto narrow_needed() const -> bool { return encoding_ != Encoding::kUtf8; }
  // Bytes in a unit: 1 or 2.
  auto unit() const -> std::size_t { return narrow_needed() ? 2 : 1; }
  // Whole units in the source, byte-order mark included.
  auto units() const -> std::uint64_t { return bytes_.size() / unit(); }
  // Units of the byte-order mark: 0, 1 (UTF-16) or 3 (UTF-8).
  auto mark() const -> std::size_t { return mark_; }

  // Units [from, from + count) as one byte each; only if `narrow_needed`.
  void narrow(std::uint64_t from, std::size_t count, std::string& out) const;
  // Units [from, from + count) as UTF-8: a view of the source, or decoded into
  // `arena`. `bad` is set if a surrogate stood alone (U+FFFD takes its place).
  auto decode(std::uint64_t from, std::size_t count, Arena& arena, bool& bad) const
      -> std::string_view;
  // How many units of the source `text`, which `decode` gave, came from.
  auto units_of(std::string_view text) const -> std::uint64_t;

 private:
  std::string_view bytes_;
  std::uint32_t source_;
  Encoding encoding_ = Encoding::kUtf8;
  std::size_t mark_ = 0;
};

}  // namespace serjeant

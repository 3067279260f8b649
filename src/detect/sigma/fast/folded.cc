#include "detect/sigma/fast/folded.h"

#include <cstring>

#include "core/text.h"
#include "detect/sigma/fast/bytes.h"

namespace serjeant::sigma::fast {
namespace {

constexpr auto kEach = std::uint64_t{0x0101010101010101};
constexpr auto kHigh = kEach * 0x80;

// The capitals among eight ASCII bytes become small: a byte from 'A' on carries
// into its high bit by the first sum, one above 'Z' by the second too.
auto lower_eight(std::uint64_t bytes) -> std::uint64_t {
  const auto from_a = bytes + kEach * (0x80 - 'A');
  const auto above_z = bytes + kEach * (0x80 - 'Z' - 1);
  return bytes | (((from_a & ~above_z) & kHigh) >> 2);
}

}  // namespace

auto fold_padded(std::string_view text, Arena& arena) -> std::string_view {
  auto* const to = arena.take(text.size() + kPadding);
  auto seen = std::uint64_t{0};
  auto at = std::size_t{0};
  for (; at + 8 <= text.size(); at += 8) {
    const auto eight = load64(text.data() + at);
    seen |= eight;
    const auto low = lower_eight(eight);
    std::memcpy(to + at, &low, sizeof low);
  }
  const auto rest = load_some(text.data() + at, text.size() - at);
  seen |= rest;
  if ((seen & kHigh) != 0) {
    arena.give_back(text.size() + kPadding);
    const auto folded = fold_case(text);
    auto* const other = arena.take(folded.size() + kPadding);
    std::memcpy(other, folded.data(), folded.size());
    std::memset(other + folded.size(), 0, kPadding);
    return {other, folded.size()};
  }
  const auto low = lower_eight(rest);
  std::memcpy(to + at, &low, sizeof low);
  std::memset(to + text.size(), 0, kPadding);
  return {to, text.size()};
}

}  // namespace serjeant::sigma::fast

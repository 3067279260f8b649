#include "read/csv/unquote.h"

#include <cpuid.h>
#include <immintrin.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "read/scan.h"

namespace serjeant::csv {
namespace {

// For each set of bytes to leave out of eight: the places of the others in
// order, and how many they are.
struct Kept {
  std::array<std::array<std::uint8_t, 8>, 256> places{};
  std::array<std::uint8_t, 256> counts{};
};
constexpr auto kKept = [] {
  auto out = Kept{};
  for (auto dropped = 0U; dropped < 256; ++dropped) {
    auto count = std::size_t{0};
    for (auto place = 0U; place < 8; ++place)
      if ((dropped >> place & 1) == 0)
        out.places[dropped][count++] = static_cast<std::uint8_t>(place);
    out.counts[dropped] = static_cast<std::uint8_t>(count);
  }
  return out;
}();

auto has_shuffle() -> bool {
  static const auto answer = [] {
    auto a = 0U, b = 0U, c = 0U, d = 0U;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_SSSE3) != 0;
  }();
  return answer;
}

// Eight bytes without those in `dropped`; eight are written.
[[gnu::target("ssse3")]] inline auto compact(__m128i eight, std::uint64_t dropped, char* to)
    -> char* {
  auto places = __m128i{};
  std::memcpy(&places, kKept.places[dropped & 0xff].data(), 8);
  const auto kept = _mm_shuffle_epi8(eight, places);
  std::memcpy(to, &kept, 8);
  return to + kKept.counts[dropped & 0xff];
}

[[gnu::target("ssse3")]] auto drop(std::string_view body, char* to) -> std::optional<std::size_t> {
  auto* const begin = to;
  auto open = std::uint64_t{0};  // 1 if the last byte was the first quote of two
  for (auto at = std::size_t{0}; at < body.size(); at += scan::kBlock) {
    const auto block = scan::Block::load(body, at);
    const auto quotes = block.equal('"');
    const auto odd = scan::parity(quotes) ^ (0 - open);
    const auto firsts = quotes & odd, seconds = quotes & ~odd;
    if (seconds != (firsts << 1 | open)) return std::nullopt;
    open = firsts >> 63;
    const auto left = body.size() - at;
    auto dropped = left >= scan::kBlock ? seconds : seconds | ~scan::below(left);
    for (const auto& part : block.part) {
      to = compact(part, dropped, to);
      to = compact(_mm_unpackhi_epi64(part, part), dropped >> 8, to);
      dropped >>= 16;
    }
  }
  if (open != 0) return std::nullopt;
  return static_cast<std::size_t>(to - begin);
}

}  // namespace

auto drop_doubles(std::string_view body, char* to) -> std::optional<std::size_t> {
  return has_shuffle() ? drop(body, to) : std::nullopt;
}

}  // namespace serjeant::csv

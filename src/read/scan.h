#pragma once

#include <emmintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// Sixty-four bytes at a time: which of them are this or that character, as one
// bit a byte, lowest bit first. The record cutters of CSV and JSON are bit
// arithmetic on such masks, after Langdale and Lemire, "Parsing Gigabytes of
// JSON per Second" (2019).
namespace serjeant::scan {

constexpr auto kBlock = std::size_t{64};

struct Block {
  __m128i part[4];

  // The block at `at`; past the end of `text` it holds blanks.
  static auto load(std::string_view text, std::size_t at) -> Block {
    auto block = Block{};
    if (at + kBlock <= text.size()) {
      std::memcpy(block.part, text.data() + at, kBlock);
    } else {
      char tail[kBlock];
      std::memset(tail, ' ', kBlock);
      std::memcpy(tail, text.data() + at, text.size() - at);
      std::memcpy(block.part, tail, kBlock);
    }
    return block;
  }

  template <class Test>
  auto mask(Test test) const -> std::uint64_t {
    const auto bits = [&](int i) {
      return static_cast<std::uint64_t>(
          static_cast<std::uint32_t>(_mm_movemask_epi8(test(part[i]))));
    };
    return bits(0) | bits(1) << 16 | bits(2) << 32 | bits(3) << 48;
  }
  auto equal(char c) const -> std::uint64_t {
    const auto wanted = _mm_set1_epi8(c);
    return mask([&](__m128i p) { return _mm_cmpeq_epi8(p, wanted); });
  }
  auto either(char a, char b) const -> std::uint64_t {
    const auto first = _mm_set1_epi8(a);
    const auto second = _mm_set1_epi8(b);
    return mask([&](__m128i p) {
      return _mm_or_si128(_mm_cmpeq_epi8(p, first), _mm_cmpeq_epi8(p, second));
    });
  }
};

// Bit n of the result is the parity of bits 0 to n: with quotes given, the
// stretches from each opening quote up to before its closing one.
inline auto parity(std::uint64_t bits) -> std::uint64_t {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

inline auto lowest(std::uint64_t bits) -> std::size_t {
  return static_cast<std::size_t>(std::countr_zero(bits));
}

inline auto highest(std::uint64_t bits) -> std::size_t {
  return 63 - static_cast<std::size_t>(std::countl_zero(bits));
}

// Bits below that of `place` (0 to 63).
inline auto below(std::size_t place) -> std::uint64_t { return (std::uint64_t{1} << place) - 1; }

// memchr with views: the place of `c` at or after `from`, or the size of `text`.
inline auto find(std::string_view text, char c, std::size_t from) -> std::size_t {
  if (from >= text.size()) return text.size();
  const auto* const hit =
      static_cast<const char*>(std::memchr(text.data() + from, c, text.size() - from));
  return hit == nullptr ? text.size() : static_cast<std::size_t>(hit - text.data());
}

// The first of up to three characters at or after `from`, or the size of `text`.
inline auto find_any(std::string_view text, char a, char b, char c, std::size_t from)
    -> std::size_t {
  for (; from < text.size(); from += kBlock) {
    const auto block = Block::load(text, from);
    const auto left = text.size() - from;
    const auto valid = left >= kBlock ? ~std::uint64_t{0} : below(left);
    if (const auto hits = (block.either(a, b) | block.equal(c)) & valid; hits != 0)
      return from + lowest(hits);
  }
  return text.size();
}

// The begin of the line after the one at `from`, or the size of `text`. A line
// ends with LF; the CR of a CR LF belongs to it.
inline auto next_line(std::string_view text, std::size_t from) -> std::size_t {
  const auto end = find(text, '\n', from);
  return end == text.size() ? end : end + 1;
}

}  // namespace serjeant::scan

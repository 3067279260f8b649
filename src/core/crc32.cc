#include "core/crc32.h"

#include <emmintrin.h>
#include <wmmintrin.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace serjeant {
namespace {

constexpr auto kSlices = std::size_t{16};
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

// Table n holds the sums of a byte that n zero bytes follow ("slicing", after
// Kounavis and Berry, 2005).
constexpr auto make_tables() -> Tables {
  auto out = Tables{};
  for (auto i = std::uint32_t{0}; i < 256; ++i) {
    auto sum = i;
    for (auto bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xedb88320u : 0u);
    out[0][i] = sum;
  }
  for (auto n = std::size_t{1}; n < kSlices; ++n)
    for (auto i = std::size_t{0}; i < 256; ++i)
      out[n][i] = (out[n - 1][i] >> 8) ^ out[0][out[n - 1][i] & 0xff];
  return out;
}
constexpr auto kTables = make_tables();

auto word_at(const char* at) -> std::uint32_t {
  auto word = std::uint32_t{};
  std::memcpy(&word, at, sizeof word);
  return word;
}

auto by_tables(const char* at, std::size_t left, std::uint32_t sum) -> std::uint32_t {
  for (; left >= kSlices; left -= kSlices, at += kSlices) {
    auto next = std::uint32_t{0};
    for (auto word = std::size_t{0}; word < 4; ++word) {
      const auto four = word_at(at + 4 * word) ^ (word == 0 ? sum : 0);
      const auto base = kSlices - 1 - 4 * word;
      next ^= kTables[base][four & 0xff] ^ kTables[base - 1][four >> 8 & 0xff] ^
              kTables[base - 2][four >> 16 & 0xff] ^ kTables[base - 3][four >> 24];
    }
    sum = next;
  }
  for (; left > 0; --left, ++at)
    sum = (sum >> 8) ^ kTables[0][(sum ^ static_cast<unsigned char>(*at)) & 0xff];
  return sum;
}

// `sum` times what `by` stands for, and `next`.
__attribute__((target("pclmul"))) inline auto fold(__m128i sum, __m128i by, __m128i next)
    -> __m128i {
  return _mm_xor_si128(
      _mm_xor_si128(_mm_clmulepi64_si128(sum, by, 0x00), _mm_clmulepi64_si128(sum, by, 0x11)),
      next);
}

// The sum as a polynomial: what lies 512 and 128 bits ahead is folded onto what
// follows by multiplication without carries (Gopal et al., "Fast CRC
// Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009); the last
// 128 bits go through the tables. `size` is a multiple of 16, at least 64.
__attribute__((target("pclmul"))) auto by_folding(const char* at, std::size_t size,
                                                  std::uint32_t sum) -> std::uint32_t {
  const auto four = [&](std::size_t i) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + i);
  };
  // x^(512+64), x^512, x^(128+64) and x^128 modulo the polynomial, reflected.
  const auto far = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const auto near = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  auto a = _mm_xor_si128(four(0), _mm_cvtsi32_si128(static_cast<int>(sum)));
  auto b = four(1), c = four(2), d = four(3);
  for (at += 64, size -= 64; size >= 64; at += 64, size -= 64) {
    a = fold(a, far, four(0));
    b = fold(b, far, four(1));
    c = fold(c, far, four(2));
    d = fold(d, far, four(3));
  }
  for (const auto next : {b, c, d}) a = fold(a, near, next);
  for (; size >= 16; at += 16, size -= 16) a = fold(a, near, four(0));
  char last[16];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(last), a);
  return by_tables(last, sizeof last, 0);
}

}  // namespace

auto crc32(std::string_view bytes, std::uint32_t before) -> std::uint32_t {
  static const auto kFolds = __builtin_cpu_supports("pclmul") != 0;
  auto sum = ~before;
  auto folded = std::size_t{0};
  if (kFolds && bytes.size() >= 64) {
    folded = bytes.size() / 16 * 16;
    sum = by_folding(bytes.data(), folded, sum);
  }
  return ~by_tables(bytes.data() + folded, bytes.size() - folded, sum);
}

}  // namespace serjeant

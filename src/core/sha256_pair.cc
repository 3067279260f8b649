#include "core/sha256_pair.h"

#include <cpuid.h>
#include <immintrin.h>

namespace serjeant::sha256_pair {
namespace {

// FIPS 180-4, section 4.2.2.
alignas(16) constexpr std::uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#define SJ_SHA [[gnu::target("sha,sse4.1,ssse3"), gnu::always_inline]] inline

// One hash in the form that the instructions want: ABEF and CDGH, and the
// sixteen words of the message schedule that are needed next.
struct Lane {
  __m128i abef, cdgh, words[4];
};

SJ_SHA void load(Lane& lane, const State& state) {
  const auto dcba = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data()));
  const auto hgfe = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data() + 4));
  const auto cdab = _mm_shuffle_epi32(dcba, 0xb1);
  const auto efgh = _mm_shuffle_epi32(hgfe, 0x1b);
  lane.abef = _mm_alignr_epi8(cdab, efgh, 8);
  lane.cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
}

SJ_SHA void store(const Lane& lane, State& state) {
  const auto feba = _mm_shuffle_epi32(lane.abef, 0x1b);
  const auto dchg = _mm_shuffle_epi32(lane.cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data() + 4), _mm_alignr_epi8(dchg, feba, 8));
}

// Rounds 4n to 4n + 3 with words[n % 4]; from n = 4 on those are made first
// from the sixteen before them.
template <int kStep>
SJ_SHA void rounds(Lane& lane, const char* bytes) {
  auto& now = lane.words[kStep % 4];
  if constexpr (kStep < 4) {
    const auto big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const auto* from = reinterpret_cast<const __m128i*>(bytes + 16 * kStep);
    now = _mm_shuffle_epi8(_mm_loadu_si128(from), big_endian);
  } else {
    const auto& last = lane.words[(kStep + 3) % 4];
    const auto sum = _mm_add_epi32(_mm_sha256msg1_epu32(now, lane.words[(kStep + 1) % 4]),
                                   _mm_alignr_epi8(last, lane.words[(kStep + 2) % 4], 4));
    now = _mm_sha256msg2_epu32(sum, last);
  }
  const auto* constants = reinterpret_cast<const __m128i*>(kRound + 4 * kStep);
  const auto keyed = _mm_add_epi32(now, _mm_load_si128(constants));
  lane.cdgh = _mm_sha256rnds2_epu32(lane.cdgh, lane.abef, keyed);
  lane.abef = _mm_sha256rnds2_epu32(lane.abef, lane.cdgh, _mm_shuffle_epi32(keyed, 0x0e));
}

template <int kStep = 0>
SJ_SHA void block(Lane& lane, const char* bytes) {
  rounds<kStep>(lane, bytes);
  if constexpr (kStep < 15) block<kStep + 1>(lane, bytes);
}

template <int kStep = 0>
SJ_SHA void blocks(Lane& a, const char* a_bytes, Lane& b, const char* b_bytes) {
  rounds<kStep>(a, a_bytes);
  rounds<kStep>(b, b_bytes);
  if constexpr (kStep < 15) blocks<kStep + 1>(a, a_bytes, b, b_bytes);
}

SJ_SHA void add(Lane& lane, __m128i abef, __m128i cdgh) {
  lane.abef = _mm_add_epi32(lane.abef, abef);
  lane.cdgh = _mm_add_epi32(lane.cdgh, cdgh);
}

auto ask_processor() -> bool {
  auto a = 0U, b = 0U, c = 0U, d = 0U;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return false;
  const auto sse = (c & bit_SSSE3) != 0 && (c & bit_SSE4_1) != 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  return sse && (b & bit_SHA) != 0;
}

}  // namespace

auto is_supported() -> bool {
  static const auto answer = ask_processor();
  return answer;
}

[[gnu::target("sha,sse4.1,ssse3")]] void compress(State& state, const char* bytes,
                                                  std::size_t blocks) {
  auto lane = Lane{};
  load(lane, state);
  for (; blocks > 0; --blocks, bytes += kBlock) {
    const auto abef = lane.abef, cdgh = lane.cdgh;
    block(lane, bytes);
    add(lane, abef, cdgh);
  }
  store(lane, state);
}

[[gnu::target("sha,sse4.1,ssse3")]] void compress(State& first, const char* first_bytes,
                                                  State& second, const char* second_bytes,
                                                  std::size_t count) {
  auto a = Lane{}, b = Lane{};
  load(a, first);
  load(b, second);
  for (; count > 0; --count, first_bytes += kBlock, second_bytes += kBlock) {
    const auto a_abef = a.abef, a_cdgh = a.cdgh, b_abef = b.abef, b_cdgh = b.cdgh;
    blocks(a, first_bytes, b, second_bytes);
    add(a, a_abef, a_cdgh);
    add(b, b_abef, b_cdgh);
  }
  store(a, first);
  store(b, second);
}

}  // namespace serjeant::sha256_pair

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Randomness for the exercise: Philox-4x32-10 (Salmon, Moraes, Dror, Shaw:
// "Parallel random numbers: as easy as 1, 2, 3", SC11), a counter-based
// generator. A draw is a pure function of (key, entity, position), so that any
// number of threads in any order draw the same. Integers only: floating point
// differs between compilers and machines.
namespace serjeant::exercise {

using PhiloxBlock = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;
auto philox(PhiloxBlock counter, PhiloxKey key) -> PhiloxBlock;

// The key of a family of streams: a hash of (seed, organisation, source).
auto stream_key(std::uint64_t seed, std::string_view organisation, std::string_view source)
    -> PhiloxKey;

// One stream: the entity within its family.
class Stream {
 public:
  Stream(PhiloxKey key, std::uint64_t entity);
  Stream(PhiloxKey key, std::uint32_t high, std::uint32_t low)
      : Stream(key, std::uint64_t{high} << 32 | low) {}

  auto next() -> std::uint32_t;
  auto next64() -> std::uint64_t;
  // 0 .. n-1 by multiplication; n at least 1. The bias is below n / 2^32.
  auto below(std::uint32_t n) -> std::uint32_t {
    return static_cast<std::uint32_t>(std::uint64_t{next()} * n >> 32);
  }
  auto between(std::uint32_t low, std::uint32_t high) -> std::uint32_t {
    return low + below(high - low + 1);
  }
  auto chance(std::uint32_t per_million) -> bool { return below(1'000'000) < per_million; }
  template <class List>
  auto pick(const List& list) -> const auto& {
    return list[below(static_cast<std::uint32_t>(list.size()))];
  }
  // Index into a table of weights.
  template <std::size_t N>
  auto weighted(const std::array<std::uint16_t, N>& weights) -> std::size_t {
    auto total = std::uint32_t{0};
    for (const auto weight : weights) total += weight;
    auto at = below(total);
    for (auto i = std::size_t{0}; i + 1 < N; ++i) {
      if (at < weights[i]) return i;
      at -= weights[i];
    }
    return N - 1;
  }
  void guid(std::string& out);  // "9af1..-....", 36 characters, lower case
  void hex(std::string& out, std::size_t digits);
  void upper_hex(std::string& out, std::size_t digits);
  void base64(std::string& out, std::size_t count);   // its alphabet, unpadded
  void letters(std::string& out, std::size_t count);  // base64url alphabet

 private:
  void spell(std::string& out, std::size_t count, std::string_view alphabet);
  PhiloxKey key_;
  PhiloxBlock counter_;
  PhiloxBlock block_{};
  std::uint32_t used_ = 4;
};

}  // namespace serjeant::exercise

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace serjeant {

// A quick 64-bit digest of bytes, equal on every machine and in every build
// (FNV-1a over 8-byte lanes with a multiply-and-fold finish). It tells repeats
// from conflicts among records that carry the same id; it is no proof against
// somebody who writes both records, who could leave one out just as well.
inline auto mix64(std::uint64_t a) -> std::uint64_t {
  a ^= a >> 32;
  a *= 0xd6e8feb86659fd93U;
  a ^= a >> 32;
  a *= 0xd6e8feb86659fd93U;
  return a ^ (a >> 32);
}

inline auto hash64(std::string_view text, std::uint64_t seed = 0) -> std::uint64_t {
  auto state = seed ^ (0x9e3779b97f4a7c15U * (text.size() + 1));
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  auto left = text.size();
  // A number of bytes, the first the least; one load on processors that keep them so.
  const auto lane = [](const unsigned char* from, auto value) {
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(&value, from, sizeof value);
    } else {
      for (auto i = std::size_t{0}; i < sizeof value; ++i)
        value |= static_cast<decltype(value)>(from[i]) << (8 * i);
    }
    return std::uint64_t{value};
  };
  for (; left >= 8; left -= 8, at += 8) {
    state = (state ^ lane(at, std::uint64_t{0})) * 0x9fb21c651e98df25U;
    state ^= state >> 35;
  }
  if (left >= 4) {  // two halves that may overlap, so that no loop is needed
    const auto low = lane(at, std::uint32_t{0}) | lane(at + left - 4, std::uint32_t{0}) << 32;
    state = (state ^ low) * 0x9fb21c651e98df25U;
    state ^= state >> 35;
  } else if (left > 0) {
    const auto few =
        std::uint64_t{at[0]} | std::uint64_t{at[left / 2]} << 8 | std::uint64_t{at[left - 1]} << 16;
    state = (state ^ few) * 0x9fb21c651e98df25U;
    state ^= state >> 35;
  }
  return mix64(state);
}

}  // namespace serjeant

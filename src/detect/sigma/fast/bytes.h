#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

// Loads and hashes of short stretches of bytes: what indexes look values up by.
// None is stored or shown, so byte order and seed do not matter to a result.
namespace serjeant::sigma::fast {

// Bytes that must be readable behind a text that is scanned, so that a load
// near its end needs no check.
constexpr auto kPadding = std::size_t{32};

inline auto load32(const char* at) -> std::uint32_t {
  auto out = std::uint32_t{};
  std::memcpy(&out, at, sizeof out);
  return out;
}

inline auto load64(const char* at) -> std::uint64_t {
  auto out = std::uint64_t{};
  std::memcpy(&out, at, sizeof out);
  return out;
}

// Up to eight bytes, the rest zero.
inline auto load_some(const char* at, std::size_t size) -> std::uint64_t {
  if (size >= 8) return load64(at);
  if (size >= 4) return load32(at) | (std::uint64_t{load32(at + size - 4)} << (8 * (size - 4)));
  auto out = std::uint64_t{0};
  for (auto i = std::size_t{0}; i < size; ++i)
    out |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  return out;
}

inline auto mix(std::uint64_t a, std::uint64_t b) -> std::uint64_t {
  __extension__ typedef unsigned __int128 Product;
  const auto product = static_cast<Product>(a ^ 0x9e3779b97f4a7c15) * (b ^ 0xd6e8feb86659fd93);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline auto hash_of(std::string_view text, std::uint64_t seed = 0) -> std::uint64_t {
  const auto* at = text.data();
  auto left = text.size();
  auto hash = seed ^ (left * 0xff51afd7ed558ccd);
  for (; left > 16; at += 16, left -= 16) hash = mix(load64(at) ^ hash, load64(at + 8));
  if (left > 8) return mix(load64(at) ^ hash, load64(at + left - 8));
  return mix(load_some(at, left) ^ hash, left);
}

inline auto same(std::string_view a, std::string_view b) -> bool {
  const auto size = a.size();
  if (size != b.size()) return false;
  if (size >= 8) {
    if (load64(a.data()) != load64(b.data()) ||
        load64(a.data() + size - 8) != load64(b.data() + size - 8))
      return false;
    return size <= 16 || std::memcmp(a.data() + 8, b.data() + 8, size - 16) == 0;
  }
  return load_some(a.data(), size) == load_some(b.data(), size);
}

}  // namespace serjeant::sigma::fast

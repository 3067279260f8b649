#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// Little-endian numbers at places that were checked before.
namespace serjeant::evtx {

template <class Number>
auto load(const char* at) -> Number {
  auto value = Number{};
  std::memcpy(&value, at, sizeof value);
  return value;
}

inline auto u16_at(std::string_view bytes, std::size_t at) -> std::uint32_t {
  return load<std::uint16_t>(bytes.data() + at);
}
inline auto u32_at(std::string_view bytes, std::size_t at) -> std::uint32_t {
  return load<std::uint32_t>(bytes.data() + at);
}
inline auto u64_at(std::string_view bytes, std::size_t at) -> std::uint64_t {
  return load<std::uint64_t>(bytes.data() + at);
}

}  // namespace serjeant::evtx

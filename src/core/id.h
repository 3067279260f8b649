#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/sha256.h"

namespace serjeant {

// A name made from content: the first 16 bytes of SHA-256 over a tag and
// fields. The same thing seen twice has the same id, on every machine.
struct Id {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Id&) const = default;
  auto empty() const -> bool { return *this == Id{}; }
  auto view() const -> std::string_view {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

auto hex(const Id& id) -> std::string;
auto id_from_bytes(std::string_view sixteen_bytes) -> Id;

// Each field goes in with its length before it, so that ("ab","c") and
// ("a","bc") differ; numbers as 8 bytes, little-endian.
class IdBuilder {
 public:
  explicit IdBuilder(std::string_view tag) { add(tag); }
  auto add(std::string_view field) -> IdBuilder&;
  auto add(std::uint64_t number) -> IdBuilder&;
  auto add(const Id& id) -> IdBuilder& { return add(id.view()); }
  auto finish() -> Id;

 private:
  std::string fields_;
};

}  // namespace serjeant

template <>
struct std::hash<serjeant::Id> {
  auto operator()(const serjeant::Id& id) const noexcept -> std::size_t {
    auto out = std::size_t{0};
    for (auto i = 0u; i < sizeof out; ++i) out = out << 8 | id.bytes[i];
    return out;
  }
};

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace serjeant {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 (FIPS 180-4) by OpenSSL.
auto sha256(std::string_view bytes) -> Digest;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  auto operator=(const Sha256&) -> Sha256& = delete;
  auto add(std::string_view bytes) -> Sha256&;
  auto finish() -> Digest;  // and ready for the next message

 private:
  struct State;
  std::unique_ptr<State> state_;
};

auto view(const Digest& digest) -> std::string_view;
auto hex(const Digest& digest) -> std::string;

}  // namespace serjeant

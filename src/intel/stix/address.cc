#include "intel/stix/address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "core/text.h"

namespace serjeant::stix {
namespace {

auto read_v4(std::string_view text, AddressBlock& out) -> bool {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return false;
  for (auto i = std::size_t{0}; i < 4; ++i) {
    const auto is_digits = parts[i].find_first_not_of("0123456789") == std::string_view::npos;
    const auto value = to_uint(parts[i]);
    if (parts[i].size() > 4 || !is_digits || !value || *value > 255) return false;
    out.bytes[i] = static_cast<std::uint8_t>(*value);
  }
  return true;
}

// The bits of byte `at` that the prefix covers.
auto mask(std::uint8_t prefix, std::size_t at) -> std::uint8_t {
  const auto bits = std::clamp(static_cast<int>(prefix) - static_cast<int>(at) * 8, 0, 8);
  return static_cast<std::uint8_t>(0xff00 >> bits);
}

}  // namespace

auto read_address(std::string_view text) -> std::optional<AddressBlock> {
  auto out = AddressBlock{};
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  if (!read_v4(address, out)) {
    // inet_pton asks no locale and no name service.
    if (inet_pton(AF_INET6, std::string(address).c_str(), out.bytes.data()) != 1)
      return std::nullopt;
    if (address.find('\0') != std::string_view::npos) return std::nullopt;
    out.size = 16;
  }
  out.prefix = static_cast<std::uint8_t>(out.size * 8);
  if (slash == std::string_view::npos) return out;
  const auto digits = text.substr(slash + 1);
  const auto prefix = to_uint(digits);
  if (!prefix || *prefix > out.prefix ||
      digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  out.prefix = static_cast<std::uint8_t>(*prefix);
  out.with_prefix = true;
  return out;
}

auto contains(const AddressBlock& outer, const AddressBlock& inner) -> bool {
  if (outer.size != inner.size || outer.prefix > inner.prefix) return false;
  for (auto i = std::size_t{0}; i < outer.size; ++i)
    if (((outer.bytes[i] ^ inner.bytes[i]) & mask(outer.prefix, i)) != 0) return false;
  return true;
}

auto print_address(const AddressBlock& block) -> std::string {
  auto masked = block;
  for (auto i = std::size_t{0}; i < block.size; ++i) masked.bytes[i] &= mask(block.prefix, i);
  auto buffer = std::array<char, INET6_ADDRSTRLEN>{};
  inet_ntop(block.size == 4 ? AF_INET : AF_INET6, masked.bytes.data(), buffer.data(),
            buffer.size());
  auto out = std::string(buffer.data());
  if (block.prefix != block.size * 8) (out += '/') += std::to_string(block.prefix);
  return out;
}

}  // namespace serjeant::stix

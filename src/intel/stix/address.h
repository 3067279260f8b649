#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace serjeant::stix {

// An IP address or CIDR block.
struct AddressBlock {
  std::array<std::uint8_t, 16> bytes{};  // the first 4 for IPv4
  std::uint8_t size = 4;                 // bytes of an address: 4 or 16
  std::uint8_t prefix = 32;              // bits
  bool with_prefix = false;              // a prefix was written
};
// Dotted quads (zeros in front allowed, decimal) or RFC 4291's text, with or
// without "/prefix". Nothing for anything else.
auto read_address(std::string_view text) -> std::optional<AddressBlock>;
// Is all of `inner` in `outer`? Never across families.
auto contains(const AddressBlock& outer, const AddressBlock& inner) -> bool;
// Bits beyond the prefix cleared, RFC 5952's text, no prefix where it says nothing.
auto print_address(const AddressBlock& block) -> std::string;

}  // namespace serjeant::stix

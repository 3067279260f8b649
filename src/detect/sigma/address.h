#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

// Addresses and networks of rules (modifier cidr, decision D15): strict
// spellings only, no ports, no blanks, no leading zeros. An IPv4-mapped IPv6
// address counts as IPv4; the zone of an address is dropped.
namespace serjeant::sigma {

struct Address {
  std::array<std::uint8_t, 16> bytes{};  // IPv4 in the last four
  bool v4 = false;
};
auto parse_address(std::string_view text) -> std::optional<Address>;

struct Network {
  Address base;
  std::uint32_t prefix = 0;  // of 32 or 128
};
enum class NetworkFlaw : std::uint8_t { kNone, kNotANetwork, kHostBits, kPrefix };
// "10.0.0.0/8", "2001:db8::/32", "10.0.0.0/255.0.0.0", or an address alone.
auto parse_network(std::string_view text, NetworkFlaw& flaw) -> std::optional<Network>;
auto contains(const Network& network, const Address& address) -> bool;

}  // namespace serjeant::sigma

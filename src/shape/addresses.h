#pragma once

#include <cstdint>
#include <string_view>

#include "shape/event.h"

namespace serjeant {

struct Endpoint {
  Ip ip;
  std::uint16_t port = 0;
};

// An address as logs write it: "192.0.2.1", "192.0.2.1:443", "2001:db8::1",
// "[2001:db8::1]:443", "[2001:db8::1]", with white space around. No address if
// it is none of these; no port if it is not a number up to 65535.
auto read_endpoint(std::string_view text) -> Endpoint;

// What the address alone tells: loopback, private (RFC 1918, 6598, 4193, link
// local), provider (Microsoft 365, see microsoft_ranges.txt), else unknown.
auto role_of(const Ip& ip) -> IpRole;

// Is the address registered to Microsoft? Most of those can be rented by
// anybody (microsoft_owned.txt).
auto is_microsoft_owned(const Ip& ip) -> bool;

}  // namespace serjeant

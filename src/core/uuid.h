#pragma once

#include <string>
#include <string_view>

namespace serjeant {

// A name-based UUID, version 5 (RFC 9562, section 5.5): SHA-1 over the
// namespace's 16 bytes and the name. `space` in its usual spelling.
auto uuid5(std::string_view space, std::string_view name) -> std::string;

// 8-4-4-4-12 hexadecimal digits of either case, as RFC 9562, section 4, writes a UUID.
auto is_uuid(std::string_view text) -> bool;

}  // namespace serjeant

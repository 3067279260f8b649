#pragma once

#include <string>
#include <string_view>

namespace serjeant {

// A name-based UUID, version 5 (RFC 9562, section 5.5): SHA-1 over the
// namespace's 16 bytes and the name. `space` in its usual spelling.
auto uuid5(std::string_view space, std::string_view name) -> std::string;

}  // namespace serjeant

#pragma once

#include <cstdint>
#include <string_view>

namespace serjeant::evtx {

// CRC-32 of IEEE 802.3 (polynomial 0xedb88320, reflected). `before` is the sum
// of what precedes, for stretches that lie apart.
auto crc32(std::string_view bytes, std::uint32_t before = 0) -> std::uint32_t;

}  // namespace serjeant::evtx

#pragma once

#include <cstdint>
#include <string_view>

namespace serjeant {

// CRC-32 of IEEE 802.3 and ISO 3309, as gzip, zip, xz and event logs have it
// (polynomial 0xedb88320, reflected). `before` is the sum of what precedes, for
// stretches that lie apart.
auto crc32(std::string_view bytes, std::uint32_t before = 0) -> std::uint32_t;

}  // namespace serjeant

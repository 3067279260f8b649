#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "read/record.h"

namespace serjeant {

// Logs of Ivanti (Pulse) Connect Secure as they lie on the device
// (docs/formats/vc0.md). Format "vc0". Null if `bytes` does not begin like one.
// `bytes` must outlive the reader.
auto open_vc0_reader(std::string_view bytes, std::uint32_t source) -> std::unique_ptr<Reader>;

}  // namespace serjeant

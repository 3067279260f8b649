#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "read/record.h"

namespace serjeant {

// Opens a Windows event log (EVTX, docs/formats/evtx.md), or chunks of one
// whose head is lost; null if `bytes` is none. `bytes` must outlive the reader.
auto open_evtx_reader(std::string_view bytes, std::uint32_t source) -> std::unique_ptr<Reader>;

namespace evtx {
// The same, but every record takes the slow path: the twin that tests hold the
// fast one against.
auto open_slowly(std::string_view bytes, std::uint32_t source) -> std::unique_ptr<Reader>;
}  // namespace evtx

}  // namespace serjeant

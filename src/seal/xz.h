#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace serjeant {

// Size of the xz stream that `bytes` begin with, or nothing if its end is not
// there (the .xz file format 1.1.0, section 2). Found without decoding: by the
// footer whose index accounts for exactly the bytes before it. Linear in the
// size of `bytes`.
auto xz_stream_size(std::string_view bytes) -> std::optional<std::size_t>;

}  // namespace serjeant

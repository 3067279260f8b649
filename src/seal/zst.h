#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace serjeant {

// A cut Zstandard file, made whole as far as it goes (RFC 8878): the decoder
// would throw the last 128 KiB away that it could read.
struct MendedZst {
  std::size_t frame = 0;        // the frames before it are whole
  std::string header;           // of the cut frame, promising neither size nor checksum
  std::size_t blocks_from = 0;  // its blocks, without the header of the last one
  std::size_t last_at = 0;      // where the last whole block begins; 3 bytes of header
  std::string last_header;      // the same, marked as the last
  std::size_t blocks_to = 0;    // end of the last whole block
};

// Nothing if the file is whole, or so damaged that nothing can be said. Walks
// from block to block without decoding them.
auto mend_zst(std::string_view bytes) -> std::optional<MendedZst>;

// One frame that holds nothing, and nothing behind it?
auto is_empty_zst(std::string_view bytes) -> bool;

}  // namespace serjeant

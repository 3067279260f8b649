#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/arena.h"

// Content transfer encodings (RFC 2045, section 6). Decoders never fail: what
// is not of the encoding is passed over or kept, and counted.
namespace serjeant::mail {

enum class Encoding : std::uint8_t {
  kNone,  // not stated: 7bit
  k7bit,
  k8bit,
  kBinary,
  kQuotedPrintable,
  kBase64,
  kUuencode,
  kUnknown,  // a word that no standard knows; the body is taken as it is (RFC 2045, 6.4 says
             // application/octet-stream, which is the caller's affair)
};

// From the value of Content-Transfer-Encoding: comments, quotes and white space
// around the word do not matter.
auto encoding_from(std::string_view value) -> Encoding;

struct Transferred {
  std::string_view bytes;  // the body itself if nothing had to change, else in the arena
  std::size_t junk = 0;    // octets that the encoding does not explain, dropped or kept as they are
  bool cut = false;        // base64 ended inside a group
  bool padding_inside = false;  // base64 went on after its padding; it was read on (RFC 2045, 6.8)
};

// All linear, with memory at most that of the input.
auto decode_base64(std::string_view body, Arena& arena) -> Transferred;
auto decode_quoted_printable(std::string_view body, Arena& arena) -> Transferred;
// The first "begin" block of the body; its name is in `name` if wanted.
auto decode_uuencode(std::string_view body, Arena& arena, std::string_view* name = nullptr)
    -> Transferred;
auto decode_transfer(std::string_view body, Encoding encoding, Arena& arena) -> Transferred;

}  // namespace serjeant::mail

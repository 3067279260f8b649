#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/span.h"

// Where one message of an mbox ends and the next begins (RFC 4155 and the
// variants that came before it).
//
// Nothing in the format says for sure: a line that begins "From " is a marker
// only if it looks like one and stands where one may stand. So each is scored,
// and what the score could not decide is handed on.
namespace serjeant::mbox {

// How ">From " lines and lengths are written; of use to readers of bodies.
enum class Variant : std::uint8_t { kMboxo, kMboxrd, kMboxcl, kMboxcl2 };
auto variant_word(Variant variant) -> std::string_view;

struct Candidate {
  std::uint64_t offset = 0;  // of the "F"
  std::uint64_t length = 0;  // with the line end
  int score = 0;             // kAccept and more: a marker; below kDoubt: text
};
constexpr auto kAccept = 4;
constexpr auto kDoubt = 2;

// Scores the "From " line at `offset` by what stands around it: an empty line
// before, an address with a date (ctime's form), a bare "-" or a Takeout id
// behind, a header field on the next line. Looks at 1 KiB on each line at most.
auto judge(std::string_view bytes, std::uint64_t offset) -> Candidate;

struct Bounds {
  Candidate marker;
  std::uint64_t begin = 0;  // first octet of the message
  std::uint64_t end = 0;    // behind its last; the line break before the next marker is not its
  std::uint64_t next = 0;   // the next marker, or the end of the file
  bool by_length = false;   // Content-Length led exactly to the next marker
  std::vector<Extent> doubtful;  // "From " lines inside that might be markers; source 0
};

// The message whose marker line is at `start`. Depends on nothing before it.
// A Content-Length that leads to a marker or the end of the file is obeyed
// (mboxcl2); a marker inside of a multipart whose close-delimiter is still to
// come is doubtful. Time over all messages of a file is linear in its size.
auto next_message(std::string_view bytes, std::uint64_t start) -> Bounds;

// Length of a byte-order mark before the first marker.
auto mark_length(std::string_view bytes) -> std::size_t;

// Is there a marker line at the start of the file?
auto is_mbox(std::string_view bytes) -> bool;

// Guessed from the first mebibyte.
auto guess_variant(std::string_view bytes) -> Variant;

}  // namespace serjeant::mbox

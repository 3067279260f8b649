#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/narrow.h"

namespace serjeant {

// Where a value stood in the evidence, so that any claim made from it can be
// traced back to bytes. Sixteen bytes, trivially copyable, stored everywhere.
// Unit: bytes from the start of the source. Longer stretches (coverage, whole
// files) use Extent.
struct Span {
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t source = 0;  // the source's id in the case: 1 and up, in order of SHA-256; 0 = none

  friend auto operator==(const Span&, const Span&) -> bool = default;
};
static_assert(sizeof(Span) == 16);

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint32_t source = 0;

  friend auto operator==(const Extent&, const Extent&) -> bool = default;
};

// The part of `whole` that begins `offset` bytes in. Takes lengths under 4 GiB;
// the reader's limits see to that.
inline auto part_of(Span whole, std::size_t offset, std::size_t length) -> Span {
  return {whole.offset + offset, narrow<std::uint32_t>(length), whole.source};
}

// What can be wrong with evidence. Each kind has a word (`fault_word`) that
// outputs and coverage rows use; words are never reused for another meaning.
enum class FaultKind : std::uint8_t {
  kTruncated,        // the input ends inside a value; complete members before the cut are kept
  kBadEncoding,      // bytes that are not of the declared or detected charset
  kBadHeader,        // a header line without a name and a colon
  kBadSyntax,        // not of the format's grammar; reading resumed at the next record
  kBadColumns,       // a row with another number of columns than its header
  kBadQuote,         // a stray or unclosed quote
  kBadTime,          // a time that cannot be read
  kBadNumber,        // a number out of range or misspelt
  kNul,              // NUL bytes where text was expected
  kDuplicateKey,     // an object with the same name twice; both are kept
  kTimeFromWrapper,  // the record's own time is missing; its wrapper's was taken
  kIdConflict,       // same record id as another record, other content
  kAmbiguous,        // two readings are possible; both are kept
  kEncrypted,        // needs a key that we do not have
  kUnsupported,      // a format or feature that this build does not read
  kUnreadable,       // the operating system refused or failed to give the bytes
  kTooDeep,          // a nesting limit was met
  kTooLong,          // a length limit was met; an empty span says where reading stopped
  kTooMany,          // a count limit was met; likewise
  kTooBig,           // a size budget was met (expanded bytes)
  kRatio,            // an expansion-ratio budget was met (a bomb)
  kChanged,          // the file changed while it was read; its size at opening counts
  kBadChecksum,      // a checksum in the evidence is not that of its bytes
  kTemplateMissing,  // what names the values of a record is not there; they are kept without names
  kGap,              // a running number leaves out numbers that no one accounts for
  kOutOfOrder,       // a running number or a time goes back where it only grows
};
auto fault_word(FaultKind kind) -> std::string_view;

// A flaw met while reading. Reading goes on: a flaw is itself evidence.
struct Fault {
  FaultKind kind;
  Span span;

  friend auto operator==(const Fault&, const Fault&) -> bool = default;
};

// What a reader could make of its input. There is always a value.
template <class T>
struct Parsed {
  T value{};
  std::vector<Fault> faults;
};

}  // namespace serjeant

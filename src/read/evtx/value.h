#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/arena.h"
#include "core/value.h"

// The typed values of binary XML ([MS-EVEN6] 2.2.14 and the appendix of
// value types), as they lie in a record, and their text.
namespace serjeant::evtx {

enum class Type : std::uint8_t {
  kNull = 0x00,
  kString = 0x01,
  kAnsi = 0x02,
  kInt8 = 0x03,
  kUInt8 = 0x04,
  kInt16 = 0x05,
  kUInt16 = 0x06,
  kInt32 = 0x07,
  kUInt32 = 0x08,
  kInt64 = 0x09,
  kUInt64 = 0x0a,
  kReal32 = 0x0b,
  kReal64 = 0x0c,
  kBool = 0x0d,
  kBinary = 0x0e,
  kGuid = 0x0f,
  kSize = 0x10,
  kFileTime = 0x11,
  kSystemTime = 0x12,
  kSid = 0x13,
  kHex32 = 0x14,
  kHex64 = 0x15,
  kHandle = 0x20,
  kBinXml = 0x21,
  kXml = 0x23,
};
constexpr auto kArrayBit = std::uint8_t{0x80};

// A value where it lies. `type` may carry kArrayBit, and may be none of Type.
struct Raw {
  std::uint8_t type = 0;
  std::string_view bytes;

  auto is(Type wanted) const -> bool { return type == static_cast<std::uint8_t>(wanted); }
  auto is_array() const -> bool { return (type & kArrayBit) != 0; }
};

// No value: null, nothing, or a string without characters. An element or an
// attribute that holds only such is empty.
auto is_empty(const Raw& value) -> bool;

// Members of an array: those of fixed size by size, strings by the NUL behind
// each, security identifiers by their own length. A rest that is too short to
// be a member counts as one. 1 for what is no array, and for arrays of types
// that have no size (binary, XML): they are one value.
auto member_count(const Raw& array) -> std::size_t;
auto member_at(const Raw& array, std::size_t index) -> Raw;
// The member that begins `offset` bytes in, and moves `offset` behind it.
auto next_member(const Raw& array, std::size_t& offset) -> Raw;

// The size of a type whose values all have the same; 0: they do not.
auto fixed_size(std::uint8_t type) -> std::size_t;

struct Scalar {
  Kind kind = Kind::kText;  // kText, kNumber or kBool
  std::string_view text;
};

// What was odd about values since `take_flaws`.
enum Flaw : std::uint8_t {
  kFlawEncoding = 1,     // half a surrogate pair, half a unit
  kFlawSize = 2,         // a size that its type cannot have
  kFlawTime = 4,         // no such date
  kFlawUnsupported = 8,  // a type that is not known; shown as hexadecimal digits
  kFlawTooBig = 16,      // the text of one record is over its budget; left out
};

// Turns values into text, as the tools do that print events as JSON: whole
// numbers and booleans keep their kind; times are UTC to the microsecond,
// GUIDs upper-case without braces, binary upper-case hexadecimal, the types
// HexInt and SizeT lower-case with 0x. Text that had to be decoded lives in
// the arena.
class Scribe {
 public:
  explicit Scribe(Arena& arena) : arena_(arena) {}

  // A value that is no array, or the only member of one, which is always text.
  auto scalar(const Raw& value) -> Scalar;
  // UTF-16 without NULs at the end, as UTF-8.
  auto utf16(std::string_view bytes) -> std::string_view;
  auto join(std::string_view a, std::string_view b) -> std::string_view;

  // Begins a record: its text may be `bytes` long.
  void begin(std::size_t budget) {
    left_ = budget;
    flaws_ = 0;
  }
  auto flaws() const -> std::uint8_t { return flaws_; }
  auto take_flaws() -> std::uint8_t {
    const auto flaws = flaws_;
    flaws_ = 0;
    return flaws;
  }
  auto left() const -> std::size_t { return left_; }

 private:
  // Space for `size` bytes of text, of which `kept` says how many were used;
  // null if the record has had enough. Space is taken from the arena in blocks,
  // since most values are a few bytes.
  auto room(std::size_t size) -> char* {
    if (size > left_) {
      flaws_ |= kFlawTooBig;
      return nullptr;
    }
    if (size > static_cast<std::size_t>(end_ - at_)) refill(size);
    return at_;
  }
  auto kept(std::size_t size) -> std::string_view {
    const auto* const begin = at_;
    at_ += size;
    left_ -= size;
    return {begin, size};
  }
  void refill(std::size_t size);
  auto put(std::string_view text) -> std::string_view;
  auto hexadecimal(std::string_view bytes) -> std::string_view;
  auto odd(const Raw& value, Flaw flaw) -> Scalar;
  auto number(std::uint64_t value) -> Scalar;
  auto number(std::int64_t value) -> Scalar;
  auto boolean(std::uint32_t value) -> Scalar;
  auto real(const Raw& value) -> Scalar;
  auto prefixed(std::uint64_t value) -> Scalar;
  auto ansi(std::string_view bytes) -> std::string_view;
  auto guid(std::string_view bytes) -> std::string_view;
  auto sid(const Raw& value) -> Scalar;
  auto file_time(std::uint64_t ticks) -> std::string_view;
  auto system_time(std::string_view bytes) -> std::string_view;

  Arena& arena_;
  char* at_ = nullptr;
  char* end_ = nullptr;
  std::size_t left_ = 0;
  std::uint8_t flaws_ = 0;
  std::int64_t day_ = -1;  // the last one that a time fell on, and how it is spelt
  char date_[16] = {};
  std::size_t date_size_ = 0;
};

}  // namespace serjeant::evtx

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/arena.h"
#include "core/span.h"
#include "core/value.h"

// JSON (RFC 8259), read tolerantly and written canonically enough to be
// compared. Our own reader because evidence is cut, doubled and misspelt: what
// stands before a cut is kept, names that occur twice are both kept, numbers
// keep their spelling, and the input needs no padding. Reading is one pass,
// without recursion, linear in the input.
namespace serjeant {

struct JsonLimits {
  std::uint32_t depth = 256;
  std::uint32_t nodes = 1u << 20;
};

struct JsonOutcome {
  std::size_t consumed = 0;        // bytes taken, leading white space included
  std::optional<FaultKind> fault;  // the first flaw: kTruncated, kBadSyntax, kTooDeep, kTooMany
                                   // end the value; kBadEncoding does not
  std::size_t fault_at = 0;        // where, in bytes from the start of the text
  bool complete = false;           // a whole value was read
};

// Appends the JSON value at the start of `text` to `out` under the name `key`.
// Texts without escapes point into `text`, others into `arena`. If the value
// cannot be finished, its complete members stay and every open container is
// closed; if not even its first token is readable, a null is appended.
auto parse_json(std::string_view text, std::string_view key, Document& out, Arena& arena,
                JsonLimits limits = {}) -> JsonOutcome;

// Writes JSON to a string, keys in the order given. Text must be UTF-8; bytes
// that are not are written as U+FFFD. Controls, quotes and backslashes are the
// only things escaped, as in RFC 8785.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  auto begin_object() -> JsonWriter&;
  auto end_object() -> JsonWriter&;
  auto begin_array() -> JsonWriter&;
  auto end_array() -> JsonWriter&;
  auto key(std::string_view name) -> JsonWriter&;
  auto text(std::string_view value) -> JsonWriter&;
  auto number(std::int64_t value) -> JsonWriter&;
  auto unsigned_number(std::uint64_t value) -> JsonWriter&;
  auto boolean(bool value) -> JsonWriter&;
  auto null() -> JsonWriter&;
  auto raw(std::string_view json) -> JsonWriter&;  // already JSON
  // A native value; a number that is not JSON's grammar is written as text.
  auto value(Value value) -> JsonWriter&;
  // key and value in one
  auto field(std::string_view name, std::string_view value) -> JsonWriter& {
    return key(name).text(value);
  }
  auto field(std::string_view name, const char* value) -> JsonWriter& {
    return key(name).text(value);
  }
  auto field(std::string_view name, std::int64_t value) -> JsonWriter& {
    return key(name).number(value);
  }

 private:
  void separate();
  std::string& out_;
  bool first_ = true;
};

// Is `text` a number by JSON's grammar?
auto is_json_number(std::string_view text) -> bool;
void append_json_text(std::string& out, std::string_view text);  // with its quotes

}  // namespace serjeant

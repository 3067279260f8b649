#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

// Where JSON values end, by structure alone. No value is built: strings are
// told from the rest by the parity of their quotes, and brackets are counted,
// sixty-four bytes at a time.
namespace serjeant::json {

struct Extent {
  std::size_t end = 0;     // after the closing bracket, or where it went wrong
  std::size_t string = 0;  // if broken: the begin of the string that lost its quote
  enum class Why : std::uint8_t {
    kClosed,  // a bracket closed what was open at the begin
    kBroken,  // a quote stands where no string can begin: one before it was lost
    kOpen,    // the text ended first
  } why = Why::kOpen;
};

// The object or array whose opening bracket is at `at`. `text` may run on.
auto measure(std::string_view text, std::size_t at) -> Extent;

auto skip_space(std::string_view text, std::size_t at) -> std::size_t;

// The end of the string whose opening quote is at `at`, after its closing
// quote; the size of `text` if it has none.
auto string_end(std::string_view text, std::size_t at) -> std::size_t;

// Where the records of a document are: after the bracket of a top-level array,
// or of the one array of objects that an object wraps.
struct Wrapper {
  std::size_t body = 0;        // after the array's opening bracket
  std::string_view first_key;  // of the wrapping object, quotes included; empty: a bare array
  std::string_view array_key;  // of the array, likewise
};
// Looks at the value that begins at `at` and reads no further than `reach`.
// An object is a wrapper if one of its members is an array of objects under a
// name that exports use for nothing else (value, Records, items, results,
// hits.hits), or under one with other uses (events, data, logs, ...) and all
// others are scalars, or under any name if it is the only member.
auto find_wrapper(std::string_view text, std::size_t at, std::size_t reach)
    -> std::optional<Wrapper>;

}  // namespace serjeant::json

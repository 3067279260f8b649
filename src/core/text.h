#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Text as evidence needs it: bytes first, no locale, no surprise.
namespace serjeant {

auto is_ascii(std::string_view text) -> bool;
// Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates)? Empty is.
auto is_utf8(std::string_view text) -> bool;
// Each byte that is not part of well-formed UTF-8 becomes U+FFFD.
auto replace_bad_utf8(std::string_view text) -> std::string;
// Writes `code` (at most 0x10ffff) as 1 to 4 bytes and returns how many.
auto encode_utf8(std::uint32_t code, char* to) -> std::size_t;
// UTF-16 without its byte-order mark; lone surrogates become U+FFFD and set
// `bad`; an odd last byte is dropped and sets it too.
auto utf16_to_utf8(std::string_view bytes, bool little_endian, bool& bad) -> std::string;

auto lower_ascii(std::string_view text) -> std::string;
auto equals_ignoring_ascii_case(std::string_view a, std::string_view b) -> bool;
// Simple Unicode case folding, one code point to one (ICU), the base of all
// case-insensitive comparison of rules (decision D1 of the Sigma notes).
auto fold_case(std::string_view text) -> std::string;

auto trim(std::string_view text) -> std::string_view;  // ASCII white space at both ends
auto split(std::string_view text, char by) -> std::vector<std::string_view>;
auto starts_with_ignoring_case(std::string_view text, std::string_view prefix) -> bool;

// The whole text as a decimal number, or nothing.
auto to_int(std::string_view text) -> std::optional<std::int64_t>;
auto to_uint(std::string_view text) -> std::optional<std::uint64_t>;

auto hex(std::string_view bytes) -> std::string;
auto from_hex(std::string_view digits) -> std::optional<std::string>;
auto base64_encode(std::string_view bytes) -> std::string;
// The bytes that base64 stands for (RFC 4648, section 4): groups of four, padded at the
// end, nothing else between; or nothing. Bits left over are not looked at.
auto base64_decode(std::string_view text) -> std::optional<std::string>;

// The word of `known` nearest to `word` by edit distance (a swap of neighbours is
// one edit), if near enough to be offered as "did you mean". Ties go to the earlier one.
auto nearest_word(std::string_view word, const std::vector<std::string_view>& known)
    -> std::optional<std::string_view>;

// For terminals and logs: controls, DEL and bad bytes are shown as \xNN, so
// that no name from evidence can move a cursor or forge a line.
auto printable(std::string_view text) -> std::string;

}  // namespace serjeant

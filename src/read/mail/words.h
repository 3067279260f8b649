#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "read/mail/charset.h"

// Text in header fields: unfolding (RFC 5322, section 2.2.3), encoded words
// (RFC 2047, with the language of RFC 2231, section 5), comments and quoted
// strings. Tolerant the way common clients are: an encoded word may hold blanks
// and folds, and need not stand apart from the text before or behind it.
namespace serjeant::mail {

// If an encoded word begins `text` ("=?charset?Q?...?="), appends its UTF-8 to
// `out` and returns its length; else returns 0. Looks at most at 4,096 octets,
// so that a row of broken beginnings stays linear.
auto take_encoded_word(std::string_view text, Fallback fallback, Arena& arena, std::string& out)
    -> std::size_t;

// An unstructured value (Subject): unfolded to one blank per fold, trimmed,
// encoded words decoded. Neighbouring encoded words join without the blanks
// between them; between a word and text there is always a blank.
auto unstructured(std::string_view raw, Fallback fallback, Arena& arena) -> std::string_view;

// Folds become one blank, ends are trimmed, nothing is decoded but the charset.
auto unfolded(std::string_view raw, Fallback fallback, Arena& arena) -> std::string_view;

// Items between commas, each as by `unstructured`; empty ones are left out.
auto text_list(std::string_view raw, Fallback fallback, Arena& arena)
    -> std::vector<std::string_view>;

// The index behind the comment that begins `text` with its "(" (nesting and
// escapes honoured); the size of `text` if it does not end. What stands between
// the brackets, unescaped, is appended to `out`.
auto take_comment(std::string_view text, std::string& out) -> std::size_t;

inline auto is_blank(char c) -> bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace serjeant::mail

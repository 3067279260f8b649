#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A text of a rule: literal stretches and wildcards (Sigma rules, "String
// Wildcard" and "Escape Character"). `*` is any run of characters, line breaks
// too; `?` is one code point; a backslash escapes only `\ * ?` and is itself
// before anything else. The text is parsed once; modifiers then add wildcards
// or encode the literal stretches. Texts are never glued together and parsed
// again, since a final backslash would swallow the added wildcard.
namespace serjeant::sigma {

struct Piece {
  enum class Kind : std::uint8_t {
    kText,  // these bytes
    kRun,   // *
    kOne,   // ?
    kDash,  // one of - / U+2013 U+2014 U+2015 (modifier windash)
  };
  Kind kind = Kind::kText;
  std::string text;  // kText: the bytes; kDash: the dash as the rule has it
};

struct Pattern {
  std::vector<Piece> pieces;  // no two kText or kRun in a row
  bool cased = false;         // compare bytes as they are; else `fold_case` texts
};

auto parse_pattern(std::string_view text) -> Pattern;
auto literal_pattern(std::string_view text) -> Pattern;  // nothing in it is special
auto has_wildcard(const Pattern& pattern) -> bool;
// The literal text of a pattern without wildcards.
auto literal_of(const Pattern& pattern) -> std::string;

void open_front(Pattern& pattern);  // modifier endswith: * in front, if it is not there
void open_back(Pattern& pattern);   // modifier startswith

// Modifier windash (D22): a `-` or `/` that begins a flag (not after a word
// character, before one) becomes a kDash.
void mark_dashes(Pattern& pattern);
// All spellings of the marked dashes; nothing if there are more than 3,125.
auto spell_dashes(const Pattern& pattern) -> std::optional<std::vector<Pattern>>;

enum class Utf16 : std::uint8_t { kLittle, kBig, kMarked };  // kMarked: FF FE, then little
void encode_utf16(Pattern& pattern, Utf16 form);
// For patterns without wildcards and marked dashes.
auto base64_of(const Pattern& pattern) -> Pattern;
// The part that is common to all texts which contain these bytes, for each of
// the three places in a group of three bytes (D20: lengths count bytes).
auto base64_offsets_of(const Pattern& pattern) -> std::vector<Pattern>;

// To be called once, last: joins stretches, and folds them unless cased.
void finish_pattern(Pattern& pattern, bool cased);

// Does the whole of `text` meet the finished pattern? `text` must be folded
// (core/text.h, fold_case) unless the pattern is cased. A byte that is not part
// of well-formed UTF-8 counts as one code point. Time: product of the lengths
// at worst, and bounded by that.
auto matches(const Pattern& pattern, std::string_view text) -> bool;

}  // namespace serjeant::sigma

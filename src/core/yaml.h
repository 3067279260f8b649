#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"

// YAML as rules, source profiles and tables use it: a tree of small values
// that know where they stand. libyaml's events, our own reading of scalars:
// the core schema of YAML 1.2 (null, booleans, decimal, 0x and 0o integers,
// floats) with two exceptions: digits with a superfluous leading zero are text
// ("00000429"), and nothing is ever a time, `yes` or `no`.
//
// Refused, with their places: aliases, anchors and tags (a file of a few lines
// can unfold to gigabytes with them), a key twice in a mapping, keys that are
// not scalars, infinite and NaN numbers, bytes that are not UTF-8, and what
// goes beyond the limits. Time and memory are linear in the text.
namespace serjeant {

// A stretch of the text that was read: bytes from its start.
struct YamlMark {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t line = 1;  // from 1
};

enum class YamlKind : std::uint8_t { kNull, kBool, kInteger, kFloat, kText, kSequence, kMapping };
auto yaml_kind_word(YamlKind kind) -> std::string_view;  // "text", "a number", "a list", ...

struct YamlNode {
  YamlKind kind = YamlKind::kNull;
  bool plain = false;  // a scalar without quotes or block style
  YamlMark mark;
  std::string text;          // scalars: the content as written, escapes and folding undone
  std::int64_t integer = 0;  // kInteger; for kBool 0 or 1
  double real = 0;           // kFloat, and kInteger as nearest double. Integers beyond 64 bits
                             // are kFloat, their digits are in `text`
  std::string key;           // members of mappings: the name as written
  YamlMark key_mark;
  std::vector<YamlNode> items;  // of a sequence or mapping, in order

  auto is_null() const -> bool { return kind == YamlKind::kNull; }
  auto is_bool() const -> bool { return kind == YamlKind::kBool; }
  auto is_text() const -> bool { return kind == YamlKind::kText; }
  auto is_number() const -> bool { return kind == YamlKind::kInteger || kind == YamlKind::kFloat; }
  auto is_scalar() const -> bool { return kind < YamlKind::kSequence; }
  auto is_sequence() const -> bool { return kind == YamlKind::kSequence; }
  auto is_mapping() const -> bool { return kind == YamlKind::kMapping; }
  // The member of that exact name, or null.
  auto find(std::string_view name) const -> const YamlNode*;
  // The member's text as written if it is a scalar other than null, else "".
  auto text_of(std::string_view name) const -> std::string_view;
};

enum class YamlFlawKind : std::uint8_t {
  kSyntax,
  kEncoding,
  kAlias,
  kAnchor,
  kTag,
  kDuplicateKey,
  kBadKey,
  kNotFinite,
  kLimit
};

// Why a document was refused: one sentence without full stop and its place;
// for a key that stands twice also the place of the first.
struct YamlFlaw {
  YamlFlawKind kind = YamlFlawKind::kSyntax;
  std::string message;
  YamlMark mark;
  std::optional<YamlMark> first;
};

struct YamlDocument {
  YamlNode root;                 // whole and valid only without a flaw
  YamlMark mark;                 // from its first token to its last
  std::optional<YamlFlaw> flaw;  // the first one
};

struct YamlLimits {
  std::size_t bytes = 32u << 20;
  std::uint32_t depth = 64;
  std::uint32_t nodes = 2u << 20;
  std::uint32_t documents = 100'000;
};

// All documents of `text`, in order. Empty documents (only comments, or two
// markers in a row) are left out, so an empty text gives none. A refused
// construct spoils its own document only; a syntax error or a limit spoils its
// document and ends the reading.
auto read_yaml(std::string_view text, YamlLimits limits = {}) -> std::vector<YamlDocument>;

// How a plain scalar is read: the kind, and its number in `integer` or `real`.
// Nothing for an infinite or NaN number.
struct YamlScalar {
  YamlKind kind = YamlKind::kText;
  std::int64_t integer = 0;
  double real = 0;
};
auto read_yaml_scalar(std::string_view plain) -> std::optional<YamlScalar>;

// For diagnostics: the place of `mark` in the `text` of `file`, its line cut
// out; the underlined part ends with the line at the latest.
auto place_of(YamlMark mark, std::string_view text, std::string_view file) -> Place;

}  // namespace serjeant

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// "name=value; name=value" as in DKIM-Signature, ARC-Seal, key and policy
// records (RFC 6376, section 3.2).
namespace serjeant::mail {

struct Tag {
  std::string name;        // as written: case matters
  std::string_view value;  // blanks and folds at both ends taken off
};

struct TagList {
  std::vector<Tag> tags;
  std::string flaw;  // why it is none; empty = well-formed. `tags` are those before the flaw

  auto find(std::string_view name) const -> const Tag*;
  auto value(std::string_view name) const -> std::string_view;  // empty if absent
};

// A tag may occur once, and values hold printing characters and folds only; one
// ";" may stand at the end. At most 200 tags. Values point into `text`. Linear.
auto parse_tags(std::string_view text) -> TagList;

// Without blanks, tabs and line ends.
auto without_blanks(std::string_view text) -> std::string;
// Base64 with blanks and folds in any place; nothing if it holds anything else,
// or too few digits for its last byte.
auto read_base64(std::string_view text) -> std::optional<std::string>;
// The same list without what stands behind "b=": what a signature covers of its
// own field (RFC 6376, section 3.7).
auto without_signature(std::string_view text) -> std::string;

}  // namespace serjeant::mail

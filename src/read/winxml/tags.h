#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/arena.h"

// The part of XML 1.0 that event exports use: tags, attributes, character data,
// CDATA sections, comments, processing instructions, and the five predefined
// entities beside character references. Document types are not read, so there
// is nothing to expand and nothing to fetch.
namespace serjeant::xml {

enum class What { kText, kStart, kEnd, kSingle, kCdata, kComment, kInstruction, kBroken };

// One piece of markup or the text up to the next one.
struct Token {
  What what = What::kText;
  std::string_view body;  // of text, CDATA, comments: what is inside; of tags: all after the name
  std::string_view name;  // of tags
  std::size_t end = 0;    // where the next token begins
};

// Which ends of markup are known not to come any more: without it, text that
// opens again and again what it never closes would be searched as often.
struct Missing {
  bool comment = false, cdata = false, instruction = false, declaration = false;
};

// The token at `at`, which is less than `text.size()`. Markup that is not
// closed, or is none, is kBroken and takes one `<` alone. Over all tokens of a
// text, taken in order with one `missing`, time is linear.
auto next_token(std::string_view text, std::size_t at, Missing& missing) -> Token;

// Takes the first `name="value"` off `attributes`; nothing at their end or where
// they are not of that form.
struct Attribute {
  std::string_view name, value;  // the value still spelt
};
auto next_attribute(std::string_view& attributes) -> std::optional<Attribute>;

// Character data without its references; in `arena` if it had any. `bad` is set
// by references to nothing, which stay as they are.
auto decode(std::string_view text, Arena& arena, bool& bad) -> std::string_view;

// Does the tag `name` begin at `at`: "<name" or "</name" and then a delimiter?
auto is_tag(std::string_view text, std::size_t at, std::string_view name) -> bool;

}  // namespace serjeant::xml

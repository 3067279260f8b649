#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"

// Splits HTML into tokens as browsers do (WHATWG HTML, section 13.2.5, the part
// of it that decides where tags, texts and comments begin and end). No tree is
// built and nothing is judged here. Linear, one token at a time.
namespace serjeant::mail {

struct HtmlAttribute {
  std::string_view name;   // lower case
  std::string_view value;  // references decoded; empty if it has none
  std::size_t at = 0;      // of the value's first byte in the text
  std::size_t length = 0;  // of the value as written
};

struct HtmlToken {
  enum class Kind : std::uint8_t { kText, kRawText, kStart, kEnd, kComment, kDeclaration };
  Kind kind = Kind::kText;
  std::string_view text;  // a tag's name in lower case; else what was written, without the marks
  std::vector<HtmlAttribute> attributes;  // of a start tag; the first of each name
  bool self_closing = false;
  std::size_t begin = 0, end = 0;  // tokens cover the text without gap or overlap

  auto attribute(std::string_view name) const -> const HtmlAttribute*;
};

class HtmlTokenizer {
 public:
  // Both must outlive the tokens.
  HtmlTokenizer(std::string_view html, Arena& arena) : html_(html), arena_(arena) {}
  // False at the end. `token` is reused, so that a page allocates little.
  auto next(HtmlToken& token) -> bool;

 private:
  void text(HtmlToken& token, std::size_t from);
  void raw_text(HtmlToken& token);
  void markup(HtmlToken& token);
  void tag(HtmlToken& token, bool closing);
  void attributes(HtmlToken& token, std::size_t& at);

  std::string_view html_;
  Arena& arena_;
  std::size_t at_ = 0;
  std::string_view raw_;  // element whose text is not markup, while in it
};

// Text with its character references decoded ("&amp;", "&#x41;", "&copy").
// `in_attribute`: a reference without its semicolon before "=" or a letter or
// digit stays as it is (section 13.2.5.73).
auto decode_references(std::string_view text, bool in_attribute, Arena& arena) -> std::string_view;

// Elements without content and end tag.
auto is_void_element(std::string_view name) -> bool;

}  // namespace serjeant::mail

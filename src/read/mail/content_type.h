#pragma once

#include <string_view>
#include <vector>

#include "core/arena.h"
#include "read/mail/charset.h"

// Content-Type and Content-Disposition (RFC 2045, section 5.1; RFC 2183) with
// continued and encoded parameters (RFC 2231) and the encoded words that
// RFC 2047 forbids in them and everybody writes.
namespace serjeant::mail {

struct Parameter {
  std::string_view name;   // lower case, without "*0*"
  std::string_view value;  // decoded
  bool extended = false;   // came with RFC 2231 marks
};

struct ContentType {
  bool present = false;
  std::string_view type;              // lower case; the disposition, for Content-Disposition
  std::string_view subtype;           // lower case; may be empty
  std::vector<Parameter> parameters;  // in the order of their first sections; repeated names kept
};

// A language given by RFC 2231 becomes a parameter "name-language" before its
// own. Not present: nothing but separators. Linear but for a sort of sections.
auto parse_content_type(std::string_view raw, Fallback fallback, Arena& arena) -> ContentType;

// The first of that name (lower case), or empty. One with RFC 2231 marks wins
// over a plain one of the same name (RFC 6266, section 4.3, for file names).
auto parameter(const ContentType& type, std::string_view name) -> std::string_view;

}  // namespace serjeant::mail

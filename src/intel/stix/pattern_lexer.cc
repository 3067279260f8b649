#include "intel/stix/pattern_lexer.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "intel/stix/moment.h"

namespace serjeant::stix {
namespace {

constexpr auto kKeywords = std::array<std::string_view, 19>{
    "AND",      "OR",     "NOT",    "FOLLOWEDBY", "LIKE",  "MATCHES", "ISSUPERSET",
    "ISSUBSET", "EXISTS", "LAST",   "IN",         "START", "STOP",    "SECONDS",
    "true",     "false",  "WITHIN", "REPEATS",    "TIMES"};

// White space beyond ASCII, as the grammar lists it.
constexpr auto kWideBlanks = std::array<std::string_view, 19>{
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }
auto begins_name(char c) -> bool {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
auto is_hex(char c) -> bool {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

auto is_well_formed(TokenKind kind, std::string_view inside) -> bool {
  if (kind == TokenKind::kTime) return read_moment(inside).has_value();
  if (kind == TokenKind::kBinary) return base64_decode(inside).has_value();
  if (kind == TokenKind::kHex)
    return inside.size() % 2 == 0 && std::all_of(inside.begin(), inside.end(), is_hex);
  return true;
}

}  // namespace

void PatternLexer::skip_blanks() {
  while (at_ < text_.size()) {
    const auto rest = text_.substr(at_);
    if (std::string_view(" \t\r\n\v\f").find(rest[0]) != std::string_view::npos) {
      ++at_;
    } else if (rest.starts_with("/*")) {
      const auto end = rest.find("*/", 2);
      if (end == std::string_view::npos) return;
      at_ += end + 2;
    } else if (rest.starts_with("//")) {
      at_ += std::min(rest.find_first_of("\r\n"), rest.size());
    } else {
      const auto wide = std::find_if(kWideBlanks.begin(), kWideBlanks.end(),
                                     [&](auto blank) { return rest.starts_with(blank); });
      if (wide == kWideBlanks.end()) return;
      at_ += wide->size();
    }
  }
}

auto PatternLexer::take(TokenKind kind, std::size_t length) -> Token {
  const auto token = Token{kind, text_.substr(at_, length), at_};
  at_ += length;
  return token;
}

auto PatternLexer::quoted(TokenKind kind, std::size_t prefix) -> Token {
  auto end = at_ + prefix + 1;
  for (; end < text_.size() && text_[end] != '\''; ++end) {
    if (text_[end] != '\\') continue;
    ++end;
    if (end >= text_.size() || (text_[end] != '\'' && text_[end] != '\\'))
      return take(TokenKind::kBad, end - at_);
  }
  if (end >= text_.size()) return take(TokenKind::kBad, text_.size() - at_);
  const auto inside = text_.substr(at_ + prefix + 1, end - at_ - prefix - 1);
  return take(is_well_formed(kind, inside) ? kind : TokenKind::kBad, end + 1 - at_);
}

auto PatternLexer::number() -> Token {
  const auto rest = text_.substr(at_);
  const auto sign = std::size_t{rest[0] == '-' || rest[0] == '+'};
  auto end = sign;
  while (end < rest.size() && is_digit(rest[end])) ++end;
  if (end + 1 < rest.size() && rest[end] == '.' && is_digit(rest[end + 1])) {
    ++end;
    while (end < rest.size() && is_digit(rest[end])) ++end;
    return take(TokenKind::kFloat, end);
  }
  // "007" is no number: a zero ends one.
  if (end == sign || (end > sign + 1 && rest[sign] == '0')) return take(TokenKind::kBad, end + 1);
  return take(TokenKind::kInteger, end);
}

auto PatternLexer::name() -> Token {
  const auto rest = text_.substr(at_);
  auto end = std::size_t{0};
  auto hyphen = false;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '-')
      hyphen = true;
    else if (!begins_name(rest[end]) && !is_digit(rest[end]))
      break;
  }
  if (hyphen) return take(TokenKind::kHyphenName, end);
  const auto is_keyword =
      std::find(kKeywords.begin(), kKeywords.end(), rest.substr(0, end)) != kKeywords.end();
  return take(is_keyword ? TokenKind::kKeyword : TokenKind::kName, end);
}

auto PatternLexer::next() -> Token {
  skip_blanks();
  if (at_ >= text_.size()) return {TokenKind::kEnd, {}, text_.size()};
  const auto rest = text_.substr(at_);
  const auto c = rest[0];
  const auto then = rest.size() > 1 ? rest[1] : '\0';
  if (c == '\'') return quoted(TokenKind::kText, 0);
  if (then == '\'' && c == 't') return quoted(TokenKind::kTime, 1);
  if (then == '\'' && c == 'h') return quoted(TokenKind::kHex, 1);
  if (then == '\'' && c == 'b') return quoted(TokenKind::kBinary, 1);
  if (begins_name(c)) return name();
  if (is_digit(c) || c == '+' || c == '-' || (c == '.' && is_digit(then))) return number();
  for (const auto* op : {"==", "!=", "<>", "<=", ">=", "=", "<", ">"})
    if (rest.starts_with(op)) return take(TokenKind::kCompare, std::string_view(op).size());
  if (std::string_view(":.,()[]*").find(c) != std::string_view::npos)
    return take(TokenKind::kMark, 1);
  return take(TokenKind::kBad, 1);
}

}  // namespace serjeant::stix

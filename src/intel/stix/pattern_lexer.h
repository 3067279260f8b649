#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The words of the pattern language. Used by the parser alone.
namespace serjeant::stix {

enum class TokenKind : std::uint8_t {
  kEnd,
  kBad,
  kName,        // without hyphen; a keyword is kKeyword
  kHyphenName,  // a name with hyphens, good for object types only
  kKeyword,     // AND, true, ...: `text` says which
  kInteger,
  kFloat,
  kText,
  kTime,
  kHex,
  kBinary,
  kCompare,  // = == != <> < <= > >=
  kMark,     // : . , ( ) [ ] *
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // as written
  std::size_t offset = 0;
};

class PatternLexer {
 public:
  explicit PatternLexer(std::string_view text) : text_(text) {}
  auto next() -> Token;

 private:
  void skip_blanks();
  auto take(TokenKind kind, std::size_t length) -> Token;
  auto quoted(TokenKind kind, std::size_t prefix) -> Token;
  auto number() -> Token;
  auto name() -> Token;
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace serjeant::stix

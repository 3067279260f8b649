#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

// Small tools for looking at words of a lower-cased shadow.
namespace serjeant::report {

inline auto capital(char c) -> bool { return c >= 'A' && c <= 'Z'; }
inline auto digit(char c) -> bool { return c >= '0' && c <= '9'; }
inline auto alpha(char c) -> bool { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
inline auto alnum(char c) -> bool { return digit(c) || alpha(c); }
inline auto letter(char c) -> bool { return alpha(c) || static_cast<unsigned char>(c) >= 0x80; }
inline auto word_char(char c) -> bool { return letter(c) || digit(c); }

// `phrase` at `at`, as whole words.
inline auto stands(std::string_view text, std::size_t at, std::string_view phrase) -> bool {
  return at < text.size() && text.substr(at).starts_with(phrase) &&
         (at == 0 || !word_char(text[at - 1])) &&
         (at + phrase.size() >= text.size() || !word_char(text[at + phrase.size()]) ||
          !word_char(phrase.back()));
}
inline auto find_words(std::string_view text, std::string_view phrase, std::size_t from = 0)
    -> std::size_t {
  for (auto at = text.find(phrase, from); at != std::string_view::npos;
       at = text.find(phrase, at + 1))
    if (stands(text, at, phrase)) return at;
  return std::string_view::npos;
}
inline auto has_words(std::string_view text, std::string_view phrase) -> bool {
  return find_words(text, phrase) != std::string_view::npos;
}
template <class List>
auto one_of(const List& list, std::string_view word) -> bool {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace serjeant::report

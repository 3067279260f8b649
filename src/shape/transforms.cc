#include "shape/transforms.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "core/text.h"
#include "shape/accounts.h"

namespace serjeant {
namespace {

constexpr auto kWords = std::to_array<std::pair<std::string_view, Transform>>({
    {"account", Transform::kAccount},
    {"after-colon", Transform::kAfterColon},
    {"after-equals", Transform::kAfterEquals},
    {"dash-null", Transform::kDashNull},
    {"first", Transform::kFirst},
    {"host", Transform::kHost},
    {"integer", Transform::kInteger},
    {"last", Transform::kLast},
    {"lower", Transform::kLower},
    {"message-id", Transform::kMessageId},
    {"phone", Transform::kPhone},
    {"plus-space", Transform::kPlusSpace},
    {"trim", Transform::kTrim},
    {"unquote", Transform::kUnquote},
});

auto with_blanks(std::string_view text, Arena& arena) -> std::string_view {
  if (text.find('+') == std::string_view::npos) return text;
  auto* out = arena.take(text.size());
  for (auto i = std::size_t{0}; i < text.size(); ++i) out[i] = text[i] == '+' ? ' ' : text[i];
  return {out, text.size()};
}

auto bracketed(std::string_view text, Arena& arena) -> std::string_view {
  text = trim(text);
  if (text.empty() || text.starts_with('<')) return text;
  auto* out = arena.take(text.size() + 2);
  out[0] = '<';
  std::memcpy(out + 1, text.data(), text.size());
  out[text.size() + 1] = '>';
  return {out, text.size() + 2};
}

auto host_of(std::string_view url) -> std::string_view {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
    url = url.substr(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) url = url.substr(user + 1);
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

auto digits_of(std::string_view text) -> std::string_view {
  text = trim(text);
  auto size = std::size_t{0};
  while (size < text.size() && text[size] >= '0' && text[size] <= '9') ++size;
  return text.substr(0, size);
}

// ITU-T E.164: `+`, country code and subscriber, up to 15 digits. Two or more
// zeros are an exchange's digits for abroad (with one of its own before them);
// a bare number of 10 to 15 digits that does not begin with zero is taken to
// begin with its country. One zero means the same country, which is not known
// here: such numbers, and extensions, stay as they are.
auto phone_of(std::string_view text, Arena& arena) -> std::string_view {
  text = trim(text);
  auto bare = text;
  for (const auto prefix : {"tel:", "sip:", "sips:"})
    if (bare.starts_with(prefix)) bare.remove_prefix(std::string_view(prefix).size());
  bare = bare.substr(0, bare.find_first_of("@;"));
  auto* const out = arena.take(bare.size() + 1);
  auto size = std::size_t{1};
  auto plus = false;
  out[0] = '+';
  for (const auto c : bare) {
    if (c >= '0' && c <= '9')
      out[size++] = c;
    else if (c == '+' && size == 1 && !plus)
      plus = true;
    else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.' && c != '/')
      return text;
  }
  auto digits = std::string_view(out + 1, size - 1);
  const auto zeros = std::min(digits.find_first_not_of('0'), digits.size());
  if (plus ? zeros != 0 : zeros == 1 || zeros > 3) return text;
  digits.remove_prefix(zeros);
  if (digits.size() > 15 || digits.size() < (plus || zeros != 0 ? 7U : 10U)) return text;
  return {arena.copy("+" + std::string(digits))};
}

auto unquoted(std::string_view text) -> std::string_view {
  if (text.size() >= 2 && text.front() == text.back() &&
      (text.front() == '"' || text.front() == '\''))
    return text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

auto transform_from_word(std::string_view word) -> std::optional<Transform> {
  for (const auto& [name, transform] : kWords)
    if (name == word) return transform;
  return {};
}

auto transform_words() -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  for (const auto& [name, transform] : kWords) out.push_back(name);
  return out;
}

auto apply(Transform transform, std::string_view text, Arena& arena) -> std::string_view {
  if (text.empty()) return text;
  switch (transform) {
    case Transform::kAccount:
      return account_key(text, arena);
    case Transform::kDashNull:
      return text == "-" || text == "(empty)" || text == "NULL" ? std::string_view{} : text;
    case Transform::kPlusSpace:
      return with_blanks(text, arena);
    case Transform::kLower:
      return folded_into(text, arena);
    case Transform::kTrim:
      return trim(text);
    case Transform::kMessageId:
      return bracketed(text, arena);
    case Transform::kFirst:
      return trim(text.substr(0, text.find_first_of(";,")));
    case Transform::kLast: {
      const auto slash = text.find_last_of("/\\");
      return slash == std::string_view::npos ? text : text.substr(slash + 1);
    }
    case Transform::kHost:
      return host_of(text);
    case Transform::kInteger:
      return digits_of(text);
    case Transform::kUnquote:
      return unquoted(text);
    case Transform::kPhone:
      return phone_of(text, arena);
    case Transform::kAfterEquals: {
      const auto equals = text.find('=');
      if (equals == std::string_view::npos) return text;
      text = text.substr(equals + 1);
      return trim(text.substr(0, text.find_first_of(";&")));
    }
    case Transform::kAfterColon: {
      const auto colon = text.find(':');
      return colon == std::string_view::npos ? text : text.substr(colon + 1);
    }
  }
  return text;
}

}  // namespace serjeant

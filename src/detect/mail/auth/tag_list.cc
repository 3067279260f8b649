#include "detect/mail/auth/tag_list.h"

#include <algorithm>

#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostTags = std::size_t{200};

auto is_blank(char c) -> bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

auto stripped(std::string_view text) -> std::string_view {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

auto is_tag_name(std::string_view name) -> bool {
  const auto alpha = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.empty() || !alpha(name[0])) return false;
  return std::all_of(name.begin(), name.end(),
                     [&](char c) { return alpha(c) || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

auto TagList::find(std::string_view name) const -> const Tag* {
  for (const auto& tag : tags)
    if (tag.name == name) return &tag;
  return nullptr;
}

auto TagList::value(std::string_view name) const -> std::string_view {
  const auto* const tag = find(name);
  return tag ? tag->value : std::string_view{};
}

auto parse_tags(std::string_view text) -> TagList {
  auto out = TagList{};
  const auto flawed = [&](std::string why) {
    out.flaw = std::move(why);
    return out;
  };
  for (auto rest = text; !stripped(rest).empty();) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto piece = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto sign = piece.find('=');
    const auto name = stripped(piece.substr(0, sign));
    if (sign == piece.npos || !is_tag_name(name)) return flawed("a tag without a name and a value");
    if (out.find(name)) return flawed("tag " + std::string(name) + " occurs twice");
    const auto value = stripped(piece.substr(sign + 1));
    for (const auto c : value)
      if (!is_blank(c) && (c < 0x21 || c > 0x7e))
        return flawed("tag " + std::string(name) + " holds a character that it must not");
    if (out.tags.size() == kMostTags) return flawed("more than 200 tags");
    out.tags.push_back({std::string(name), value});
  }
  return out;
}

auto without_blanks(std::string_view text) -> std::string {
  auto out = std::string{};
  for (const auto c : text)
    if (!is_blank(c)) out += c;
  return out;
}

auto read_base64(std::string_view text) -> std::optional<std::string> {
  auto digits = without_blanks(text);
  for (auto i = 0; i < 2 && digits.ends_with('='); ++i) digits.pop_back();
  digits.append((4 - digits.size() % 4) % 4, '=');
  return base64_decode(digits);
}

auto without_signature(std::string_view text) -> std::string {
  auto out = std::string{};
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto end = std::min(text.find(';', at), text.size());
    const auto piece = text.substr(at, end - at);
    const auto sign = piece.find('=');
    if (sign != piece.npos && stripped(piece.substr(0, sign)) == "b")
      out += piece.substr(0, sign + 1);
    else
      out += piece;
    if (end < text.size()) out += ';';
    at = end + 1;
  }
  return out;
}

}  // namespace serjeant::mail

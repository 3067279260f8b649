#include "detect/mail/html.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/text.h"
#include "detect/mail_entities.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostAttributes = std::size_t{256};

auto is_letter(char c) -> bool { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
auto is_space(char c) -> bool {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Elements whose content runs to their end tag, whatever it looks like.
auto is_raw(std::string_view name) -> bool {
  constexpr auto names = std::array<std::string_view, 9>{
      "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

auto lower(std::string_view text, Arena& arena) -> std::string_view {
  if (std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return text;
  return arena.copy(lower_ascii(text));
}

using Entities = std::unordered_map<std::string_view, std::string>;
auto entities() -> const Entities& {
  static const auto table = [] {
    auto out = Entities{};
    for (const auto line : split(SJ_MAIL_ENTITIES[0].second, '\n')) {
      const auto tab = line.find('\t');
      if (tab == line.npos) continue;
      auto& text = out[line.substr(0, tab)];
      for (const auto code : split(line.substr(tab + 1), ' ')) {
        auto value = std::uint32_t{0};
        for (const auto c : code)
          value = value * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
        char buffer[4];
        text.append(buffer, encode_utf8(value, buffer));
      }
    }
    return out;
  }();
  return table;
}

// "&#...": section 13.2.5.80. Returns the length read, 0 if it is none.
auto numeric(std::string_view text, std::string& out) -> std::size_t {
  auto at = std::size_t{2};
  const auto hexadecimal = at < text.size() && (text[at] == 'x' || text[at] == 'X');
  if (hexadecimal) ++at;
  const auto start = at;
  auto value = std::uint32_t{0};
  while (at < text.size()) {
    const auto c = text[at];
    auto digit = 0;
    if (c >= '0' && c <= '9')
      digit = c - '0';
    else if (hexadecimal && (c | 32) >= 'a' && (c | 32) <= 'f')
      digit = (c | 32) - 'a' + 10;
    else
      break;
    if (value < 0x200000)
      value = value * (hexadecimal ? 16u : 10u) + static_cast<std::uint32_t>(digit);
    ++at;
  }
  if (at == start) return 0;
  if (at < text.size() && text[at] == ';') ++at;
  if (value == 0 || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) value = 0xfffd;
  char buffer[4];
  out.append(buffer, encode_utf8(value, buffer));
  return at;
}

// "&name;": the longest name that is known.
auto named(std::string_view text, bool in_attribute, std::string& out) -> std::size_t {
  auto end = std::size_t{1};
  while (end < text.size() && end < 33 &&
         (is_letter(text[end]) || (text[end] >= '0' && text[end] <= '9')))
    ++end;
  if (end < text.size() && text[end] == ';') ++end;
  for (auto length = end; length > 2; --length) {
    const auto found = entities().find(text.substr(1, length - 1));
    if (found == entities().end()) continue;
    if (in_attribute && text[length - 1] != ';' && length < text.size()) {
      const auto c = text[length];
      if (c == '=' || is_letter(c) || (c >= '0' && c <= '9')) return 0;
    }
    out += found->second;
    return length;
  }
  return 0;
}

}  // namespace

auto HtmlToken::attribute(std::string_view name) const -> const HtmlAttribute* {
  for (const auto& a : attributes)
    if (a.name == name) return &a;
  return nullptr;
}

auto decode_references(std::string_view text, bool in_attribute, Arena& arena) -> std::string_view {
  auto at = text.find('&');
  if (at == text.npos) return text;
  auto out = std::string(text.substr(0, at));
  while (at < text.size()) {
    if (text[at] == '&') {
      const auto rest = text.substr(at, 64);
      const auto length =
          rest.starts_with("&#") ? numeric(rest, out) : named(rest, in_attribute, out);
      if (length != 0) {
        at += length;
        continue;
      }
    }
    const auto next = std::min(text.find('&', at + 1), text.size());
    out += text.substr(at, next - at);
    at = next;
  }
  return arena.copy(out);
}

auto is_void_element(std::string_view name) -> bool {
  constexpr auto names = std::array<std::string_view, 18>{
      "area", "base",  "bgsound", "basefont", "br",   "col",   "embed",  "frame", "hr",
      "img",  "input", "keygen",  "link",     "meta", "param", "source", "track", "wbr"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

auto HtmlTokenizer::next(HtmlToken& token) -> bool {
  if (at_ >= html_.size()) return false;
  token.attributes.clear();
  token.self_closing = false;
  token.begin = at_;
  if (!raw_.empty())
    raw_text(token);
  else if (html_[at_] == '<' && at_ + 1 < html_.size())
    markup(token);
  else
    text(token, at_);
  token.end = at_;
  return true;
}

// Up to the next "<" that can begin markup.
void HtmlTokenizer::text(HtmlToken& token, std::size_t from) {
  auto end = html_.find('<', from + 1);
  while (end != html_.npos && end + 1 < html_.size()) {
    const auto c = html_[end + 1];
    if (is_letter(c) || c == '/' || c == '!' || c == '?') break;
    end = html_.find('<', end + 1);
  }
  if (end == html_.npos || end + 1 >= html_.size()) end = html_.size();
  token.kind = HtmlToken::Kind::kText;
  token.text = html_.substr(token.begin, end - token.begin);
  at_ = end;
}

void HtmlTokenizer::raw_text(HtmlToken& token) {
  auto end = at_;
  if (raw_ == "plaintext") {
    end = html_.size();
  } else {
    for (;;) {
      end = html_.find("</", end);
      if (end == html_.npos) {
        end = html_.size();
        break;
      }
      const auto name = html_.substr(end + 2, raw_.size());
      const auto after = end + 2 + raw_.size();
      if (equals_ignoring_ascii_case(name, raw_) &&
          (after >= html_.size() || is_space(html_[after]) || html_[after] == '>' ||
           html_[after] == '/'))
        break;
      end += 2;
    }
  }
  raw_ = {};
  if (end == at_) {  // nothing between the tags
    markup(token);
    return;
  }
  token.kind = HtmlToken::Kind::kRawText;
  token.text = html_.substr(at_, end - at_);
  at_ = end;
}

void HtmlTokenizer::markup(HtmlToken& token) {
  const auto rest = html_.substr(at_);
  if (rest.size() > 1 && is_letter(rest[1])) return tag(token, false);
  if (rest.starts_with("</")) {
    if (rest.size() > 2 && is_letter(rest[2])) return tag(token, true);
    // "</>" is nothing, "</x" with another x is a comment up to ">".
    const auto end = std::min(rest.find('>'), rest.size() - 1);
    token.kind = HtmlToken::Kind::kComment;
    token.text = rest.substr(2, end < 2 ? 0 : end - 2);
    at_ += end + 1;
    return;
  }
  if (rest.starts_with("<!--")) {
    // "<!-->" and "<!--->" are empty comments; "--!>" ends one too.
    auto end = rest.starts_with("<!-->")    ? std::size_t{2}
               : rest.starts_with("<!--->") ? std::size_t{3}
                                            : rest.find("--", 4);
    while (end != rest.npos && !rest.substr(end).starts_with("-->") &&
           !rest.substr(end).starts_with("--!>"))
      end = rest.find("--", end + 1);
    token.kind = HtmlToken::Kind::kComment;
    if (end == rest.npos) {
      token.text = rest.substr(4);
      at_ = html_.size();
      return;
    }
    token.text = end < 4 ? std::string_view{} : rest.substr(4, end - 4);
    at_ += end + (rest.substr(end).starts_with("--!>") ? 4 : 3);
    return;
  }
  if (rest.starts_with("<!") || rest.starts_with("<?")) {
    const auto cdata = rest.starts_with("<![CDATA[");
    const auto found = cdata ? rest.find("]]>") : rest.find('>');
    const auto end = found == rest.npos ? rest.size() : found + (cdata ? 3 : 1);
    token.kind = HtmlToken::Kind::kDeclaration;
    token.text = rest.substr(2, std::max(end, std::size_t{3}) - 3);
    at_ += end;
    return;
  }
  text(token, at_);
}

void HtmlTokenizer::tag(HtmlToken& token, bool closing) {
  auto at = at_ + (closing ? 2u : 1u);
  const auto start = at;
  while (at < html_.size() && !is_space(html_[at]) && html_[at] != '/' && html_[at] != '>') ++at;
  token.kind = closing ? HtmlToken::Kind::kEnd : HtmlToken::Kind::kStart;
  token.text = lower(html_.substr(start, at - start), arena_);
  attributes(token, at);
  at_ = at;
  if (closing)
    token.attributes.clear();
  else if (is_raw(token.text) && !token.self_closing)
    raw_ = token.text;
}

void HtmlTokenizer::attributes(HtmlToken& token, std::size_t& at) {
  const auto size = html_.size();
  for (;;) {
    while (at < size && (is_space(html_[at]) || html_[at] == '/')) {
      token.self_closing = html_[at] == '/' && at + 1 < size && html_[at + 1] == '>';
      ++at;
    }
    if (at >= size) return;
    if (html_[at] == '>') {
      ++at;
      return;
    }
    auto attribute = HtmlAttribute{};
    const auto start = at++;  // a "=" here is part of the name
    while (at < size && !is_space(html_[at]) && html_[at] != '/' && html_[at] != '>' &&
           html_[at] != '=')
      ++at;
    attribute.name = html_.substr(start, at - start);
    auto after = at;
    while (after < size && is_space(html_[after])) ++after;
    attribute.at = at;
    if (after < size && html_[after] == '=') {
      at = after + 1;
      while (at < size && is_space(html_[at])) ++at;
      attribute.at = at;
      if (at < size && (html_[at] == '"' || html_[at] == '\'')) {
        const auto close = html_.find(html_[at], at + 1);
        const auto end = close == html_.npos ? size : close;
        attribute.at = at + 1;
        attribute.length = end - at - 1;
        at = close == html_.npos ? size : close + 1;
      } else {
        while (at < size && !is_space(html_[at]) && html_[at] != '>') ++at;
        attribute.length = at - attribute.at;
      }
    }
    if (token.attributes.size() >= kMostAttributes) continue;
    attribute.name = lower(attribute.name, arena_);
    if (token.attribute(attribute.name)) continue;
    attribute.value = decode_references(html_.substr(attribute.at, attribute.length), true, arena_);
    token.attributes.push_back(attribute);
  }
}

}  // namespace serjeant::mail

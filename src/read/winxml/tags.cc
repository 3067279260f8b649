#include "read/winxml/tags.h"

#include <charconv>

#include "core/text.h"
#include "read/scan.h"

namespace serjeant::xml {
namespace {

auto is_space(char c) -> bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

auto is_name_end(char c) -> bool { return is_space(c) || c == '>' || c == '/' || c == '='; }

// The end of a tag whose name ended at `at`: its `>`, which may stand in quotes.
auto tag_end(std::string_view text, std::size_t at) -> std::size_t {
  while (at < text.size()) {
    at = text.find_first_of("\"'<>", at);
    if (at == std::string_view::npos || text[at] == '<') return std::string_view::npos;
    if (text[at] == '>') return at;
    const auto close = text.find(text[at], at + 1);
    if (close == std::string_view::npos) return close;
    at = close + 1;
  }
  return std::string_view::npos;
}

// "<open ... close": what is between.
auto between(std::string_view text, std::size_t at, std::string_view open, std::string_view close,
             What what, bool& missing) -> Token {
  const auto from = at + open.size();
  const auto end = missing ? std::string_view::npos : text.find(close, from);
  missing = end == std::string_view::npos;
  if (missing) return {What::kBroken, text.substr(at, 1), {}, at + 1};
  return {what, text.substr(from, end - from), {}, end + close.size()};
}

// "#10", "#xA", "amp": the code that it stands for.
auto code_of(std::string_view reference) -> std::optional<std::uint32_t> {
  if (reference == "lt") return '<';
  if (reference == "gt") return '>';
  if (reference == "amp") return '&';
  if (reference == "quot") return '"';
  if (reference == "apos") return '\'';
  if (!reference.starts_with('#')) return std::nullopt;
  reference.remove_prefix(1);
  auto base = 10;
  if (reference.starts_with('x')) {
    base = 16;
    reference.remove_prefix(1);
  }
  auto code = std::uint32_t{0};
  const auto* const end = reference.data() + reference.size();
  const auto [stop, error] = std::from_chars(reference.data(), end, code, base);
  if (error != std::errc{} || stop != end || code == 0 || code > 0x10ffff ||
      (code >= 0xd800 && code < 0xe000))
    return std::nullopt;
  return code;
}

}  // namespace

auto next_token(std::string_view text, std::size_t at, Missing& missing) -> Token {
  if (text[at] != '<') {
    const auto end = scan::find(text, '<', at);
    return {What::kText, text.substr(at, end - at), {}, end};
  }
  const auto rest = text.substr(at);
  if (rest.starts_with("<!--"))
    return between(text, at, "<!--", "-->", What::kComment, missing.comment);
  if (rest.starts_with("<![CDATA["))
    return between(text, at, "<![CDATA[", "]]>", What::kCdata, missing.cdata);
  if (rest.starts_with("<?"))
    return between(text, at, "<?", "?>", What::kInstruction, missing.instruction);
  if (rest.starts_with("<!"))
    return between(text, at, "<!", ">", What::kInstruction, missing.declaration);
  const auto closing = rest.starts_with("</");
  const auto from = at + (closing ? 2 : 1);
  auto name_end = from;
  while (name_end < text.size() && !is_name_end(text[name_end]) && text[name_end] != '<')
    ++name_end;
  const auto end = tag_end(text, name_end);
  if (name_end == from || end == std::string_view::npos)
    return {What::kBroken, text.substr(at, 1), {}, at + 1};
  auto body = text.substr(name_end, end - name_end);
  const auto single = !closing && body.ends_with('/');
  if (single) body.remove_suffix(1);
  return {closing  ? What::kEnd
          : single ? What::kSingle
                   : What::kStart,
          body, text.substr(from, name_end - from), end + 1};
}

auto next_attribute(std::string_view& attributes) -> std::optional<Attribute> {
  auto at = std::size_t{0};
  while (at < attributes.size() && is_space(attributes[at])) ++at;
  const auto begin = at;
  while (at < attributes.size() && !is_name_end(attributes[at])) ++at;
  auto out = Attribute{attributes.substr(begin, at - begin), {}};
  while (at < attributes.size() && is_space(attributes[at])) ++at;
  if (out.name.empty() || at == attributes.size() || attributes[at] != '=') return std::nullopt;
  ++at;
  while (at < attributes.size() && is_space(attributes[at])) ++at;
  if (at == attributes.size() || (attributes[at] != '"' && attributes[at] != '\''))
    return std::nullopt;
  const auto close = attributes.find(attributes[at], at + 1);
  if (close == std::string_view::npos) return std::nullopt;
  out.value = attributes.substr(at + 1, close - at - 1);
  attributes.remove_prefix(close + 1);
  return out;
}

auto decode(std::string_view text, Arena& arena, bool& bad) -> std::string_view {
  auto at = scan::find(text, '&', 0);
  if (at == text.size()) return text;
  // No reference is shorter than what it stands for.
  auto* const out = arena.take(text.size());
  auto size = text.copy(out, at);
  while (at < text.size()) {
    constexpr auto kLongest = std::size_t{12};
    const auto end = text.substr(at, kLongest).find(';');
    const auto code =
        end == std::string_view::npos ? std::nullopt : code_of(text.substr(at + 1, end - 1));
    if (code) {
      size += encode_utf8(*code, out + size);
      at += end + 1;
    } else {
      bad = true;
      out[size++] = text[at++];
    }
    const auto next = scan::find(text, '&', at);
    size += text.substr(at, next - at).copy(out + size, next - at);
    at = next;
  }
  return {out, size};
}

auto is_tag(std::string_view text, std::size_t at, std::string_view name) -> bool {
  auto rest = text.substr(at);
  if (!rest.starts_with('<')) return false;
  rest.remove_prefix(1);
  if (rest.starts_with('/')) rest.remove_prefix(1);
  return rest.size() > name.size() && rest.starts_with(name) && is_name_end(rest[name.size()]);
}

}  // namespace serjeant::xml

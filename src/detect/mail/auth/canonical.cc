#include "detect/mail/auth/canonical.h"

#include <algorithm>
#include <map>

#include "core/text.h"
#include "detect/mail/auth/tag_list.h"
#include "read/mail/header.h"

namespace serjeant::mail {
namespace {

auto is_blank(char c) -> bool { return c == ' ' || c == '\t'; }

// LF to CRLF, unless the header shows that line ends were kept.
auto on_the_wire(std::string_view raw, bool& changed) -> std::string {
  const auto first = raw.find('\n');
  changed = first != raw.npos && (first == 0 || raw[first - 1] != '\r');
  if (!changed) return std::string(raw);
  auto out = std::string{};
  out.reserve(raw.size() + raw.size() / 32 + 2);
  for (auto i = std::size_t{0}; i < raw.size(); ++i) {
    if (raw[i] == '\n' && (i == 0 || raw[i - 1] != '\r')) out += '\r';
    out += raw[i];
  }
  return out;
}

}  // namespace

WireMessage::WireMessage(std::string_view raw) : bytes(on_the_wire(raw, line_ends_changed)) {
  const auto text = std::string_view(bytes);
  const auto header = split_header(text, Span{0, 0, 0}).value;
  for (const auto& field : header.fields) {
    auto whole = text.substr(field.span.offset, field.span.length);
    const auto colon = whole.find(':');
    if (colon == whole.npos) continue;
    auto name = whole.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    fields.push_back({name, whole.substr(colon + 1), whole});
  }
  body = text.substr(std::min(header.size, text.size()));
}

auto canonical_field(std::string_view name, std::string_view value, std::string_view raw,
                     Canonical form) -> std::string {
  if (form == Canonical::kSimple) {
    auto out = std::string(raw);
    if (!out.ends_with("\r\n")) out += "\r\n";
    return out;
  }
  auto out = lower_ascii(name) + ':';
  auto blank = false;
  const auto begin = out.size();
  for (const auto c : value) {
    if (c == '\r' || c == '\n') continue;
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    if (blank && out.size() > begin) out += ' ';
    blank = false;
    out += c;
  }
  return out + "\r\n";
}

auto canonical_body(std::string_view body, Canonical form) -> std::string {
  auto out = std::string{};
  out.reserve(body.size() + 2);
  if (form == Canonical::kSimple) {
    out = body;
  } else {
    for (auto at = std::size_t{0}; at < body.size();) {
      const auto end = body.find("\r\n", at);
      const auto line = body.substr(at, end == body.npos ? body.npos : end - at);
      auto blank = false;
      for (const auto c : line) {
        if (is_blank(c)) {
          blank = true;
          continue;
        }
        if (blank) out += ' ';
        blank = false;
        out += c;
      }
      if (end == body.npos) break;
      out += "\r\n";
      at = end + 2;
    }
  }
  auto size = out.size();
  while (size >= 2 && out[size - 2] == '\r' && out[size - 1] == '\n') size -= 2;
  out.resize(size);
  // An empty body is one line end in the simple form, and nothing in the relaxed.
  if (!out.empty() || form == Canonical::kSimple) out += "\r\n";
  return out;
}

auto signed_fields(const WireMessage& message, std::string_view names,
                   const WireMessage::WireField& own, Canonical form) -> std::string {
  auto out = std::string{};
  auto places = std::map<std::string, std::vector<const WireMessage::WireField*>, std::less<>>{};
  for (const auto& field : message.fields)
    if (field.raw.data() != own.raw.data()) places[lower_ascii(field.name)].push_back(&field);
  for (const auto piece : split(names, ':')) {
    const auto found = places.find(lower_ascii(without_blanks(piece)));
    if (found == places.end() || found->second.empty()) continue;
    const auto& field = *found->second.back();
    found->second.pop_back();
    out += canonical_field(field.name, field.value, field.raw, form);
  }
  const auto value = without_signature(own.value);
  const auto head = own.raw.substr(0, own.raw.size() - own.value.size());
  auto last = canonical_field(own.name, value, std::string(head) + value, form);
  last.resize(last.size() - 2);
  return out + last;
}

}  // namespace serjeant::mail

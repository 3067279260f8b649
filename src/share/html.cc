#include "share/html.h"

#include "core/progress.h"
#include "core/text.h"

namespace serjeant {
namespace {

// Code points that reorder what a reader sees (Unicode, "Trojan Source").
auto is_bidi_control(std::string_view bytes) -> bool {
  return bytes.starts_with("\xe2\x80\xaa") || bytes.starts_with("\xe2\x80\xab") ||
         bytes.starts_with("\xe2\x80\xac") || bytes.starts_with("\xe2\x80\xad") ||
         bytes.starts_with("\xe2\x80\xae") || bytes.starts_with("\xe2\x81\xa6") ||
         bytes.starts_with("\xe2\x81\xa7") || bytes.starts_with("\xe2\x81\xa8") ||
         bytes.starts_with("\xe2\x81\xa9");
}

}  // namespace

auto Html::text(std::string_view text) -> Html& {
  auto clean = std::string{};
  if (!is_utf8(text)) {
    clean = replace_bad_utf8(text);
    text = clean;
  }
  for (auto at = std::size_t{0}; at < text.size(); ++at) {
    const auto c = text[at];
    switch (c) {
      case '&':
        out_ += "&amp;";
        break;
      case '<':
        out_ += "&lt;";
        break;
      case '>':
        out_ += "&gt;";
        break;
      case '"':
        out_ += "&quot;";
        break;
      case '\'':
        out_ += "&#39;";
        break;
      case '\n':
      case '\t':
        out_ += c;
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out_ += "\xef\xbf\xbd";
        } else if (c == '\xe2' && is_bidi_control(text.substr(at))) {
          out_ += "[bidi]";
          at += 2;
        } else {
          out_ += c;
        }
    }
  }
  return *this;
}

auto Html::number(std::int64_t value) -> Html& {
  if (value < 0) out_ += "-";
  out_ += human_count(static_cast<std::uint64_t>(value < 0 ? -value : value));
  return *this;
}

auto Html::plain(std::int64_t value) -> Html& {
  out_ += std::to_string(value);
  return *this;
}

}  // namespace serjeant

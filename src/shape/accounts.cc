#include "shape/accounts.h"

#include "core/text.h"

namespace serjeant {

auto folded_into(std::string_view text, Arena& arena) -> std::string_view {
  auto first = std::size_t{0};
  while (first < text.size() && !(text[first] >= 'A' && text[first] <= 'Z') &&
         static_cast<unsigned char>(text[first]) < 0x80)
    ++first;
  if (first == text.size()) return text;
  if (!is_ascii(text)) return arena.copy(fold_case(text));
  auto* out = arena.take(text.size());
  for (auto i = std::size_t{0}; i < text.size(); ++i)
    out[i] = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
  return {out, text.size()};
}

auto account_key(std::string_view text, Arena& arena) -> std::string_view {
  text = trim(text);
  // A SharePoint claim: kind, issuer and value with bars between.
  if (text.size() > 3 && text[1] == ':' && text[0] == 'i')
    if (const auto bar = text.rfind('|'); bar != std::string_view::npos)
      text = text.substr(bar + 1);
  return folded_into(text, arena);
}

}  // namespace serjeant

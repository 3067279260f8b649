#include "expose/native.h"

#include "core/text.h"

namespace serjeant {

auto native_text(const Event& event, std::string_view name) -> std::string_view {
  auto found = event.native.find(name);
  return found.is_scalar() && !found.is_null() ? found.text() : std::string_view{};
}

auto listed_text(const Event& event, std::string_view list, std::string_view name,
                 std::string_view value) -> std::string_view {
  if (auto pairs = event.native.find(list); pairs.is_array()) {
    for (auto pair : pairs)
      if (pair.find("Name").text() == name) return pair.find(value).text();
  }
  for (auto member : event.native) {
    auto key = member.key();
    if (key.size() != list.size() + 1 + name.size() || !key.starts_with(list)) continue;
    if (key[list.size()] == '.' && key.substr(list.size() + 1) == name && member.is_scalar())
      return member.text();
  }
  return {};
}

auto listed_pairs(const Event& event, std::string_view list, std::string_view value)
    -> std::vector<NamedText> {
  auto out = std::vector<NamedText>{};
  if (auto pairs = event.native.find(list); pairs.is_array())
    for (auto pair : pairs)
      if (pair.is_object()) out.push_back({pair.find("Name").text(), pair.find(value).text()});
  if (!out.empty()) return out;
  for (auto member : event.native) {
    auto key = member.key();
    if (key.size() > list.size() + 1 && key.starts_with(list) && key[list.size()] == '.' &&
        member.is_scalar())
      out.push_back({key.substr(list.size() + 1), member.text()});
  }
  return out;
}

auto modified_text(const Event& event, std::string_view name) -> std::string {
  auto text = trim(listed_text(event, "ModifiedProperties", name, "NewValue"));
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::string(text);
  text = trim(text.substr(1, text.size() - 2));
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
      text.substr(1, text.size() - 2).find('"') == std::string_view::npos)
    text = text.substr(1, text.size() - 2);
  return std::string(text);
}

auto last_part(std::string_view path) -> std::string_view {
  auto cut = path.find_last_of("/\\");
  return cut == std::string_view::npos ? path : path.substr(cut + 1);
}

auto target_text(const Event& event, std::string_view type) -> std::string_view {
  for (auto target : event.native.find("Target"))
    if (target.find("Type").text() == type) return target.find("ID").text();
  return {};
}

}  // namespace serjeant

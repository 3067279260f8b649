#include "read/mail/message_id.h"

#include <string>

#include "core/text.h"
#include "read/mail/words.h"

namespace serjeant::mail {

auto parse_ids(std::string_view raw) -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  auto bracket = false;
  for (auto at = raw.find('<'); at != raw.npos; at = raw.find('<', at)) {
    bracket = true;
    const auto end = raw.find('>', at + 1);
    if (end == raw.npos) {
      if (const auto rest = trim(raw.substr(at + 1)); !rest.empty()) out.push_back(rest);
      return out;
    }
    if (const auto id = trim(raw.substr(at + 1, end - at - 1)); !id.empty()) out.push_back(id);
    at = end + 1;
  }
  if (!bracket)
    if (const auto all = trim(raw); !all.empty()) out.push_back(all);
  return out;
}

auto canonical_id(std::string_view id, Arena& arena) -> std::string_view {
  auto text = std::string("<");
  const auto last_close = id.rfind(')');
  for (auto i = std::size_t{0}; i < id.size();) {
    auto dropped = std::string{};
    if (id[i] == '(' && last_close != id.npos && i < last_close) {
      i += take_comment(id.substr(i), dropped);
    } else {
      if (!is_blank(id[i]) && id[i] != '<' && id[i] != '>') text += id[i];
      ++i;
    }
  }
  if (text.size() == 1) return {};
  const auto at = text.rfind('@');
  if (at != text.npos) text = text.substr(0, at) + lower_ascii(text.substr(at));
  return arena.copy(text + ">");
}

}  // namespace serjeant::mail

#include "detect/mail/css.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostRules = std::size_t{4000};
constexpr auto kDeepestBlocks = std::size_t{16};

auto is_name(char c) -> bool {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

auto lower(std::string_view text, Arena& arena) -> std::string_view {
  if (std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return text;
  return arena.copy(lower_ascii(text));
}

// Behind the string that begins at `at` with its quote.
auto skip_string(std::string_view text, std::size_t at) -> std::size_t {
  const auto quote = text[at++];
  while (at < text.size() && text[at] != quote)
    at += text[at] == '\\' ? std::size_t{2} : std::size_t{1};
  return std::min(at + 1, text.size());
}

// Comments and the marks "<!--", "-->" out; escapes of plain characters decoded
// ("\64 isplay"), since they are written to hide words.
auto clean(std::string_view text, Arena& arena) -> std::string_view {
  if (text.find("/*") == text.npos && text.find('\\') == text.npos &&
      text.find("<!--") == text.npos)
    return text;
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < text.size();) {
    if (text.substr(i, 2) == "/*") {
      const auto end = text.find("*/", i + 2);
      i = end == text.npos ? text.size() : end + 2;
    } else if (text.substr(i, 4) == "<!--") {
      i += 4;
    } else if (text.substr(i, 3) == "-->") {
      i += 3;
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      auto value = std::uint32_t{0};
      auto n = std::size_t{1};
      for (; n <= 6 && i + n < text.size(); ++n) {
        const auto c = text[i + n];
        if (c >= '0' && c <= '9')
          value = value * 16 + static_cast<std::uint32_t>(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
          value = value * 16 + static_cast<std::uint32_t>((c | 32) - 'a' + 10);
        else
          break;
      }
      if (n == 1) {
        out += text[i + 1] == '\n' ? ' ' : text[i + 1];
        i += 2;
      } else {
        char buffer[4];
        if (value > 0x10ffff || value == 0) value = 0xfffd;
        out.append(buffer, encode_utf8(value, buffer));
        i += n;
        if (i < text.size() && text[i] == ' ') ++i;
      }
    } else {
      out += text[i++];
    }
  }
  return arena.copy(out);
}

// The media that every mail client is: "all", "screen", "only screen".
auto is_plain_media(std::string_view condition) -> bool {
  auto media = lower_ascii(trim(condition));
  if (media.starts_with("only ")) media.erase(0, 5);
  return media.empty() || media == "all" || media == "screen";
}

}  // namespace

auto parse_declarations(std::string_view text, Arena& arena) -> std::vector<Declaration> {
  auto out = std::vector<Declaration>{};
  text = clean(text, arena);
  for (auto at = std::size_t{0}; at < text.size() && out.size() < 512;) {
    auto end = at;
    auto depth = 0;
    auto colon = text.npos;
    while (end < text.size() && (text[end] != ';' || depth > 0)) {
      if (text[end] == '"' || text[end] == '\'') {
        end = skip_string(text, end);
        continue;
      }
      if (text[end] == '(') ++depth;
      if (text[end] == ')' && depth > 0) --depth;
      if (text[end] == ':' && colon == text.npos) colon = end;
      ++end;
    }
    end = std::min(end, text.size());
    if (colon != text.npos) {
      auto value = trim(text.substr(colon + 1, end - colon - 1));
      auto important = false;
      if (const auto mark = value.rfind('!'); mark != value.npos) {
        important = equals_ignoring_ascii_case(trim(value.substr(mark + 1)), "important");
        value = trim(value.substr(0, mark));
      }
      out.push_back({lower(trim(text.substr(at, colon - at)), arena), value, important});
    }
    at = end + 1;
  }
  return out;
}

auto css_urls(std::string_view value) -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  for (auto at = std::size_t{0}; at + 4 <= value.size() && out.size() < 64; ++at) {
    if (!equals_ignoring_ascii_case(value.substr(at, 4), "url(")) continue;
    auto rest = value.substr(at + 4);
    const auto start = rest.find_first_not_of(" \t\r\n");
    if (start == rest.npos) break;
    rest.remove_prefix(start);
    if (rest.front() == '"' || rest.front() == '\'') {
      const auto end = rest.find(rest.front(), 1);
      out.push_back(trim(rest.substr(1, end == rest.npos ? rest.npos : end - 1)));
    } else {
      out.push_back(trim(rest.substr(0, rest.find(')'))));
    }
    at += 3;
  }
  return out;
}

void StyleSheet::add(std::string_view text, Arena& arena) { rules(clean(text, arena), arena); }

// Walks the blocks; only those of @media and @supports are entered.
void StyleSheet::rules(std::string_view text, Arena& arena) {
  auto conditional = std::vector<bool>{false};  // of the blocks around
  auto at = std::size_t{0};
  auto start = at;
  while (at < text.size()) {
    const auto c = text[at];
    if (c == '"' || c == '\'') {
      at = skip_string(text, at);
    } else if (c == '}') {
      if (conditional.size() > 1) conditional.pop_back();
      start = ++at;
    } else if (c == ';') {
      const auto statement = trim(text.substr(start, at - start));
      if (starts_with_ignoring_case(statement, "@import")) {
        auto urls = css_urls(statement);
        auto rest = trim(statement.substr(7));
        if (urls.empty() && !rest.empty() && (rest.front() == '"' || rest.front() == '\''))
          urls.push_back(rest.substr(1, rest.find(rest.front(), 1) - 1));
        for (const auto url : urls) references_.push_back({url, "css.import"});
      }
      start = ++at;
    } else if (c == '{') {
      const auto prelude = trim(text.substr(start, at - start));
      const auto nests = starts_with_ignoring_case(prelude, "@media") ||
                         starts_with_ignoring_case(prelude, "@supports") ||
                         starts_with_ignoring_case(prelude, "@layer");
      if (nests && conditional.size() < kDeepestBlocks) {
        const auto plain =
            starts_with_ignoring_case(prelude, "@media") && is_plain_media(prelude.substr(6));
        conditional.push_back(conditional.back() || !plain);
        start = ++at;
        continue;
      }
      auto end = at + 1;
      auto depth = 1;
      while (end < text.size() && depth > 0) {
        if (text[end] == '"' || text[end] == '\'') {
          end = skip_string(text, end);
          continue;
        }
        if (text[end] == '{') ++depth;
        if (text[end] == '}') --depth;
        ++end;
      }
      const auto body = text.substr(at + 1, (depth == 0 ? end - 1 : end) - at - 1);
      if (starts_with_ignoring_case(prelude, "@font-face")) {
        for (const auto& declaration : parse_declarations(body, arena))
          if (declaration.name == "src")
            for (const auto url : css_urls(declaration.value))
              references_.push_back({url, "css.font_face"});
      } else if (!prelude.starts_with('@')) {
        if (rules_.size() >= kMostRules) {
          cut_ = true;
          return;
        }
        blocks_.push_back(parse_declarations(body, arena));
        for (const auto one : split(prelude, ','))
          if (rules_.size() < kMostRules) selector(trim(one), conditional.back(), arena);
      }
      start = at = end;
    } else {
      ++at;
    }
  }
}

void StyleSheet::selector(std::string_view text, bool conditional, Arena& arena) {
  auto rule = Rule{};
  rule.conditional = conditional;
  rule.order = static_cast<std::uint32_t>(rules_.size());
  rule.block = static_cast<std::uint32_t>(blocks_.size() - 1);
  auto at = std::size_t{0};
  while (at < text.size()) {
    auto compound = CompoundSelector{};
    auto any = false;
    while (at < text.size() && text[at] != ' ' && text[at] != '>' && text[at] != '\t' &&
           text[at] != '\n' && text[at] != '\r') {
      const auto mark = text[at];
      if (mark == '*') {
        any = true;
        ++at;
        continue;
      }
      if (mark != '.' && mark != '#' && !is_name(mark)) return;  // pseudo-class, attribute, "+"
      const auto start = is_name(mark) ? at : at + 1;
      at = start;
      while (at < text.size() && is_name(text[at])) ++at;
      const auto name = text.substr(start, at - start);
      if (name.empty()) return;
      any = true;
      if (mark == '.') {
        compound.classes.push_back(name);
        rule.specificity += 1u << 8;
      } else if (mark == '#') {
        compound.id = name;
        rule.specificity += 1u << 16;
      } else {
        compound.tag = lower(name, arena);
        rule.specificity += 1;
      }
    }
    if (!any) return;
    rule.path.push_back(std::move(compound));
    while (at < text.size() && (is_name(text[at]) == false) && text[at] != '.' && text[at] != '#' &&
           text[at] != '*') {
      if (text[at] == '+' || text[at] == '~' || text[at] == '[' || text[at] == ':') return;
      ++at;
    }
  }
  if (rule.path.empty()) return;
  const auto& last = rule.path.back();
  const auto index = static_cast<std::uint32_t>(rules_.size());
  if (!last.id.empty())
    by_key_[arena.copy("#" + std::string(last.id))].push_back(index);
  else if (!last.classes.empty())
    by_key_[arena.copy("." + std::string(last.classes[0]))].push_back(index);
  else if (!last.tag.empty())
    by_key_[last.tag].push_back(index);
  else
    universal_.push_back(index);
  rules_.push_back(std::move(rule));
}

namespace {

auto fits(const CompoundSelector& selector, const StyledElement& element) -> bool {
  if (!selector.tag.empty() && selector.tag != element.tag) return false;
  if (!selector.id.empty() && selector.id != element.id) return false;
  return std::all_of(selector.classes.begin(), selector.classes.end(), [&](auto name) {
    return std::find(element.classes.begin(), element.classes.end(), name) != element.classes.end();
  });
}

}  // namespace

void StyleSheet::match(const std::vector<const StyledElement*>& ancestors, std::uint64_t& budget,
                       std::vector<const Rule*>& out) const {
  const auto& element = *ancestors.back();
  const auto try_all = [&](const std::vector<std::uint32_t>& indexes) {
    for (const auto index : indexes) {
      const auto& rule = rules_[index];
      const auto cost = 1 + (rule.path.size() > 1 ? ancestors.size() : 0);
      if (budget < cost) {
        budget = 0;
        return;
      }
      budget -= cost;
      if (!fits(rule.path.back(), element)) continue;
      // The others, innermost first, greedily: right for descendants.
      auto wanted = rule.path.size() - 1;
      for (auto i = ancestors.size() - 1; i-- > 0 && wanted > 0;)
        if (fits(rule.path[wanted - 1], *ancestors[i])) --wanted;
      if (wanted == 0) out.push_back(&rule);
    }
  };
  const auto by = [&](std::string_view key) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) try_all(found->second);
  };
  by(element.tag);
  auto key = std::string{};
  for (const auto name : element.classes) by(key.assign(".").append(name));
  if (!element.id.empty()) by(key.assign("#").append(element.id));
  try_all(universal_);
  std::sort(out.begin(), out.end(), [](auto* a, auto* b) {
    return std::pair(a->specificity, a->order) < std::pair(b->specificity, b->order);
  });
}

auto css_length(std::string_view text) -> CssLength {
  text = trim(text);
  if (text.empty()) return {};
  auto negative = false;
  auto at = std::size_t{0};
  if (text[0] == '-' || text[0] == '+') {
    negative = text[0] == '-';
    ++at;
  }
  auto milli = std::int64_t{0};
  auto digits = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    if (milli < 1'000'000'000'000) milli = milli * 10 + (text[at] - '0') * 1000;
    ++digits;
    ++at;
  }
  if (at < text.size() && text[at] == '.') {
    auto scale = std::int64_t{100};
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
      milli += (text[at] - '0') * scale;
      scale /= 10;
    }
  }
  if (digits == 0) return {};
  const auto unit = lower_ascii(trim(text.substr(at)));
  constexpr auto units = std::array<std::pair<std::string_view, std::int64_t>, 9>{{{"px", 1000},
                                                                                   {"pt", 1333},
                                                                                   {"em", 16000},
                                                                                   {"rem", 16000},
                                                                                   {"ex", 8000},
                                                                                   {"in", 96000},
                                                                                   {"cm", 37795},
                                                                                   {"mm", 3780},
                                                                                   {"pc", 16000}}};
  if (unit.empty()) return {true, negative ? -milli : milli};
  for (const auto& [name, factor] : units)
    if (unit == name)
      return {true, (negative ? -milli : milli) / 1000 * factor +
                        (negative ? -milli : milli) % 1000 * factor / 1000};
  if (milli == 0) return {true, 0};  // 0%, 0vw
  return {};
}

}  // namespace serjeant::mail

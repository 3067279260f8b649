#include "intel/report/text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"
#include "intel/report/words.h"

namespace serjeant::report {
namespace {

auto lower(char c) -> bool { return c >= 'a' && c <= 'z'; }

struct Folding {
  std::string_view bytes;
  std::string_view plain;
};
// Typographic signs and what they are read as.
constexpr auto kFoldings = std::to_array<Folding>({
    {"\xC2\xA0", " "},      {"\xC2\xAD", ""},        {"\xC2\xAB", "\""},
    {"\xC2\xBB", "\""},     {"\xE2\x80\x83", " "},   {"\xE2\x80\x87", " "},
    {"\xE2\x80\x89", " "},  {"\xE2\x80\x8B", ""},    {"\xE2\x80\x93", "-"},
    {"\xE2\x80\x94", "-"},  {"\xE2\x80\x98", "'"},   {"\xE2\x80\x99", "'"},
    {"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""},  {"\xE2\x80\x9E", "\""},
    {"\xE2\x80\xAF", " "},  {"\xEF\xAC\x80", "ff"},  {"\xEF\xAC\x81", "fi"},
    {"\xEF\xAC\x82", "fl"}, {"\xEF\xAC\x83", "ffi"}, {"\xEF\xAC\x84", "ffl"},
    {"\xEF\xBB\xBF", ""},
});

struct Builder {
  Text text;
  void put(std::string_view plain, std::size_t from, std::size_t to) {
    for (const auto c : plain) {
      text.shadow += c;
      text.from.push_back(static_cast<std::uint32_t>(from));
      text.to.push_back(static_cast<std::uint32_t>(to));
    }
  }
  // One character at `at`; says how many source bytes it took.
  auto take(std::size_t at) -> std::size_t {
    const auto rest = text.source.substr(at);
    if (static_cast<unsigned char>(rest[0]) < 0x80) {
      put(rest[0] == '\r' ? " " : rest.substr(0, 1), at, at + 1);
      return 1;
    }
    for (const auto& [bytes, plain] : kFoldings)
      if (rest.starts_with(bytes)) {
        put(plain, at, at + bytes.size());
        return bytes.size();
      }
    put(rest.substr(0, 1), at, at + 1);
    return 1;
  }
};

constexpr auto kEntities = std::to_array<Folding>({{"amp", "&"},
                                                   {"lt", "<"},
                                                   {"gt", ">"},
                                                   {"quot", "\""},
                                                   {"apos", "'"},
                                                   {"nbsp", " "},
                                                   {"ldquo", "\""},
                                                   {"rdquo", "\""},
                                                   {"lsquo", "'"},
                                                   {"rsquo", "'"},
                                                   {"ndash", "-"},
                                                   {"mdash", "-"},
                                                   {"shy", ""}});

auto entity(std::string_view name) -> std::string {
  if (name.starts_with('#')) {
    auto code = std::uint32_t{0};
    const auto is_hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    for (const auto c : name.substr(is_hex ? 2 : 1)) {
      const auto low = static_cast<char>(c | 0x20);
      const auto value = digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : 99;
      if (value >= (is_hex ? 16 : 10) || code > 0x10FFFF) return {};
      code = code * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(value);
    }
    if (code == 0xA0 || code == 0) return " ";
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
    char to[4];
    return std::string(to, encode_utf8(code, to));
  }
  for (const auto& [bytes, plain] : kEntities)
    if (bytes == name) return std::string(plain);
  return {};
}

constexpr auto kInline =
    std::to_array<std::string_view>({"a", "abbr", "b", "code", "em", "i", "mark", "small", "span",
                                     "strong", "sub", "sup", "u", "wbr", "font", "cite"});

void fold_html(Builder& to) {
  const auto source = to.text.source;
  auto close = std::size_t{0};  // the next '>' known; behind all that was looked at
  for (std::size_t at = 0; at < source.size();) {
    const auto c = source[at];
    if (c == '<' && at + 1 < source.size() &&
        (alnum(source[at + 1]) || source[at + 1] == '/' || source[at + 1] == '!')) {
      if (close <= at) close = source.find('>', at);
      if (close == std::string_view::npos) break;
      auto end = at + 1 + (source[at + 1] == '/' ? 1u : 0u);
      const auto start = end;
      while (end < close && alnum(source[end])) ++end;
      const auto name = lower_ascii(source.substr(start, end - start));
      auto behind = close + 1;
      if (source.substr(at, 4) == "<!--") {
        const auto stop = source.find("-->", at + 4);
        if (stop == std::string_view::npos) break;
        behind = stop + 3;
      } else if (source[at + 1] != '/' && (name == "script" || name == "style")) {
        // Up to the end tag, which no quotation hides (HTML, 13.2.5.4).
        auto stop = behind;
        const auto tag = "</" + name;
        while (stop < source.size() &&
               !(source[stop] == '<' && starts_with_ignoring_case(source.substr(stop), tag)))
          ++stop;
        behind = stop;
      } else if (std::find(kInline.begin(), kInline.end(), name) == kInline.end()) {
        to.put(name == "td" || name == "th" ? "  " : "\n", at, behind);
      }
      at = behind;
      continue;
    }
    if (c == '&') {
      const auto stop = source.substr(at, 12).find(';');
      if (stop != std::string_view::npos) {
        const auto name = source.substr(at + 1, stop - 1);
        const auto plain = entity(name);
        if (!plain.empty() || name == "shy") {
          to.put(plain, at, at + stop + 1);
          at += stop + 1;
          continue;
        }
      }
    }
    at += to.take(at);
  }
}

void fold_plain(Builder& to, bool markdown) {
  const auto source = to.text.source;
  for (std::size_t at = 0; at < source.size();) {
    const auto line_start = at == 0 || source[at - 1] == '\n';
    if (markdown && line_start && source[at] == '#') {
      while (at < source.size() && source[at] == '#') ++at;
      if (at >= source.size()) break;
    }
    if (markdown && (source[at] == '`' || source.substr(at, 2) == "**")) {
      at += source[at] == '`' ? 1u : 2u;
      continue;
    }
    at += to.take(at);
  }
}

auto spaces(char c) -> bool { return c == ' ' || c == '\t' || c == '\n'; }

// The line without blanks at its ends.
auto trimmed(std::string_view text, Part part) -> Part {
  while (part.begin < part.end && spaces(text[part.begin])) ++part.begin;
  while (part.end > part.begin && spaces(text[part.end - 1])) --part.end;
  return part;
}

auto contains_any(std::string_view text, std::initializer_list<std::string_view> words) -> bool {
  return std::any_of(words.begin(), words.end(),
                     [&](auto word) { return text.find(word) != std::string_view::npos; });
}

auto ends_sentence(std::string_view line) -> bool {
  while (!line.empty() && (line.back() == '"' || line.back() == ')' || line.back() == '\''))
    line.remove_suffix(1);
  return !line.empty() && (line.back() == '.' || line.back() == '!' || line.back() == '?');
}

auto count_words(std::string_view line) -> std::size_t {
  auto count = std::size_t{0};
  for (std::size_t i = 0; i < line.size(); ++i)
    count += !spaces(line[i]) && (i == 0 || spaces(line[i - 1])) ? 1u : 0u;
  return count;
}

// "- ", "* ", "1. ", "(2) ", "a. ", "[3] "; how many bytes.
auto list_mark(std::string_view line) -> std::size_t {
  if (line.starts_with("- ") || line.starts_with("* ")) return 2;
  auto i = std::size_t{0};
  if (i < line.size() && (line[i] == '(' || line[i] == '[')) ++i;
  const auto start = i;
  while (i < line.size() && digit(line[i]) && i - start < 3) ++i;
  if (i == start && i < line.size() && lower(line[i])) ++i;
  if (i == start || i >= line.size() || (line[i] != '.' && line[i] != ')' && line[i] != ']'))
    return 0;
  ++i;
  if (i >= line.size() || line[i] != ' ') return 0;
  while (i < line.size() && line[i] == ' ') ++i;
  return i;
}

// "Label: " at the start of a line; how many bytes. At most four words.
auto label_of(std::string_view line) -> std::size_t {
  if (line.empty() || !(capital(line[0]) || lower(line[0]))) return 0;
  auto blanks = 0;
  for (std::size_t i = 0; i < line.size() && i < 40; ++i) {
    if (line[i] == ':') return i + 1 < line.size() && line[i + 1] == ' ' ? i + 1 : 0;
    if (line[i] == ' ' && ++blanks > 3) return 0;
    if (!alnum(line[i]) && line[i] != ' ' && line[i] != '.' && line[i] != '(' && line[i] != ')' &&
        line[i] != '-' && line[i] != '/')
      return 0;
  }
  return 0;
}

auto is_table_row(std::string_view line) -> bool {
  if (line.find('|') != line.rfind('|') || line.find('\t') != std::string_view::npos) return true;
  auto gaps = 0;
  for (std::size_t i = 2; i < line.size(); ++i)
    gaps += line[i] != ' ' && line[i - 1] == ' ' && line[i - 2] == ' ' ? 1 : 0;
  return gaps > 0 && !ends_sentence(line);
}

// Page furniture, and the blurb of an author: a run of sentences without verbs,
// of few words each.
auto is_boilerplate(std::string_view line) -> bool {
  const auto low = lower_ascii(line);
  if (contains_any(low, {"cookie", "subscribe to", "sign up for", "newsletter", "rights reserved",
                         "follow us on", "share this", "read more:", "about the author",
                         "advertisement", "terms of use", "privacy policy", "click here"}))
    return true;
  auto stops = std::size_t{0};
  for (std::size_t i = 0; i < line.size(); ++i)
    stops += (line[i] == '.' || line[i] == '!' || line[i] == '?') &&
                     (i + 1 == line.size() || !alnum(line[i + 1]))
                 ? 1u
                 : 0u;
  return stops >= 4 && ends_sentence(line) && count_words(line) <= stops * 3;
}

auto starts_title(std::string_view before) -> bool {
  constexpr auto kTitles = std::to_array<std::string_view>(
      {"Mr", "Mrs", "Ms",  "Dr", "Prof", "Gen",    "Col", "St",  "No", "Sen", "Rep", "Lt", "Capt",
       "vs", "Inc", "Ltd", "Co", "Corp", "approx", "e.g", "i.e", "cf", "Art", "Nos", "al"});
  for (const auto title : kTitles)
    if (before.ends_with(title) &&
        (before.size() == title.size() || !alnum(before[before.size() - title.size() - 1])))
      return title != "Inc" && title != "Ltd" && title != "Co" && title != "Corp";
  return !before.empty() && capital(before.back()) &&
         (before.size() == 1 || before[before.size() - 2] == ' ' ||
          before[before.size() - 2] == '.');
}

}  // namespace

auto Text::at(Part part) const -> Part {
  if (shadow.empty()) return {};
  const auto begin = part.begin < from.size() ? from[part.begin] : to.back();
  if (part.end <= part.begin) return {begin, begin};
  return {begin, std::max(begin, to[std::min<std::size_t>(part.end, to.size()) - 1])};
}
auto Text::words(Part part) const -> std::string_view {
  return std::string_view(shadow).substr(part.begin, part.end - part.begin);
}
auto Text::written(Part part) const -> std::string_view {
  const auto where = at(part);
  return source.substr(where.begin, where.end - where.begin);
}

auto format_of(std::string_view name, std::string_view source) -> Format {
  const auto low = lower_ascii(name);
  if (low.ends_with(".html") || low.ends_with(".htm") || low.ends_with(".xhtml"))
    return Format::kHtml;
  if (low.ends_with(".md") || low.ends_with(".markdown")) return Format::kMarkdown;
  const auto start = lower_ascii(trim(source.substr(0, 200)));
  return start.starts_with("<!doctype html") || start.starts_with("<html") ? Format::kHtml
                                                                           : Format::kPlain;
}

auto fold(std::string_view source, Format format) -> Text {
  auto to = Builder{};
  to.text.cut = source.size() > kLimit;
  to.text.source = source.substr(0, kLimit);
  to.text.shadow.reserve(to.text.source.size());
  if (format == Format::kHtml)
    fold_html(to);
  else
    fold_plain(to, format == Format::kMarkdown);
  return std::move(to.text);
}

auto section_word(Section section) -> std::string_view {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"heading", "body", "table", "ioc-appendix", "references", "boilerplate"});
  return kWords[static_cast<std::size_t>(section)];
}

auto paragraphs(const Text& text) -> std::vector<Paragraph> {
  const auto shadow = std::string_view(text.shadow);
  auto lines = std::vector<Part>{};
  for (std::uint32_t at = 0; at < shadow.size();) {
    const auto stop = std::min(shadow.find('\n', at), shadow.size());
    lines.push_back(trimmed(shadow, {at, static_cast<std::uint32_t>(stop)}));
    at = static_cast<std::uint32_t>(stop) + 1;
  }
  auto out = std::vector<Paragraph>{};
  auto region = Section::kBody;
  auto open = false;  // the paragraph at the end of `out` may go on
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto part = lines[i];
    const auto line = text.words(part);
    if (line.empty()) {
      open = false;
      continue;
    }
    const auto next = i + 1 < lines.size() ? text.words(lines[i + 1]) : std::string_view();
    const auto mark = list_mark(line);
    const auto label = label_of(line.substr(mark));
    const auto low = lower_ascii(line);
    const auto short_line = line.size() <= 110 && count_words(line) <= 14;
    const auto begins_high = capital(line[0]) || digit(line[0]) || line[0] == '"';
    const auto next_low = !next.empty() && (lower(next[0]) || next[0] == '(');
    const auto heading = !open && short_line && !ends_sentence(line) && begins_high &&
                         (!next_low || low.ends_with("indicators of compromise")) && label == 0 &&
                         (mark == 0 || next.empty()) && !is_table_row(line);
    if (heading || (short_line && low.ends_with(":"))) {
      if (contains_any(low, {"indicators of compromise", "indicators", "iocs", "ioc "}) &&
          count_words(line) <= 8)
        region = Section::kAppendix;
      else if (low == "references" || low == "sources" || low == "references:" ||
               low == "sources:" || low.starts_with("further reading") || low == "links" ||
               low == "contact" || low == "bibliography")
        region = Section::kReferences;
      else if (heading)
        region = region == Section::kAppendix && count_words(line) <= 3 &&
                         contains_any(low, {"domain", "hash", "address", "url", "file", "network",
                                            "host", "registry", "mutex", "email", "e-mail", "ip"})
                     ? region
                     : Section::kBody;
      if (heading) {
        out.push_back({Section::kHeading, part, {}});
        open = false;
        continue;
      }
    }
    if (region != Section::kBody) {
      out.push_back({region, part, {}});
      open = false;
      continue;
    }
    if (is_boilerplate(line)) {
      out.push_back({Section::kBoilerplate, part, {}});
      open = false;
      continue;
    }
    if (open && mark == 0 && label == 0 && !is_table_row(line)) {
      out.back().span.end = part.end;
    } else {
      auto made =
          Paragraph{is_table_row(line) && label == 0 ? Section::kTable : Section::kBody, part, {}};
      made.span.begin += static_cast<std::uint32_t>(mark);
      if (label != 0) {
        made.label = lower_ascii(line.substr(mark, label - 1));
        made.span.begin += static_cast<std::uint32_t>(label);
        if (made.label.starts_with("contact") || made.label == "media contact")
          made.section = Section::kReferences;
      }
      made.span = trimmed(shadow, made.span);
      out.push_back(std::move(made));
    }
    // A line that ends a sentence before a capital starts another paragraph
    // just as well; one that does not was broken by its printer.
    open = !(ends_sentence(line) && !next.empty() && !lower(next[0])) &&
           out.back().section == Section::kBody;
  }
  return out;
}

auto sentences(const Text& text, Part paragraph) -> std::vector<Part> {
  auto out = std::vector<Part>{};
  const auto shadow = std::string_view(text.shadow);
  auto start = paragraph.begin;
  for (auto i = paragraph.begin; i < paragraph.end; ++i) {
    const auto c = shadow[i];
    if (c != '.' && c != '!' && c != '?') continue;
    auto next = i + 1;
    auto quotes = 0;
    while (next < paragraph.end && (shadow[next] == '"' || shadow[next] == ')')) {
      ++next;
      ++quotes;
    }
    const auto end = next;
    while (next < paragraph.end && spaces(shadow[next])) ++next;
    if (next == end && next < paragraph.end) continue;
    if (next < paragraph.end) {
      const auto first = shadow[next] == '"' || shadow[next] == '(' ? next + 1 : next;
      if (first >= paragraph.end || lower(shadow[first])) continue;
      if (c == '.' && quotes == 0 && starts_title(shadow.substr(start, i - start))) continue;
    }
    out.push_back(trimmed(shadow, {start, end}));
    start = next;
    i = next - 1;
  }
  const auto rest = trimmed(shadow, {start, paragraph.end});
  if (rest.begin < rest.end) out.push_back(rest);
  return out;
}

}  // namespace serjeant::report

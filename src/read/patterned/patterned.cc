// Logs of lines that are too many to have a reader each. Their profiles say how
// a line is written, in RE2's syntax (linear time, whatever the line holds):
// named groups become native fields. What a group cannot say, a pattern may:
// `pairs` names a group of key=value pairs, and `columns` gives names to cells
// with `separator` between them, for tables without a header. A line that no
// pattern matches gives no record, and is named as such. In a profile with
// `continued: indented`, lines that begin with white space belong to the one
// before them.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/yaml.h"
#include "read/framed.h"
#include "read/line_profiles.h"
#include "read/lines.h"
#include "read/patterned/open.h"
#include "read/scan.h"

namespace serjeant {
namespace {

using What = Piece::What;

constexpr auto kMostGroups = 64;
constexpr auto kMostPairs = std::size_t{512};
constexpr auto kSampleLines = std::size_t{16};

auto options() -> RE2::Options {
  auto out = RE2::Options{};
  out.set_log_errors(false);
  out.set_max_mem(std::int64_t{8} << 20);
  // Lines are bytes: a log of another charset is matched all the same.
  out.set_encoding(RE2::Options::EncodingLatin1);
  return out;
}

struct Pattern {
  std::unique_ptr<RE2> grammar;
  std::vector<std::pair<std::string, std::size_t>> groups;  // in order of their numbers
  std::string pairs;
  std::vector<std::string> columns;
  char separator = ',';
};

struct LineFormat {
  std::string profile;
  bool continued = false;
  std::vector<Pattern> patterns;
};

auto read_format(const YamlNode& root) -> LineFormat {
  auto out = LineFormat{};
  out.profile = root.text_of("name");
  out.continued = root.text_of("continued") == "indented";
  const auto* lines = root.find("lines");
  if (lines == nullptr) return out;
  for (const auto& entry : lines->items) {
    auto pattern = Pattern{};
    pattern.grammar = std::make_unique<RE2>(std::string(entry.text_of("pattern")), options());
    if (!pattern.grammar->ok()) continue;
    for (const auto& [number, name] : pattern.grammar->CapturingGroupNames())
      if (number < kMostGroups) pattern.groups.emplace_back(name, number);
    pattern.pairs = entry.text_of("pairs");
    if (const auto separator = entry.text_of("separator"); !separator.empty())
      pattern.separator = separator.front();
    if (const auto* columns = entry.find("columns"))
      for (const auto& column : columns->items) pattern.columns.push_back(column.text);
    out.patterns.push_back(std::move(pattern));
  }
  return out;
}

// Of all built-in profiles; made when the first source needs it.
auto formats() -> const std::vector<LineFormat>& {
  static const auto all = [] {
    auto out = std::vector<LineFormat>{};
    for (const auto& [file, text] : kLineProfiles) {
      if (text.find("\nlines:") == std::string_view::npos) continue;
      const auto documents = read_yaml(text);
      if (documents.empty() || documents.front().flaw) continue;
      out.push_back(read_format(documents.front().root));
    }
    return out;
  }();
  return all;
}

using Groups = std::array<re2::StringPiece, kMostGroups>;

auto matches(const Pattern& pattern, std::string_view text, Groups& groups) -> bool {
  const auto count = std::min(pattern.grammar->NumberOfCapturingGroups() + 1, kMostGroups);
  return pattern.grammar->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                                RE2::ANCHOR_BOTH, groups.data(), count);
}

auto is_indented(std::string_view text, std::size_t at) -> bool {
  if (at >= text.size() || (text[at] != ' ' && text[at] != '\t')) return false;
  const auto solid = text.find_first_not_of(" \t\r", at);
  return solid != std::string_view::npos && text[solid] != '\n';
}

// One cell that begins at `at`; `at` becomes the begin of the next, or npos.
// A quoted cell has its quotes doubled inside.
auto cell(std::string_view text, std::size_t& at, char separator, Arena& arena)
    -> std::string_view {
  auto value = std::string_view{};
  auto end = std::string_view::size_type{0};
  if (at < text.size() && text[at] == '"') {
    const auto begin = at + 1;
    auto close = scan::find(text, '"', begin);
    auto doubled = false;
    while (close + 1 < text.size() && text[close + 1] == '"') {
      doubled = true;
      close = scan::find(text, '"', close + 2);
    }
    value = text.substr(begin, close - begin);
    if (doubled) {
      auto* const out = arena.take(value.size());
      auto size = std::size_t{0};
      for (auto i = std::size_t{0}; i < value.size(); ++i) {
        out[size++] = value[i];
        if (value[i] == '"') ++i;
      }
      value = {out, size};
    }
    end = scan::find(text, separator, std::min(close + 1, text.size()));
  } else {
    end = scan::find(text, separator, at);
    value = text.substr(at, end - at);
  }
  at = end < text.size() ? end + 1 : std::string_view::npos;
  return value;
}

class PatternedReader : public FramedReader {
 public:
  PatternedReader(SourceText text, const LineFormat& format)
      : FramedReader(text, "lines"), lines_(format) {
    auto columns = std::vector<std::string>{"profile:" + format.profile};
    const auto add = [&](const std::string& name) {
      if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    };
    for (const auto& pattern : format.patterns) {
      for (const auto& [name, number] : pattern.groups) add(name);
      for (const auto& name : pattern.columns) add(name);
    }
    set_columns(std::move(columns));
  }

 protected:
  auto pass(const View& view, std::size_t at, std::size_t until) const -> std::size_t override {
    auto place = pass_lines(view.text, at, until);
    while (lines_.continued && place > at && is_indented(view.text, place))
      place = pass_lines(view.text, at, place - 1);
    return place;
  }

  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, What::kSkip, "mark"};
    auto piece = frame_line(view.text, at, view.last, limit());
    if (!piece || piece->what != What::kRecord) return piece;
    if (view.text[at] == '#') return Piece{piece->end, What::kSkip, "comment"};
    while (lines_.continued) {
      // Whether the next line is indented can be told from its first solid
      // character alone.
      if (!view.last && view.text.find_first_not_of(" \t\r", piece->end) == view.text.npos)
        return view.text.size() - at > limit() ? Piece{piece->end, What::kLong}
                                               : std::optional<Piece>{};
      if (!is_indented(view.text, piece->end)) break;
      const auto next = frame_line(view.text, piece->end, view.last, limit());
      if (!next) return std::nullopt;
      if (next->end - at > limit()) return Piece{next->end, What::kLong};
      piece->end = next->end;
    }
    return piece;
  }

  auto parse(Row& row) const -> bool override {
    const auto text = without_line_end(row.text());
    auto groups = Groups{};
    for (const auto& pattern : lines_.patterns)
      if (matches(pattern, text, groups)) {
        add(pattern, groups, text, row);
        return true;
      }
    row.flaw(FaultKind::kBadSyntax, text);
    return false;
  }

 private:
  static void add(const Pattern& pattern, const Groups& groups, std::string_view text, Row& row) {
    auto& document = row.document();
    const auto root = document.open(Kind::kObject, {});
    const auto put = [&](std::string_view key, std::string_view value) {
      const auto none = value == "-";
      document.add(none ? Kind::kNull : Kind::kText, key, none ? std::string_view{} : value);
    };
    for (const auto& [name, number] : pattern.groups) {
      const auto& group = groups[number];
      if (group.data() == nullptr) continue;
      const auto value = std::string_view(group.data(), group.size());
      if (name == pattern.pairs)
        add_pairs(value, row);
      else
        put(name, value);
    }
    if (!pattern.columns.empty()) {
      auto at = std::size_t{0};
      auto count = std::size_t{0};
      while (at != std::string_view::npos && count < pattern.columns.size())
        put(pattern.columns[count++], cell(text, at, pattern.separator, row.arena()));
      if (at != std::string_view::npos) {
        document.add(Kind::kText, "rest", text.substr(at));
        row.flaw(FaultKind::kBadColumns);
      } else if (count < pattern.columns.size()) {
        row.flaw(FaultKind::kBadColumns);
      }
    }
    document.close(root);
  }

  // key=value key="value with \" and blanks" ...; a word without `=` is passed over
  // and said.
  static void add_pairs(std::string_view text, Row& row) {
    auto at = std::size_t{0};
    for (auto pairs = std::size_t{0};; ++pairs) {
      at = text.find_first_not_of(" ,;\t", at);
      if (at == std::string_view::npos) return;
      if (pairs == kMostPairs) return row.flaw(FaultKind::kTooMany, text.substr(at));
      const auto equals = text.find_first_of("= ", at);
      if (equals == std::string_view::npos || text[equals] != '=' || equals == at) {
        const auto end = std::min(equals == at ? at + 1 : equals, text.size());
        row.flaw(FaultKind::kBadSyntax, text.substr(at, end - at));
        at = end;
        continue;
      }
      const auto key = text.substr(at, equals - at);
      const auto begin = equals + 1;
      if (begin < text.size() && text[begin] == '"') {
        auto close = begin + 1;
        while (close < text.size() && text[close] != '"') close += text[close] == '\\' ? 2U : 1U;
        if (close >= text.size()) row.flaw(FaultKind::kBadQuote, text.substr(begin));
        close = std::min(close, text.size());
        row.document().add(Kind::kText, key, text.substr(begin + 1, close - begin - 1));
        at = std::min(close + 1, text.size());
      } else {
        const auto end = std::min(text.find(' ', begin), text.size());
        row.document().add(Kind::kText, key, text.substr(begin, end - begin));
        at = end;
      }
    }
  }

  const LineFormat& lines_;
};

}  // namespace

auto pattern_flaw(std::string_view pattern) -> std::string {
  const auto grammar = RE2(re2::StringPiece(pattern.data(), pattern.size()), options());
  if (!grammar.ok()) return grammar.error();
  return grammar.NumberOfCapturingGroups() >= kMostGroups ? "over 63 groups" : std::string{};
}

auto open_patterned_reader(const SourceText& text, std::string_view sample, std::string_view)
    -> std::unique_ptr<Reader> {
  auto lines = std::vector<std::string_view>{};
  for (auto at = std::size_t{0}; at < sample.size() && lines.size() < kSampleLines;) {
    const auto next = scan::next_line(sample, at);
    const auto line = without_line_end(sample.substr(at, next - at));
    const auto skip = line.starts_with('#') || line.find_first_not_of(" \t") == line.npos;
    if (!skip && !is_indented(sample, at)) lines.push_back(line);
    at = next;
  }
  const LineFormat* best = nullptr;
  auto most = std::size_t{0};
  auto groups = Groups{};
  for (const auto& format : formats()) {
    const auto good = std::count_if(lines.begin(), lines.end(), [&](std::string_view line) {
      return std::any_of(format.patterns.begin(), format.patterns.end(),
                         [&](const Pattern& p) { return matches(p, line, groups); });
    });
    if (static_cast<std::size_t>(good) <= most) continue;
    most = static_cast<std::size_t>(good);
    best = &format;
  }
  if (best == nullptr || most * 3 < lines.size() * 2) return nullptr;
  return std::make_unique<PatternedReader>(text, *best);
}

}  // namespace serjeant

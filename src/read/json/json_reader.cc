#include <algorithm>

#include "core/json_names.h"
#include "core/text.h"
#include "read/framed.h"
#include "read/json/frame.h"
#include "read/json/open.h"
#include "read/lines.h"
#include "read/scan.h"

namespace serjeant {
namespace {

using What = Piece::What;

// As far as a wrapper's records may begin after the wrapper.
constexpr auto kWrapperReach = std::size_t{1} << 20;
// Of the first record's names, those that others are recognised by.
constexpr auto kNamesOfRecords = std::size_t{64};
constexpr auto kMostColumns = std::size_t{4096};

auto is_space(char c) -> bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// The first value of a row onto its document. True if it is an object that
// has at least one member, or is complete.
auto parse_object(std::string_view text, Document& document, Arena& arena, JsonOutcome& outcome,
                  JsonNames* names = nullptr) -> bool {
  outcome = names != nullptr ? parse_json(text, {}, document, arena, *names)
                             : parse_json(text, {}, document, arena);
  const auto root = document.root();
  return root.is_object() && (outcome.complete || root.begin() != root.end());
}

class JsonReader : public FramedReader {
 public:
  JsonReader(SourceText text, std::string_view format, std::vector<std::string> columns)
      : FramedReader(text, format) {
    set_columns(std::move(columns));
  }

 protected:
  auto checks_encoding() const -> bool override { return true; }

  // From the second record on: many sources have but one.
  struct Rows : State {
    std::unique_ptr<JsonNames> names;
    bool any = false;
  };
  auto state_at(std::uint64_t) const -> std::unique_ptr<State> override {
    return std::make_unique<Rows>();
  }

  auto parse(Row& row) const -> bool override {
    const auto text = row.text();
    auto& rows = static_cast<Rows&>(row.state());
    if (rows.any && !rows.names) rows.names = std::make_unique<JsonNames>();
    rows.any = true;
    auto outcome = JsonOutcome{};
    const auto made = parse_object(text, row.document(), row.arena(), outcome, rows.names.get());
    if (outcome.fault) {
      const auto at = std::min(outcome.fault_at, text.size());
      row.flaw(*outcome.fault, text.substr(at, *outcome.fault == FaultKind::kTruncated ? 0 : 1));
    } else if (!made) {
      row.flaw(FaultKind::kBadSyntax);
    } else {
      const auto rest = text.substr(outcome.consumed);
      const auto junk = rest.find_first_not_of(" \t\r\n,");
      if (junk != std::string_view::npos) row.flaw(FaultKind::kBadSyntax, rest.substr(junk));
    }
    return made;
  }
};

class LinesReader : public JsonReader {
 public:
  using JsonReader::JsonReader;

 protected:
  auto pass(const View& view, std::size_t at, std::size_t until) const -> std::size_t override {
    return pass_lines(view.text, at, until);
  }
  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, What::kSkip, "mark"};
    auto line = frame_line(view.text, at, view.last, limit());
    if (!line || line->what != What::kRecord) return line;
    const auto body = view.text.substr(at, line->end - at);
    if (body.find_first_not_of(" \t\r\n,[]") == std::string_view::npos)
      return Piece{line->end, What::kSkip, "punctuation"};
    // Lines that were run together: one record at a time.
    const auto open = body.find_first_not_of(" \t,");
    if (body[open] == '{' && body.find("}{", open) != std::string_view::npos) {
      const auto value = json::measure(body, open);
      if (value.why == json::Extent::Why::kClosed && value.end < body.size() &&
          body[value.end] == '{')
        return Piece{at + value.end, What::kRecord};
    }
    return line;
  }
};

class DocumentReader : public JsonReader {
 public:
  DocumentReader(SourceText text, std::vector<std::string> columns, std::uint64_t body,
                 std::string first_key, std::string array_key, bool array)
      : JsonReader(text, "json", std::move(columns)),
        body_(body),
        first_key_(std::move(first_key)),
        array_key_(std::move(array_key)),
        array_(array) {}

 protected:
  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto text = view.text;
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, What::kSkip, "mark"};
    if (view.base + at < body_) {
      const auto left = static_cast<std::size_t>(body_ - view.base - at);
      if (left > text.size() - at) return std::nullopt;
      return Piece{at + left, What::kSkip, wrapper_word(text.substr(at, left))};
    }
    const auto c = text[at];
    if (is_space(c) || c == ',' || c == '[' || c == ']' || c == '}') {
      auto end = text.find_first_not_of(" \t\r\n,[]}", at);
      if (end == std::string_view::npos) end = text.size();
      return Piece{end, What::kSkip, "punctuation"};
    }
    if (c == '{') return record(view, at);
    if (c == '"') return member(view, at);
    auto end = at + 1;
    while (end < text.size() && text[end] != '{' && text[end] != '"' && text[end] != ',' &&
           text[end] != ']' && text[end] != '}' && !is_space(text[end]))
      ++end;
    return Piece{end, What::kFail, {}, FaultKind::kBadSyntax};
  }

  auto resync(const View& view, std::size_t at) const -> std::optional<std::size_t> override {
    const auto found = next_record(view.text, at);
    if (found == view.text.size() && !view.last) return std::nullopt;
    return found;
  }

  void finish(bool record_last, RecordSink& sink) const override {
    if (array_ && record_last)
      sink.fault({FaultKind::kTruncated, {source().bytes().size(), 0, source().source()}});
  }

 private:
  static auto wrapper_word(std::string_view text) -> std::string_view {
    return text.find_first_not_of(" \t\r\n,[]{}") == std::string_view::npos ? "punctuation"
                                                                            : "wrapper";
  }

  // An object: a record with the comma and blanks after it, or the wrapper of
  // a further document.
  auto record(const View& view, std::size_t at) const -> std::optional<Piece> {
    const auto text = view.text;
    if (!first_key_.empty()) {
      const auto key = json::skip_space(text, at + 1);
      if (key + first_key_.size() > text.size() && !view.last) return std::nullopt;
      if (text.substr(std::min(key, text.size())).starts_with(first_key_)) {
        if (text.size() - at < kWrapperReach && !view.last) return std::nullopt;
        const auto wrapper = json::find_wrapper(text, at, at + kWrapperReach);
        if (wrapper && wrapper->array_key == array_key_)
          return Piece{wrapper->body, What::kSkip, "wrapper"};
      }
    }
    const auto value = json::measure(text.substr(0, std::min(at + limit(), text.size())), at);
    auto end = value.end;
    switch (value.why) {
      case json::Extent::Why::kOpen:
        if (end - at >= limit()) return Piece{end, What::kLong};
        if (!view.last) return std::nullopt;
        return Piece{end, What::kRecord};
      case json::Extent::Why::kBroken:
        end = next_record(text, std::max(value.string, at + 1));
        if (end - at > limit()) return Piece{end, What::kLong};
        if (end == text.size() && !view.last) return std::nullopt;
        return Piece{end, What::kRecord};
      case json::Extent::Why::kClosed:
        break;
    }
    end = json::skip_space(text, end);
    if (end < text.size() && text[end] == ',') end = json::skip_space(text, end + 1);
    if (end == text.size() && !view.last && end - at <= limit()) return std::nullopt;
    return Piece{end, What::kRecord};
  }

  // A member of the wrapper after its records, or a text where an object
  // should be.
  auto member(const View& view, std::size_t at) const -> std::optional<Piece> {
    const auto text = view.text.substr(0, std::min(at + limit(), view.text.size()));
    const auto whole = view.last && text.size() == view.text.size();
    const auto cut = [&](std::size_t end) -> std::optional<Piece> {
      if (end - at >= limit()) return Piece{end, What::kLong};
      if (!whole) return std::nullopt;
      return Piece{end, What::kFail, {}, FaultKind::kTruncated};
    };
    auto end = json::string_end(text, at);
    if (end == text.size()) return cut(end);
    end = json::skip_space(text, end);
    if (end == text.size()) return cut(end);
    if (text[end] != ':') return Piece{end, What::kFail, {}, FaultKind::kBadSyntax};
    end = json::skip_space(text, end + 1);
    if (end == text.size()) return cut(end);
    if (text[end] == '"') {
      end = json::string_end(text, end);
    } else if (text[end] == '{' || text[end] == '[') {
      const auto value = json::measure(text, end);
      end = value.end;
      if (value.why == json::Extent::Why::kBroken)
        return Piece{end, What::kFail, {}, FaultKind::kBadSyntax};
    } else {
      end = std::min(text.find_first_of(",}] \t\r\n", end), text.size());
    }
    if (end == text.size()) return cut(end);
    return Piece{end, What::kSkip, "wrapper"};
  }

  // The next object whose first name is one that records have.
  auto next_record(std::string_view text, std::size_t at) const -> std::size_t {
    for (auto open = scan::find(text, '{', at); open < text.size();
         open = scan::find(text, '{', open + 1)) {
      const auto quote = json::skip_space(text, open + 1);
      if (quote >= text.size() || text[quote] != '"') continue;
      const auto name = text.substr(quote + 1);
      const auto names = columns().first(std::min(columns().size(), kNamesOfRecords));
      for (const auto& column : names)
        if (name.size() > column.size() && name[column.size()] == '"' && name.starts_with(column))
          return open;
      if (columns().empty()) return open;
    }
    return text.size();
  }

  std::uint64_t body_;
  std::string first_key_;
  std::string array_key_;
  bool array_;
};

auto names_of(Value object) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  for (const auto member : object)
    if (out.size() < kMostColumns) out.emplace_back(member.key());
  return out;
}

// The names of the first readable object in `text`.
auto first_names(std::string_view text, std::size_t at) -> std::vector<std::string> {
  for (auto tries = 0; tries < 16; ++tries) {
    at = scan::find(text, '{', at);
    if (at == text.size()) break;
    auto document = Document{};
    auto arena = Arena{};
    auto outcome = JsonOutcome{};
    if (parse_object(text.substr(at), document, arena, outcome)) return names_of(document.root());
    at += 1;
  }
  return {};
}

// Is the sample a series of lines that are objects of their own?
auto is_lines(std::string_view sample, bool lines_by_name) -> bool {
  auto lines = std::size_t{0};
  auto good = std::size_t{0};
  for (auto at = std::size_t{0}; at < sample.size() && lines < 8;) {
    const auto next = scan::next_line(sample, at);
    const auto line = trim(sample.substr(at, next - at));
    at = next;
    if (line.empty()) continue;
    // The last line may be cut by the end of the sample.
    if (at == sample.size() && sample.size() >= kWrapperReach / 2 && good > 0) break;
    ++lines;
    if (!line.starts_with('{')) continue;
    const auto value = json::measure(line, 0);
    const auto rest = json::skip_space(line, value.end);
    good += value.why == json::Extent::Why::kClosed &&
                    (rest == line.size() || line[rest] == ',' || line[rest] == '{')
                ? 1u
                : 0u;
  }
  if (lines == 1) return good == 1 && lines_by_name;
  return lines > 1 && good * 2 >= lines;
}

}  // namespace

auto open_json_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader> {
  const auto begin = json::skip_space(sample, 0);
  if (begin == sample.size() || (sample[begin] != '{' && sample[begin] != '[')) return nullptr;
  const auto inner = json::skip_space(sample, begin + 1);
  const auto empty = inner == sample.size();
  const auto object = sample[begin] == '{';
  // "[2024-01-01 ..." and "{anything" are not JSON.
  if (empty && !object && sample.size() > 1) return nullptr;
  if (!empty) {
    const auto c = sample[inner];
    if (object && c != '"' && c != '}') return nullptr;
    if (!object && c != '{' && c != '[' && c != ']' && c != '"') return nullptr;
  }

  const auto lines_by_name = name.ends_with(".ndjson") || name.ends_with(".jsonl");
  const auto wrapper = json::find_wrapper(sample, begin, sample.size());
  if (object && !wrapper && is_lines(sample, lines_by_name))
    return std::make_unique<LinesReader>(text, "ndjson", first_names(sample, begin));

  // Places in the sample are not places in the source if that is UTF-16 and
  // has other than ASCII, so the records are looked for again in its own units.
  auto body = std::uint64_t{0};
  auto first_key = std::string{};
  auto array_key = std::string{};
  if (wrapper) {
    auto narrowed = std::string{};
    auto own = text.bytes();
    if (text.narrow_needed()) {
      text.narrow(0, static_cast<std::size_t>(std::min<std::uint64_t>(text.units(), kWrapperReach)),
                  narrowed);
      own = narrowed;
    }
    if (const auto found = json::find_wrapper(own, text.mark(), kWrapperReach)) {
      body = found->body;
      first_key = found->first_key;
      array_key = found->array_key;
    }
  }
  return std::make_unique<DocumentReader>(
      text, first_names(sample, wrapper ? wrapper->body : begin), body, std::move(first_key),
      std::move(array_key), wrapper.has_value());
}

}  // namespace serjeant

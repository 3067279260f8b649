// W3C extended log file format (W3C working draft WD-logfile-960323): lines
// that begin with `#` are directives, of which `#Fields:` names the columns of
// the rows that follow, until the next one. IIS separates by blanks, writes `+`
// for a blank inside of a value and `-` for none; Exchange and its HTTP proxy
// separate by commas and quote. Servers write the directives anew whenever they
// start, so a file may change its columns midway.
#include <algorithm>
#include <mutex>

#include "core/text.h"
#include "read/csv/split.h"
#include "read/framed.h"
#include "read/lines.h"
#include "read/scan.h"
#include "read/w3c/open.h"

namespace serjeant {
namespace {

using What = Piece::What;

constexpr auto kFields = std::string_view("#Fields:");
constexpr auto kDate = std::string_view("#Date:");
constexpr auto kDirectiveLimit = std::size_t{1} << 20;  // units of one that are looked at
constexpr auto kMostNames = std::size_t{4096};
constexpr auto kNone = ~std::uint64_t{0};

// What a `#Fields:` line says.
struct Fields {
  std::vector<std::string> names;
  char separator = ' ';
  bool dated = false;  // the rows have a date of their own
};

auto read_fields(std::string_view line) -> Fields {
  auto out = Fields{};
  auto text = trim(line.substr(std::min(kFields.size(), line.size())));
  out.separator = text.find(',') != std::string_view::npos    ? ','
                  : text.find('\t') != std::string_view::npos ? '\t'
                                                              : ' ';
  for (const auto part : split(text, out.separator)) {
    const auto name = trim(part);
    if (name.empty() && out.separator == ' ') continue;
    if (out.names.size() == kMostNames) break;
    out.names.emplace_back(name);
    if (starts_with_ignoring_case(name, "date")) out.dated = true;
  }
  return out;
}

class W3cReader : public FramedReader {
 public:
  W3cReader(SourceText text, std::string first_fields)
      : FramedReader(text, "w3c"), first_(read_fields(first_fields)) {
    header_ = trim(std::string_view(first_fields).substr(kFields.size()));
    set_columns(first_.names);
  }

 protected:
  struct Directives : State {
    Fields fields;
    std::string date;
    bool known = false;  // a `#Fields:` line was met
    csv::Cells cells;
  };

  auto pass(const View& view, std::size_t at, std::size_t until) const -> std::size_t override {
    return pass_lines(view.text, at, until);
  }

  auto frame(const View& view, std::size_t at, State&) const -> std::optional<Piece> override {
    const auto mark = at + view.base == 0 ? source().mark() : 0;
    if (mark != 0) return Piece{at + mark, What::kSkip, "mark"};
    const auto line = frame_line(view.text, at, view.last, limit());
    if (!line || line->what != What::kRecord) return line;
    const auto text = without_line_end(view.text.substr(at, line->end - at));
    if (text.starts_with('#'))
      return Piece{line->end, What::kSkip, is_directive(text) ? "header" : "comment"};
    if (!header_.empty() && text == header_) return Piece{line->end, What::kSkip, "header"};
    return line;
  }

  void skipped(std::string_view why, std::uint64_t from, std::size_t units,
               State& state) const override {
    if (why == "header") take(from, units, static_cast<Directives&>(state));
  }

  auto state_at(std::uint64_t unit) const -> std::unique_ptr<State> override {
    auto out = std::make_unique<Directives>();
    out->fields = first_;
    std::call_once(indexed_, [this] { build_index(); });
    const auto block = unit / kIndexStep;
    auto marks = block < index_.size() ? index_[static_cast<std::size_t>(block)] : Marks{};
    each_directive(block * kIndexStep, unit, [&](std::uint64_t at, bool fields) {
      (fields ? marks.fields : marks.date) = at;
    });
    if (marks.fields != kNone) take(marks.fields, kDirectiveLimit, *out);
    if (marks.date != kNone) take(marks.date, kDirectiveLimit, *out);
    return out;
  }

  auto parse(Row& row) const -> bool override {
    auto& state = static_cast<Directives&>(row.state());
    const auto& fields = state.fields;
    const auto text = without_line_end(row.text());
    auto& cells = state.cells;
    cells.clear();
    if (fields.separator == ',') {
      const auto scan = csv::split_strictly(text, 0, ',', &cells);
      if (scan.how != csv::RowScan::How::kClean || scan.end != text.size()) {
        cells.clear();
        csv::split_loosely(text, ',', cells);
        row.flaw(FaultKind::kBadQuote);
      }
    } else {
      split_blank(text, fields, cells);
    }
    auto& document = row.document();
    const auto root = document.open(Kind::kObject, {});
    for (auto i = std::size_t{0}; i < cells.size(); ++i) {
      const auto key = i < fields.names.size()
                           ? std::string_view(fields.names[i])
                           : row.arena().copy("+" + std::to_string(i - fields.names.size() + 1));
      const auto value = csv::cell_text(text, cells[i], row.arena());
      const auto none = fields.separator != ',' && value == "-";
      document.add(none ? Kind::kNull : Kind::kText, key, none ? std::string_view{} : value);
    }
    if (!fields.dated && !state.date.empty())
      document.add(Kind::kText, "#date", row.arena().copy(state.date));
    document.close(root);
    if (cells.size() != fields.names.size()) row.flaw(FaultKind::kBadColumns);
    // Rows above the first `#Fields:` line are read by it, for want of better.
    if (!state.known) row.flaw(FaultKind::kAmbiguous);
    return true;
  }

 private:
  // The last directives before each stretch of the source, so that a chunk
  // finds its own without reading all that precedes it.
  static constexpr auto kIndexStep = std::uint64_t{1} << 20;
  struct Marks {
    std::uint64_t fields = kNone;
    std::uint64_t date = kNone;
  };

  static auto is_directive(std::string_view line) -> bool {
    // "#Name:" or "#Name-Part:"; anything else is a remark.
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon < 2) return false;
    return std::all_of(
        line.begin() + 1, line.begin() + static_cast<std::ptrdiff_t>(colon),
        [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'; });
  }

  // Calls `found(place, is_fields)` for the directives that begin in [from, to).
  template <class Found>
  void each_directive(std::uint64_t from, std::uint64_t to, Found found) const {
    auto narrowed = std::string{};
    while (from < to) {
      const auto size = static_cast<std::size_t>(std::min(to - from, kIndexStep));
      // One unit before, to see whether a line begins; some after, for the name.
      const auto back = from > 0 ? 1u : 0u;
      const auto ahead = std::min<std::uint64_t>(kFields.size(), source().units() - from - size);
      const auto text = units(from - back, size + back + static_cast<std::size_t>(ahead), narrowed);
      for (auto at = scan::find(text, '#', back); at < size + back;
           at = scan::find(text, '#', at + 1)) {
        const auto place = from + at - back;
        if (place != source().mark() && (at == 0 || text[at - 1] != '\n')) continue;
        const auto line = text.substr(at);
        if (line.starts_with(kFields)) found(place, true);
        if (line.starts_with(kDate)) found(place, false);
      }
      from += size;
    }
  }
  auto units(std::uint64_t from, std::size_t count, std::string& narrowed) const
      -> std::string_view {
    if (!source().narrow_needed()) return source().bytes().substr(from, count);
    source().narrow(from, count, narrowed);
    return narrowed;
  }

  void build_index() const {
    auto marks = Marks{};
    for (auto from = std::uint64_t{0}; from < source().units(); from += kIndexStep) {
      index_.push_back(marks);
      each_directive(
          from, std::min(from + kIndexStep, source().units()),
          [&](std::uint64_t at, bool fields) { (fields ? marks.fields : marks.date) = at; });
    }
  }

  // Takes the directive that begins at unit `from` into `state`.
  void take(std::uint64_t from, std::size_t most, Directives& state) const {
    const auto left = source().units() - from;
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>({most, left, kDirectiveLimit}));
    auto arena = Arena{};
    auto bad = false;
    auto narrowed = std::string{};
    const auto end = scan::find(units(from, count, narrowed), '\n', 0);
    const auto line = without_line_end(source().decode(from, end, arena, bad));
    if (line.starts_with(kFields)) {
      state.fields = read_fields(line);
      state.known = true;
    } else if (line.starts_with(kDate)) {
      state.date = trim(line.substr(kDate.size()));
    }
  }

  // Cells between single blanks. A value in quotes may hold blanks. Where there
  // are too many cells, runs of blanks count as one if that makes it right.
  static void split_blank(std::string_view text, const Fields& fields, csv::Cells& cells) {
    const auto by = fields.separator;
    for (auto at = std::size_t{0};;) {
      auto end = scan::find(text, by, at);
      if (at < text.size() && text[at] == '"') {
        auto quote = scan::find(text, '"', at + 1);
        while (quote + 1 < text.size() && text[quote + 1] == '"')
          quote = scan::find(text, '"', quote + 2);
        if (quote + 1 == text.size() || (quote < text.size() && text[quote + 1] == by))
          end = quote + 1;
      }
      if (cells.size() < csv::kMostCells) {
        cells.reserve(1);
        cells.add({at, end});
      }
      if (end == text.size()) break;
      at = end + 1;
    }
    const auto wanted = fields.names.size();
    if (cells.size() <= wanted) return;
    const auto empty = static_cast<std::size_t>(
        std::count_if(cells.begin(), cells.end(), [](auto c) { return c.begin == c.end; }));
    if (cells.size() - empty != wanted) return;
    std::remove_if(cells.begin(), cells.end(), [](auto c) { return c.begin == c.end; });
    cells.shrink(wanted);
  }

  Fields first_;
  std::string header_;
  mutable std::once_flag indexed_;
  mutable std::vector<Marks> index_;
};

}  // namespace

auto open_w3c_reader(const SourceText& text, std::string_view sample, std::string_view)
    -> std::unique_ptr<Reader> {
  // Before `#Fields:` stand other directives only, or the names as a row.
  auto rows = 0;
  for (auto at = std::size_t{0}; at < sample.size() && rows < 2;) {
    const auto next = scan::next_line(sample, at);
    const auto line = without_line_end(sample.substr(at, next - at));
    at = next;
    if (line.starts_with(kFields))
      return std::make_unique<W3cReader>(text, std::string(line.substr(0, kDirectiveLimit)));
    if (!line.empty() && !line.starts_with('#')) ++rows;
  }
  return nullptr;
}

}  // namespace serjeant

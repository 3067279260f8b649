#include <algorithm>
#include <array>
#include <string>

#include "core/text.h"
#include "read/csv/open.h"
#include "read/csv/split.h"
#include "read/framed.h"
#include "read/lines.h"

namespace serjeant {
namespace {

using What = Piece::What;

constexpr auto kSampleUnits = std::size_t{1} << 20;
constexpr auto kSampleRows = 64;

// How a table is laid out, in units of the source's own text.
struct Layout {
  char delimiter = ',';
  std::vector<Piece> prologue;  // what stands before the first row, in order
  std::size_t body = 0;         // where the first row begins
  std::string header;           // the header row without its line end; empty: there is none
  std::size_t columns = 0;
};

class CsvReader : public FramedReader {
 public:
  CsvReader(SourceText text, Layout layout, std::vector<std::string> names)
      : FramedReader(text, "csv"), layout_(std::move(layout)) {
    set_columns(std::move(names));
  }

 protected:
  struct Rows : State {
    csv::Cells cells;              // of the row framed last
    const char* framed = nullptr;  // where that row begins, if it is clean
  };
  auto state_at(std::uint64_t) const -> std::unique_ptr<State> override {
    return std::make_unique<Rows>();
  }

  auto frame(const View& view, std::size_t at, State& state) const
      -> std::optional<Piece> override {
    if (view.base + at < layout_.body) {
      for (const auto& piece : layout_.prologue) {
        if (piece.end <= view.base + at) continue;
        const auto left = piece.end - static_cast<std::size_t>(view.base + at);
        if (left > view.text.size() - at) return std::nullopt;
        return Piece{at + left, What::kSkip, piece.why};
      }
    }
    const auto text = view.text.substr(0, std::min(at + limit(), view.text.size()));
    const auto cut = text.size() < view.text.size();
    const auto last = view.last && !cut;
    if (text[at] == '\n' || text[at] == '\r') {
      auto end = text.find_first_not_of("\r\n", at);
      if (end == std::string_view::npos) end = text.size();
      return Piece{end, What::kSkip, "blank"};
    }

    auto& rows = static_cast<Rows&>(state);
    rows.cells.clear();
    rows.framed = nullptr;
    const auto row = csv::split_strictly(text, at, layout_.delimiter, &rows.cells);
    if (row.how == csv::RowScan::How::kClean) {
      if (!row.ended && cut) return Piece{row.end, What::kLong};
      if (row.end == text.size() && !last && !cut) return std::nullopt;
      if (!row.many_lines || row.cells == layout_.columns) {
        if (const auto why = not_a_row(text.substr(at, row.body - at)); !why.empty())
          return Piece{row.end, What::kSkip, why};
        rows.framed = text.data() + at;
        for (auto& cell : rows.cells) cell = {cell.begin - at, cell.end - at};
        return Piece{row.end, What::kRecord};
      }
    }
    const auto end = csv::recover(text, at, layout_.delimiter, layout_.columns, last);
    if (end.unsure && !cut) return std::nullopt;
    if (!end.found && cut) return Piece{end.end, What::kLong};
    return Piece{end.end, What::kRecord};
  }

  auto pass(const View& view, std::size_t at, std::size_t until) const -> std::size_t override {
    if (view.base + at < layout_.body) return at;
    return csv::pass_plain_rows(view.text, at, until, layout_.delimiter);
  }

  auto resync(const View& view, std::size_t at) const -> std::optional<std::size_t> override {
    const auto row = csv::next_row(view.text, at, layout_.delimiter, layout_.columns, view.last);
    if (row.unsure) return std::nullopt;
    return row.end;
  }

  auto parse(Row& row) const -> bool override {
    auto& rows = static_cast<Rows&>(row.state());
    const auto text = row.text();
    auto open = false;
    if (rows.framed != text.data()) {
      rows.cells.clear();
      const auto scan = csv::split_strictly(text, 0, layout_.delimiter, &rows.cells);
      if (scan.how != csv::RowScan::How::kClean || scan.end != text.size()) {
        rows.cells.clear();
        open = csv::split_loosely(without_line_end(text), layout_.delimiter, rows.cells);
        const auto at_end = row.span().offset + row.span().length == source().bytes().size();
        row.flaw(open && at_end ? FaultKind::kTruncated : FaultKind::kBadQuote);
      }
    }
    rows.framed = nullptr;
    const auto& names = columns();
    const auto& cells = rows.cells;
    auto& document = row.document();
    const auto root = document.open(Kind::kObject, {});
    for (auto i = std::size_t{0}; i < cells.size(); ++i) {
      const auto key = i < names.size() ? names[i] : extra_name(i - names.size() + 1, row.arena());
      document.add(Kind::kText, key, csv::cell_text(text, cells[i], row.arena()));
    }
    document.close(root);
    if (cells.size() == csv::kMostCells) row.flaw(FaultKind::kTooMany);
    if (cells.size() > names.size() || (cells.size() < names.size() && !open))
      row.flaw(FaultKind::kBadColumns);
    return true;
  }

 private:
  static auto extra_name(std::size_t number, Arena& arena) -> std::string_view {
    return arena.copy("+" + std::to_string(number));
  }
  // Tables that were put together repeat their header, and its type line.
  auto not_a_row(std::string_view row) const -> std::string_view {
    if (row.starts_with("\xef\xbb\xbf")) row.remove_prefix(3);
    if (!layout_.header.empty() && row == layout_.header) return "header";
    if (row.starts_with("#TYPE ")) return "comment";
    return {};
  }

  Layout layout_;
};

// How well a delimiter cuts the first rows.
struct Fit {
  char delimiter = ',';
  std::size_t columns = 0;  // of the first row
  std::size_t rows = 0;     // whole rows looked at, the first included
  std::size_t equal = 0;    // of these, rows with that many cells
};

auto fit(std::string_view text, std::size_t at, char delimiter, bool whole) -> Fit {
  auto out = Fit{delimiter, 0, 0, 0};
  for (auto i = 0; i < kSampleRows && at < text.size(); ++i) {
    auto row = csv::split_strictly(text, at, delimiter, nullptr);
    if (row.how != csv::RowScan::How::kClean) {
      const auto next = csv::next_row(text, at, delimiter, out.columns, true);
      if (i == 0 || (!next.found && !whole)) break;
      ++out.rows;
      at = next.end;
      continue;
    }
    if (!row.ended && !whole) break;  // cut by the end of the sample
    at = row.end;
    if (i == 0) out.columns = row.cells;
    ++out.rows;
    out.equal += row.cells == out.columns ? 1u : 0u;
    while (at < text.size() && (text[at] == '\r' || text[at] == '\n')) ++at;
  }
  return out;
}

auto row_texts(std::string_view row, char delimiter, Arena& arena) -> std::vector<std::string> {
  auto cells = csv::Cells{};
  if (csv::split_strictly(row, 0, delimiter, &cells).how != csv::RowScan::How::kClean) {
    cells.clear();
    csv::split_loosely(row, delimiter, cells);
  }
  auto out = std::vector<std::string>{};
  for (const auto cell : cells) out.emplace_back(trim(csv::cell_text(row, cell, arena)));
  return out;
}

// Values rather than names: numbers, times, addresses, blobs of JSON, nothing.
auto is_value(std::string_view cell) -> bool {
  if (cell.empty()) return true;
  if (cell.size() > 256 || cell.front() == '{' || cell.front() == '[') return true;
  auto digits = std::size_t{0};
  for (const auto c : cell) {
    if (c >= '0' && c <= '9')
      ++digits;
    else if (std::string_view(" .:/,TZ+-").find(c) == std::string_view::npos)
      return false;
  }
  return digits > 0;
}

auto is_header(const std::vector<std::string>& cells) -> bool {
  auto used = cells.size();
  while (used > 0 && cells[used - 1].empty()) --used;  // a delimiter at the end of the row
  if (used == 0) return false;
  return std::none_of(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(used), is_value);
}

// Words, as sentences have them, are no column names.
auto is_prose(const std::vector<std::string>& cells) -> bool {
  return std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
    return std::count(cell.begin(), cell.end(), ' ') > 5;
  });
}

auto is_table(const Fit& fit, std::string_view row, const std::vector<std::string>& first,
              bool by_name) -> bool {
  if (fit.columns < 2) return false;
  if (by_name) return fit.rows == 1 || fit.equal * 2 >= fit.rows;
  if (fit.equal * 10 < fit.rows * 6) return false;
  if (is_prose(first)) return false;
  if (!is_header(first)) return fit.columns >= 3 && fit.equal >= 3;
  // A comma and a blank between two parts are more often a sentence.
  const auto loose = fit.delimiter == ',' && row.find(", ") != std::string_view::npos;
  return fit.columns >= (loose ? 4u : 3u) || fit.equal >= (loose ? 4u : 2u);
}

auto has_suffix(std::string_view name, std::string_view suffix) -> bool {
  return name.size() >= suffix.size() &&
         equals_ignoring_ascii_case(name.substr(name.size() - suffix.size()), suffix);
}

// The lines before the table: blank ones, PowerShell's type line, and the line
// by which spreadsheets are told the delimiter.
auto read_prologue(std::string_view text, std::size_t mark, Layout& layout) -> std::optional<char> {
  auto told = std::optional<char>{};
  auto at = mark;
  if (mark != 0) layout.prologue.push_back({mark, What::kSkip, "mark"});
  while (at < text.size()) {
    const auto line_end = std::min(text.find_first_of("\r\n", at), text.size());
    const auto line = text.substr(at, line_end - at);
    auto why = std::string_view{};
    if (line.find_first_not_of(" \t") == std::string_view::npos)
      why = "blank";
    else if (line.starts_with("#TYPE "))
      why = "comment";
    else if (line.size() == 5 && starts_with_ignoring_case(line, "sep=") &&
             std::string_view(",;\t|:~^").find(line[4]) != std::string_view::npos)
      why = "header";
    if (why.empty() || line_end == text.size()) break;
    if (why == "header") told = line[4];
    at = line_end + (text.substr(line_end, 2) == "\r\n" ? 2u : 1u);
    layout.prologue.push_back({at, What::kSkip, why});
  }
  layout.body = at;
  return told;
}

}  // namespace

auto open_csv_reader(const SourceText& text, std::string_view, std::string_view name)
    -> std::unique_ptr<Reader> {
  auto narrowed = std::string{};
  const auto units = static_cast<std::size_t>(std::min<std::uint64_t>(text.units(), kSampleUnits));
  auto own = text.bytes().substr(0, units);
  if (text.narrow_needed()) {
    text.narrow(0, units, narrowed);
    own = narrowed;
  }
  const auto whole = units == text.units();
  auto layout = Layout{};
  const auto told = read_prologue(own, text.mark(), layout);
  const auto begin = layout.body;
  if (begin >= own.size()) return nullptr;

  auto best = Fit{};
  for (const auto delimiter : std::array{',', ';', '\t', '|'}) {
    const auto candidate = fit(own, begin, told.value_or(delimiter), whole);
    if (candidate.columns < 2) continue;
    // Shares are compared as fractions: equal / rows.
    const auto better = candidate.equal * best.rows > best.equal * candidate.rows;
    const auto same = candidate.equal * best.rows == best.equal * candidate.rows;
    if (best.columns == 0 || better || (same && candidate.columns > best.columns)) best = candidate;
  }
  if (best.columns < 2) return nullptr;

  const auto row = csv::split_strictly(own, begin, best.delimiter, nullptr);
  auto arena = Arena{};
  auto bad = false;
  auto names = row_texts(text.decode(begin, row.body - begin, arena, bad), best.delimiter, arena);
  const auto by_name = has_suffix(name, ".csv") || has_suffix(name, ".tsv");
  if (!is_table(best, own.substr(begin, row.body - begin), names, by_name || told)) return nullptr;

  layout.delimiter = best.delimiter;
  layout.columns = best.columns;
  if (is_header(names)) {
    layout.header = own.substr(begin, row.body - begin);
    layout.body = row.end;
    layout.prologue.push_back({row.end, What::kSkip, "header"});
  } else {
    names.assign(names.size(), {});
  }
  for (auto i = std::size_t{0}; i < names.size(); ++i)
    if (names[i].empty()) names[i] = "column" + std::to_string(i + 1);
  return std::make_unique<CsvReader>(text, std::move(layout), std::move(names));
}

}  // namespace serjeant

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/arena.h"

// Rows and cells of delimited text (RFC 4180). A cell that begins with a quote
// ends with the next quote that is not doubled; between them line ends and
// delimiters are text. CR, LF and CR LF all end a row.
//
// Valid rows are split without looking at single bytes: the parity of quotes
// tells inside from outside (a doubled quote leaves and enters again), and
// delimiters and line ends outside are the borders. That reading is right
// exactly if every quote that opens stands at the begin of a cell or beside
// another quote, and every one that closes at the end of a cell or beside
// another quote; bit arithmetic checks that for all quotes at once. A row that
// fails the check is read by `split_loosely`.
namespace serjeant::csv {

// A row has no more cells than this; those after it are counted, not kept.
constexpr auto kMostCells = std::size_t{1} << 16;

struct Cell {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The cells of one row, kept from row to row without giving memory back.
class Cells {
 public:
  void clear() { size_ = 0; }
  auto size() const -> std::size_t { return size_; }
  auto begin() -> Cell* { return cells_.data(); }
  auto end() -> Cell* { return cells_.data() + size_; }
  auto operator[](std::size_t index) const -> Cell { return cells_[index]; }
  // Room for `count` more, none beyond kMostCells.
  void reserve(std::size_t count) {
    if (size_ + count > cells_.size()) cells_.resize(std::max(size_ + count, cells_.size() * 2));
  }
  // Into room that was reserved.
  void add(Cell cell) { cells_.data()[size_++] = cell; }
  void shrink(std::size_t size) { size_ = std::min(size_, size); }

 private:
  std::vector<Cell> cells_;
  std::size_t size_ = 0;
};

struct RowScan {
  enum class How : std::uint8_t {
    kClean,  // ended by a line end outside of quotes, or by the end of the text
    kQuote,  // a quote at `end` that neither opens nor closes a cell
    kOpen,   // the text ended inside of quotes
  } how = How::kClean;
  std::size_t body = 0;  // where the last cell ends
  std::size_t end = 0;   // after the line end
  std::size_t cells = 0;
  bool ended = false;       // there was a line end
  bool many_lines = false;  // line ends inside of quotes
};

// Splits the row at `at`. `cells`, if given, gets the borders of its cells,
// quotes included. A CR at the end of `text` counts as a whole line end.
auto split_strictly(std::string_view text, std::size_t at, char delimiter, Cells* cells) -> RowScan;

// Splits the whole of `row`, which may have stray quotes: those inside of a
// bare cell are text; in a quoted cell, a quote that is not followed by a
// delimiter or the end of the row is text. A cell that is never closed ends
// with the row. Returns whether one was left open.
auto split_loosely(std::string_view row, char delimiter, Cells& cells) -> bool;

// The text of a cell: without its quotes, doubled ones made single. Points into
// `text` if it can, else into `arena`.
auto cell_text(std::string_view text, Cell cell, Arena& arena) -> std::string_view;

// Where an unclosed or stray quote lets a row end: walks on from the row's
// begin as `split_loosely` does, and stops at the end of the row, or before
// the first line in it that is a clean row of `columns` cells by itself, or
// begins with cells of the forms of the row's own.
struct Recovery {
  std::size_t end = 0;
  bool found = false;   // else the text ended
  bool unsure = false;  // more text could change the answer
};
auto recover(std::string_view text, std::size_t at, char delimiter, std::size_t columns, bool last)
    -> Recovery;

// The begin of the first line after `at` that is a clean row of `columns`
// cells; `found` is false if there is none.
auto next_row(std::string_view text, std::size_t at, char delimiter, std::size_t columns, bool last)
    -> Recovery;

// The begin of the last row that begins before `until`, or a little after, and
// is reached from the row at `at` through clean rows of one line each. May
// stop early, at the begin of any row.
auto pass_plain_rows(std::string_view text, std::size_t at, std::size_t until, char delimiter)
    -> std::size_t;

}  // namespace serjeant::csv

#include "read/csv/split.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "read/csv/unquote.h"
#include "read/scan.h"

namespace serjeant::csv {
namespace {

using How = RowScan::How;

auto is_line_end(char c) -> bool { return c == '\n' || c == '\r'; }

// After the line end at `at`; CR LF is one.
auto after_line_end(std::string_view text, std::size_t at) -> std::size_t {
  return text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? at + 2 : at + 1;
}

// The next CR or LF at or after `at`, or the size of `text`.
auto find_line_end(std::string_view text, std::size_t at) -> std::size_t {
  return scan::find_any(text, '\n', '\r', '\n', at);
}

// A line of `columns` cells that is clean by itself. `unsure` if only more text
// could tell.
auto is_row(std::string_view text, std::size_t at, char delimiter, std::size_t columns, bool last,
            bool& unsure) -> bool {
  const auto row = split_strictly(text, at, delimiter, nullptr);
  if (!last && row.how != How::kQuote && row.end == text.size()) unsure = true;
  return row.how == How::kClean && row.cells == columns;
}

// begins_like looks at three cells of at most 64 bytes, and a mark more each.
constexpr auto kLooked = std::size_t{3};
constexpr auto kLongest = std::size_t{64};
constexpr auto kBegin = kLooked * (kLongest + 2);

// The form of the cell at `at`: runs of letters and digits as one `a`, other
// bytes as they are, so that two times, or two GUIDs, are of one form. Moves `at`
// behind the cell and its delimiter. `whole` is false if the line or the text
// ended first, or the cell is no short word.
auto cell_form(std::string_view text, std::size_t& at, char delimiter, bool& whole) -> std::string {
  auto out = std::string{};
  const auto quoted = at < text.size() && text[at] == '"';
  const auto begin = at;
  for (; at < text.size() && at - begin <= kLongest; ++at) {
    const auto c = text[at];
    if (is_line_end(c)) break;
    if (c == delimiter && (!quoted || (at > begin + 1 && text[at - 1] == '"'))) {
      ++at;
      return out;
    }
    const auto word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!word || !out.ends_with('a')) out += word ? 'a' : c;
  }
  whole = false;
  return out;
}

// `"{""Name"":` at `at`, an object of JSON whose quotes are doubled, up to its
// first name; else empty. No line inside of a quoted cell begins so, as there the
// first quote would be doubled too.
auto json_begin(std::string_view text, std::size_t at) -> std::string_view {
  constexpr auto kOpen = std::string_view{"\"{\"\""};
  const auto head = text.substr(at, kLongest);
  if (!head.starts_with(kOpen)) return {};
  const auto end = head.find("\"\":", kOpen.size());
  return end == std::string_view::npos ? std::string_view{} : head.substr(0, end);
}

// Does the line begin as the row does: with the same name in an object of JSON, or
// its first cells of the same forms, one of them telling, as times and GUIDs are? So
// a damaged row is known beside another.
auto begins_like(std::string_view text, std::size_t row, std::size_t line, char delimiter,
                 std::size_t columns) -> bool {
  constexpr auto kTelling = std::size_t{4};  // marks in it; `"a-a-a-a-a"` has six
  if (const auto own = json_begin(text, row); !own.empty() && own == json_begin(text, line))
    return true;
  auto telling = false;
  for (auto i = std::size_t{0}; i + 1 < std::min(columns, kLooked + 1); ++i) {
    auto whole = true;
    const auto own = cell_form(text, row, delimiter, whole);
    if (own != cell_form(text, line, delimiter, whole) || !whole) return false;
    const auto marks = std::count_if(own.begin(), own.end(), [](char c) { return c != 'a'; });
    telling = telling || static_cast<std::size_t>(marks) >= kTelling;
  }
  return telling;
}

}  // namespace

auto split_strictly(std::string_view text, std::size_t at, char delimiter, Cells* cells)
    -> RowScan {
  auto out = RowScan{};
  auto inside = std::uint64_t{0};
  // Before the row stands a border, as far as a quote at its begin can tell.
  auto border_before = std::uint64_t{1};
  auto closed_before = std::uint64_t{0};  // the last byte was a quote that closes
  auto begin = at;
  const auto keep = [&](std::size_t end) {
    if (cells != nullptr && out.cells < kMostCells) cells->add({begin, end});
    ++out.cells;
    begin = end + 1;
  };
  for (; at < text.size(); at += scan::kBlock) {
    const auto block = scan::Block::load(text, at);
    const auto left = text.size() - at;
    const auto valid = left >= scan::kBlock ? ~std::uint64_t{0} : scan::below(left);
    const auto quotes = block.equal('"');
    const auto lines = block.either('\n', '\r');
    const auto odd = scan::parity(quotes);
    // Mostly a block is the inside of one cell, with all of its quotes doubled.
    // The last may have its double in the next block: it then counts as one
    // that closes, until that block opens with another.
    if ((inside | closed_before) != 0 && left >= scan::kBlock) {
      const auto firsts = quotes & (odd ^ (0 - closed_before));
      if ((quotes ^ firsts) == (firsts << 1 | closed_before)) {
        out.many_lines = out.many_lines || lines != 0;
        closed_before = border_before = firsts >> 63;
        inside = closed_before - 1;
        continue;
      }
    }
    const auto commas = block.equal(delimiter) & valid;
    const auto strings = odd ^ inside;
    const auto borders = quotes | lines | commas;
    const auto opens = quotes & strings;
    const auto closes = quotes & ~strings;
    // The end of the text is a border too.
    const auto good_opens = borders << 1 | border_before;
    const auto good_after = borders | ~valid;
    // A quote that closes at the end of a block is judged by the next one.
    const auto late = closed_before & ~good_after & 1;
    auto bad = (opens & ~good_opens) | late;
    const auto good_closes = good_after >> 1 | std::uint64_t{1} << 63;
    bad |= closes & ~good_closes;

    const auto ends = lines & ~strings;
    const auto stop = bad | ends;
    const auto before_stop = stop == 0 ? ~std::uint64_t{0} : scan::below(scan::lowest(stop));
    if ((lines & strings & before_stop) != 0) out.many_lines = true;
    auto found = commas & ~strings & before_stop;
    if (cells == nullptr) {
      out.cells += static_cast<std::size_t>(std::popcount(found));
    } else {
      if (out.cells < kMostCells) cells->reserve(scan::kBlock + 1);
      for (; found != 0; found &= found - 1) keep(at + scan::lowest(found));
    }
    if (stop != 0) {
      const auto place = scan::lowest(stop);
      if ((bad >> place & 1) != 0) {
        out.how = How::kQuote;
        out.end = at + place;
        return out;
      }
      keep(at + place);
      out.body = at + place;
      out.end = after_line_end(text, at + place);
      out.ended = true;
      return out;
    }
    inside = (strings >> 63) != 0 ? ~std::uint64_t{0} : 0;
    border_before = borders >> 63;
    closed_before = closes >> 63;
  }
  out.how = inside != 0 ? How::kOpen : How::kClean;
  if (cells != nullptr) cells->reserve(1);
  keep(text.size());
  out.body = out.end = text.size();
  return out;
}

auto split_loosely(std::string_view row, char delimiter, Cells& cells) -> bool {
  const auto add = [&](std::size_t begin, std::size_t end) {
    if (cells.size() == kMostCells) return;
    cells.reserve(1);
    cells.add({begin, end});
  };
  for (auto begin = std::size_t{0};;) {
    if (begin == row.size() || row[begin] != '"') {
      const auto end = scan::find(row, delimiter, begin);
      add(begin, end);
      if (end == row.size()) return false;
      begin = end + 1;
      continue;
    }
    auto at = begin + 1;
    for (;;) {
      at = scan::find(row, '"', at);
      if (at == row.size()) {
        add(begin, at);
        return true;
      }
      if (at + 1 == row.size()) {
        add(begin, at + 1);
        return false;
      }
      if (row[at + 1] == delimiter) break;
      at += row[at + 1] == '"' ? 2u : 1u;
    }
    add(begin, at + 1);
    begin = at + 2;
  }
}

auto cell_text(std::string_view text, Cell cell, Arena& arena) -> std::string_view {
  auto body = text.substr(cell.begin, cell.end - cell.begin);
  if (!body.starts_with('"')) return body;
  body.remove_prefix(1);
  if (body.ends_with('"')) body.remove_suffix(1);
  auto quote = scan::find(body, '"', 0);
  if (quote == body.size()) return body;

  // Sixteen bytes are copied whether they are wanted or not; what follows the
  // next doubled quote is written again. All quotes of a block are found before
  // the first is handled, so that one copy need not wait for the other.
  constexpr auto kStep = std::size_t{16};
  const auto room = body.size() + std::max(kStep, kUnquoteSlack);
  auto* const begin = arena.take(room);
  auto* to = begin;
  if (const auto size = drop_doubles(body, begin)) {
    arena.give_back(room - *size);
    return {begin, *size};
  }
  auto from = std::size_t{0};
  auto skip = false;  // the quote at the begin of the block doubles the one before
  const auto copy = [&](std::size_t end) {
    const auto count = end - from;
    if (count <= kStep) {
      std::memcpy(to, body.data() + from, kStep);
    } else {
      std::memcpy(to, body.data() + from, count);
    }
    to += count;
    from = end;
  };
  for (auto at = std::size_t{0}; at + scan::kBlock + kStep <= body.size(); at += scan::kBlock) {
    auto quotes = scan::Block::load(body, at).equal('"');
    if (skip) {
      from = at + (quotes & 1);
      quotes &= ~std::uint64_t{1};
      skip = false;
    }
    while (quotes != 0) {
      const auto place = scan::lowest(quotes);
      copy(at + place + 1);
      if (place == 63) {
        skip = true;
        break;
      }
      // A quote is kept, its double after it is not.
      const auto doubled = quotes >> place >> 1 & 1;
      from += doubled;
      quotes &= quotes - 1;
      quotes &= ~(doubled << place << 1);
    }
    copy(at + scan::kBlock);
  }
  if (skip && from < body.size() && body[from] == '"') ++from;
  while (from < body.size()) {
    const auto c = body[from++];
    *to++ = c;
    if (c == '"' && from < body.size() && body[from] == '"') ++from;
  }
  const auto size = static_cast<std::size_t>(to - begin);
  arena.give_back(room - size);
  return {begin, size};
}

auto recover(std::string_view text, std::size_t at, char delimiter, std::size_t columns, bool last)
    -> Recovery {
  const auto row = at;
  auto quoted = at < text.size() && text[at] == '"';
  if (quoted) ++at;
  while (at < text.size()) {
    if (!quoted) {
      const auto end = scan::find_any(text, delimiter, '\n', '\r', at);
      if (end == text.size()) break;
      if (text[end] != delimiter) return {after_line_end(text, end), true, false};
      at = end + 1;
      quoted = at < text.size() && text[at] == '"';
      if (quoted) ++at;
      continue;
    }
    const auto line = scan::find_any(text, '"', '\n', '\r', at);
    if (line < text.size() && text[line] == '"') {
      at = line + 1;
      if (at == text.size()) break;
      if (text[at] == '"')
        ++at;
      else if (text[at] == delimiter || is_line_end(text[at]))
        quoted = false;
      continue;
    }
    if (line == text.size()) break;
    at = after_line_end(text, line);
    auto unsure = false;
    if (at < text.size() && is_row(text, at, delimiter, columns, last, unsure))
      return {at, true, unsure};
    if (unsure) return {at, false, true};
    if (!last && text.size() - at < kBegin) return {at, false, true};
    if (begins_like(text, row, at, delimiter, columns)) return {at, true, false};
  }
  return {text.size(), false, !last};
}

auto next_row(std::string_view text, std::size_t at, char delimiter, std::size_t columns, bool last)
    -> Recovery {
  for (at = find_line_end(text, at); at < text.size(); at = find_line_end(text, at)) {
    at = after_line_end(text, at);
    auto unsure = false;
    if (at < text.size() && is_row(text, at, delimiter, columns, last, unsure))
      return {at, true, unsure};
    if (unsure) return {at, false, true};
  }
  return {text.size(), false, !last};
}

auto pass_plain_rows(std::string_view text, std::size_t at, std::size_t until, char delimiter)
    -> std::size_t {
  // As split_strictly, but over the ends of rows. Where a quote or a line end
  // inside of quotes needs a closer look, the begin of that row is given.
  auto row = at;
  auto inside = std::uint64_t{0};
  auto border_before = std::uint64_t{1};
  auto closed_before = std::uint64_t{0};
  for (; at + scan::kBlock <= text.size() && at < until; at += scan::kBlock) {
    const auto block = scan::Block::load(text, at);
    const auto lines = block.either('\n', '\r');
    const auto quotes = block.equal('"');
    if ((quotes | inside | closed_before) == 0) {
      if (lines != 0) row = at + scan::highest(lines) + 1;
      border_before = (lines | block.equal(delimiter)) >> 63;
      continue;
    }
    const auto strings = scan::parity(quotes) ^ inside;
    const auto borders = quotes | lines | block.equal(delimiter);
    const auto closes = quotes & ~strings;
    const auto bad = (quotes & strings & ~(borders << 1 | border_before)) |
                     (closed_before & ~borders & 1) |
                     (closes & ~(borders >> 1 | std::uint64_t{1} << 63)) | (lines & strings);
    const auto sure = bad == 0 ? ~std::uint64_t{0} : scan::below(scan::lowest(bad));
    if (const auto ends = lines & ~strings & sure; ends != 0) row = at + scan::highest(ends) + 1;
    if (bad != 0) break;
    inside = (strings >> 63) != 0 ? ~std::uint64_t{0} : 0;
    border_before = borders >> 63;
    closed_before = closes >> 63;
  }
  // Not between the CR and the LF of a line end.
  if (row < text.size() && text[row] == '\n') ++row;
  return row;
}

}  // namespace serjeant::csv

#pragma once

#include <optional>
#include <string_view>

#include "read/framed.h"

// For formats whose records are lines: ended by LF or CR LF, the last one
// perhaps by the end of the source.
namespace serjeant {

// `line` without its line end.
inline auto without_line_end(std::string_view line) -> std::string_view {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The line at `at` as a record, a blank line, or a line over the limit;
// nothing if `text` ends first and is not the `last` of its source.
inline auto frame_line(std::string_view text, std::size_t at, bool last, std::size_t limit)
    -> std::optional<Piece> {
  const auto end = std::string_view::size_type{text.find('\n', at)};
  const auto found = end != std::string_view::npos;
  const auto stop = found ? end + 1 : text.size();
  if (stop - at > limit) return Piece{stop, Piece::What::kLong};
  if (!found && !last) return std::nullopt;
  const auto line = text.substr(at, stop - at);
  if (line.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return Piece{stop, Piece::What::kSkip, "blank"};
  return Piece{stop, Piece::What::kRecord};
}

// For `pass`: the last line that begins at or before `until`, or `at`.
inline auto pass_lines(std::string_view text, std::size_t at, std::size_t until) -> std::size_t {
  if (until <= at) return at;
  const auto end = text.substr(at, until - at).rfind('\n');
  return end == std::string_view::npos ? at : at + end + 1;
}

}  // namespace serjeant

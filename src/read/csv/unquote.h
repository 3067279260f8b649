#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace serjeant::csv {

// How many bytes `drop_doubles` may write beyond those that it keeps.
constexpr auto kUnquoteSlack = std::size_t{16};

// Copies `body`, the inside of a quoted cell, to `to` without the second of
// each two quotes that stand together, and returns how many bytes that gave.
// `to` has room for the size of `body` and kUnquoteSlack. Nothing if a quote
// stands alone, or if the processor lacks the instruction that this is made
// with (SSSE3 PSHUFB): `cell_text` then goes the slow way, and is its twin in
// the tests. Sixteen bytes a step, without a branch on what they are.
auto drop_doubles(std::string_view body, char* to) -> std::optional<std::size_t>;

}  // namespace serjeant::csv

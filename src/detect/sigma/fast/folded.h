#pragma once

#include <string_view>

#include "core/arena.h"

namespace serjeant::sigma::fast {

// `fold_case(text)` in `arena`, with kPadding readable bytes behind it. ASCII is
// folded eight bytes at a time and without a copy in between.
auto fold_padded(std::string_view text, Arena& arena) -> std::string_view;

}  // namespace serjeant::sigma::fast

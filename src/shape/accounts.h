#pragma once

#include <string_view>

#include "core/arena.h"

namespace serjeant {

// The account key of a spelling: white space and an enclosing claim
// ("i:0#.f|membership|") taken off, case folded. Folded text that differs from
// `text` lives in `arena`.
auto account_key(std::string_view text, Arena& arena) -> std::string_view;

// `text` without difference of case, in `arena` if anything had to change.
auto folded_into(std::string_view text, Arena& arena) -> std::string_view;

}  // namespace serjeant

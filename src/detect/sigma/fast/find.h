#pragma once

#include <string_view>

namespace serjeant::sigma::fast {

// Does `text` hold `part`? kPadding bytes behind `text` are readable.
auto contains_text(std::string_view text, std::string_view part) -> bool;

}  // namespace serjeant::sigma::fast

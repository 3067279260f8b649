#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detect/sigma/regex.h"

namespace serjeant::sigma::fast {

// Folded ASCII texts, each of which is part of the folded text of everything
// that the expression matches. Only what stands outside of groups, classes and
// alternatives is looked at; nothing if there is any doubt.
auto literals_of_regex(const Regex& regex) -> std::vector<std::string>;

// The same for an expression as RE2 spells it.
auto literals_of_expression(std::string_view expression) -> std::vector<std::string>;

}  // namespace serjeant::sigma::fast

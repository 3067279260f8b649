#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/diagnostic.h"

namespace serjeant::cli {

// The expression of `search` as the Sigma rule that means the same:
//   expression = term { ("and" | "or") term }, `and` before `or`
//   term       = "not" term | "(" expression ")" | test
//   test       = Field["|" modifier...] "=" value, or a value to be looked for anywhere
// Values with blanks or parentheses stand in single or double quotes.
auto rule_of_expression(std::string_view expression) -> std::variant<std::string, Diagnostic>;

// A mistake found in that rule, shown where it stands in the expression.
auto in_expression(Diagnostic diagnostic, std::string_view expression) -> Diagnostic;

}  // namespace serjeant::cli

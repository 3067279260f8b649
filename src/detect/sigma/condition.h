#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/yaml.h"
#include "detect/sigma/rule.h"
#include "detect/sigma/trouble.h"

namespace serjeant::sigma {

// Reads the condition of a detection or filter (Sigma rules, "Condition"):
// `not` binds tighter than `and`, that tighter than `or`; `1 of`, `any of` and
// `all of` take `them` or a name pattern with `*` at any place. Operators are
// in lower case (D27). Names that begin with an underscore are left out of
// `them` and of patterns that do not begin with one. Appends to
// `judgement.nodes` and returns the root; nothing, with complaints, if the
// text cannot be read or names what is not there.
auto parse_condition(const YamlNode& condition, Judgement& judgement, Complaints& complaints)
    -> std::optional<std::uint32_t>;

// Reads the expression of a temporal correlation over its references (C13):
// and, or, not and parentheses; a name must be one of `references`.
auto parse_expression(const YamlNode& condition, const std::vector<Reference>& references,
                      Complaints& complaints) -> std::optional<Expression>;
// The names in such an expression, each once, in order; empty if it cannot be
// cut into words.
auto names_in_expression(std::string_view text) -> std::vector<std::string_view>;
// An expression as the steps of temporal_ordered: only `and`, and `not x`
// between two rules.
auto ordered_steps(const YamlNode& condition, const Expression& expression, Complaints& complaints)
    -> std::optional<std::vector<OrderedStep>>;

// Does `name` meet `pattern`, in which `*` is any run?
auto name_meets(std::string_view name, std::string_view pattern) -> bool;

}  // namespace serjeant::sigma

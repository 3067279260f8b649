#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml.h"
#include "detect/sigma/rule.h"
#include "detect/sigma/trouble.h"

namespace serjeant::sigma {

// Values for `%name%` under the modifier expand.
using Placeholders = std::map<std::string, std::vector<std::string>, std::less<>>;

auto modifier_names() -> const std::vector<std::string_view>&;

// Type-checks one `field|modifier|...: value(s)` of a selection (Sigma
// modifiers appendix) and applies the modifiers from left to right. `entry` is
// the member of the mapping. Nothing, with complaints, if it is wrong.
auto build_item(const YamlNode& entry, const Placeholders& placeholders, Complaints& complaints)
    -> std::optional<Item>;
// A keyword: `values` are scalars that stand in a list, or alone.
auto build_keywords(const std::vector<const YamlNode*>& values, Complaints& complaints)
    -> std::optional<Item>;

}  // namespace serjeant::sigma

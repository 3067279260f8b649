#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/yaml.h"
#include "detect/finding.h"
#include "detect/sigma/modifier.h"
#include "detect/sigma/rule.h"
#include "detect/sigma/trouble.h"

namespace serjeant::sigma {

// What a document says of itself, whatever its kind.
auto read_info(const YamlNode& root, Complaints& complaints) -> RuleInfo;

// Mandatory, text, at most 256 characters.
void check_title(const YamlNode& root, Complaints& complaints);

// The parsers take one document (a mapping) and report everything wrong with
// it; what they return is complete only if nothing was. References are words
// still, resolved by the loader.
auto parse_rule(const YamlNode& root, const Placeholders& placeholders, Complaints& complaints)
    -> Rule;
auto parse_correlation(const YamlNode& root, Complaints& complaints) -> Correlation;
auto parse_filter(const YamlNode& root, const Placeholders& placeholders, Complaints& complaints)
    -> Filter;

// Is the condition text a Sigma 1 aggregation? Then the correlation to write
// instead, as far as it can be said.
auto correlation_instead(std::string_view condition, std::string_view timeframe) -> std::string;

// For each group-by name or value field, the field of a reference's events
// that stands for it: by `aliases` of the correlation document, else itself;
// nothing where an alias names no field for that rule (C11).
auto field_for(const YamlNode& correlation, std::string_view name, const Reference& reference)
    -> std::optional<std::string>;

}  // namespace serjeant::sigma

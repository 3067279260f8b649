#pragma once

#include <string>
#include <string_view>

#include "core/value.h"
#include "intel/stix/schema.h"

// Is a single value of the kind that the schema asks for? Lists, parts,
// dictionaries of objects and what depends on other properties are the
// validator's; everything here depends on the value alone.
namespace serjeant::stix {

// Empty if it is; else what is wrong, as the end of a sentence: "is no time such
// as 2016-05-12T08:17:27.000Z".
auto flaw_of(Value value, const ValueType& type, bool is_20) -> std::string;

// Names of object types: lower case, digits, hyphens, 3 to 250 characters.
auto is_type_name(std::string_view name, bool is_20) -> bool;
// Names of properties of one's own.
auto is_property_name(std::string_view name, bool is_20) -> bool;
auto is_identifier(std::string_view text) -> bool;
auto is_language_tag(std::string_view text) -> bool;
auto is_country(std::string_view code) -> bool;  // ISO 3166-1 alpha-2, any case
// Names with the prefix that custom content SHOULD have; `between` is '-' for types
// and '_' for properties; `lax` asks for no source in them.
auto has_custom_prefix(std::string_view name, char between, bool lax) -> bool;
auto is_lower_with_hyphens(std::string_view word) -> bool;

}  // namespace serjeant::stix

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/value.h"
#include "intel/stix/validate.h"

namespace serjeant::stix {

struct SchemaFlaw {
  std::string member;  // the property of the object that it is about, or empty
  std::string message;
};

// Holds `value` against a schema of the user's own: the part of JSON Schema that
// STIX schemas use: type, enum, const, pattern, minLength, maxLength, minimum,
// maximum, properties, patternProperties, additionalProperties, required,
// minProperties, items, minItems, allOf, anyOf, oneOf, not, and $ref within the
// file and to files of `schemas`. References to elsewhere and other words hold for
// everything; nothing is fetched. A schema that is no JSON is a flaw, and so is an
// expression that RE2 cannot do. At most 64 schemas deep.
auto check_json_schema(Value value, std::string_view schema, const UserSchemas& schemas)
    -> std::vector<SchemaFlaw>;

}  // namespace serjeant::stix

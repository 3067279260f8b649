#pragma once

#include <string>

#include "core/result.h"
#include "core/value.h"

// The JSON Canonicalization Scheme (RFC 8785): one text for one value, so that a
// hash or an id over it is the same everywhere.
namespace serjeant::stix {

// Appends the canonical text of `value`: members sorted by the UTF-16 units of
// their names (section 3.2.3), numbers as ECMAScript spells the nearest double
// (3.2.2.3), no white space. kMalformed for what I-JSON (RFC 7493) does not
// allow: a name twice in one object, or a number that no double holds.
auto append_canonical(Value value, std::string& out) -> Result<>;

// Appends a double as ECMAScript's Number::toString does: the shortest digits
// that read back as the same number, no exponent from 1e-6 below 1e21. It must be
// finite.
void append_canonical_number(double number, std::string& out);

}  // namespace serjeant::stix

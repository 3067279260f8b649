#pragma once

#include <string>

#include "core/result.h"
#include "core/value.h"

// The JSON Canonicalization Scheme (RFC 8785): one spelling for each JSON value,
// so that it can be hashed and signed. Ids of STIX cyber-observables and the
// signatures of what we publish rest on it.
namespace serjeant::stix {

// The canonical text of `value`: members sorted by the UTF-16 code units of their
// names, numbers as ECMAScript writes doubles, no white space. Fails where I-JSON
// (RFC 7493) gives no canonical text: a name twice in one object, a number beyond
// the doubles, text that is not UTF-8. Does not recurse; time is that of sorting.
auto canonical_json(Value value) -> Result<std::string>;

// A double as ECMAScript's Number::toString writes it (RFC 8785, 3.2.2.3):
// "1e+21", "100000000000000000000", "-0" as "0". `number` must be finite.
void append_number(std::string& out, double number);

// Is `a` before `b` by the UTF-16 code units of their text? Both are UTF-8.
auto before_in_utf16(std::string_view a, std::string_view b) -> bool;

}  // namespace serjeant::stix

#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/value.h"

// Judges STIX objects and bundles against STIX 2.1 and 2.0: what the standard says
// MUST be, by tables (schema.h), and what it says SHOULD be, by checks with public
// numbers (tables/checks.txt; the numbers are those of the OASIS validator).
namespace serjeant::stix {

enum class FindingKind : std::uint8_t {
  kMust,    // the content is not STIX
  kAsked,   // a check that an option asked for: strict types, properties, references
  kShould,  // a SHOULD, with its number
};

struct Finding {
  FindingKind kind = FindingKind::kMust;
  std::string_view number, name;  // of the check; empty but for kShould
  std::string pointer;            // RFC 6901, from the root of what was judged
  std::string message;            // one sentence without its full stop
};

// Schemas of the user's own (a small part of JSON Schema: json_schema.h), by the
// file's name without ".json": the object type or extension that it is for.
struct UserSchemas {
  std::map<std::string, std::string, std::less<>> texts;
};

struct ValidateOptions {
  std::string version = {};  // "2.0", "2.1"; empty: as each object says, else 2.1
  bool strict = false;       // SHOULDs make it invalid too
  std::set<std::string, std::less<>> disabled = {}, enabled = {};  // numbers, names or groups
  bool strict_types = false, strict_properties = false;            // nothing of one's own
  bool enforce_refs = false;  // relationships refer to objects of the same bundle
  bool interop = false;       // the producer is named, one TLP marking at most
  const UserSchemas* schemas = nullptr;
};

// Fails if the options name a check that there is not.
auto check_options(ValidateOptions& options) -> Result<>;

struct ObjectVerdict {
  bool rejected = false;  // no object with type and id, so no STIX at all
  std::vector<Finding> findings;
  auto valid(bool strict) const -> bool;
};

// Judges one object or bundle. Options must have been checked. Time is linear
// in the object but for duplicate names in one object.
auto validate(Value root, const ValidateOptions& options) -> ObjectVerdict;

// Where the value that `pointer` names begins in `text`, which is the JSON that
// was judged: bytes from its start. The start of the nearest that is there.
auto json_offset(std::string_view text, std::string_view pointer) -> std::size_t;

}  // namespace serjeant::stix

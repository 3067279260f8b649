#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/value.h"

namespace serjeant::stix {

// An identifier "type--UUID" taken apart (STIX 2.1, section 2.9).
struct Identifier {
  std::string_view type;
  std::string_view uuid;
  char version = 0;  // the UUID's version digit: '4', '5', ...
};
// Nothing if `text` has no "--" followed by a UUID in RFC 9562's spelling,
// lower case.
auto read_identifier(std::string_view text) -> std::optional<Identifier>;

// The properties whose values make the id of a cyber-observable (section 6 of
// STIX 2.1, "ID Contributing Properties"); empty for `process` and unknown types.
auto id_contributing_properties(std::string_view type) -> std::span<const std::string_view>;

// The deterministic id of a cyber-observable: UUIDv5 over the canonical JSON of
// those contributing properties that are there (STIX 2.1, section 2.9). Of
// `hashes` one goes in: MD5, SHA-1, SHA-256, SHA-512, else the first. Values are
// taken as they stand, but for the times of network traffic, which lose the zeros
// at the end of a fraction (decision 0145). Nothing if no contributing property is there: then the
// id is to be a random one. Fails if the object has no canonical JSON.
auto deterministic_id(Value object, std::span<const std::string_view> contributing)
    -> Result<std::optional<std::string>>;

}  // namespace serjeant::stix

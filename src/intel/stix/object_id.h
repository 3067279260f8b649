#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/value.h"

// Ids of STIX Cyber-observable Objects (STIX 2.1, section 2.9): a name-based UUID
// over those of an object's properties that make it what it is.
namespace serjeant::stix {

// The properties that make the id of an observable of that type (STIX 2.1, section
// 6, "ID Contributing Properties"); nothing for a type that is not in the standard.
// Empty for a process, whose ids are random.
auto contributing_properties(std::string_view type)
    -> std::optional<std::span<const std::string_view>>;

// The deterministic id of `object`, as `type--uuid`. Values are taken as they are
// written, but that times lose the noughts at their end. Of `hashes` one counts: MD5, SHA-1,
// SHA-256, SHA-512, or else the first that is given. Empty if none of the properties is there: the
// standard then asks for a random UUID, which is the caller's to make.
auto deterministic_id(Value object, std::span<const std::string_view> contributing)
    -> Result<std::string>;

}  // namespace serjeant::stix

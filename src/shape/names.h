#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Names of native fields that are seen so often that runs write their number.
namespace serjeant {

// The number of `name`, spelt exactly so; nothing if it is not known.
auto known_name(std::string_view name) -> std::optional<std::uint32_t>;
// The name of a number; nothing if there is no such number. Lives for ever.
auto known_name_at(std::uint64_t number) -> std::optional<std::string_view>;

}  // namespace serjeant

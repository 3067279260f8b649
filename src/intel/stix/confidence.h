#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// Words of other scales for STIX's confidence from 0 to 100 and back (STIX 2.1,
// appendix A).
namespace serjeant::stix {

enum class ConfidenceScale : std::uint8_t {
  kNoneLowMedHigh,
  kZeroTen,
  kAdmiralty,  // credibility 1 to 5; 6, "truth cannot be judged", has no value
  kWep,        // words of estimative probability
  kDni,        // of the US Director of National Intelligence (ICD 203)
};

// The word for a confidence; nothing outside of 0 to 100.
auto confidence_word(ConfidenceScale scale, std::int64_t value) -> std::optional<std::string_view>;

// The confidence for a word, spelt as the standard does; nothing for others.
auto confidence_value(ConfidenceScale scale, std::string_view word) -> std::optional<int>;

}  // namespace serjeant::stix

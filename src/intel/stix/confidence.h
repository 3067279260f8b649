#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// The confidence scales of STIX 2.1, appendix A: words to the 0 to 100 of
// `confidence`, and back.
namespace serjeant::stix {

enum class ConfidenceScale : std::uint8_t {
  kNoneLowMedHigh,
  kZeroTen,
  kAdmiraltyCredibility,
  kWep,  // words of estimative probability
  kDni,  // ICD 203
};

// The value that stands for the word, spelt exactly; nothing for a word that the
// scale has not, and for "6 - Truth cannot be judged", which has no value.
auto confidence_of(ConfidenceScale scale, std::string_view word) -> std::optional<std::int64_t>;
// The word for a value; nothing outside 0 to 100.
auto confidence_word(ConfidenceScale scale, std::int64_t value) -> std::optional<std::string_view>;

}  // namespace serjeant::stix

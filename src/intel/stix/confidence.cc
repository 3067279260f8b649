#include "intel/stix/confidence.h"

#include <array>
#include <span>

namespace serjeant::stix {
namespace {

struct Step {
  std::string_view word;
  std::int64_t value;  // what the word becomes
  std::int64_t last;   // the last value that becomes the word
};
constexpr auto kNone =
    std::array{Step{"None", 0, 0}, Step{"Low", 15, 29}, Step{"Med", 50, 69}, Step{"High", 85, 100}};
constexpr auto kTen =
    std::array{Step{"0", 0, 4},   Step{"1", 10, 14}, Step{"2", 20, 24},   Step{"3", 30, 34},
               Step{"4", 40, 44}, Step{"5", 50, 54}, Step{"6", 60, 64},   Step{"7", 70, 74},
               Step{"8", 80, 84}, Step{"9", 90, 94}, Step{"10", 100, 100}};
constexpr auto kAdmiralty = std::array{
    Step{"5 - Improbable", 10, 19}, Step{"4 - Doubtful", 30, 39}, Step{"3 - Possibly True", 50, 59},
    Step{"2 - Probably True", 70, 79}, Step{"1 - Confirmed by other sources", 90, 100}};
constexpr auto kWords = std::array{Step{"Impossible", 0, 0},
                                   Step{"Highly Unlikely/Almost Certainly Not", 10, 19},
                                   Step{"Unlikely/Probably Not", 30, 39},
                                   Step{"Even Chance", 50, 59},
                                   Step{"Likely/Probable", 70, 79},
                                   Step{"Highly likely/Almost Certain", 90, 99},
                                   Step{"Certain", 100, 100}};
constexpr auto kDni203 = std::array{Step{"Almost No Chance / Remote", 5, 9},
                                    Step{"Very Unlikely / Highly Improbable", 15, 19},
                                    Step{"Unlikely / Improbable", 30, 39},
                                    Step{"Roughly Even Chance / Roughly Even Odds", 50, 59},
                                    Step{"Likely / Probable", 70, 79},
                                    Step{"Very Likely / Highly Probable", 85, 89},
                                    Step{"Almost Certain / Nearly Certain", 95, 100}};

auto steps(ConfidenceScale scale) -> std::span<const Step> {
  switch (scale) {
    case ConfidenceScale::kNoneLowMedHigh:
      return kNone;
    case ConfidenceScale::kZeroTen:
      return kTen;
    case ConfidenceScale::kAdmiraltyCredibility:
      return kAdmiralty;
    case ConfidenceScale::kWep:
      return kWords;
    case ConfidenceScale::kDni:
      return kDni203;
  }
  return {};
}

}  // namespace

auto confidence_of(ConfidenceScale scale, std::string_view word) -> std::optional<std::int64_t> {
  for (const auto& step : steps(scale))
    if (step.word == word) return step.value;
  return std::nullopt;
}

auto confidence_word(ConfidenceScale scale, std::int64_t value) -> std::optional<std::string_view> {
  if (value < 0) return std::nullopt;
  for (const auto& step : steps(scale))
    if (value <= step.last) return step.word;
  return std::nullopt;
}

}  // namespace serjeant::stix

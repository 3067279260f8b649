#include "intel/stix/confidence.h"

#include <array>
#include <span>

namespace serjeant::stix {
namespace {

struct Step {
  int from;   // least confidence with this word
  int value;  // what the word stands for
  std::string_view word;
};

constexpr auto kNoneLowMedHigh =
    std::array{Step{0, 0, "None"}, Step{1, 15, "Low"}, Step{30, 50, "Med"}, Step{70, 85, "High"}};
constexpr auto kZeroTen =
    std::array{Step{0, 0, "0"},   Step{5, 10, "1"},  Step{15, 20, "2"},  Step{25, 30, "3"},
               Step{35, 40, "4"}, Step{45, 50, "5"}, Step{55, 60, "6"},  Step{65, 70, "7"},
               Step{75, 80, "8"}, Step{85, 90, "9"}, Step{95, 100, "10"}};
constexpr auto kAdmiralty = std::array{
    Step{0, 10, "5 - Improbable"}, Step{20, 30, "4 - Doubtful"}, Step{40, 50, "3 - Possibly True"},
    Step{60, 70, "2 - Probably True"}, Step{80, 90, "1 - Confirmed by other sources"}};
constexpr auto kWep = std::array{Step{0, 0, "Impossible"},
                                 Step{1, 10, "Highly Unlikely/Almost Certainly Not"},
                                 Step{20, 30, "Unlikely/Probably Not"},
                                 Step{40, 50, "Even Chance"},
                                 Step{60, 70, "Likely/Probable"},
                                 Step{80, 90, "Highly likely/Almost Certain"},
                                 Step{100, 100, "Certain"}};
constexpr auto kDni = std::array{Step{0, 5, "Almost No Chance / Remote"},
                                 Step{10, 15, "Very Unlikely / Highly Improbable"},
                                 Step{20, 30, "Unlikely / Improbable"},
                                 Step{40, 50, "Roughly Even Chance / Roughly Even Odds"},
                                 Step{60, 70, "Likely / Probable"},
                                 Step{80, 85, "Very Likely / Highly Probable"},
                                 Step{90, 95, "Almost Certain / Nearly Certain"}};

auto steps_of(ConfidenceScale scale) -> std::span<const Step> {
  switch (scale) {
    case ConfidenceScale::kNoneLowMedHigh:
      return kNoneLowMedHigh;
    case ConfidenceScale::kZeroTen:
      return kZeroTen;
    case ConfidenceScale::kAdmiralty:
      return kAdmiralty;
    case ConfidenceScale::kWep:
      return kWep;
    case ConfidenceScale::kDni:
      return kDni;
  }
  return {};
}

}  // namespace

auto confidence_word(ConfidenceScale scale, std::int64_t value) -> std::optional<std::string_view> {
  if (value < 0 || value > 100) return std::nullopt;
  auto word = std::string_view{};
  for (const auto& step : steps_of(scale))
    if (value >= step.from) word = step.word;
  return word;
}

auto confidence_value(ConfidenceScale scale, std::string_view word) -> std::optional<int> {
  for (const auto& step : steps_of(scale))
    if (step.word == word) return step.value;
  return std::nullopt;
}

}  // namespace serjeant::stix

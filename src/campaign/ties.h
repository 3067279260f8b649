#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "campaign/kits.h"

// Why two kits belong together.
namespace serjeant::campaign {

struct Reason {
  double nats = 0;
  std::string shared;  // what they share, for people
};

struct Tie {
  std::uint32_t a = 0, b = 0;  // kits, a < b
  std::array<Reason, kFamilies> reasons;
  auto total() const -> double;
  auto families() const -> int;  // those that carry at least kFamilyBar
};

constexpr auto kFamilyBar = 2.0;  // nats: what a family must weigh to count as one
constexpr auto kTieBar = 7.0;     // nats: what a tie must weigh in all; e^7 is about 1,100 to 1

// All ties that hold: at least two independent families, and enough in all.
// Candidates come from what is rare, so that the work is not that of all pairs.
auto find_ties(const Mails& mails, const std::vector<Kit>& kits) -> std::vector<Tie>;

// The reasons for which the mails of one kit belong together.
auto reasons_within(const Mails& mails, const Kit& kit) -> std::array<Reason, kFamilies>;

// Groups of kits: connected by ties, and not held together by a lone bridge.
auto group_kits(const std::vector<Kit>& kits, const std::vector<Tie>& ties)
    -> std::vector<std::vector<std::uint32_t>>;

}  // namespace serjeant::campaign

#include "expose/verdict.h"

#include <algorithm>
#include <array>
#include <map>

#include "expose/control.h"

namespace serjeant {
namespace {

// Who somebody is (origin, client, habit) can never reach 6 nats alone: a new
// place and a new device are what every traveller has.
constexpr auto kCaps = std::to_array<Cap>({
    {"act", 8 * kNat},
    {"app", 12 * kNat},
    {"client", 5 * kNat / 2},
    {"company", 3 * kNat},
    {"guess", 6 * kNat},
    {"habit", kNat},
    {"known_origin", 4 * kNat},
    {"origin", 3 * kNat},
    {"session", 3 * kNat},
});
constexpr auto kLeast = -6 * kNat;

auto cap_of(std::string_view family) -> std::int64_t {
  for (const auto& cap : kCaps)
    if (cap.family == family) return cap.most;
  return 3 * kNat;
}

auto sums(const std::vector<Sign>& signs) -> std::map<std::string_view, std::int64_t> {
  auto out = std::map<std::string_view, std::int64_t>{};
  for (const auto& sign : signs) out[sign.family] += sign.weight;
  for (auto& [family, sum] : out) sum = std::clamp(sum, kLeast, cap_of(family));
  return out;
}

}  // namespace

auto total_of(const std::vector<Sign>& signs) -> std::int64_t {
  auto total = std::int64_t{0};
  for (const auto& [family, sum] : sums(signs)) total += sum;
  return total;
}

auto family_total(const std::vector<Sign>& signs, std::string_view family) -> std::int64_t {
  auto all = sums(signs);
  auto found = all.find(family);
  return found == all.end() ? 0 : found->second;
}

auto families_for(const std::vector<Sign>& signs) -> int {
  auto count = 0;
  for (const auto& [family, sum] : sums(signs)) count += sum >= kNat ? 1 : 0;
  return count;
}

auto certainty_of(std::int64_t micro) -> std::string_view {
  if (micro >= 9 * kNat) return "strong";
  if (micro >= 6 * kNat) return "probable";
  if (micro >= 3 * kNat) return "possible";
  return "";
}

}  // namespace serjeant

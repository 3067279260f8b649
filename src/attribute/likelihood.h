#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "attribute/attribute.h"
#include "intel/knowledge.h"

// How much an observation speaks for one hypothesis against the background
// (docs/attribution.md). Every constant has a name and says where it is from.
namespace serjeant {

// Learned from 473 published report-cases, five folds by group.
constexpr auto kSmoothing = 2.0;  // a: weight of the background in a group's profile
constexpr auto kTechniqueDiscount =
    0.33;  // beta_T: dependence between techniques, .31 to .35 over folds
constexpr auto kDiscountLow = 0.31, kDiscountHigh = 0.35;
constexpr auto kUnknownPrior =
    0.55;                            // the actor is in no knowledge base: .48 to .67 of later cases
constexpr auto kQuietBound = 0.098;  // 90th percentile of honest right cases
// Judgements, to be replaced by data.
constexpr auto kReliability = 0.765;  // r: rule mapping, grade B2 = .85 x .9
constexpr auto kReliabilityLow = 0.56, kReliabilityHigh = 0.95;
constexpr auto kPlanted = 0.03;  // phi: order of hands-on acts
constexpr auto kWithinGroup =
    0.25;  // rho: weight of all but the strongest item of a dependence group
constexpr auto kSaturation = 4.0;  // nats; above it growth is by the square root
constexpr auto kFramedPrior = 0.02;
constexpr auto kQuietSpread = 5;  // a technique of fewer groups than this is loud

// One observed technique as the model sees it.
struct Item {
  Id id;
  std::string technique;
  const ObservedTechnique* observed = nullptr;
  std::size_t group_of_dependence = 0;  // items that one rule reported together
  std::int64_t df = 0;                  // groups that are known to use it
  bool loud = false;
  std::vector<bool> has;  // has[g]: is it in the profile of group g
};

// Observed techniques that the knowledge knows, renumbered ids resolved, sorted
// by technique.
auto make_items(const Knowledge& knowledge, std::span<const ObservedTechnique> observed)
    -> std::vector<Item>;

struct Ratio {
  double p1 = 0, p0 = 0, s = 0, e = 0;
  double raw = 0, lr = 0;  // natural logarithms: before and after error and planting
};
// For group `g` of `knowledge`; r is the probability that the observation is as stated.
auto ratio_of(const Knowledge& knowledge, const Item& item, std::size_t g, double r) -> Ratio;

struct Setting {
  double discount = kTechniqueDiscount;
  double reliability = kReliability;
  std::vector<std::size_t> left_out = {};  // indices of items that are not counted
  bool quiet_only = false;
};

struct Posteriors {
  std::vector<double> group, framed;  // by group index
  double unknown = 0;
  auto best() const -> std::size_t;  // index of the likeliest group; ties to the lower index
};
auto posteriors(const Knowledge& knowledge, const std::vector<Item>& items, Setting setting)
    -> Posteriors;

// The weight with which an item enters its family's sum, before saturation.
auto weights_within_groups(const std::vector<Item>& items, const std::vector<double>& logs,
                           const std::vector<std::size_t>& left_out) -> std::vector<double>;

// The smallest set of items without which another group comes first, as indices
// in ascending order; empty if there is none. Exact up to three items among the
// 16 that speak most for the first group; beyond, items are taken away one by
// one, each time the one that costs the first group most.
auto flipping_set(const Knowledge& knowledge, const std::vector<Item>& items)
    -> std::vector<std::size_t>;

// Prior of a single group, of a single framed hypothesis.
auto group_prior(const Knowledge& knowledge) -> double;
auto scapegoat_share(const Knowledge& knowledge, std::size_t g) -> double;

}  // namespace serjeant

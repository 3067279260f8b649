#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "attribute/likelihood.h"
#include "attribute/words.h"

namespace serjeant {
namespace {

auto toy() -> Knowledge {
  auto out = Knowledge{};
  for (const auto* id : {"T1", "T2", "T3", "T4"}) out.techniques.push_back({id, id, {}, {}});
  for (auto g = 0; g < 10; ++g) {
    auto group = Group{};
    group.id = "G" + std::to_string(g);
    group.name = group.id;
    group.uses.push_back({"T1", {"s"}, {}});  // everybody
    if (g == 3) group.uses.push_back({"T2", {"s"}, {}});
    group.sources = {"s"};
    out.groups.push_back(group);
  }
  out.renumbered = {{"T9", "T2"}};
  return out;
}

auto seen(std::string id, std::string rule) -> ObservedTechnique {
  auto out = ObservedTechnique{};
  out.id = std::move(id);
  out.count = 1;
  out.rules = {std::move(rule)};
  return out;
}

TEST(Attribution, PosteriorsSumToOneAndUnknownStays) {
  const auto knowledge = toy();
  const auto observed = std::vector{seen("t1", "a"), seen("T9", "b"), seen("T77", "c")};
  const auto items = make_items(knowledge, observed);
  ASSERT_EQ(items.size(), 2u);  // T9 is T2 now; T77 nobody knows
  const auto p = posteriors(knowledge, items, {});
  const auto sum = std::accumulate(p.group.begin(), p.group.end(), 0.0) +
                   std::accumulate(p.framed.begin(), p.framed.end(), 0.0) + p.unknown;
  EXPECT_NEAR(sum, 1.0, 1e-12);
  EXPECT_EQ(p.best(), 3u);
  EXPECT_GT(p.unknown, 0.3);
}

TEST(Attribution, WhatEverybodyDoesSaysNothing) {
  const auto knowledge = toy();
  const auto items = make_items(knowledge, std::vector{seen("T1", "a")});
  const auto p = posteriors(knowledge, items, {});
  EXPECT_NEAR(p.group[0], p.group[9], 1e-12);
  EXPECT_LT(std::abs(ratio_of(knowledge, items[0], 0, kReliability).lr), 0.1);
}

TEST(Attribution, ItemsOfOneRuleCountOnceAndAQuarter) {
  const auto knowledge = toy();
  const auto apart = make_items(knowledge, std::vector{seen("T1", "a"), seen("T2", "b")});
  const auto together = make_items(knowledge, std::vector{seen("T1", "a"), seen("T2", "a")});
  EXPECT_EQ(weights_within_groups(apart, {1, 2}, {}), (std::vector<double>{1, 1}));
  EXPECT_EQ(weights_within_groups(together, {1, 2}, {}), (std::vector<double>{kWithinGroup, 1}));
}

TEST(Attribution, ExactCopiesOfAnItemMoveNothing) {
  const auto knowledge = toy();
  const auto once = make_items(knowledge, std::vector{seen("T2", "a")});
  const auto ten = make_items(knowledge, std::vector<ObservedTechnique>(10, seen("T2", "a")));
  EXPECT_NEAR(posteriors(knowledge, once, {}).group[3], posteriors(knowledge, ten, {}).group[3],
              1e-9);
}

TEST(Attribution, TheSmallestSetThatPutsAnotherFirstIsFound) {
  auto knowledge = toy();
  knowledge.groups[3].uses.push_back({"T3", {"s"}, {}});
  knowledge.groups[5].uses.push_back({"T4", {"s"}, {}});
  // G3 has T2 and T3, G5 only T4: without one of G3's two the groups are level and
  // the smaller stays; without both G5 is first.
  const auto observed =
      std::vector{seen("T1", "a"), seen("T2", "b"), seen("T3", "c"), seen("T4", "d")};
  const auto items = make_items(knowledge, observed);
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(posteriors(knowledge, items, {}).best(), 3u);
  EXPECT_EQ(flipping_set(knowledge, items), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(posteriors(knowledge, items, {.left_out = {1, 2}}).best(), 5u);
}

TEST(Attribution, NothingFlipsWhatRestsOnTheOrderOfNamesAlone) {
  const auto knowledge = toy();
  EXPECT_TRUE(flipping_set(knowledge, make_items(knowledge, std::vector{seen("T1", "a")})).empty());
}

TEST(Attribution, PlantingCapsTheRatioOfAUniqueItem) {
  const auto knowledge = toy();
  const auto items = make_items(knowledge, std::vector{seen("T2", "a")});
  const auto ratio = ratio_of(knowledge, items[0], 3, kReliability);
  EXPECT_LT(ratio.lr, ratio.raw);
  EXPECT_LT(std::exp(ratio.lr), (1 - kPlanted) / (kPlanted * ratio.s));
}

TEST(Attribution, WordsFollowTheLowerEnd) {
  EXPECT_EQ(likelihood_word(960'000, 955'000), "almost certain");
  EXPECT_EQ(likelihood_word(960'000, 700'000), "likely");
  EXPECT_EQ(likelihood_word(300'000, 10'000), "unlikely");
}

}  // namespace
}  // namespace serjeant

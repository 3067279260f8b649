#include "exercise/life.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace serjeant::exercise {
namespace {

struct Scene {
  explicit Scene(Traps traps = {})
      : world(build_world(11, *find_load("XS"), traps)),
        plan(plan_mails(world)),
        story(write_story(world, plan)),
        life(world, story) {}
  World world;
  MailPlan plan;
  StoryLine story;
  Life life;
};

TEST(Life, PutsExactly83348RecordsIntoTheCappedWindow) {
  const auto scene = Scene{};
  auto records = std::size_t{0};
  for (auto day = 0u; day < scene.world.load->window_days; ++day) {
    records += scene.life.day(day).size();
  }
  EXPECT_EQ(records, 83'348u);
}

TEST(Life, GivesADayInOrderAndTheSameEachTime) {
  const auto scene = Scene{};
  const auto once = scene.life.day(72), twice = scene.life.day(72);
  ASSERT_EQ(once.size(), twice.size());
  EXPECT_TRUE(std::is_sorted(once.begin(), once.end(),
                             [](const Stub& a, const Stub& b) { return a.at < b.at; }));
  for (auto i = std::size_t{0}; i < once.size(); ++i) {
    EXPECT_EQ(once[i].at, twice[i].at);
    EXPECT_EQ(once[i].who, twice[i].who);
    EXPECT_GE(once[i].at, day_start(72));
    EXPECT_LT(once[i].at, day_start(73));
  }
}

TEST(Life, IsSilentForNineDaysOnlyWhileThatTrapIsLaid) {
  const auto scene = Scene{};
  for (auto day = kHoleFrom; day < kHoleTo; ++day) EXPECT_TRUE(scene.life.day(day).empty());
  auto traps = Traps{};
  traps.hole = false;
  const auto without = Scene{traps};
  for (auto day = kHoleFrom; day < kHoleTo; ++day) EXPECT_FALSE(without.life.day(day).empty());
}

TEST(Life, SendsTwelveHundredTripsThroughTheGateway) {
  const auto scene = Scene{};
  auto trips = 0u;
  for (auto day = 0u; day < kLogDays; ++day) {
    for (const auto& stub : scene.life.day(day)) trips += stub.spot == Spot::kGateway ? 1 : 0;
  }
  EXPECT_EQ(trips, 1'200u);
}

TEST(Life, LetsOneOrTwoPercentOfHonestLogInsLookNew) {
  const auto scene = Scene{};
  auto known = std::set<std::pair<std::uint32_t, std::string>>{};
  auto all = 0u, fresh = 0u;
  for (auto day = 0u; day < kLogDays; ++day) {
    for (const auto& stub : scene.life.day(day)) {
      if (stub.who == kService || stub.act >= 0 || stub.op != Op::kSignIn) continue;
      // The gateway and the carrier are shared: a place that many use is not new.
      if (stub.spot == Spot::kGateway) continue;
      const auto& person = scene.world.people[stub.who];
      const auto address = std::string{address_of(scene.world, person, stub)};
      const auto shared = address.starts_with("198.51.100.") || address.starts_with("192.0.2.");
      const auto& device = device_of(person, stub, day).agent;
      const auto new_place = known.insert({stub.who, address}).second && !shared;
      const auto new_device = known.insert({stub.who, device}).second;
      if (day < 60) continue;  // what is known must have time to become known
      ++all;
      fresh += new_place || new_device ? 1 : 0;
    }
  }
  ASSERT_GT(all, 1'000u);
  EXPECT_GE(fresh * 1000, all * 8) << fresh << " of " << all;
  EXPECT_LE(fresh * 1000, all * 22) << fresh << " of " << all;
}

}  // namespace
}  // namespace serjeant::exercise

#pragma once

#include "exercise/mailplan.h"
#include "exercise/story.h"
#include "exercise/truth.h"
#include "exercise/world.h"

namespace serjeant::exercise {

// When a target's mail was shown, and its link followed; from the plan.
struct Opening {
  std::uint32_t mail = 0;  // serial
  std::uint32_t person = 0;
  Seconds opened = 0, clicked = 0;  // clicked 0 = not
  bool own_network = false;
};
auto plan_openings(const World& world, const MailPlan& plan) -> std::vector<Opening>;

// The answers that are not tied to rows: campaigns, accounts, items, decoys.
void add_facts(const World& world, const MailPlan& plan, const StoryLine& story,
               const std::vector<Opening>& openings, Truth& truth);

}  // namespace serjeant::exercise

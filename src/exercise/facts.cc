#include "exercise/facts.h"

#include <algorithm>

namespace serjeant::exercise {
namespace {

auto is_quarantined(std::uint32_t target) -> bool { return target >= kDelivered; }

void add_campaigns(const World& world, const MailPlan& plan, const StoryLine& story, Truth& truth) {
  auto c1 = CampaignTruth{};
  c1.id = "c1";
  c1.actor = "A";
  for (const auto& mail : plan.mails) {
    if (mail.kind != MailKind::kLure) continue;
    if (c1.mails++ == 0) c1.first = c1.last = mail.at;
    c1.first = std::min(c1.first, mail.at);
    c1.last = std::max(c1.last, mail.at);
  }
  c1.accounts = plan.lure_recipients.size();
  for (auto i = 1u; i <= kTemplates; ++i) c1.templates.push_back(template_name(i));
  for (const auto recipient : plan.lure_recipients) {
    const auto& role = plan.recipients[recipient].role;
    ++(role == "member" ? c1.member : role == "staff" ? c1.staff : c1.spouse);
  }
  truth.campaigns.push_back(std::move(c1));
  auto c2 = CampaignTruth{};
  c2.id = "c2";
  c2.actor = "C";
  for (const auto& mail : plan.mails) {
    if (mail.kind == MailKind::kHook) c2.first = mail.at;
  }
  c2.last = story.last;
  c2.mails = 1;
  c2.accounts = 1;
  c2.templates = {"t39"};
  c2.staff = 1;
  truth.campaigns.push_back(std::move(c2));
  (void)world;
}

auto account_of(const Person& person) -> AccountTruth {
  auto account = AccountTruth{};
  account.org = "P";
  account.account = person.lower;
  if (!person.alias.empty()) account.aliases.push_back(person.alias);
  account.role = person.role;
  return account;
}

void add_targets(const World& world, const std::vector<Opening>& openings, Truth& truth) {
  for (auto i = 0u; i < kTargets; ++i) {
    auto account = account_of(world.people[i]);
    const auto opening = std::find_if(openings.begin(), openings.end(),
                                      [&](const Opening& o) { return o.person == i; });
    if (is_quarantined(i)) {
      account.rung = "T0";
      account.why_not_higher = "all lures were held in quarantine";
    } else if (opening == openings.end()) {
      account.rung = "T1";
      account.why_not_higher = "no fetch of the picture by anybody";
    } else {
      account.opened.when = opening->opened;
      account.opened.location_leaked = opening->own_network;
      account.opened.leak = opening->own_network
                                ? std::vector<std::string>{"address", "client", "time"}
                                : std::vector<std::string>{"time"};
      account.rung = opening->clicked != 0 ? "T3" : "T2";
      account.why_not_higher =
          opening->clicked != 0 ? "no log-in from elsewhere" : "no fetch of the link";
    }
    truth.accounts.push_back(std::move(account));
  }
}

void add_taken(const World& world, const StoryLine& story, Truth& truth) {
  auto account = account_of(world.people[kVictim]);
  account.rung = "T9";
  account.intervals.push_back(
      {"s1", "C", "aitm", story.entered, story.last, story.origins, story.session});
  truth.accounts.push_back(std::move(account));
  const auto& owner = world.people[kVictim].lower;
  auto exact = ItemsTruth{};
  exact.org = "P";
  exact.account = owner;
  exact.strand = "s1";
  exact.kind = "mail";
  exact.mode = "exact";
  exact.ids = story.read_ids;
  std::sort(exact.ids.begin(), exact.ids.end());
  exact.at_least = exact.at_most = exact.ids.size();
  truth.items.push_back(std::move(exact));
  auto folder = ItemsTruth{};
  folder.org = "P";
  folder.account = owner;
  folder.strand = "s1";
  folder.kind = "mail";
  folder.mode = "container";
  folder.container = kBudgetFolder;
  folder.at_most = kBudgetMails;
  truth.items.push_back(std::move(folder));
}

void add_sprayed(const World& world, Truth& truth) {
  for (auto i = 0u; i < kSprayedCount; ++i) {
    auto account = account_of(world.people[kSprayed + i]);
    account.rung = "T4";
    const auto hit = i < kSprayHits && world.traps.right_password;
    if (hit) account.sub = "credentials_known";
    account.why_not_higher = hit ? "stopped at the second factor" : "no guess was right";
    truth.accounts.push_back(std::move(account));
  }
}

void add_decoys(const World& world, Truth& truth) {
  const auto add = [&](std::string kind, std::string what, std::string must_not) {
    truth.decoys.push_back({std::move(kind), std::move(what), std::move(must_not)});
  };
  for (const auto* paper :
       {"consumer-fund.example", "harbour-courier.example", "openseas-review.example"}) {
    add("newsletter", paper, "campaign");
  }
  add("training", "phishdrill.example", "campaign");
  if (world.traps.shared_egress) {
    add("egress", "198.51.100.68 to 198.51.100.71: a web gateway abroad, 1,200 log-ins",
        "takeover");
  }
  if (world.traps.cgnat) {
    add("cgnat", "198.51.100.8 to 198.51.100.15: three homes in ten", "takeover");
  }
  if (world.traps.roaming) {
    add("roaming", "sessions of phones, which move between networks", "takeover");
  }
}

}  // namespace

auto plan_openings(const World& world, const MailPlan& plan) -> std::vector<Opening> {
  auto openings = std::vector<Opening>{};
  for (auto i = 0u; i < kOpened; ++i) {
    auto draw = Stream{world.key("openings"), i};
    // The first mail of the burst, read the same or the next morning.
    const Mail* first = nullptr;
    for (const auto& mail : plan.mails) {
      if (mail.kind != MailKind::kLure || mail.recipient != i) continue;
      if (mail.piece < 33 || mail.piece > 35) continue;
      if (first == nullptr || mail.at < first->at) first = &mail;
    }
    if (first == nullptr) continue;
    auto opening = Opening{};
    opening.mail = first->serial;
    opening.person = i;
    opening.own_network = i < kOpenedOwn;
    opening.opened = first->at + 1'200 + draw.below(9'000);
    if (i < kClicked) opening.clicked = opening.opened + 8 + draw.below(40);
    openings.push_back(opening);
  }
  return openings;
}

void add_facts(const World& world, const MailPlan& plan, const StoryLine& story,
               const std::vector<Opening>& openings, Truth& truth) {
  add_campaigns(world, plan, story, truth);
  add_targets(world, openings, truth);
  add_taken(world, story, truth);
  add_sprayed(world, truth);
  add_decoys(world, truth);
  if (world.traps.throttle) {
    truth.gaps.push_back({"P", "ual", "throttle", world.people[kThrottled].lower,
                          story.throttled_from, story.throttled_from + kDaySeconds, -1});
  }
  // The audit log goes 180 days back: what was before is gone.
  truth.gaps.push_back(
      {"P", "ual", "retention", "", kLogStart - kLogDays * kDaySeconds, kLogStart, -1});
  // Nothing published about A or C comes with this organisation alone.
  truth.attribution.push_back({"P-1", "A", {"A", "unknown"}});
  truth.attribution.push_back({"P-2", "C", {"C", "unknown"}});
}

}  // namespace serjeant::exercise

#include "exercise/story.h"

#include <algorithm>
#include <deque>
#include <iterator>

namespace serjeant::exercise {
namespace {

constexpr auto kMinute = Seconds{60};
// 2021-04-13, the day on which C comes in; a Tuesday.
constexpr auto kEntryDay = Seconds{1'618'272'000};
constexpr auto kThiefAgent =
    std::string_view{"Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0"};

auto clock(Seconds day, std::uint32_t hour, std::uint32_t minute, std::uint32_t second) -> Seconds {
  return day + hour * kHourSeconds + minute * kMinute + second;
}

struct Teller {
  const World& world;
  const MailPlan& plan;
  StoryLine story;
  std::deque<Act> acts;  // whose elements stay where they are

  auto add(Act act) -> Act& {
    acts.push_back(std::move(act));
    return acts.back();
  }

  // An act of the intruder under the victim's account.
  auto thief(Seconds at, Op op, std::string_view ip, std::string_view stage) -> Act& {
    auto act = Act{};
    act.at = at;
    act.op = op;
    act.person = act.target = kVictim;
    act.ip = ip;
    act.agent = kThiefAgent;
    act.client = "Client=OWA;" + std::string{kThiefAgent};
    act.os = "Linux";
    act.browser = "Firefox";
    act.session = story.session;
    act.actor = "C";
    act.campaign = "c2";
    act.stage = stage;
    act.strand = "s1";
    return add(std::move(act));
  }
};

// The victim types the password into C's page, which hands it on: the log-in
// comes from C's host, with the victim's browser string.
void tell_entry(Teller& tell) {
  const auto& victim = tell.world.people[kVictim];
  const auto& pc = victim.devices[0];
  auto& pending = tell.thief(clock(kEntryDay, 9, 30, 41), Op::kSignInPending, kHookHost, "T5");
  pending.agent = pc.agent;
  pending.os = pc.os;
  pending.browser = pc.browser;
  pending.error = 50074;
  auto& entry = tell.thief(clock(kEntryDay, 9, 31, 10), Op::kSignIn, kHookHost, "T5");
  entry.agent = pc.agent;
  entry.os = pc.os;
  entry.browser = pc.browser;
  tell.story.entered = pending.at;
  // The page hands the cookie back too: the victim goes on in the same session.
  for (auto i = 0u; i < 14; ++i) {
    auto act = Act{};
    act.at = clock(kEntryDay, 9, 35 + i, 7 + i * 3);
    act.op = i % 3 == 0 ? Op::kFileAccessed : i % 3 == 1 ? Op::kBind : Op::kFilePreviewed;
    act.person = act.target = kVictim;
    act.ip = victim.office_ip;
    act.agent = pc.agent;
    act.client = "Client=OWA;" + pc.agent;
    act.os = pc.os;
    act.browser = pc.browser;
    act.session = tell.story.session;
    tell.add(std::move(act));
  }
}

void tell_persistence(Teller& tell) {
  const auto v6 = std::string_view{"2001:db8:bad::77"};
  auto& rule = tell.thief(clock(kEntryDay, 9, 41, 3), Op::kNewRule, v6, "T9");
  rule.port = true;
  rule.detail = ".";
  tell.story.rule_set = rule.at;
  auto& factor = tell.thief(clock(kEntryDay, 9, 52, 30), Op::kUpdateUser, kHookHost, "T9");
  tell.story.factor_set = factor.at;
  auto& forward =
      tell.thief(clock(kEntryDay + 2 * kDaySeconds, 8, 20, 44), Op::kForward, kHookHost, "T8");
  forward.port = true;
  forward.detail = kDropBox;
  tell.story.forward_set = forward.at;
}

void tell_reading(Teller& tell) {
  auto inbox = std::vector<const Mail*>{};
  for (const auto& mail : tell.plan.mails) {
    if (mail.recipient == kVictim && mail.kind == MailKind::kEveryday && mail.piece == 0 &&
        mail.at < kEntryDay) {
      inbox.push_back(&mail);
    }
  }
  std::sort(inbox.begin(), inbox.end(), [](const Mail* a, const Mail* b) {
    return a->at != b->at ? a->at > b->at : a->serial < b->serial;
  });
  const auto shared =
      tell.world.traps.shared_address ? std::string{kCgnat[1]} : std::string{"203.0.113.91"};
  auto draw = Stream{tell.world.key("reading"), 0};
  const auto read = [&](Seconds at, std::string_view ip, std::size_t from, std::size_t count) {
    auto& act = tell.thief(at, Op::kBind, ip, "T7");
    act.detail = "\\Inbox";
    for (auto i = from; i < from + count && i < inbox.size(); ++i) {
      act.ids.push_back(message_id(tell.world, tell.plan, *inbox[i]));
      tell.story.read_ids.push_back(act.ids.back());
    }
  };
  auto at = std::size_t{0};
  for (auto i = 0u; at < 61; ++i) {
    const auto count = std::min<std::size_t>(draw.between(2, 7), 61 - at);
    read(clock(kEntryDay, 10, 2 + 2 * i, draw.below(60)), kHookHost, at, count);
    at += count;
  }
  auto& sync = tell.thief(clock(kEntryDay, 10, 55, 18), Op::kSync, kHookHost, "T7");
  sync.detail = kBudgetFolder;
  // The next evening, through an address that the victim's home shares.
  const auto evening = kEntryDay + kDaySeconds;
  auto& search = tell.thief(clock(evening, 20, 6, 40), Op::kSearch, shared, "T7");
  search.detail = "invoice OR payment OR \"bank details\"";
  for (auto i = 0u; at < 84; ++i) {
    const auto count = std::min<std::size_t>(draw.between(3, 6), 84 - at);
    read(clock(evening, 20, 10 + 3 * i, draw.below(60)), shared, at, count);
    at += count;
  }
  tell.story.origins = {std::string{kHookHost}, "2001:db8:bad::77", shared};
}

void tell_abuse(Teller& tell) {
  constexpr auto kSubjects = std::array<std::string_view, 3>{
      "Changed bank details for invoice 2021-0417", "Re: Invoice", "Urgent: payment today"};
  const auto day = kEntryDay + 3 * kDaySeconds;
  for (auto i = 0u; i < kSubjects.size(); ++i) {
    auto& send = tell.thief(clock(day, 7, 50 + 3 * i, 12), Op::kSend, kHookHost, "T9");
    send.detail = kSubjects[i];
  }
  auto& last = tell.thief(clock(day, 9, 58, 2), Op::kSearch, kHookHost, "T7");
  last.detail = "payment confirmation";
  tell.story.last = last.at;
}

// The administrator finds it on Monday and cleans up.
void tell_end(Teller& tell) {
  const auto& admin = tell.world.people[kAdmin];
  const auto day = kEntryDay + 6 * kDaySeconds;
  const auto clean = [&](Seconds at, Op op, std::string_view detail) -> Act& {
    auto act = Act{};
    act.at = at;
    act.op = op;
    act.person = kAdmin;
    act.target = kVictim;
    act.ip = admin.office_ip;
    act.port = op != Op::kUpdateUser;
    act.agent = admin.devices[0].agent;
    act.detail = detail;
    return tell.add(std::move(act));
  };
  tell.story.forward_unset = clean(clock(day, 14, 2, 9), Op::kForward, "").at;
  tell.story.rule_unset = clean(clock(day, 14, 5, 31), Op::kRemoveRule, ".").at;
  tell.story.factor_unset = clean(clock(day, 14, 9, 2), Op::kUpdateUser, "").at;
}

// One evening of guessing against 30 accounts; three guesses were right and
// were stopped at the second factor.
void tell_spray(Teller& tell) {
  constexpr auto kEvening = Seconds{1'613'952'000};  // 2021-02-22T00:00:00Z
  auto draw = Stream{tell.world.key("spray"), 0};
  for (auto round = 0u; round < 3; ++round) {
    for (auto i = 0u; i < kSprayedCount; ++i) {
      auto act = Act{};
      act.at = clock(kEvening, 21 + round, 2 + i % 50, draw.below(60));
      act.person = act.target = kSprayed + i;
      const auto hit = round == 2 && i < kSprayHits && tell.world.traps.right_password;
      act.op = hit ? Op::kSignInPending : Op::kSignInFailed;
      act.error = hit ? 50076 : 50126;
      act.ip = "203.0.113." + std::to_string(140 + i % 6);
      act.agent = "CBAInPROD";
      act.os = "Windows 7";
      act.browser = "Other";
      act.actor = "C";
      act.stage = "T4";
      act.session.clear();
      tell.add(std::move(act));
    }
  }
}

// A secretary moves a whole mailbox by hand until its log gives up for a day.
void tell_throttle(Teller& tell) {
  constexpr auto kDay = Seconds{1'610'928'000};  // 2021-01-18T00:00:00Z, a Monday
  const auto& person = tell.world.people[kThrottled];
  auto draw = Stream{tell.world.key("throttle"), 0};
  for (auto i = 0u; i < 44; ++i) {
    auto act = Act{};
    act.at = clock(kDay, 8 + i / 15, (i % 15) * 4, draw.below(60));
    act.op = Op::kBind;
    act.person = act.target = kThrottled;
    act.ip = person.office_ip;
    act.agent = person.devices[0].agent;
    act.client = "Client=OWA;" + person.devices[0].agent;
    act.detail = "\\Inbox";
    for (auto k = 0u; k < 23; ++k) {
      auto id = std::string{"<"};
      draw.upper_hex(id, 32);
      act.ids.push_back(id + "@mail." + std::string{kDomain} + ">");
    }
    act.throttled = tell.world.traps.throttle && i == 43;
    if (act.throttled) tell.story.throttled_from = act.at;
    tell.add(std::move(act));
  }
}

}  // namespace

auto write_story(const World& world, const MailPlan& plan) -> StoryLine {
  auto tell = Teller{world, plan, {}, {}};
  Stream{world.key("session-c"), 0}.guid(tell.story.session);
  tell_entry(tell);
  tell_persistence(tell);
  tell_reading(tell);
  tell_abuse(tell);
  tell_end(tell);
  tell_spray(tell);
  tell_throttle(tell);
  tell.story.acts.assign(std::make_move_iterator(tell.acts.begin()),
                         std::make_move_iterator(tell.acts.end()));
  std::stable_sort(tell.story.acts.begin(), tell.story.acts.end(),
                   [](const Act& a, const Act& b) { return a.at < b.at; });
  return std::move(tell.story);
}

}  // namespace serjeant::exercise

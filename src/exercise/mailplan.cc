#include "exercise/mailplan.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/text.h"
#include "core/time.h"
#include "exercise/prose.h"
#include "exercise/words.h"

namespace serjeant::exercise {
namespace {

constexpr auto kOutsiders = 1'417u;                  // of other bodies, all of them targets of A
constexpr auto kReaders = 800u;                      // outsiders who only read newsletters
constexpr auto kIssues = 313u;                       // weekly for six years
constexpr auto kMailStart = Seconds{1'430'697'600};  // 2015-05-04T00:00:00Z, a Monday
constexpr auto kBurstFrom = 32u, kBurstTo = 34u;     // templates of the burst, from 0

constexpr auto kBodies = std::array<std::string_view, 14>{
    "assembly-borealis.example", "senate-meridia.example",  "riksting-nordhavn.example",
    "chamber-halden.example",    "parl-tamsin.example",     "estates-lindmark.example",
    "diet-vale.example",         "congress-morrow.example", "house-islands.example",
    "deputies-sabel.example",    "council-ostmark.example", "senate-corvia.example",
    "assembly-thule.example",    "parl-quay.example"};
constexpr auto kHosts = std::array<std::string_view, 11>{
    "media.quaypress-cdn.example",   "img.newsroom-assets.example", "pics.dailywire-img.example",
    "static.headline-pix.example",   "img.pressdesk-media.example", "cdn.frontpage-photos.example",
    "media.wirephoto-kit.example",   "img.editorial-cdn.example",   "pics.newsdesk-img.example",
    "static.bulletin-media.example", "img.dispatch-photos.example"};

struct Builder {
  const World& world;
  MailPlan plan;

  auto add(Mail mail) -> Mail& {
    mail.serial = static_cast<std::uint32_t>(plan.mails.size());
    mail.id_of = mail.serial;
    plan.mails.push_back(mail);
    return plan.mails.back();
  }
};

// When template `number` (from 0) went out: about every two months, the burst
// in January 2021, three more after it.
auto wave_start(std::uint32_t number) -> Seconds {
  constexpr auto kStep = Seconds{64} * kDaySeconds;
  if (number < kBurstFrom) return kMailStart + number * kStep;
  if (number <= kBurstTo) return 1'610'323'200 + (number - kBurstFrom) * 3 * kDaySeconds;
  return 1'612'742'400 + (number - kBurstTo - 1) * 34 * kDaySeconds;  // from 2021-02-08
}

// A moment of office hours on one of `days` work days from `start`.
auto office_moment(Stream& draw, Seconds start, std::uint32_t days) -> Seconds {
  auto at = start + draw.below(days) * kDaySeconds;
  const auto weekday = (at / kDaySeconds + 3) % 7;  // 0 = Monday
  if (weekday >= 5) at += (7 - weekday) * kDaySeconds;
  return at + 6 * kHourSeconds + draw.below(9 * 3'600);
}

void add_people(Builder& build) {
  for (const auto& person : build.world.people) {
    build.plan.recipients.push_back(
        {person.display, person.lower, person.role, static_cast<std::int32_t>(person.index)});
  }
  auto draw = Stream{build.world.key("outsiders"), 0};
  auto taken = std::set<std::string>{};
  while (build.plan.recipients.size() < kPeople + kOutsiders + kReaders) {
    const auto reader = build.plan.recipients.size() >= kPeople + kOutsiders;
    constexpr auto kRoles = std::array<std::uint16_t, 3>{70, 18, 12};
    const auto role = reader ? 1 : draw.weighted(kRoles);
    const auto first = std::string{draw.pick(kFirstNames)};
    const auto last = std::string{draw.pick(kLastNames)};
    const auto domain =
        reader || role == 2 ? std::string_view{"webmail.example"} : draw.pick(kBodies);
    auto address = lower_ascii(first + "." + last) + "@" + std::string{domain};
    if (!taken.insert(address).second) continue;
    constexpr auto kWords = std::array<std::string_view, 3>{"member", "staff", "spouse"};
    build.plan.recipients.push_back(
        {first + " " + last, std::move(address), std::string{kWords[role]}, -1});
  }
}

void add_lure(Builder& build, Stream& draw, std::uint32_t number, std::uint32_t recipient,
              std::uint32_t account, std::uint32_t days) {
  auto mail = Mail{};
  mail.at = office_moment(draw, wave_start(number), days);
  mail.kind = MailKind::kLure;
  mail.piece = static_cast<std::uint16_t>(number + 1);
  mail.account = static_cast<std::uint8_t>(account + 1);
  mail.recipient = recipient;
  mail.to_alias =
      recipient < kPeople && !build.world.people[recipient].alias.empty() && draw.chance(250'000);
  auto& added = build.add(mail);
  // The mail house re-sends: the same Message-ID to the next recipient.
  const auto before = added.serial - 1;
  if (build.world.traps.resent_ids && draw.chance(20'000) && added.serial > 0 &&
      build.plan.mails[before].kind == MailKind::kLure &&
      build.plan.mails[before].piece == added.piece) {
    added.id_of = build.plan.mails[before].id_of;
    added.account = build.plan.mails[before].account;
  }
}

void add_wave(Builder& build, std::uint32_t number, std::uint32_t count) {
  auto draw = Stream{build.world.key("waves"), number};
  const auto accounts = std::array<std::uint32_t, 2>{number % kAccounts, (number + 3) % kAccounts};
  auto chosen = std::vector<std::uint32_t>{};
  // The two whose mails never got through were only aimed at from the burst on.
  const auto ours = number < kBurstFrom ? kDelivered : kTargets;
  for (auto i = 0u; i < ours; ++i) {
    if (draw.chance(250'000)) chosen.push_back(i);
  }
  // The list moves on from wave to wave; neighbours share almost half of it.
  for (auto i = 0u; chosen.size() < count; ++i) {
    chosen.push_back(kPeople + (number * 150 + i * 7) % kOutsiders);
  }
  for (const auto recipient : chosen) {
    add_lure(build, draw, number, recipient, accounts[draw.below(10) < 6 ? 0 : 1], 3);
  }
}

void add_burst(Builder& build) {
  auto draw = Stream{build.world.key("burst"), 0};
  auto aims = std::vector<std::uint32_t>{};
  for (auto i = 0u; i < kTargets; ++i) aims.push_back(i);
  for (auto i = 0u; aims.size() < kBurstAccounts; ++i) aims.push_back(kPeople + i);
  const auto thirds = kBurst - 2 * kBurstAccounts;
  for (auto i = 0u; i < kBurstAccounts; ++i) {
    const auto mails = i % 2 == 0 && i / 2 < thirds ? 3u : 2u;
    for (auto k = 0u; k < mails; ++k) {
      add_lure(build, draw, kBurstFrom + k, aims[i], draw.below(kAccounts), 4);
    }
  }
  // i % 2 gives 206 thirds; the rest go to the first odd ones.
  for (auto i = 1u, more = 206u; more < thirds; i += 2, ++more) {
    add_lure(build, draw, kBurstTo, aims[i], draw.below(kAccounts), 4);
  }
}

void add_lures(Builder& build) {
  constexpr auto kWaves = kTemplates - 3;
  constexpr auto kRest = kLures - kBurst;
  auto done = 0u;
  for (auto number = 0u; number < kTemplates; ++number) {
    if (number == kBurstFrom) add_burst(build);
    if (number >= kBurstFrom && number <= kBurstTo) continue;
    add_wave(build, number, kRest / kWaves + (done < kRest % kWaves ? 1 : 0));
    ++done;
  }
}

void add_newsletter(Builder& build, std::uint8_t which) {
  const auto count = build.world.load->newsletters;
  auto draw = Stream{build.world.key("newsletter"), which};
  auto readers = std::vector<std::uint32_t>{};
  const auto wanted = std::max(40u, count / kIssues * 2);
  auto taken = std::set<std::uint32_t>{};
  while (readers.size() < wanted) {
    // One in five is a target of A, one in ten has handed in the mailbox.
    const auto from = draw.below(10);
    const auto reader = from == 0  ? draw.below(kMailboxes)
                        : from < 3 ? kPeople + draw.below(kOutsiders)
                        : from < 6 ? kPeople + kOutsiders + draw.below(kReaders)
                                   : draw.below(kPeople);
    if (taken.insert(reader).second) readers.push_back(reader);
  }
  auto next = 0u;
  for (auto issue = 0u; issue < kIssues; ++issue) {
    const auto mails = count / kIssues + (issue < count % kIssues ? 1u : 0u);
    const auto start = kMailStart + issue * 7 * kDaySeconds + (which + 1) * kDaySeconds +
                       (5 + which) * kHourSeconds;
    for (auto i = 0u; i < mails; ++i) {
      auto mail = Mail{};
      mail.at = start + i * 2;
      mail.kind = MailKind::kNewsletter;
      mail.account = which;
      mail.piece = static_cast<std::uint16_t>(issue);
      mail.recipient = readers[next++ % readers.size()];
      build.add(mail);
    }
  }
}

void add_training(Builder& build) {
  auto draw = Stream{build.world.key("training"), 0};
  const auto count = build.world.load->training;
  for (auto i = 0u; i < count; ++i) {
    const auto month = i * 6 / count;
    auto mail = Mail{};
    mail.at = kLogStart + Seconds{month} * 30 * kDaySeconds + 8 * kDaySeconds + 7 * kHourSeconds +
              draw.below(6 * 3'600);
    mail.kind = MailKind::kTraining;
    mail.account = static_cast<std::uint8_t>(month);
    mail.piece = static_cast<std::uint16_t>(month);
    mail.recipient = draw.chance(60'000) ? draw.below(kMailboxes) : draw.below(kPeople);
    build.add(mail);
  }
}

void add_everyday(Builder& build) {
  for (auto owner = 0u; owner < kMailboxes; ++owner) {
    auto draw = Stream{build.world.key("everyday"), owner};
    const auto victim = owner == kVictim;
    const auto count = victim ? kBudgetMails + 236 : build.world.load->everyday;
    for (auto i = 0u; i < count; ++i) {
      auto mail = Mail{};
      // The victim's mails all lie there before the intruder comes.
      mail.at = office_moment(draw, kLogStart, victim ? 150 : kLogDays - 3);
      mail.kind = MailKind::kEveryday;
      mail.piece = victim && i < kBudgetMails ? 1 : 0;
      mail.recipient = owner;
      mail.sender =
          draw.chance(750'000) ? draw.below(kPeople) : kPeople + draw.below(kOutsiders + kReaders);
      if (mail.sender == owner) mail.sender = owner + 1;
      build.add(mail);
    }
    // And some while C has them forwarded, 2021-04-15 to 2021-04-19.
    for (auto i = 0u; victim && i < kForwardedMails; ++i) {
      auto mail = Mail{};
      mail.at = 1'618'477'200 + Seconds{i} * 26'000 + draw.below(6'000);
      mail.kind = MailKind::kEveryday;
      mail.recipient = owner;
      mail.sender = draw.below(kMailboxes - 10);
      build.add(mail);
    }
  }
}

void add_odd_ones(Builder& build) {
  auto draw = Stream{build.world.key("junk"), 0};
  for (auto i = 0u; i < 24; ++i) {
    auto mail = Mail{};
    mail.at = kLogStart + draw.between(60, kLogDays - 2) * kDaySeconds + draw.below(86'400);
    mail.kind = MailKind::kJunk;
    mail.recipient = draw.below(kPeople);
    build.add(mail);
  }
  auto hook = Mail{};
  hook.at = 1'618'297'938;  // 2021-04-13T07:12:18Z
  hook.kind = MailKind::kHook;
  hook.recipient = kVictim;
  build.add(hook);
}

auto mailbox_path(const World& world, const Mail& mail) -> std::string {
  const auto& owner = world.people[mail.recipient];
  const auto name = owner.lower.substr(0, owner.lower.find('@'));
  if (mail.recipient != kVictim) return "P/mail/mailbox/" + name + ".mbox";
  return "P/mail/mailbox/" + name +
         (mail.piece == 1 && mail.kind == MailKind::kEveryday ? "/Archive/Budget 2021.mbox"
                                                              : "/Inbox.mbox");
}

auto path_of(const World& world, const Mail& mail) -> std::string {
  if (mail.kind == MailKind::kJunk ||
      (mail.kind == MailKind::kLure && mail.recipient >= kDelivered && mail.recipient < kTargets)) {
    auto name = std::string{};
    Stream{world.key("quarantine"), mail.serial}.guid(name);
    return "P/quarantine/" + name + ".eml";
  }
  if (mail.recipient < kMailboxes) return mailbox_path(world, mail);
  const auto year = format_date(mail.at * kSecond).substr(0, 4);
  return mail.recipient < kPeople ? "P/mail/journal/" + year + ".mbox"
                                  : "P/mail/partners/" + year + ".mbox";
}

void lay_out(Builder& build) {
  auto files = std::map<std::string, std::vector<std::uint32_t>>{};
  for (const auto& mail : build.plan.mails) {
    files[path_of(build.world, mail)].push_back(mail.serial);
  }
  for (auto& [path, mails] : files) {
    std::sort(mails.begin(), mails.end(), [&](std::uint32_t a, std::uint32_t b) {
      const auto& x = build.plan.mails[a];
      const auto& y = build.plan.mails[b];
      return x.at != y.at ? x.at < y.at : a < b;
    });
    build.plan.files.push_back({path, !path.ends_with(".eml"), std::move(mails)});
  }
}

}  // namespace

auto plan_mails(const World& world) -> MailPlan {
  auto build = Builder{world, {}};
  add_people(build);
  add_lures(build);
  for (auto which = std::uint8_t{0}; which < 3; ++which) add_newsletter(build, which);
  add_training(build);
  add_everyday(build);
  add_odd_ones(build);
  lay_out(build);
  auto aimed = std::set<std::uint32_t>{};
  for (const auto& mail : build.plan.mails) {
    if (mail.kind == MailKind::kLure) aimed.insert(mail.recipient);
  }
  build.plan.lure_recipients.assign(aimed.begin(), aimed.end());
  return std::move(build.plan);
}

auto template_name(std::uint32_t number) -> std::string {
  return (number < 10 ? "t0" : "t") + std::to_string(number);
}

auto beacon_host(const Mail& mail) -> std::string_view {
  // Hosts live for four templates; the last of the four is sent half and half
  // from the next one.
  const auto number = mail.piece - 1u;
  const auto next = number % 4 == 3 && mail.account % 2 == 0 ? 1u : 0u;
  return kHosts[std::min<std::size_t>(number / 4 + next, kHosts.size() - 1)];
}

auto beacon_path(const Mail& mail, std::string_view token) -> std::string {
  return mail.piece % 2 == 1 ? "/" + std::string{token} + "/headline.jpg"
                             : "/p/" + std::string{token} + "/hl-600.jpg";
}

auto link_host(const Mail& mail) -> std::string_view {
  constexpr auto kLinks = std::array<std::string_view, 3>{
      "read.newsdesk-go.example", "more.bulletin-go.example", "go.dispatch-more.example"};
  return kLinks[mail.account % kLinks.size()];
}

auto folder_of(const Mail& mail) -> std::string_view {
  return mail.kind == MailKind::kEveryday && mail.piece == 1 ? kBudgetFolder
                                                             : std::string_view{"\\Inbox"};
}

auto mail_token(const World& world, const Mail& mail) -> std::string {
  auto draw = Stream{world.key("token"), mail.serial};
  auto token = std::string{};
  if (mail.kind == MailKind::kLure || mail.kind == MailKind::kHook) {
    if (mail.piece % 3 == 0) {
      draw.guid(token);
    } else {
      draw.letters(token, 14);
    }
  } else if (mail.kind == MailKind::kNewsletter) {
    token = base64_encode(format_date(mail.at * kSecond) + "." + std::to_string(mail.recipient));
    while (token.ends_with('=')) token.pop_back();
  } else if (mail.kind == MailKind::kTraining) {
    draw.hex(token, 12);
  }
  return token;
}

auto mail_address(const World& world, const MailPlan& plan, const Mail& mail) -> std::string {
  return mail.to_alias ? world.people[mail.recipient].alias
                       : plan.recipients[mail.recipient].address;
}

}  // namespace serjeant::exercise

#include "expose/stories.h"

#include <algorithm>
#include <set>

#include "core/text.h"
#include "expose/apps.h"
#include "expose/attacks.h"
#include "expose/dedupe.h"

namespace serjeant {
namespace {

constexpr auto kLongList = std::size_t{100'000};

// Directory names stand for accounts by the part before the at sign; only an
// unambiguous match is taken.
auto local_part(std::string_view account) -> std::string_view {
  return account.substr(0, account.find('@'));
}

// "smtp:Archive@else.example" and `"A" <a@else.example>` without what is around.
auto bare_address(std::string_view text) -> std::string {
  text = trim(text);
  if (starts_with_ignoring_case(text, "smtp:")) text.remove_prefix(5);
  if (auto open = text.find('<'); open != std::string_view::npos) {
    text.remove_prefix(open + 1);
    text = text.substr(0, text.find('>'));
  }
  return lower_ascii(trim(text.substr(0, text.find_first_of(";,"))));
}

auto strand_verdict(std::string_view word) -> std::uint8_t {
  if (word == "undecidable") return 1;
  if (word == "taken_over") return 2;
  return 0;
}

}  // namespace

Stories::Stories(Background& background, CaseFacts& facts, std::span<const RosterEntry> roster)
    : background_(background), facts_(facts) {
  for (const auto& entry : roster)
    for (const auto& address : entry.addresses) {
      persons_.emplace(lower_ascii(address), entry.person);
      if (!entry.addresses.empty())
        main_address_.emplace(lower_ascii(address), lower_ascii(entry.addresses.front()));
    }
}

auto Stories::person_of(std::string_view account) const -> Id {
  auto found = persons_.find(account);
  return found == persons_.end() ? Id{} : found->second;
}

auto Stories::read(const EventStream& by_account) -> Result<> {
  auto facts = AccountFacts{};
  auto repeats = Repeats{};
  auto names = ActNames{};
  auto seen = std::set<Key>{};
  auto sorted = true;
  SJ_DO(by_account.each([&](const Event& event) {
    if (repeats.see(event) == Sighting::kRepeat) return;
    auto account = account_of(event);
    if (account.empty()) return;
    if (account != facts.key || event.org != facts.org) {
      if (!facts.key.empty()) tell(facts);
      facts.clear();
      auto key = Key{event.org, account};
      if (!seen.insert(std::move(key)).second) sorted = false;
      facts.key = std::string(account);
      facts.org = std::string(event.org);
    }
    add_event(event, names.kind(event), background_.agents, facts);
  }));
  if (!facts.key.empty()) tell(facts);
  if (!sorted) return fail(Code::kInternal, "events do not come account by account");
  return {};
}

void Stories::tell(AccountFacts& facts) {
  const auto& org = background_.org(facts.org);
  auto changes = std::vector<const Change*>{};
  if (auto found = org.changes.find(facts.key); found != org.changes.end())
    for (const auto& change : found->second) changes.push_back(&change);
  auto consents = background_.apps.consents_of(facts.org, facts.key);
  // Machinery has no story of its own.
  if (facts.deeds.empty() && changes.empty() && consents.empty()) return;

  auto& story = stories_[{facts.org, facts.key}];
  story.key = facts.key;
  story.org = facts.org;
  story.first = facts.first;
  story.last = facts.last;
  find_throttling(facts, facts.profile, background_.coverage);

  auto habit = Habit(facts);
  story.attacks = find_attacks(facts, org.guesses, background_.agents);
  auto guessed =
      judge_attacks(facts, org.guesses, habit, org.origins, background_.agents, story.attacks);
  auto apps = judge_apps(facts, background_.apps);
  auto context = StayContext{
      org.origins, org.guesses, background_.agents, background_.account(facts.org, facts.key),
      changes,     &guessed};
  auto candidates = weigh_stays(facts, habit, context);
  auto quiet = guessed.empty() && apps.empty() && candidates.empty() && story.attacks.empty();
  auto limit = Listing{};
  if (!quiet) limit.entries = kLongList;

  auto reads = group_mail_reads(facts);
  for (auto& group : reads) {
    bound_reads(facts, background_.coverage, group);
    items_read_ += group.at_least;
  }
  story.reads_logged = !reads.empty();
  facts_.account(facts, person_of(facts.key));
  facts_.sign_ins(facts, group_sign_ins(facts, background_.agents), limit);
  facts_.mail_reads(facts, reads, find_sessions(facts), !candidates.empty(), limit, story.strands);
  facts_.mail_sent(facts, limit);
  facts_.mail_removed(facts, limit);
  facts_.files(facts, limit);
  facts_.consents(facts.key, facts.org, consents);
  facts_.changes(facts.key, facts.org, changes);

  for (auto* verdicts : {&guessed, &apps})
    for (auto& verdict : *verdicts) story.verdicts.push_back(std::move(verdict));
  for (auto& candidate : candidates) candidates_.push_back(std::move(candidate));
}

auto Stories::follow_forwards(const EventStream& deliveries) -> Result<> {
  auto by_target = std::map<std::string, std::vector<const Change*>, std::less<>>{};
  for (const auto& [key, story] : stories_) {
    const auto& org = background_.org(story.org);
    auto found = org.changes.find(story.key);
    if (found == org.changes.end()) continue;
    for (const auto& change : found->second)
      if (is_hostile(change) && change.to.find('@') != std::string::npos)
        by_target[bare_address(change.to)].push_back(&change);
  }
  if (by_target.empty()) return {};
  constexpr auto kBasis = std::size_t{64};
  return deliveries.each([&](const Event& event) {
    auto found = by_target.find(lower_ascii(event.target));
    if (found == by_target.end()) return;
    for (const auto* change : found->second) {
      if (event.at < change->cite.at || (change->undone && event.at > *change->undone)) continue;
      auto& sent = forwarded_[change];
      ++sent.mails;
      if (sent.basis.size() < kBasis)
        sent.basis.push_back({{event.span, event.eid, event.at}, std::string(event.message_id)});
    }
  });
}

void Stories::aimed_at(std::span<const Aim> aims, const std::vector<AimReach>& reach) {
  auto orgs_of = std::map<std::string_view, const Key*>{};
  for (const auto& [key, story] : stories_) orgs_of.emplace(key.second, &key);
  for (auto i = std::size_t{0}; i < aims.size(); ++i) {
    // An alias belongs to the account under which its owner acts.
    auto account = aims[i].recipient;
    if (auto main = main_address_.find(account);
        main != main_address_.end() && orgs_of.count(account) == 0)
      account = main->second;
    auto found = orgs_of.find(account);
    auto& story = found != orgs_of.end() ? stories_[*found->second] : stories_[{"", account}];
    if (story.key.empty()) {
      story.key = account;
      auto fresh = AccountFacts{};
      fresh.key = account;
      facts_.account(fresh, person_of(account));
    }
    story.aims.push_back({&aims[i], &reach[i]});
  }
}

// What a taken-over account did to others: mailboxes opened, accounts made.
void Stories::spread(const Candidate& candidate) {
  const auto& verdict = candidate.verdict;
  for (const auto* change : candidate.changes) {
    foreign_.emplace(change, verdict.certainty);
    auto is_full = std::any_of(change->detail.begin(), change->detail.end(), [](const auto& one) {
      return one.first == "AccessRights" && one.second.find("FullAccess") != std::string::npos;
    });
    auto creates = change->operation.starts_with("Add user");
    if (!is_full && !creates) continue;
    auto found = by_local_part_.find({verdict.org, std::string(local_part(change->on))});
    if (found == by_local_part_.end() || found->second.size() != 1) continue;
    auto& target = *found->second.front();
    if (creates)
      target.created_by = verdict.account;
    else if (target.key != verdict.account)
      target.opened_to.push_back(
          {change->to, verdict.account, verdict.certainty, {change->cite, change->record}});
  }
}

// What the account changed that would let somebody stay, whoever it was.
void Stories::plant(AccountStory& story) const {
  const auto& org = background_.org(story.org);
  auto found = org.changes.find(story.key);
  if (found == org.changes.end()) return;
  for (const auto& change : found->second) {
    if (change.undoes || change.failed || change.weight < kNat / 2) continue;
    auto left = Persistence{};
    left.kind =
        change.control == Control::kMailbox &&
                std::any_of(change.detail.begin(), change.detail.end(),
                            [](const auto& one) {
                              return one.first.starts_with("Forwarding") && !one.second.empty();
                            })
            ? "forward"
            : std::string(control_word(change.control));
    left.record = {change.cite, change.record};
    left.undone = change.undone;
    left.weight = change.weight;
    left.words = change.operation + (change.name.empty() ? "" : " \"" + change.name + "\"");
    for (const auto& reason : change.reasons)
      left.words += (&reason == &change.reasons.front() ? ": " : ", ") + reason;
    auto foreign = foreign_.find(&change);
    left.actor_certainty = foreign == foreign_.end() ? "undecidable" : foreign->second;
    if (auto sent = forwarded_.find(&change); sent != forwarded_.end()) {
      left.forwarded = sent->second.mails;
      left.forwarded_basis = sent->second.basis;
    }
    story.persistence.push_back(std::move(left));
  }
}

void Stories::judge(ExposeSummary& summary) {
  judge_candidates(candidates_, stories_.size());
  for (auto& [key, story] : stories_)
    by_local_part_[{story.org, std::string(local_part(story.key))}].push_back(&story);
  for (const auto& candidate : candidates_) {
    const auto& verdict = candidate.verdict;
    if (verdict.verdict.empty()) continue;
    auto& story = stories_[{verdict.org, verdict.account}];
    story.verdicts.push_back(verdict);
    for (auto& strand : story.strands) {
      auto here = Ip{};
      std::copy(strand.ip.begin(), strand.ip.end(), here.bytes.begin());
      for (const auto& part : candidate.parts) {
        if (network_of(here) != network_of(part.ip) || strand.agent != part.family || !strand.t0 ||
            *strand.t0 > part.last || *strand.t1 < part.first)
          continue;
        strand.llr = verdict.total;
        strand.verdict = std::max(strand.verdict, strand_verdict(verdict.verdict));
      }
    }
    if (verdict.verdict == "taken_over") spread(candidate);
  }
  for (auto& [key, story] : stories_) {
    std::sort(story.verdicts.begin(), story.verdicts.end(), [](const Verdict& a, const Verdict& b) {
      return std::tie(a.first, a.route, a.origins) < std::tie(b.first, b.route, b.origins);
    });
    plant(story);
    for (const auto& verdict : story.verdicts) {
      facts_.verdict(verdict);
      summary.takeovers += verdict.verdict == "taken_over" ? 1u : 0u;
      summary.undecided += verdict.verdict == "undecidable" ? 1u : 0u;
    }
    for (auto& strand : story.strands) facts_.strand(std::move(strand));
    facts_.attacks(story);
    facts_.persistence(story);
    facts_.ladder(story, climb(story, background_.coverage));
  }
  summary.accounts = stories_.size();
  summary.items_read = items_read_;
}

}  // namespace serjeant

#include "expose/background.h"

#include <algorithm>

#include "core/text.h"
#include "expose/dedupe.h"
#include "expose/facts.h"

namespace serjeant {
namespace {

auto account_key(std::string_view org, std::string_view account) -> std::string {
  auto key = std::string(org);
  key += '\0';
  key += account;
  return key;
}

}  // namespace

auto Background::Org::ours(std::string_view domain) const -> bool {
  return domains.find(domain) != domains.end();
}

auto Background::org(std::string_view name) const -> const Org& {
  static const auto kNone = Org{};
  auto found = orgs_.find(name);
  return found == orgs_.end() ? kNone : found->second;
}

auto Background::account(std::string_view org, std::string_view key) const -> std::uint32_t {
  auto found = accounts_.find(account_key(org, key));
  return found == accounts_.end() ? 0 : found->second;
}

auto Background::learn(const EventStream& events, ExposeSummary& summary) -> Result<> {
  auto repeats = Repeats{};
  auto names = ActNames{};
  auto near_org = std::string{}, near_account = std::string{};
  Org* org = nullptr;
  auto account = std::uint32_t{0};
  SJ_DO(events.each([&](const Event& event) {
    ++summary.events;
    if (repeats.see(event) == Sighting::kRepeat) return;
    coverage.see(event);
    if (org == nullptr || event.org != near_org) {
      near_org = std::string(event.org);
      org = &orgs_[near_org];
      near_account.clear();
      account = 0;
    }
    auto kind = names.kind(event);
    if (kind.act == Act::kNone || !by_person(event)) return;
    if (event.actor != near_account || account == 0) {
      near_account = std::string(event.actor);
      account = accounts_
                    .try_emplace(account_key(near_org, near_account),
                                 narrow<std::uint32_t>(accounts_.size() + 1))
                    .first->second;
    }
    learn_event(event, kind, *org, account);
  }));
  summary.repeats = repeats.repeats();
  summary.id_conflicts = repeats.conflicts();
  return {};
}

auto Background::cover(const EventStream& events) -> Result<> {
  auto repeats = Repeats{};
  return events.each([&](const Event& event) {
    if (repeats.see(event) != Sighting::kRepeat) coverage.see(event);
  });
}

void Background::learn_event(const Event& event, ActKind kind, Org& org, std::uint32_t account) {
  if (auto at = event.actor.rfind('@'); at != std::string_view::npos) {
    auto domain = event.actor.substr(at + 1);
    auto found = org.domains.find(domain);
    // A guest's address is kept as name_home.example#ext#@tenant: the tenant's.
    if (found == org.domains.end()) found = org.domains.emplace(std::string(domain), 0).first;
    ++found->second;
  }
  auto agent = agents.number(event.agent);
  auto placed =
      !event.ip.empty() && event.ip_role != IpRole::kProvider && event.ip_role != IpRole::kLoopback;
  switch (kind.act) {
    case Act::kSignInFailed: {
      if (!placed) break;
      auto deed_error = native_text(event, "LogonError");
      auto sign = password_sign(deed_error.empty() ? event.error : deed_error);
      if (sign != PasswordSign::kWrong) break;
      org.origins.failure(account, event.ip, agent.full, agent.family, event.at);
      org.guesses.failure(account, event.ip, agent.full, event.at);
      break;
    }
    case Act::kSignIn:
      apps.seen(event.org, event.app, event.actor, event.at);
      if (!placed) break;
      org.origins.use(account, event.ip, agent.full, agent.family, event.at);
      org.guesses.success(account, event.ip, agent.full, event.at);
      break;
    case Act::kConsent:
      apps.consent(read_consent(event));
      break;
    case Act::kControl:
      learn_control(event, kind, org);
      break;
    case Act::kFile:
      links.see(event);
      [[fallthrough]];
    default:
      if (placed) org.origins.use(account, event.ip, agent.full, agent.family, event.at);
      break;
  }
}

void Background::learn_control(const Event& event, ActKind kind, Org& org) {
  auto change = read_change(event, kind);
  apps.change(change);
  org.changes[change.account].push_back(std::move(change));
}

void Background::finish(const std::vector<SourceFacts>& sources) {
  apps.finish();
  for (auto& [name, of_org] : orgs_) {
    const auto& org = of_org;
    auto ours = [&org](std::string_view domain) { return org.ours(domain); };
    for (auto& [account, changes] : of_org.changes) {
      std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
        return std::tie(a.cite.at, a.record, a.cite.span.source, a.cite.span.offset) <
               std::tie(b.cite.at, b.record, b.cite.span.source, b.cite.span.offset);
      });
      for (auto& change : changes) weigh_change(change, ours);
      pair_undone(changes);
      for (const auto& change : changes)
        if (change.control == Control::kAudit && change.weight >= 3 * kNat)
          coverage.audit_off(name, "", "", change.cite.at, change.cite.span);
    }
  }
  coverage.finish(sources);
}

}  // namespace serjeant

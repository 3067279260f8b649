#include "expose/apps.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/text.h"
#include "expose/first_party.h"

namespace serjeant {
namespace {

constexpr auto kBasis = std::size_t{64};
constexpr auto kFresh = 7 * kDay;
constexpr auto kVeryFresh = kHour;
constexpr auto kQuick = 5 * kMinute;
constexpr auto kPopular = 10u;
constexpr auto kSettled = 30 * kDay;

auto count_words(std::uint64_t count, std::string_view one, std::string_view many) -> std::string {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

struct Uses {
  std::vector<const Deed*> deeds;
  std::set<std::string_view> items;
  std::uint64_t reads = 0;
  bool synced = false;
};

// The application that an act counts for, if it is not the person's own program.
auto acting_app(const Deed& deed) -> std::string {
  if (deed.kind.act == Act::kMailRead || deed.kind.act == Act::kMailSent ||
      deed.kind.act == Act::kMailRemoved) {
    auto origin = read_origin(deed);
    return origin.kind == ReadBy::kApplication ? lower_ascii(origin.key.substr(4)) : std::string{};
  }
  if (deed.kind.act != Act::kFile) return {};
  auto id = deed.client_app.empty() ? deed.app : deed.client_app;
  if (id.empty() || first_party(id) == FirstParty::kClient ||
      first_party(id) == FirstParty::kService)
    return {};
  return lower_ascii(id);
}

void sign(Verdict& verdict, std::int64_t weight, std::string words) {
  verdict.signs.push_back({"app", weight, std::move(words)});
}

}  // namespace

auto judge_apps(const AccountFacts& facts, const AppBook& book) -> std::vector<Verdict> {
  auto uses = std::map<std::string, Uses>{};
  for (auto& app : book.apps_of(facts.org, facts.key)) uses[app];
  for (const auto& deed : facts.deeds) {
    auto id = acting_app(deed);
    if (id.empty()) continue;
    auto& use = uses[id];
    use.deeds.push_back(&deed);
    if (deed.kind.act == Act::kMailRead) {
      ++use.reads;
      use.synced = use.synced || deed.sync;
      for (auto n = std::uint32_t{0}; n < deed.items; ++n) {
        const auto& item = facts.items[deed.items_first + n];
        use.items.insert(item.message_id.empty() ? item.native_id : item.message_id);
      }
    }
  }
  auto out = std::vector<Verdict>{};
  for (const auto& [id, use] : uses) {
    const auto* app = book.find(facts.org, id);
    auto verdict = Verdict{};
    verdict.account = facts.key;
    verdict.org = facts.org;
    verdict.route = "consent";
    verdict.origins = {"app:" + id};

    auto granted = std::vector<const Consent*>{}, refused = std::vector<const Consent*>{};
    if (app != nullptr)
      for (auto index : app->consents) {
        const auto& consent = book.consents()[index];
        if (consent.account != facts.key) continue;
        (consent.failed ? refused : granted).push_back(&consent);
      }
    auto for_all = book.for_all(facts.org, id);
    auto reach = std::vector<std::string>{};
    auto risky = false;
    for (const auto& list : {granted, refused, for_all})
      for (const auto* consent : list) {
        reach.insert(reach.end(), consent->scopes.begin(), consent->scopes.end());
        risky = risky || consent->risky;
      }
    auto data = reaches_data(reach);
    if (!data && use.deeds.empty()) continue;

    auto kind = first_party(id);
    auto name = app == nullptr || app->name.empty() ? id : app->name;
    if (data) sign(verdict, 2 * kNat, "its rights reach mail, files or contacts");
    if (std::find(reach.begin(), reach.end(), "offline_access") != reach.end())
      sign(verdict, kNat, "its rights last (offline_access)");
    if (is_look_alike(name)) sign(verdict, 4 * kNat, "its name passes for the provider's: " + name);
    if (risky) sign(verdict, 4 * kNat, "the provider itself called it risky");
    auto begun = std::optional<Nanos>{};
    if (!granted.empty())
      begun = granted.front()->cite.at;
    else if (!for_all.empty())
      begun = for_all.front()->cite.at;
    if (app != nullptr && begun) {
      // Registered here is fresher than merely met here for the first time: every
      // honest product has a first user.
      auto known = app->registered ? app->registered : app->first_seen;
      auto made_here = app->registered.has_value();
      auto words = made_here ? "registered in the tenant " : "first met in the tenant ";
      if (known && *begun - *known <= kVeryFresh)
        sign(verdict, made_here ? 3 * kNat : 3 * kNat / 2,
             std::string(words) + "less than an hour before the consent");
      else if (known && *begun - *known <= kFresh)
        sign(verdict, made_here ? 2 * kNat : kNat,
             std::string(words) + "less than a week before the consent");
      if (app->users >= kPopular && app->first_seen && app->last_seen &&
          *app->last_seen - *app->first_seen >= kSettled)
        sign(verdict, -4 * kNat,
             count_words(app->users, "account", "accounts") + " use it, for a month or more");
    }
    if (app != nullptr && app->refused_names > 0)
      sign(verdict, 2 * kNat,
           count_words(app->refused_names, "other name was", "other names were") +
               " refused just before it was registered");
    if (app != nullptr && app->secret && (!begun || *app->secret <= *begun))
      sign(verdict, kNat, "it was given a secret before");
    if (begun && !use.deeds.empty() && use.deeds.front()->cite.at >= *begun &&
        use.deeds.front()->cite.at - *begun <= kQuick)
      sign(verdict, kNat, "it acted within 5 minutes of the consent");
    if (granted.empty() && !use.deeds.empty())
      sign(verdict, 2 * kNat,
           for_all.empty() ? "it acted although this account never consented"
                           : "it acted under a consent that somebody else gave for all");
    if (kind == FirstParty::kTool)
      sign(verdict, -4 * kNat, "it is one of the provider's own tools");
    else if (kind != FirstParty::kNo)
      continue;
    verdict.total = total_of(verdict.signs);

    auto add_basis = [&](const Cite& cite, std::string_view record) {
      if (verdict.basis.size() < kBasis) verdict.basis.push_back({cite, std::string(record)});
    };
    for (const auto* consent : granted) add_basis(consent->cite, consent->record);
    if (granted.empty() && use.deeds.empty())
      for (const auto* consent : refused) add_basis(consent->cite, consent->record);
    if (granted.empty() && !use.deeds.empty())
      for (const auto* consent : for_all) add_basis(consent->cite, consent->record);
    for (const auto* deed : use.deeds) {
      add_basis(deed->cite, deed->record);
      if (deed->kind.act == Act::kMailSent) ++verdict.sent;
      if (deed->kind.act == Act::kMailRemoved) ++verdict.removed;
      if (deed->kind.act == Act::kFile) ++verdict.files;
      if (takes_file(*deed)) {
        ++verdict.downloads;
        verdict.bytes += deed->bytes;
      }
    }
    verdict.items_read = use.items.size();
    verdict.whole_mailbox = use.synced;
    if (use.synced) verdict.because.emplace_back("it synchronised whole folders");

    auto scopes = std::string{};
    {
      std::sort(reach.begin(), reach.end());
      reach.erase(std::unique(reach.begin(), reach.end()), reach.end());
      for (const auto& scope : reach) scopes += (scopes.empty() ? "" : ", ") + scope;
    }
    auto did = std::string{};
    auto tell = [&](std::uint64_t count, std::string_view one, std::string_view many,
                    std::string_view verb) {
      if (count == 0) return;
      did += did.empty() ? "" : ", ";
      did += std::string(verb) + " " + count_words(count, one, many);
    };
    tell(verdict.items_read, "mail", "mails", "read");
    tell(verdict.sent, "mail", "mails", "sent");
    tell(verdict.downloads, "file", "files", "downloaded");
    auto used_words = did.empty() ? std::string("acted in this account's name") : did;

    if (granted.empty() && use.deeds.empty()) {
      if (refused.empty()) continue;
      verdict.verdict = "blocked";
      verdict.certainty = "certain";  // the log says it
      verdict.first = refused.front()->cite.at;
      verdict.last = refused.back()->cite.at;
      verdict.statement = "Consent to the application " + name + " was refused" +
                          (refused.back()->reason.empty() ? "" : ": " + refused.back()->reason) +
                          ".";
      if (verdict.total < 3 * kNat) continue;
    } else {
      if (verdict.total < 3 * kNat && kind != FirstParty::kTool) continue;
      if (kind == FirstParty::kTool && use.deeds.empty()) continue;
      verdict.first = granted.empty() ? use.deeds.front()->cite.at : granted.front()->cite.at;
      verdict.last = granted.empty() ? use.deeds.back()->cite.at : granted.back()->cite.at;
      if (!use.deeds.empty()) verdict.last = std::max(verdict.last, use.deeds.back()->cite.at);
      verdict.certainty = std::string(certainty_of(verdict.total));
      verdict.verdict = granted.empty()     ? "token_used"
                        : use.deeds.empty() ? "token_granted"
                                            : "token_granted_and_used";
      verdict.statement =
          (granted.empty()
               ? "The application " + name + " " + used_words +
                     (for_all.empty()
                          ? ", without a consent in the log"
                          : " under the consent that " + for_all.front()->account +
                                " gave for all at " + format_time(for_all.front()->cite.at))
               : "Consent to the application " + name + " at " +
                     format_time(granted.front()->cite.at) +
                     (granted.front()->all_users ? " for all users" : "") +
                     (scopes.empty() ? "" : " (" + scopes + ")") +
                     (use.deeds.empty() ? "; no use of it is logged"
                                        : "; it " + used_words + ", first at " +
                                              format_time(use.deeds.front()->cite.at))) +
          ".";
      if (kind == FirstParty::kTool) {
        verdict.verdict = "undecidable";
        verdict.certainty = "possible";
        verdict.readings = {"the owner used a tool of the provider",
                            "somebody who held the account used it to read"};
      }
    }
    if (app != nullptr && app->registered_by == facts.key)
      verdict.against.emplace_back(
          "this very account registered the application: registrant and victim are one account, "
          "and the log does not say which person did either");
    else if (app != nullptr && app->registered)
      verdict.against.push_back("the application was registered inside the tenant, by " +
                                app->registered_by);
    if (kind == FirstParty::kTool) verdict.against.emplace_back("first-party tool");
    if (verdict.first > verdict.last) std::swap(verdict.first, verdict.last);
    std::sort(verdict.basis.begin(), verdict.basis.end(),
              [](const BasisRecord& a, const BasisRecord& b) {
                return std::tie(a.cite.at, a.record) < std::tie(b.cite.at, b.record);
              });
    out.push_back(std::move(verdict));
  }
  return out;
}

}  // namespace serjeant

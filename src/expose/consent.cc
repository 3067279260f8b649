#include "expose/consent.h"

#include <algorithm>

#include "core/text.h"
#include "core/uuid.h"
#include "expose/native.h"

namespace serjeant {
namespace {

// The scopes of "[] => [[Id: ..., ConsentType: Principal, Scope:  a b c]]; ":
// what stands after each "Scope:" right of the arrow.
auto scopes_of(std::string_view permissions) -> std::vector<std::string> {
  if (auto arrow = permissions.find("=>"); arrow != std::string_view::npos)
    permissions.remove_prefix(arrow + 2);
  auto out = std::vector<std::string>{};
  constexpr auto kScope = std::string_view("Scope:");
  for (auto at = permissions.find(kScope); at != std::string_view::npos;
       at = permissions.find(kScope, at + 1)) {
    auto begin = at + kScope.size();
    auto end = permissions.find_first_of(",]", begin);
    auto list = permissions.substr(
        begin, end == std::string_view::npos ? std::string_view::npos : end - begin);
    for (auto scope : split(list, ' '))
      if (!trim(scope).empty()) out.emplace_back(trim(scope));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

auto read_consent(const Event& event) -> Consent {
  auto out = Consent{};
  out.cite = {event.span, event.eid, event.at};
  out.account = std::string(event.actor);
  out.org = std::string(event.org);
  out.record = std::string(event.record_id);
  out.result = std::string(native_text(event, "ResultStatus"));
  out.failed = event.outcome == Outcome::kFailure || event.outcome == Outcome::kBlocked ||
               equals_ignoring_ascii_case(out.result, "failure");
  out.admin = modified_text(event, "ConsentContext.IsAdminConsent") == "True";
  out.all_users = modified_text(event, "ConsentContext.OnBehalfOfAll") == "True";
  out.reason = modified_text(event, "ConsentAction.Reason");
  out.risky = out.reason.find("Risky") != std::string::npos;
  out.scopes =
      scopes_of(listed_text(event, "ModifiedProperties", "ConsentAction.Permissions", "NewValue"));
  out.app_name = std::string(target_text(event, "1"));
  auto id = modified_text(event, "TargetId.ServicePrincipalNames");
  id = id.substr(0, id.find(';'));
  if (!is_uuid(id)) id = std::string(event.object.substr(0, event.object.find(';')));
  if (!is_uuid(id)) id = std::string(target_text(event, "4"));
  // A refused application may be known by name only.
  out.named_only = !is_uuid(id);
  out.app_id = out.named_only ? out.app_name : lower_ascii(id);
  out.resolved = out.app_id;
  return out;
}

auto reaches_data(const std::vector<std::string>& scopes) -> bool {
  return std::any_of(scopes.begin(), scopes.end(), [](const std::string& scope) {
    auto lower = lower_ascii(last_part(scope));
    return lower.starts_with("mail.") || lower.starts_with("mailboxsettings.") ||
           lower.starts_with("files.") || lower.starts_with("contacts.") ||
           lower.starts_with("sites.") || lower.starts_with("notes.") ||
           lower.starts_with("chat.") || lower.starts_with("ews.") || lower.starts_with("imap.") ||
           lower.starts_with("pop.") || lower.starts_with("full_access") ||
           lower == "user_impersonation";
  });
}

auto AppBook::entry(std::string_view org, std::string_view id) -> App& {
  auto& app = apps_[{std::string(org), std::string(id)}];
  app.id = std::string(id);
  return app;
}

void AppBook::consent(Consent consent) { consents_.push_back(std::move(consent)); }

void AppBook::change(const Change& change) {
  if (change.control == Control::kApplication || change.control == Control::kSecret)
    changes_.push_back(change);
}

void AppBook::seen(std::string_view org, std::string_view app_id, std::string_view account,
                   Nanos at) {
  // Ids come from evidence; a tenant has hundreds, not millions.
  constexpr auto kApps = std::size_t{100'000};
  if (app_id.empty()) return;
  auto key = Key{std::string(org), lower_ascii(app_id)};
  auto found = apps_.find(key);
  if (found == apps_.end()) {
    if (apps_.size() >= kApps) return;
    found = apps_.emplace(key, App{}).first;
    found->second.id = key.second;
  }
  auto& app = found->second;
  if (!app.first_seen || at < *app.first_seen) app.first_seen = at;
  if (!app.last_seen || at > *app.last_seen) app.last_seen = at;
  auto& last = last_user_[key];
  if (last != account) {
    last = std::string(account);
    ++app.users;
  }
}

void AppBook::finish() {
  auto earlier = [](const auto& a, const auto& b) {
    return std::tie(a.cite.at, a.record) < std::tie(b.cite.at, b.record);
  };
  std::sort(changes_.begin(), changes_.end(), earlier);
  std::sort(consents_.begin(), consents_.end(), earlier);
  auto by_object = std::map<Key, std::string>{};  // directory object -> id
  auto names = std::map<Key, std::vector<std::string>>{};
  constexpr auto kRefusedWithin = 10 * kMinute;
  for (auto i = std::size_t{0}; i < changes_.size(); ++i) {
    const auto& change = changes_[i];
    if (change.control != Control::kApplication || change.app_id.empty() || change.failed) continue;
    auto& app = entry(change.org, lower_ascii(change.app_id));
    if (app.name.empty()) app.name = change.name;
    by_object[{change.org, lower_ascii(change.object)}] = app.id;
    if (change.operation.starts_with("Add application") && !app.registered) {
      app.registered = change.cite.at;
      app.registration = change.cite;
      app.registered_by = change.account;
      for (auto back = i; back-- > 0 && change.cite.at - changes_[back].cite.at <= kRefusedWithin;)
        if (changes_[back].failed && changes_[back].account == change.account) ++app.refused_names;
    }
    if (change.undoes && !app.removed) app.removed = change.cite.at;
    if (!app.first_seen || change.cite.at < *app.first_seen) app.first_seen = change.cite.at;
  }
  for (const auto& change : changes_) {
    if (change.control != Control::kSecret || change.failed) continue;
    auto found = by_object.find({change.org, lower_ascii(change.object)});
    if (found == by_object.end()) continue;
    auto& app = entry(change.org, found->second);
    if (!app.secret) app.secret = change.cite.at;
  }
  for (const auto& consent : consents_)
    if (!consent.named_only) {
      auto& app = entry(consent.org, consent.app_id);
      if (app.name.empty()) app.name = consent.app_name;
    }
  for (const auto& [key, app] : apps_)
    if (!app.name.empty()) names[{key.first, lower_ascii(app.name)}].push_back(app.id);
  for (auto i = std::size_t{0}; i < consents_.size(); ++i) {
    auto& consent = consents_[i];
    if (consent.named_only) {
      auto found = names.find({consent.org, lower_ascii(consent.app_name)});
      if (found != names.end() && found->second.size() == 1)
        consent.resolved = found->second.front();
    }
    auto& app = entry(consent.org, consent.resolved);
    if (app.name.empty()) app.name = consent.app_name;
    app.consents.push_back(i);
    if (!app.first_seen || consent.cite.at < *app.first_seen) app.first_seen = consent.cite.at;
    by_account_[{consent.org, consent.account}].push_back(i);
  }
}

auto AppBook::find(std::string_view org, std::string_view app_id) const -> const App* {
  auto found = apps_.find({std::string(org), std::string(app_id)});
  return found == apps_.end() ? nullptr : &found->second;
}

auto AppBook::for_all(std::string_view org, std::string_view app_id) const
    -> std::vector<const Consent*> {
  auto out = std::vector<const Consent*>{};
  if (const auto* app = find(org, app_id))
    for (auto index : app->consents)
      if (consents_[index].all_users && !consents_[index].failed) out.push_back(&consents_[index]);
  return out;
}

auto AppBook::consents_of(std::string_view org, std::string_view account) const
    -> std::vector<const Consent*> {
  auto out = std::vector<const Consent*>{};
  if (auto found = by_account_.find({std::string(org), std::string(account)});
      found != by_account_.end())
    for (auto index : found->second) out.push_back(&consents_[index]);
  return out;
}

auto AppBook::apps_of(std::string_view org, std::string_view account) const
    -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  for (const auto* consent : consents_of(org, account)) out.push_back(consent->resolved);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace serjeant

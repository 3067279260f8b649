#include "expose/control.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "expose/first_party.h"
#include "expose/native.h"

namespace serjeant {
namespace {

constexpr auto kDetailBytes = std::size_t{512};

// Parameters that cmdlets always carry and that say nothing.
auto is_default(std::string_view name) -> bool {
  return name == "AlwaysDeleteOutlookRulesBlob" || name == "Force" || name == "Confirm" ||
         name == "WhatIf";
}
// Parameters that name a directory object by its path.
auto is_identity(std::string_view name) -> bool {
  return name == "Identity" || name == "User" || name == "Trustee" ||
         name == "GrantSendOnBehalfTo" || name == "Mailbox";
}

void put(Change& change, std::string_view name, std::string_view value) {
  change.detail.emplace_back(std::string(name), std::string(value.substr(0, kDetailBytes)));
}

auto detail_of(const Change& change, std::string_view name) -> std::string_view {
  for (const auto& [known, value] : change.detail)
    if (known == name) return value;
  return {};
}

void read_cmdlet(const Event& event, Change& change) {
  for (auto [name, value] : listed_pairs(event, "Parameters")) {
    if (is_default(name)) continue;
    put(change, name, is_identity(name) ? last_part(value) : value);
  }
  // A rule's path ends in "mailbox\rule"; keep both.
  auto object = event.object;
  if (auto cut = object.rfind('/'); cut != std::string_view::npos) object = object.substr(cut + 1);
  if (!object.empty()) put(change, "_object", object);
  change.name = std::string(detail_of(change, "Name"));
  change.on = lower_ascii(detail_of(change, "Identity"));
  if (change.control == Control::kInboxRule) {
    auto owner = lower_ascii(object.substr(0, object.find('\\')));
    auto rule = object.find('\\') == std::string_view::npos ? std::string_view(change.name)
                                                            : object.substr(object.find('\\') + 1);
    if (change.name.empty()) change.name = std::string(trim(rule));
    change.on = owner + "\\" + lower_ascii(trim(rule));
  } else if (change.control == Control::kTransportRule) {
    change.on = lower_ascii(change.name.empty() ? last_part(detail_of(change, "Identity"))
                                                : std::string_view(change.name));
    if (change.name.empty()) change.name = change.on;
  } else if (change.on.empty()) {
    change.on = lower_ascii(last_part(object));
  }
  for (auto name : {"User", "Trustee", "GrantSendOnBehalfTo", "ForwardingSmtpAddress",
                    "ForwardingAddress", "ForwardTo", "ForwardAsAttachmentTo", "RedirectTo",
                    "BlindCopyTo", "RedirectMessageTo", "CopyTo", "Member"})
    if (auto value = detail_of(change, name); !value.empty()) {
      change.to = std::string(value);
      break;
    }
}

// `[KeyIdentifier=...,DisplayName=klk]` entries that are new.
auto new_key_name(const Event& event) -> std::string {
  auto fresh = std::string(listed_text(event, "ModifiedProperties", "KeyDescription", "NewValue"));
  auto old = std::string(listed_text(event, "ModifiedProperties", "KeyDescription", "OldValue"));
  constexpr auto kId = std::string_view("KeyIdentifier=");
  constexpr auto kName = std::string_view("DisplayName=");
  for (auto at = fresh.find(kId); at != std::string::npos; at = fresh.find(kId, at + 1)) {
    auto id = fresh.substr(at, fresh.find(',', at) - at);
    if (old.find(id) != std::string::npos) continue;
    auto end = fresh.find(']', at);
    auto name = fresh.find(kName, at);
    if (name == std::string::npos || (end != std::string::npos && name > end)) return {};
    name += kName.size();
    return fresh.substr(name, std::min(fresh.find(']', name), fresh.find(',', name)) - name);
  }
  return {};
}

// Who gets a role or joins a group: a user's name, else what the record calls it.
auto member_of(const Event& event) -> std::string_view {
  auto name = target_text(event, "1");
  return event.object.find('@') != std::string_view::npos || name.empty() ? event.object : name;
}

void read_directory(const Event& event, Change& change) {
  switch (change.control) {
    case Control::kRole:
      put(change, "member", member_of(event));
      change.name = modified_text(event, "Role.DisplayName");
      put(change, "role", change.name);
      change.on = lower_ascii(change.name);
      change.to = lower_ascii(event.object);
      break;
    case Control::kGroup:
      put(change, "member", member_of(event));
      change.name = modified_text(event, "Group.DisplayName");
      if (change.name.empty()) change.name = std::string(target_text(event, "1"));
      put(change, "group", change.name);
      change.on = lower_ascii(change.name);
      change.to = lower_ascii(event.object);
      break;
    case Control::kApplication:
      change.name = std::string(target_text(event, "1"));
      change.app_id = modified_text(event, "AppId");
      if (change.app_id.empty()) change.app_id = std::string(target_text(event, "4"));
      put(change, "name", change.name);
      put(change, "app_id", change.app_id);
      change.on = lower_ascii(change.app_id.empty() ? event.object : change.app_id);
      break;
    case Control::kSecret:
      change.name = std::string(target_text(event, "1"));
      put(change, "name", change.name);
      put(change, "key", new_key_name(event));
      change.on = lower_ascii(event.object);
      break;
    case Control::kAppRole:
      put(change, "app_role", modified_text(event, "AppRole.Value"));
      put(change, "resource", target_text(event, "1"));
      change.app_id = modified_text(event, "ServicePrincipal.AppId");
      put(change, "app_id", change.app_id);
      change.name = modified_text(event, "AppRole.Value");
      change.on = change.app_id;
      break;
    case Control::kGrant:
      put(change, "object", event.object);
      change.on = lower_ascii(event.object);
      break;
    default:
      put(change, "account", event.object.empty() ? event.target : event.object);
      change.on = lower_ascii(event.object.empty() ? event.target : event.object);
      change.name = modified_text(event, "DisplayName");
      break;
  }
}

auto any_of(std::string_view text, std::initializer_list<std::string_view> words) -> bool {
  auto lower = lower_ascii(text);
  for (auto word : words)
    if (lower.find(word) != std::string::npos) return true;
  return false;
}

// Nothing, blanks or punctuation only, or up to two characters: a name chosen
// not to be noticed.
auto is_hidden_name(std::string_view name) -> bool {
  name = trim(name);
  if (name.size() <= 2) return true;
  for (auto c : name)
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
        static_cast<unsigned char>(c) >= 0x80)
      return false;
  return true;
}

auto domain_of(std::string_view address) -> std::string {
  auto at = address.rfind('@');
  if (at == std::string_view::npos) return {};
  auto domain = address.substr(at + 1);
  return lower_ascii(domain.substr(0, domain.find_first_of(">\"]; ")));
}

void add(Change& change, std::int64_t micro, std::string reason) {
  change.weight += micro;
  change.reasons.push_back(std::move(reason));
}

void weigh_delivery(Change& change, const std::function<bool(std::string_view)>& ours) {
  for (auto name : {"ForwardTo", "ForwardAsAttachmentTo", "RedirectTo", "BlindCopyTo", "CopyTo",
                    "RedirectMessageTo", "ForwardingSmtpAddress", "ForwardingAddress"}) {
    auto to = detail_of(change, name);
    if (to.empty()) continue;
    auto domain = domain_of(to);
    if (!domain.empty() && !ours(domain))
      add(change, 3 * kNat, std::string("sends mail outside (") + name + ")");
    else
      add(change, kNat / 2, std::string("sends mail on, inside (") + name + ")");
  }
  if (!detail_of(change, "BlindCopyTo").empty()) add(change, kNat, "unseen by those who write");
  if (detail_of(change, "DeliverToMailboxAndForward") == "False" && change.weight > 0)
    add(change, kNat, "keeps no copy");
}

void weigh_rule(Change& change) {
  if (is_hidden_name(change.name)) add(change, 3 * kNat / 2, "name of two characters or fewer");
  if (detail_of(change, "DeleteMessage") == "True" ||
      detail_of(change, "SoftDeleteMessage") == "True")
    add(change, 2 * kNat, "deletes mail unread");
  if (auto folder = detail_of(change, "MoveToFolder");
      any_of(folder, {"rss", "junk", "archive", "deleted", "conversation history"}))
    add(change, 2 * kNat, "moves mail out of sight");
  else if (auto copy = detail_of(change, "CopyToFolder");
           any_of(copy, {"rss", "junk", "archive", "deleted", "conversation history"}))
    add(change, kNat, "copies mail out of sight");
  if (detail_of(change, "MarkAsRead") == "True") add(change, kNat / 2, "marks mail as read");
  auto words = std::string{};
  for (auto name : {"SubjectContainsWords", "BodyContainsWords", "SubjectOrBodyContainsWords",
                    "From", "FromAddressContainsWords"})
    words += std::string(detail_of(change, name)) + ' ';
  if (any_of(words, {"invoice", "payment", "payroll", "password", "bank", "wire", "iban", "hack",
                     "phish", "virus", "malware", "fraud", "security", "helpdesk", "suspicious",
                     "docusign", "mfa"}))
    add(change, kNat, "looks for words of money or alarm");
  if (detail_of(change, "SetAuditSeverity") == "DoNotAudit")
    add(change, 3 * kNat, "switches its own auditing off");
}

}  // namespace

auto is_privileged_role(std::string_view role) -> bool {
  constexpr auto kRoles = std::to_array<std::string_view>(
      {"global administrator", "company administrator", "privileged role administrator",
       "privileged authentication administrator", "application administrator",
       "cloud application administrator", "exchange administrator", "security administrator",
       "user administrator", "user account administrator", "authentication administrator",
       "hybrid identity administrator", "sharepoint administrator", "helpdesk administrator",
       "conditional access administrator", "organization management", "applicationimpersonation"});
  auto lower = lower_ascii(role);
  return std::find(kRoles.begin(), kRoles.end(), lower) != kRoles.end();
}

auto read_change(const Event& event, ActKind kind) -> Change {
  auto out = Change{};
  out.cite = {event.span, event.eid, event.at};
  out.account = std::string(event.actor);
  out.org = std::string(event.org);
  out.control = kind.control;
  out.undoes = kind.undoes;
  out.operation = std::string(trim(event.operation));
  auto result = native_text(event, "ResultStatus");
  out.result = std::string(result);
  out.failed = event.outcome == Outcome::kFailure || event.outcome == Outcome::kBlocked ||
               equals_ignoring_ascii_case(result, "failure") ||
               equals_ignoring_ascii_case(result, "false");
  out.record = std::string(event.record_id);
  out.session = std::string(event.session);
  out.object = std::string(event.object);
  out.ip = event.ip;
  out.place = event.ip_role;
  // A second factor that is registered shows as an update of the user.
  if (out.control == Control::kAccount)
    for (auto [name, value] : listed_pairs(event, "ModifiedProperties", "NewValue"))
      if (name.starts_with("StrongAuthentication")) out.control = Control::kFactor;
  auto cmdlet = event.native.find("Parameters");
  if (cmdlet || kind.control == Control::kInboxRule || kind.control == Control::kTransportRule ||
      kind.control == Control::kMailbox || kind.control == Control::kPermission)
    read_cmdlet(event, out);
  else
    read_directory(event, out);
  return out;
}

void weigh_change(Change& change, const std::function<bool(std::string_view)>& ours) {
  change.weight = 0;
  change.reasons.clear();
  if (change.undoes || change.failed) return;
  switch (change.control) {
    case Control::kInboxRule:
      weigh_delivery(change, ours);
      weigh_rule(change);
      break;
    case Control::kTransportRule:
      weigh_delivery(change, ours);
      weigh_rule(change);
      break;
    case Control::kMailbox:
      weigh_delivery(change, ours);
      if (!detail_of(change, "GrantSendOnBehalfTo").empty())
        add(change, kNat, "lets another send on its behalf");
      if (detail_of(change, "AuditEnabled") == "False")
        add(change, 4 * kNat, "switches the mailbox's auditing off");
      break;
    case Control::kPermission: {
      auto rights = detail_of(change, "AccessRights");
      if (any_of(rights, {"fullaccess"}))
        add(change, 3 * kNat / 2, "opens the whole mailbox to another");
      if (any_of(rights, {"sendas"})) add(change, 3 * kNat / 2, "lets another send as its owner");
      if (any_of(change.to, {"default", "anonymous", "everyone"}) && !rights.empty() &&
          !any_of(rights, {"none", "availabilityonly"}))
        add(change, 2 * kNat, "opens a folder to everybody");
      break;
    }
    case Control::kRole:
      if (is_privileged_role(change.name)) add(change, kNat, "gives a privileged role");
      break;
    case Control::kAccount:
      if (change.operation.starts_with("Add user")) add(change, kNat / 2, "creates an account");
      break;
    case Control::kFactor:
      add(change, kNat, "changes a second factor");
      break;
    case Control::kApplication:
      if (is_look_alike(change.name)) add(change, 3 * kNat, "name that passes for the provider's");
      break;
    case Control::kSecret:
      add(change, kNat, "adds a secret to an application");
      if (is_look_alike(change.name)) add(change, 3 * kNat, "name that passes for the provider's");
      break;
    case Control::kAppRole:
      if (any_of(change.name, {"mail.", "files.", "directory.readwrite", "credentials.",
                               "full_access", "rolemanagement", "application.readwrite"}))
        add(change, 3 * kNat / 2, "gives an application far-reaching rights");
      break;
    case Control::kAudit:
      if (detail_of(change, "UnifiedAuditLogIngestionEnabled") == "False" ||
          detail_of(change, "AuditBypassEnabled") == "True" ||
          lower_ascii(change.operation).starts_with("remove-"))
        add(change, 4 * kNat, "switches auditing off");
      break;
    case Control::kFederation:
      add(change, 3 * kNat, "changes who vouches for a domain's people");
      break;
    case Control::kSearch:
      add(change, kNat, "searches or exports other people's mail");
      break;
    case Control::kNone:
    case Control::kGroup:
    case Control::kPassword:
    case Control::kGrant:
    case Control::kPolicy:
    case Control::kDevice:
      break;
  }
}

namespace {

// Is `later` the end of what `earlier` began?
auto takes_back(const Change& later, const Change& earlier) -> bool {
  if (later.control != earlier.control || later.failed || later.on != earlier.on) return false;
  if (earlier.control == Control::kMailbox) {
    // Forwarding is cleared by setting it to nothing.
    auto forwards = [](const Change& change) {
      return !detail_of(change, "ForwardingSmtpAddress").empty() ||
             !detail_of(change, "ForwardingAddress").empty();
    };
    auto names = [](const Change& change) {
      return std::any_of(change.detail.begin(), change.detail.end(), [](const auto& pair) {
        return pair.first == "ForwardingSmtpAddress" || pair.first == "ForwardingAddress";
      });
    };
    return forwards(earlier) && names(later) && !forwards(later);
  }
  if (!later.undoes) return false;
  if (earlier.control == Control::kInboxRule || earlier.control == Control::kTransportRule ||
      earlier.control == Control::kApplication)
    return true;
  return later.to == earlier.to;
}

}  // namespace

void pair_undone(std::vector<Change>& changes) {
  // Walks back from each undoing; bounded, so that hostile logs cost linear time.
  constexpr auto kBack = std::size_t{2000};
  for (auto i = std::size_t{0}; i < changes.size(); ++i) {
    const auto& later = changes[i];
    if (!later.undoes && later.control != Control::kMailbox) continue;
    for (auto back = std::size_t{1}; back <= std::min(i, kBack); ++back) {
      auto& earlier = changes[i - back];
      if (earlier.undone || earlier.undoes || earlier.failed || !takes_back(later, earlier))
        continue;
      earlier.undone = later.cite.at;
      break;
    }
  }
}

auto is_hostile(const Change& change) -> bool {
  return !change.undoes && !change.failed && change.weight >= 3 * kNat;
}

}  // namespace serjeant

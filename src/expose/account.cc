#include "expose/account.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "core/text.h"
#include "expose/names.h"

namespace serjeant {
namespace {

struct Known {
  std::string_view operation;  // folded
  ActKind kind;
};

constexpr auto on(Control control) -> ActKind { return {Act::kControl, control, false}; }
constexpr auto off(Control control) -> ActKind { return {Act::kControl, control, true}; }
constexpr auto plain(Act act) -> ActKind { return {act, Control::kNone, false}; }

// Names of the Office 365 Management Activity API schema and of the Entra and
// Exchange cmdlets that it records. Sorted by name.
constexpr auto kKnown = std::to_array<Known>({
    {"add app role assignment grant to user", on(Control::kGrant)},
    {"add app role assignment to service principal", on(Control::kAppRole)},
    {"add application", on(Control::kApplication)},
    {"add delegated permission grant", on(Control::kGrant)},
    {"add device", on(Control::kDevice)},
    {"add eligible member to role", on(Control::kRole)},
    {"add group", on(Control::kGroup)},
    {"add member to group", on(Control::kGroup)},
    {"add member to role", on(Control::kRole)},
    {"add oauth2permissiongrant", on(Control::kGrant)},
    {"add owner to application", on(Control::kApplication)},
    {"add owner to group", on(Control::kGroup)},
    {"add owner to service principal", on(Control::kApplication)},
    {"add policy", on(Control::kPolicy)},
    {"add registered owner to device", on(Control::kDevice)},
    {"add registered users to device", on(Control::kDevice)},
    {"add service principal", on(Control::kApplication)},
    {"add service principal credentials", on(Control::kSecret)},
    {"add unverified domain", on(Control::kFederation)},
    {"add user", on(Control::kAccount)},
    {"add verified domain", on(Control::kFederation)},
    {"add-mailboxfolderpermission", on(Control::kPermission)},
    {"add-mailboxpermission", on(Control::kPermission)},
    {"add-recipientpermission", on(Control::kPermission)},
    {"add-rolegroupmember", on(Control::kRole)},
    {"addfolderpermissions", on(Control::kPermission)},
    {"admin registered security info", on(Control::kFactor)},
    {"anonymouslinkcreated", plain(Act::kFile)},
    {"anonymouslinkremoved", plain(Act::kFile)},
    {"anonymouslinkupdated", plain(Act::kFile)},
    {"anonymouslinkused", plain(Act::kFile)},
    {"change user password", on(Control::kPassword)},
    {"companylinkcreated", plain(Act::kFile)},
    {"companylinkused", plain(Act::kFile)},
    {"consent to application", plain(Act::kConsent)},
    {"delete application", off(Control::kApplication)},
    {"delete conditional access policy", off(Control::kPolicy)},
    {"delete group", off(Control::kGroup)},
    {"delete policy", off(Control::kPolicy)},
    {"delete user", off(Control::kAccount)},
    {"disable account", off(Control::kAccount)},
    {"disable strong authentication", off(Control::kFactor)},
    {"disable-inboxrule", off(Control::kInboxRule)},
    {"disable-transportrule", off(Control::kTransportRule)},
    {"enable account", on(Control::kAccount)},
    {"enable strong authentication", on(Control::kFactor)},
    {"enable-inboxrule", on(Control::kInboxRule)},
    {"enable-transportrule", on(Control::kTransportRule)},
    {"fileaccessed", plain(Act::kFile)},
    {"fileaccessedextended", plain(Act::kFile)},
    {"filecheckedin", plain(Act::kFile)},
    {"filecheckedout", plain(Act::kFile)},
    {"filecopied", plain(Act::kFile)},
    {"filedeleted", plain(Act::kFile)},
    {"filedownloaded", plain(Act::kFile)},
    {"filemodified", plain(Act::kFile)},
    {"filemodifiedextended", plain(Act::kFile)},
    {"filemoved", plain(Act::kFile)},
    {"filepreviewed", plain(Act::kFile)},
    {"filerecycled", plain(Act::kFile)},
    {"filerenamed", plain(Act::kFile)},
    {"filerestored", plain(Act::kFile)},
    {"filesyncdownloadedfull", plain(Act::kFile)},
    {"filesyncdownloadedpartial", plain(Act::kFile)},
    {"filesyncuploadedfull", plain(Act::kFile)},
    {"filesyncuploadedpartial", plain(Act::kFile)},
    {"fileuploaded", plain(Act::kFile)},
    {"fileuploadedpartial", plain(Act::kFile)},
    {"fileversionsalldeleted", plain(Act::kFile)},
    {"hard delete application", off(Control::kApplication)},
    {"hard delete user", off(Control::kAccount)},
    {"harddelete", plain(Act::kMailRemoved)},
    {"install-adminauditlogconfig", on(Control::kAudit)},
    {"mailitemsaccessed", plain(Act::kMailRead)},
    {"modifyfolderpermissions", on(Control::kPermission)},
    {"movetodeleteditems", plain(Act::kMailRemoved)},
    {"new-compliancesearch", on(Control::kSearch)},
    {"new-compliancesearchaction", on(Control::kSearch)},
    {"new-inboxrule", on(Control::kInboxRule)},
    {"new-mailboxexportrequest", on(Control::kSearch)},
    {"new-mailboxsearch", on(Control::kSearch)},
    {"new-managementroleassignment", on(Control::kRole)},
    {"new-transportrule", on(Control::kTransportRule)},
    {"new-unifiedauditlogretentionpolicy", on(Control::kAudit)},
    {"remove app role assignment from service principal", off(Control::kAppRole)},
    {"remove app role assignment grant from user", off(Control::kGrant)},
    {"remove delegated permission grant", off(Control::kGrant)},
    {"remove member from group", off(Control::kGroup)},
    {"remove member from role", off(Control::kRole)},
    {"remove oauth2permissiongrant", off(Control::kGrant)},
    {"remove owner from application", off(Control::kApplication)},
    {"remove owner from group", off(Control::kGroup)},
    {"remove service principal", off(Control::kApplication)},
    {"remove service principal credentials", off(Control::kSecret)},
    {"remove-inboxrule", off(Control::kInboxRule)},
    {"remove-mailboxfolderpermission", off(Control::kPermission)},
    {"remove-mailboxpermission", off(Control::kPermission)},
    {"remove-recipientpermission", off(Control::kPermission)},
    {"remove-rolegroupmember", off(Control::kRole)},
    {"remove-transportrule", off(Control::kTransportRule)},
    {"remove-unifiedauditlogretentionpolicy", on(Control::kAudit)},
    {"removefolderpermissions", off(Control::kPermission)},
    {"reset user password", on(Control::kPassword)},
    {"searchcreated", on(Control::kSearch)},
    {"searchqueryinitiatedexchange", plain(Act::kMailSearched)},
    {"securelinkcreated", plain(Act::kFile)},
    {"securelinkused", plain(Act::kFile)},
    {"send", plain(Act::kMailSent)},
    {"sendas", plain(Act::kMailSent)},
    {"sendonbehalf", plain(Act::kMailSent)},
    {"set company information", on(Control::kPolicy)},
    {"set directory feature on tenant", on(Control::kPolicy)},
    {"set domain authentication", on(Control::kFederation)},
    {"set federation settings on domain", on(Control::kFederation)},
    {"set-adminauditlogconfig", on(Control::kAudit)},
    {"set-inboxrule", on(Control::kInboxRule)},
    {"set-mailbox", on(Control::kMailbox)},
    {"set-mailboxauditbypassassociation", on(Control::kAudit)},
    {"set-mailboxfolderpermission", on(Control::kPermission)},
    {"set-transportrule", on(Control::kTransportRule)},
    {"softdelete", plain(Act::kMailRemoved)},
    {"update application", on(Control::kApplication)},
    {"update application - certificates and secrets management", on(Control::kSecret)},
    {"update conditional access policy", on(Control::kPolicy)},
    {"update device", on(Control::kDevice)},
    {"update policy", on(Control::kPolicy)},
    {"update service principal", on(Control::kApplication)},
    {"update user", on(Control::kAccount)},
    {"updatecalendardelegation", on(Control::kPermission)},
    {"updatefolderpermissions", on(Control::kPermission)},
    {"updateinboxrules", on(Control::kInboxRule)},
    {"user deleted security info", off(Control::kFactor)},
    {"user registered all required security info", on(Control::kFactor)},
    {"user registered security info", on(Control::kFactor)},
    {"userloggedin", plain(Act::kSignIn)},
    {"userloginfailed", plain(Act::kSignInFailed)},
});
static_assert(std::is_sorted(kKnown.begin(), kKnown.end(), [](const Known& a, const Known& b) {
  return a.operation < b.operation;
}));

constexpr auto kAuthentication = 3002u;  // OCSF class
constexpr auto kLogon = 1u;              // its activity

auto of_mail_items(Act act) -> bool {
  return act == Act::kMailRead || act == Act::kMailSent || act == Act::kMailRemoved;
}

}  // namespace

auto control_word(Control control) -> std::string_view {
  switch (control) {
    case Control::kNone:
      return "other";
    case Control::kInboxRule:
      return "inbox_rule";
    case Control::kTransportRule:
      return "transport_rule";
    case Control::kMailbox:
      return "mailbox";
    case Control::kPermission:
      return "permission";
    case Control::kRole:
      return "role";
    case Control::kGroup:
      return "group";
    case Control::kAccount:
      return "account";
    case Control::kPassword:
      return "password";
    case Control::kFactor:
      return "mfa";
    case Control::kApplication:
      return "application";
    case Control::kSecret:
      return "secret";
    case Control::kAppRole:
      return "app_role";
    case Control::kGrant:
      return "grant";
    case Control::kAudit:
      return "audit";
    case Control::kFederation:
      return "federation";
    case Control::kPolicy:
      return "policy";
    case Control::kDevice:
      return "device";
    case Control::kSearch:
      return "search";
  }
  return "other";
}

auto kind_of_operation(std::string_view operation) -> ActKind {
  auto folded = std::string{};
  operation = trim(operation);
  if (!operation.empty() && operation.back() == '.') operation.remove_suffix(1);
  for (auto i = std::size_t{0}; i < operation.size(); ++i) {
    // En dash and em dash (U+2013, U+2014) stand for a hyphen.
    if (operation.substr(i, 3) == "\xe2\x80\x93" || operation.substr(i, 3) == "\xe2\x80\x94") {
      folded += '-';
      i += 2;
    } else {
      auto c = operation[i];
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  const auto* found = std::lower_bound(
      kKnown.begin(), kKnown.end(), std::string_view(folded),
      [](const Known& known, std::string_view name) { return known.operation < name; });
  return found != kKnown.end() && found->operation == folded ? found->kind : ActKind{};
}

auto account_of(const Event& event) -> std::string_view {
  if (!event.mailbox.empty() && event.mailbox != event.actor) {
    if (of_mail_items(kind_of_operation(event.operation).act)) return event.mailbox;
  }
  return event.actor;
}

auto by_person(const Event& event) -> bool {
  return event.actor_kind == ActorKind::kPerson ||
         (event.actor_kind == ActorKind::kUnknown &&
          event.actor.find('@') != std::string_view::npos);
}

struct ActNames::Impl {
  std::unordered_map<std::string, ActKind, TextHash, std::equal_to<>> known;
};

ActNames::ActNames() : impl_(std::make_unique<Impl>()) {}
ActNames::~ActNames() = default;

auto ActNames::kind(const Event& event) -> ActKind {
  // Names come from evidence: beyond a bound they are looked up and forgotten.
  constexpr auto kRemembered = std::size_t{4096};
  auto kind = ActKind{};
  if (auto found = impl_->known.find(event.operation); found != impl_->known.end()) {
    kind = found->second;
  } else {
    kind = kind_of_operation(event.operation);
    if (impl_->known.size() < kRemembered) impl_->known.emplace(event.operation, kind);
  }
  if (kind.act == Act::kNone && event.class_uid == kAuthentication && event.activity_id == kLogon) {
    if (event.outcome == Outcome::kSuccess) return plain(Act::kSignIn);
    if (event.outcome != Outcome::kUnknown) return plain(Act::kSignInFailed);
  }
  return kind;
}

}  // namespace serjeant

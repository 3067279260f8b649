#include "shape/m365.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "core/uuid.h"
#include "shape/accounts.h"
#include "shape/addresses.h"
#include "shape/m365_acts.h"
#include "shape/time_formats.h"

namespace serjeant::m365 {
namespace {

using namespace std::string_view_literals;

// Mail reads are written as one record for two minutes of reading
// ("Use Microsoft Purview Audit to investigate compromised accounts").
constexpr auto kReadAggregationMs = 120'000U;

// Entra errors that are raised only after the password was found right, by
// number and by the name that the audit log gives: an expired password, a
// second factor to set up, to give, or not given, a consent still missing.
struct SignInError {
  std::string_view number, name;
};
constexpr auto kPasswordRight = std::to_array<SignInError>({
    {"50055", "InvalidPasswordExpiredPassword"},
    {"50072", "UserStrongAuthEnrollmentRequiredInterrupt"},
    {"50074", "UserStrongAuthClientAuthNRequiredInterrupt"},
    {"50076", "UserStrongAuthClientAuthNRequired"},
    {"50079", "UserStrongAuthEnrollmentRequired"},
    {"50144", "InvalidPasswordExpiredOnPremPassword"},
    {"50158", "ExternalSecurityChallenge"},
    {"65001", "DelegationDoesNotExist"},
    {"500121", "AuthenticationFailedDuringStrongAuthenticationRequest"},
});
// Refused by a rule of the tenant or of Microsoft, whatever the password.
constexpr auto kBlockedErrors = std::to_array<SignInError>({
    {"50053", "IdsLocked"},
    {"53000", "DeviceNotCompliant"},
    {"53001", "DeviceNotDomainJoined"},
    {"53002", "ApplicationUsedIsNotAnApprovedApp"},
    {"53003", "BlockedByConditionalAccess"},
    {"53004", "ProofUpBlockedDueToRisk"},
});

template <std::size_t N>
auto is_one_of(std::string_view error, const std::array<SignInError, N>& errors) -> bool {
  return std::any_of(errors.begin(), errors.end(), [&](const SignInError& known) {
    return known.number == error || equals_ignoring_ascii_case(known.name, error);
  });
}

auto is_word(std::string_view text, std::initializer_list<std::string_view> words) -> bool {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return equals_ignoring_ascii_case(text, word); });
}

auto number_or(std::string_view text, std::int64_t none) -> std::int64_t {
  return to_int(text).value_or(none);
}
auto size_of(std::string_view text) -> std::uint64_t { return to_uint(text).value_or(0); }

auto is_true(std::string_view text) -> bool { return equals_ignoring_ascii_case(text, "true"); }

auto contains(std::string_view text, std::string_view part) -> bool {
  return text.find(part) != std::string_view::npos;
}

// A claim's value: behind the last bar of "i:0#.f|membership|user@x".
auto is_anonymous(std::string_view user) -> bool {
  return starts_with_ignoring_case(user, "urn:spo:anon") || contains(user, "urn%3aspo%3aanon") ||
         contains(user, "|urn:spo:anon") || is_word(user, {"anonymous"});
}

// Names that no person signs in with: no UPN at all (NT AUTHORITY\..., a bare
// GUID, ServicePrincipal_..., Certificate), or a UPN of the platform.
auto is_service_name(std::string_view user) -> bool {
  const auto at = user.rfind('@');
  if (at == std::string_view::npos) return true;
  if (starts_with_ignoring_case(user, "ServicePrincipal_")) return true;
  const auto bar = user.rfind('|', at);
  const auto local = user.substr(bar == std::string_view::npos ? 0 : bar + 1, at - (bar + 1));
  return is_uuid(local) || equals_ignoring_ascii_case(user.substr(at), "@sharepoint");
}

// Mailbox assistants and Microsoft's own REST callers, by the client string.
auto is_provider_client(std::string_view client) -> bool {
  return contains(client, "Client=RESTSystem") || client.starts_with("Client=TBA;") ||
         client.starts_with("Client=EBA;") || client.starts_with("Client=ELC");
}

// The account in "user@x", "user@x\rule", "mailbox" ... or nothing.
auto account_in(std::string_view object) -> std::string_view {
  object = object.substr(0, object.find('\\'));
  const auto at = object.find('@');
  if (at == 0 || at == std::string_view::npos || object.find('/') != std::string_view::npos)
    return {};
  return object;
}

}  // namespace

auto is_password_right(std::string_view error) -> bool { return is_one_of(error, kPasswordRight); }

auto fold_operation(std::string_view operation) -> std::string {
  constexpr auto kDashes = std::array{"\u2010"sv, "\u2011"sv, "\u2012"sv, "\u2013"sv,
                                      "\u2014"sv, "\u2015"sv, "\u2212"sv};
  auto out = std::string{};
  operation = trim(operation);
  while (!operation.empty()) {
    const auto* dash = std::find_if(kDashes.begin(), kDashes.end(), [&](std::string_view form) {
      return operation.starts_with(form);
    });
    out += dash != kDashes.end() ? '-' : operation.front();
    operation.remove_prefix(dash != kDashes.end() ? dash->size() : 1);
  }
  return out;
}

void AuditShaper::shape(const Record& record, Event event, Arena& arena, EventSink& sink) {
  record_.read(record, arena);
  items_.clear();
  faults_.clear();
  event.span = record.span;
  event.operation = record_.text(Slot::kOperation);
  event.record_id = record_.text(Slot::kId);
  event.org = record_.text(Slot::kOrganizationId);
  if (event.org.empty()) event.org = record_.text(Slot::kOrganizationName);
  event.content_hash = record_.content_hash();
  event.result_index = record_.result_index();
  event.result_count = record_.result_count();
  const auto act = act_of(event.operation, record_.text(Slot::kWorkload),
                          static_cast<int>(std::clamp<std::int64_t>(
                              number_or(record_.text(Slot::kRecordType), -1), -1, 100'000)));
  event.class_uid = act.class_uid;
  event.activity_id = act.activity_id;
  event.object = record_.text(Slot::kObjectId);
  if (!event.object.empty()) event.object_kind = act.object;
  times(event);
  origin(event);
  actor(event, arena);
  outcome(event);
  items(event, arena);
  target(event, arena);
  if (record_.cut()) event.flags |= kCut;
  if (is_true(record_.property(Slot::kOperationProperties, "IsThrottled")))
    event.flags |= kThrottled;
  faults(record, event);
  event.items = items_;
  event.native = record_.native();
  sink.event(event);
}

void AuditShaper::times(Event& event) {
  const auto written = record_.text(Slot::kCreationTime);
  if (written.empty()) return;
  const auto time = read_locale_time(written);
  if (!time) {
    faults_.push_back({FaultKind::kBadTime, event.span});
    return;
  }
  event.at = time->at;
  event.basis = time->zoned ? TimeBasis::kExplicit : TimeBasis::kDefined;
  event.uncertainty_ms =
      static_cast<std::uint32_t>(std::max<Nanos>(time->resolution / 1'000'000, 1));
  if (event.operation == "MailItemsAccessed") event.uncertainty_ms += kReadAggregationMs;
  if (record_.time_from_wrapper()) event.flags |= kWrapperTime;
}

void AuditShaper::origin(Event& event) {
  for (const auto slot : {Slot::kClientIPAddress, Slot::kClientIP, Slot::kActorIpAddress}) {
    const auto endpoint = read_endpoint(record_.text(slot));
    if (endpoint.ip.empty()) continue;
    event.ip = endpoint.ip;
    event.port = endpoint.port;
    break;
  }
  event.ip_role = role_of(event.ip);
  const auto context = record_.get(Slot::kAppAccessContext);
  event.session = context.find("AADSessionId").text();
  if (event.session.empty()) event.session = record_.text(Slot::kSessionId);
  if (event.session.empty()) event.session = record_.property(Slot::kDeviceProperties, "SessionId");
  event.token = context.find("UniqueTokenId").text();
  event.device = record_.property(Slot::kDeviceProperties, "Id");
  if (event.device.empty()) event.device = record_.property(Slot::kDeviceProperties, "DisplayName");
  if (event.device.empty()) event.device = record_.text(Slot::kMachineId);
  event.app = record_.text(Slot::kAppId);
  if (event.app.empty()) event.app = record_.text(Slot::kApplicationId);
  event.client_app = record_.text(Slot::kClientAppId);
  if (event.client_app.empty()) event.client_app = context.find("ClientAppId").text();
  event.agent = record_.text(Slot::kUserAgent);
  if (event.agent.empty()) event.agent = record_.property(Slot::kExtendedProperties, "UserAgent");
  if (event.agent.empty()) event.agent = record_.text(Slot::kClientInfoString);
}

void AuditShaper::actor(Event& event, Arena& arena) {
  const auto user = trim(record_.text(Slot::kUserId));
  const auto type = number_or(record_.text(Slot::kUserType), -1);
  const auto workload = record_.text(Slot::kWorkload);
  const auto client = record_.text(Slot::kClientInfoString);
  event.actor = account_key(user, arena);
  event.mailbox = account_key(record_.text(Slot::kMailboxOwnerUPN), arena);
  const auto not_from_outside = event.ip.empty() || event.ip_role == IpRole::kLoopback ||
                                event.ip_role == IpRole::kPrivate || is_microsoft_owned(event.ip);
  if (is_anonymous(user))
    event.actor_kind = ActorKind::kAnonymous;
  else if (not_from_outside && is_provider_client(client))
    event.actor_kind = ActorKind::kProvider;
  else if (user.empty())
    event.actor_kind = ActorKind::kUnknown;
  else if (type == 5 || type == 6)
    event.actor_kind = ActorKind::kApplication;
  else if (is_service_name(user) || type == 4)
    event.actor_kind = ActorKind::kService;
  else if (type == 3)
    event.actor_kind = ActorKind::kProvider;  // an operator of the data centre
  else
    event.actor_kind = ActorKind::kPerson;

  const auto logon = number_or(record_.text(Slot::kLogonType), 0);
  const auto other = !event.mailbox.empty() && event.mailbox != event.actor &&
                     event.actor_kind == ActorKind::kPerson;
  if (logon == 1 || logon == 2 || logon == 6 || other) event.flags |= kDelegate;
  if (is_true(record_.text(Slot::kExternalAccess)) || contains(event.actor, "#ext#"))
    event.flags |= kExternal;
  // The Exchange service's own cmdlets, two thirds of a quiet tenant's log.
  const auto record_type = number_or(record_.text(Slot::kRecordType), -1);
  if (workload == "Exchange" && record_type == 1 && event.actor_kind == ActorKind::kService)
    event.flags |= kNoise;
  event.service_too = "audit";
  if (workload == "Exchange")
    event.service = "exchange";
  else if (workload == "SecurityComplianceCenter")
    event.service = "threat_management";
  else if (event.service.empty())
    event.service = "audit";
}

void AuditShaper::outcome(Event& event) {
  const auto number = record_.text(Slot::kErrorNumber);
  event.error = record_.text(Slot::kLogonError);
  if (event.error.empty() && number != "0") event.error = number;
  if (event.operation == "UserLoggedIn") {
    event.outcome = Outcome::kSuccess;
  } else if (event.operation == "UserLoginFailed") {
    // ResultStatus says "Success" of many failures: the request went through.
    event.outcome = Outcome::kFailure;
    if (is_one_of(event.error, kPasswordRight) || is_one_of(number, kPasswordRight))
      event.outcome = Outcome::kPasswordOnly;
    else if (is_one_of(event.error, kBlockedErrors) || is_one_of(number, kBlockedErrors))
      event.outcome = Outcome::kBlocked;
  } else if (const auto status = record_.text(Slot::kResultStatus); !status.empty()) {
    if (is_word(status, {"Succeeded", "Success", "True", "PartiallySucceeded"}))
      event.outcome = Outcome::kSuccess;
    else if (is_word(status, {"Failed", "Failure", "False"}))
      event.outcome = Outcome::kFailure;
  } else if (is_word(record_.text(Slot::kWorkload), {"SharePoint", "OneDrive", "MicrosoftTeams"})) {
    event.outcome = Outcome::kSuccess;  // these log what was done, not what was tried
  }
}

void AuditShaper::mail_item(Value item, std::string_view container) {
  const auto parent = item.find("ParentFolder");
  if (container.empty()) container = parent.find("Path").text();
  if (container.empty()) container = parent.find("Name").text();
  const auto id = item.find("Id").text();
  const auto message_id = item.find("InternetMessageId").text();
  if (message_id.empty() && id.empty()) return;
  items_.push_back({"mail", message_id, id, container, size_of(item.find("SizeInBytes").text())});
  attachments(item.find("Attachments").text(), container);
}

// "list.xlsx (20480b); minutes.pdf (1024b)"
void AuditShaper::attachments(std::string_view list, std::string_view container) {
  while (!list.empty()) {
    const auto end = list.find("; ");
    auto entry = trim(list.substr(0, end));
    list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 2);
    auto bytes = std::uint64_t{0};
    if (const auto open = entry.rfind(" (");
        open != std::string_view::npos && entry.ends_with("b)")) {
      bytes = size_of(entry.substr(open + 2, entry.size() - open - 4));
      entry = entry.substr(0, open);
    }
    if (!entry.empty()) items_.push_back({"attachment", entry, {}, container, bytes});
  }
}

void AuditShaper::mailbox_items(Event& event) {
  for (auto folder : record_.get(Slot::kFolders)) {
    const auto path = folder.find("Path").text();
    const auto content = folder.find("FolderItems");
    if (content.begin() == content.end()) {
      items_.push_back({"folder", path, folder.find("Id").text(), {}, 0});
      continue;
    }
    for (auto item : content) mail_item(item, path);
  }
  for (auto item : record_.get(Slot::kAffectedItems)) mail_item(item, {});
  const auto item = record_.get(Slot::kItem);
  if (!item) return;
  const auto message_id = item.find("InternetMessageId").text();
  const auto parent = item.find("ParentFolder");
  // An item without a message is the folder itself: a synchronisation, a right.
  if (message_id.empty() && parent &&
      (record_.property(Slot::kOperationProperties, "MailAccessType") == "Sync" ||
       event.object_kind == ObjectKind::kFolder || parent.find("MemberRights"))) {
    auto path = parent.find("Path").text();
    if (path.empty()) path = parent.find("Name").text();
    items_.push_back({"folder", path, parent.find("Id").text(), {}, 0});
  } else {
    mail_item(item, {});
  }
}

void AuditShaper::file_items(Event& event, Arena& arena) {
  if (record_.text(Slot::kSourceFileName).empty() && event.object_kind != ObjectKind::kFile) return;
  if (event.object.empty()) return;
  const auto bytes = size_of(record_.text(Slot::kFileSizeBytes));
  const auto site = record_.text(Slot::kSiteUrl);
  const auto folder = record_.text(Slot::kSourceRelativeUrl);
  auto container = site;
  if (!folder.empty()) {
    auto* out = arena.take(site.size() + folder.size());
    std::copy(site.begin(), site.end(), out);
    std::copy(folder.begin(), folder.end(), out + site.size());
    container = {out, site.size() + folder.size()};
  }
  const auto is_folder = record_.text(Slot::kItemType) == "Folder";
  if (is_folder) event.object_kind = ObjectKind::kFolder;
  items_.push_back({is_folder ? "folder"sv : "file"sv, event.object,
                    record_.text(Slot::kListItemUniqueId), container, bytes});
  if (contains(event.operation, "Download"))
    event.bytes_out = bytes;
  else if (contains(event.operation, "Upload"))
    event.bytes_in = bytes;
}

void AuditShaper::items(Event& event, Arena& arena) {
  mailbox_items(event);
  file_items(event, arena);
  auto mails = std::uint32_t{0}, files = std::uint32_t{0};
  const ItemRef* mail = nullptr;
  for (const auto& item : items_) {
    if (item.kind == "mail") {
      ++mails;
      mail = &item;
    } else if (item.kind == "file") {
      ++files;
    }
  }
  if (mails == 1) event.message_id = mail->key;
  const auto counted =
      std::clamp<std::int64_t>(number_or(record_.text(Slot::kOperationCount), 0), 0, 0xffff'ffff);
  event.item_count = std::max({mails, files, static_cast<std::uint32_t>(counted)});
  // A mail, a folder or a rule of the mailbox has no ObjectId.
  if (!event.object.empty() || items_.empty()) return;
  if (items_.front().kind == "folder" ||
      !record_.property(Slot::kOperationProperties, "MailAccessType").empty())
    event.object_kind = items_.front().kind == "folder" ? ObjectKind::kFolder : ObjectKind::kMail;
  else if (mails > 0)
    event.object_kind = ObjectKind::kMail;
}

void AuditShaper::target(Event& event, Arena& arena) {
  auto account = std::string_view{};
  if (event.operation == "SendAs") {
    account = record_.text(Slot::kSendAsUserSmtp);
  } else if (event.operation == "SendOnBehalf") {
    account = record_.text(Slot::kSendOnBehalfOfUserSmtp);
  } else if (const auto shared = record_.text(Slot::kTargetUserOrGroupName); !shared.empty()) {
    account = shared;
  } else if (const auto members = record_.get(Slot::kMembers); members.begin() != members.end()) {
    account = (*members.begin()).find("UPN").text();
  } else if (const auto right = record_.get(Slot::kItem).find("ParentFolder").find("MemberUpn")) {
    account = right.text();
  } else if (event.object_kind == ObjectKind::kAccount ||
             event.object_kind == ObjectKind::kMailbox || event.object_kind == ObjectKind::kRule ||
             event.object_kind == ObjectKind::kFolder) {
    account = account_in(event.object);
    if (account.empty()) account = account_in(record_.property(Slot::kParameters, "Identity"));
    if (account.empty()) account = account_in(record_.property(Slot::kParameters, "Mailbox"));
  }
  event.target = account_key(account, arena);
}

void AuditShaper::faults(const Record& record, Event& event) {
  faults_.insert(faults_.end(), record.faults.begin(), record.faults.end());
  faults_.insert(faults_.end(), record_.faults().begin(), record_.faults().end());
  event.faults = faults_;
}

}  // namespace serjeant::m365

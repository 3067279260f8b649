#include "shape/m365_acts.h"

#include <algorithm>
#include <array>

// OCSF 1.x (https://schema.ocsf.io): class and activity numbers.
namespace serjeant::m365 {
namespace {

constexpr auto kAccountChange = 3001U;
constexpr auto kAuthentication = 3002U;
constexpr auto kUserAccess = 3005U;
constexpr auto kGroupManagement = 3006U;
constexpr auto kDetectionFinding = 2004U;
constexpr auto kEmailActivity = 4009U;
constexpr auto kApiActivity = 6003U;
constexpr auto kFileHosting = 6006U;

enum Api : std::uint16_t {
  kApiCreate = 1,
  kApiRead = 2,
  kApiUpdate = 3,
  kApiDelete = 4,
  kOtherAct = 99
};

struct Entry {
  std::string_view operation;
  Act act;
};

using enum ObjectKind;

// Sorted by name.
constexpr auto kActs = std::to_array<Entry>({
    {"Add app role assignment grant to user.", {kUserAccess, 1, kApplication}},
    {"Add app role assignment to service principal.", {kUserAccess, 1, kApplication}},
    {"Add application.", {kApiActivity, kApiCreate, kApplication}},
    {"Add delegated permission grant.", {kUserAccess, 1, kApplication}},
    {"Add member to group.", {kGroupManagement, 3, kAccount}},
    {"Add member to role.", {kUserAccess, 1, kAccount}},
    {"Add owner to application.", {kUserAccess, 1, kAccount}},
    {"Add owner to service principal.", {kUserAccess, 1, kAccount}},
    {"Add service principal credentials.", {kApiActivity, kApiUpdate, kApplication}},
    {"Add service principal.", {kApiActivity, kApiCreate, kApplication}},
    {"Add user.", {kAccountChange, 1, kAccount}},
    {"Add-MailboxFolderPermission", {kUserAccess, 1, kFolder}},
    {"Add-MailboxPermission", {kUserAccess, 1, kMailbox}},
    {"Add-RecipientPermission", {kUserAccess, 1, kMailbox}},
    {"Add-RoleGroupMember", {kUserAccess, 1, kRole}},
    {"AddFolderPermissions", {kUserAccess, 1, kFolder}},
    {"AlertTriggered", {kDetectionFinding, 1, kNone}},
    {"AnonymousLinkCreated", {kFileHosting, 12, kFile}},
    {"AnonymousLinkUpdated", {kFileHosting, 12, kFile}},
    {"AnonymousLinkUsed", {kFileHosting, 14, kFile}},
    {"Change user password.", {kAccountChange, 3, kAccount}},
    {"CompanyLinkCreated", {kFileHosting, 12, kFile}},
    {"CompanyLinkUsed", {kFileHosting, 14, kFile}},
    {"Consent to application.", {kUserAccess, 1, kApplication}},
    {"Copy", {kEmailActivity, kOtherAct, kMail}},
    {"Create", {kEmailActivity, kOtherAct, kMail}},
    {"Delete user.", {kAccountChange, 6, kAccount}},
    {"Disable Strong Authentication.", {kAccountChange, 11, kAccount}},
    {"Disable account.", {kAccountChange, 5, kAccount}},
    {"Disable-InboxRule", {kApiActivity, kApiUpdate, kRule}},
    {"Enable Strong Authentication.", {kAccountChange, 10, kAccount}},
    {"Enable account.", {kAccountChange, 2, kAccount}},
    {"Enable-InboxRule", {kApiActivity, kApiUpdate, kRule}},
    {"FileAccessed", {kFileHosting, 14, kFile}},
    {"FileAccessedExtended", {kFileHosting, 14, kFile}},
    {"FileCopied", {kFileHosting, 6, kFile}},
    {"FileDeleted", {kFileHosting, 4, kFile}},
    {"FileDownloaded", {kFileHosting, 2, kFile}},
    {"FileModified", {kFileHosting, 3, kFile}},
    {"FileModifiedExtended", {kFileHosting, 3, kFile}},
    {"FileMoved", {kFileHosting, 7, kFile}},
    {"FilePreviewed", {kFileHosting, 9, kFile}},
    {"FileRecycled", {kFileHosting, 4, kFile}},
    {"FileRenamed", {kFileHosting, 5, kFile}},
    {"FileRestored", {kFileHosting, 8, kFile}},
    {"FileSyncDownloadedFull", {kFileHosting, 15, kFile}},
    {"FileSyncDownloadedPartial", {kFileHosting, 15, kFile}},
    {"FileSyncUploadedFull", {kFileHosting, 15, kFile}},
    {"FileSyncUploadedPartial", {kFileHosting, 15, kFile}},
    {"FileUploaded", {kFileHosting, 1, kFile}},
    {"FolderBind", {kEmailActivity, kOtherAct, kFolder}},
    {"FolderCreated", {kFileHosting, 1, kFolder}},
    {"HardDelete", {kEmailActivity, kOtherAct, kMail}},
    {"MailItemsAccessed", {kEmailActivity, kOtherAct, kMail}},
    {"MailboxLogin", {kAuthentication, 1, kMailbox}},
    {"MemberAdded", {kGroupManagement, 3, kNone}},
    {"MemberRemoved", {kGroupManagement, 4, kNone}},
    {"MessageBind", {kEmailActivity, kOtherAct, kMail}},
    {"ModifyFolderPermissions", {kUserAccess, 1, kFolder}},
    {"Move", {kEmailActivity, kOtherAct, kMail}},
    {"MoveToDeletedItems", {kEmailActivity, kOtherAct, kMail}},
    {"New-InboxRule", {kApiActivity, kApiCreate, kRule}},
    {"New-Mailbox", {kAccountChange, 1, kMailbox}},
    {"New-TransportRule", {kApiActivity, kApiCreate, kRule}},
    {"PageViewed", {kFileHosting, 14, kUrl}},
    {"Remove member from role.", {kUserAccess, 2, kAccount}},
    {"Remove-InboxRule", {kApiActivity, kApiDelete, kRule}},
    {"Remove-MailboxFolderPermission", {kUserAccess, 2, kFolder}},
    {"Remove-MailboxPermission", {kUserAccess, 2, kMailbox}},
    {"Remove-RecipientPermission", {kUserAccess, 2, kMailbox}},
    {"Remove-TransportRule", {kApiActivity, kApiDelete, kRule}},
    {"RemoveFolderPermissions", {kUserAccess, 2, kFolder}},
    {"Reset user password.", {kAccountChange, 4, kAccount}},
    {"SearchQueryInitiatedExchange", {kApiActivity, kApiRead, kNone}},
    {"SearchQueryInitiatedSharePoint", {kApiActivity, kApiRead, kNone}},
    {"SecureLinkCreated", {kFileHosting, 12, kFile}},
    {"SecureLinkUsed", {kFileHosting, 14, kFile}},
    {"Send", {kEmailActivity, 1, kMail}},
    {"SendAs", {kEmailActivity, 1, kMail}},
    {"SendOnBehalf", {kEmailActivity, 1, kMail}},
    {"Set-InboxRule", {kApiActivity, kApiUpdate, kRule}},
    {"Set-Mailbox", {kApiActivity, kApiUpdate, kMailbox}},
    {"Set-TransportRule", {kApiActivity, kApiUpdate, kRule}},
    {"SharingInvitationCreated", {kFileHosting, 12, kFile}},
    {"SharingRevoked", {kFileHosting, 13, kFile}},
    {"SharingSet", {kFileHosting, 12, kFile}},
    {"SoftDelete", {kEmailActivity, kOtherAct, kMail}},
    {"Update", {kEmailActivity, kOtherAct, kMail}},
    {"Update application.", {kApiActivity, kApiUpdate, kApplication}},
    {"Update service principal.", {kApiActivity, kApiUpdate, kApplication}},
    {"Update user.", {kAccountChange, kOtherAct, kAccount}},
    {"UpdateCalendarDelegation", {kUserAccess, 1, kMailbox}},
    {"UpdateInboxRules", {kApiActivity, kApiUpdate, kRule}},
    {"UserLoggedIn", {kAuthentication, 1, kApplication}},
    {"UserLoginFailed", {kAuthentication, 1, kApplication}},
});
static_assert(std::is_sorted(kActs.begin(), kActs.end(), [](const Entry& a, const Entry& b) {
  return a.operation < b.operation;
}));

// Cmdlets and directory acts say what they do with their first word.
auto verb_activity(std::string_view operation) -> std::uint16_t {
  const auto verb = operation.substr(0, operation.find_first_of("- "));
  if (verb == "New" || verb == "Add" || verb == "Create") return kApiCreate;
  if (verb == "Get" || verb == "Search" || verb == "Export") return kApiRead;
  if (verb == "Set" || verb == "Update" || verb == "Enable" || verb == "Disable") return kApiUpdate;
  if (verb == "Remove" || verb == "Delete" || verb == "Clear") return kApiDelete;
  return kOtherAct;
}

}  // namespace

auto act_of(std::string_view operation, std::string_view workload, int record_type) -> Act {
  const auto* entry =
      std::lower_bound(kActs.begin(), kActs.end(), operation,
                       [](const Entry& a, std::string_view name) { return a.operation < name; });
  if (entry != kActs.end() && entry->operation == operation) return entry->act;
  switch (record_type) {
    case 2:
    case 3:
    case 50:
      return {kEmailActivity, kOtherAct, kMail};
    case 6:
    case 14:
      return {kFileHosting, kOtherAct, kFile};
    case 9:
    case 15:
      return {kAuthentication, kOtherAct, kNone};
    case 40:
      return {kDetectionFinding, 1, kNone};
    default:
      break;
  }
  auto object = kNone;
  if (operation.starts_with("Update application") ||
      operation.find("service principal") != std::string_view::npos)
    object = kApplication;
  else if (workload == "SharePoint" || workload == "OneDrive")
    object = kUrl;
  else if (operation.ends_with("Mailbox") || operation.ends_with("MailboxPlan"))
    object = kMailbox;
  else if (operation.ends_with("Rule"))
    object = kRule;
  else
    object = kOther;
  return {kApiActivity, verb_activity(operation), object};
}

}  // namespace serjeant::m365

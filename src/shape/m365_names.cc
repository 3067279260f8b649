#include "shape/m365_names.h"

#include <array>
#include <cstring>
#include <vector>

#include "core/text.h"
#include "shape/hash.h"

namespace serjeant::m365 {
namespace {

using enum Slot;

// Sources: "Office 365 Management Activity API schema" (Microsoft Learn) for
// names and types; the order is alphabetical, but for `Id` before `ID`, so that
// a spelling which fits both is the record's id.
constexpr auto kNames = std::to_array<Name>({
    {"AADGroupId"},
    {"AADSessionId"},
    {"APIId"},
    {"Actor", Type::kTree},
    {"ActorContextId"},
    {"ActorIpAddress", Type::kText, kActorIpAddress},
    {"AddOnGuid"},
    {"AddOnName"},
    {"AddOnType", Type::kNumber},
    {"AffectedItems", Type::kTree, kAffectedItems},
    {"AlertEntityId"},
    {"AlertId"},
    {"AlertLinks", Type::kTree},
    {"AlertType"},
    {"AppAccessContext", Type::kTree, kAppAccessContext},
    {"AppId", Type::kText, kAppId},
    {"Application"},
    {"ApplicationDisplayName"},
    {"ApplicationId", Type::kText, kApplicationId},
    {"AssertingApplicationId"},
    {"Attachments"},
    {"AuthenticationType"},
    {"AzureADAppId"},
    {"AzureActiveDirectoryEventType", Type::kNumber},
    {"BrowserName"},
    {"BrowserVersion"},
    {"Category"},
    {"ChannelGuid"},
    {"ChannelName"},
    {"ChannelType"},
    {"ChatName"},
    {"ChatThreadId"},
    {"Client"},
    {"ClientAppId", Type::kText, kClientAppId},
    {"ClientIP", Type::kText, kClientIP},
    {"ClientIPAddress", Type::kText, kClientIPAddress},
    {"ClientInfoString", Type::kText, kClientInfoString},
    {"ClientMachineName"},
    {"ClientProcessName"},
    {"ClientRequestId"},
    {"ClientVersion"},
    {"Comments"},
    {"CommunicationType"},
    {"CorrelationId"},
    {"CreationTime", Type::kText, kCreationTime},
    {"CrossMailboxOperation", Type::kBool},
    {"CustomUniqueId", Type::kBool},
    {"Data"},
    {"DestFolder", Type::kTree, kDestFolder},
    {"DestMailboxGuid"},
    {"DestMailboxId"},
    {"DestMailboxOwnerSid"},
    {"DestMailboxOwnerUPN"},
    {"DestinationFileExtension"},
    {"DestinationFileName"},
    {"DestinationRelativeUrl"},
    {"DeviceDisplayName"},
    {"DeviceId"},
    {"DeviceProperties", Type::kTree, kDeviceProperties},
    {"DisplayName"},
    {"DoNotDistributeEvent", Type::kBool},
    {"EntityType"},
    {"ErrorNumber", Type::kText, kErrorNumber},
    {"EventData"},
    {"EventSource"},
    {"ExchangeMetaData", Type::kTree},
    {"ExtendedProperties", Type::kTree, kExtendedProperties},
    {"ExternalAccess", Type::kBool, kExternalAccess},
    {"ExtraProperties", Type::kTree},
    {"FileSizeBytes", Type::kNumber, kFileSizeBytes},
    {"FileSyncBytesCommitted"},
    {"Folder", Type::kTree, kFolder},
    {"FolderItems", Type::kTree},
    {"Folders", Type::kTree, kFolders},
    {"FromApp", Type::kBool},
    {"GeoLocation"},
    {"HighPriorityMediaProcessing", Type::kBool},
    {"Id", Type::kText, kId},
    {"ID"},
    {"ImmutableId"},
    {"InterSystemsId"},
    {"InternalLogonType", Type::kNumber},
    {"InternetMessageId"},
    {"IntraSystemId"},
    {"IsDocLib", Type::kBool},
    {"IsManagedDevice", Type::kBool},
    {"IssuedAtTime"},
    {"Item", Type::kTree, kItem},
    {"ItemName"},
    {"ItemType", Type::kText, kItemType},
    {"ListBaseTemplateType"},
    {"ListBaseType"},
    {"ListId"},
    {"ListItemUniqueId", Type::kText, kListItemUniqueId},
    {"ListName"},
    {"ListServerTemplate"},
    {"ListTitle"},
    {"ListUrl"},
    {"LogonError", Type::kText, kLogonError},
    {"LogonType", Type::kNumber, kLogonType},
    {"LogonUserDisplayName"},
    {"LogonUserSid"},
    {"MachineDomainInfo"},
    {"MachineId", Type::kText, kMachineId},
    {"MailboxGuid"},
    {"MailboxOwnerMasterAccountSid"},
    {"MailboxOwnerSid"},
    {"MailboxOwnerUPN", Type::kText, kMailboxOwnerUPN},
    {"MemberRights"},
    {"MemberSid"},
    {"MemberUpn"},
    {"Members", Type::kTree, kMembers},
    {"MessageId"},
    {"ModifiedObjectResolvedName"},
    {"ModifiedProperties", Type::kTree, kModifiedProperties},
    {"Name", Type::kText, kName},
    {"NewValue"},
    {"ObjectId", Type::kText, kObjectId},
    {"OldValue"},
    {"Operation", Type::kText, kOperation},
    {"OperationCount", Type::kNumber, kOperationCount},
    {"OperationProperties", Type::kTree, kOperationProperties},
    {"OrganizationId", Type::kText, kOrganizationId},
    {"OrganizationName", Type::kText, kOrganizationName},
    {"OriginatingServer"},
    {"Parameters", Type::kTree, kParameters},
    {"ParentFolder", Type::kTree},
    {"Path"},
    {"Platform"},
    {"PolicyDetails", Type::kTree},
    {"PolicyId"},
    {"QuerySource"},
    {"QueryText"},
    {"RecordType", Type::kNumber, kRecordType},
    {"RequestId"},
    {"ResultStatus", Type::kText, kResultStatus},
    {"Role"},
    {"SaveToSentItems", Type::kBool},
    {"ScenarioName"},
    {"Scope"},
    {"SearchQueryText"},
    {"SendAsUserMailboxGuid"},
    {"SendAsUserSmtp", Type::kText, kSendAsUserSmtp},
    {"SendOnBehalfOfUserMailboxGuid"},
    {"SendOnBehalfOfUserSmtp", Type::kText, kSendOnBehalfOfUserSmtp},
    {"SensitiveInfoDetectionIsIncluded", Type::kBool},
    {"SessionId", Type::kText, kSessionId},
    {"Severity"},
    {"SharePointMetaData", Type::kTree},
    {"Site"},
    {"SiteUrl", Type::kText, kSiteUrl},
    {"SizeInBytes", Type::kNumber},
    {"Source"},
    {"SourceFileExtension"},
    {"SourceFileName", Type::kText, kSourceFileName},
    {"SourceRelativeUrl", Type::kText, kSourceRelativeUrl},
    {"SourceWorkload"},
    {"Status"},
    {"Subject"},
    {"SupportTicketId"},
    {"Target", Type::kTree},
    {"TargetContextId"},
    {"TargetUserOrGroupName", Type::kText, kTargetUserOrGroupName},
    {"TargetUserOrGroupType"},
    {"TeamGuid"},
    {"TeamName"},
    {"TenantName"},
    {"Timestamp"},
    {"TokenObjectId"},
    {"TokenTenantId"},
    {"Type"},
    {"UPN"},
    {"UniqueSharingId"},
    {"UniqueTokenId"},
    {"UserAgent", Type::kText, kUserAgent},
    {"UserDomain"},
    {"UserId", Type::kText, kUserId},
    {"UserKey"},
    {"UserObjectId"},
    {"UserSharedWith"},
    {"UserType", Type::kNumber, kUserType},
    {"Value"},
    {"Version", Type::kNumber},
    {"WebId"},
    {"Workload", Type::kText, kWorkload},
});

auto folded(char c) -> char { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

auto hash_of(std::string_view key) -> std::uint32_t {
  auto state = 0x811c9dc5U;
  for (const auto c : key)
    if (c != '_') state = (state ^ static_cast<std::uint8_t>(folded(c))) * 0x01000193U;
  return state ^ state >> 15;
}

constexpr auto kBuckets = std::size_t{1024};
static_assert(kNames.size() * 4 < kBuckets);

// Open addressing; entry + 1, 0 = free.
struct Table {
  std::array<std::uint16_t, kBuckets> buckets{};
  Table() {
    for (auto i = std::size_t{0}; i < kNames.size(); ++i) {
      auto at = hash_of(kNames[i].text) % kBuckets;
      while (buckets[at] != 0) at = (at + 1) % kBuckets;
      buckets[at] = static_cast<std::uint16_t>(i + 1);
    }
  }
};

auto table() -> const Table& {
  static const auto built = Table();
  return built;
}

struct Word {
  std::string_view text;
  int number;
};

constexpr auto kRecordTypes = std::to_array<Word>({
    {"ExchangeAdmin", 1},
    {"ExchangeItem", 2},
    {"ExchangeItemGroup", 3},
    {"SharePoint", 4},
    {"SyntheticProbe", 5},
    {"SharePointFileOperation", 6},
    {"OneDrive", 7},
    {"AzureActiveDirectory", 8},
    {"AzureActiveDirectoryAccountLogon", 9},
    {"DataCenterSecurityCmdlet", 10},
    {"ComplianceDLPSharePoint", 11},
    {"Sway", 12},
    {"ComplianceDLPExchange", 13},
    {"SharePointSharingOperation", 14},
    {"AzureActiveDirectoryStsLogon", 15},
    {"SkypeForBusinessPSTNUsage", 16},
    {"SkypeForBusinessUsersBlocked", 17},
    {"SecurityComplianceCenterEOPCmdlet", 18},
    {"ExchangeAggregatedOperation", 19},
    {"PowerBIAudit", 20},
    {"CRM", 21},
    {"Yammer", 22},
    {"SkypeForBusinessCmdlets", 23},
    {"Discovery", 24},
    {"MicrosoftTeams", 25},
    {"ThreatIntelligence", 28},
    {"MailSubmission", 29},
    {"MicrosoftFlow", 30},
    {"AeD", 31},
    {"MicrosoftStream", 32},
    {"ComplianceDLPSharePointClassification", 33},
    {"ThreatFinder", 34},
    {"Project", 35},
    {"SharePointListOperation", 36},
    {"SharePointCommentOperation", 37},
    {"DataGovernance", 38},
    {"Kaizala", 39},
    {"SecurityComplianceAlerts", 40},
    {"ThreatIntelligenceUrl", 41},
    {"SecurityComplianceInsights", 42},
    {"MIPLabel", 43},
    {"WorkplaceAnalytics", 44},
    {"PowerAppsApp", 45},
    {"PowerAppsPlan", 46},
    {"ThreatIntelligenceAtpContent", 47},
    {"LabelContentExplorer", 48},
    {"TeamsHealthcare", 49},
    {"ExchangeItemAggregated", 50},
    {"HygieneEvent", 51},
    {"DataInsightsRestApiAudit", 52},
    {"InformationBarrierPolicyApplication", 53},
    {"SharePointListItemOperation", 54},
    {"SharePointContentTypeOperation", 55},
    {"SharePointFieldOperation", 56},
    {"MicrosoftTeamsAdmin", 57},
    {"HRSignal", 58},
    {"MicrosoftTeamsDevice", 59},
    {"MicrosoftTeamsAnalytics", 60},
    {"InformationWorkerProtection", 61},
    {"Campaign", 62},
    {"DLPEndpoint", 63},
    {"AirInvestigation", 64},
    {"Quarantine", 65},
    {"MicrosoftForms", 66},
    {"SearchExchange", 137},
});

constexpr auto kUserTypes = std::to_array<Word>({
    {"Regular", 0},
    {"Reserved", 1},
    {"Admin", 2},
    {"DcAdmin", 3},
    {"System", 4},
    {"Application", 5},
    {"ServicePrincipal", 6},
    {"CustomPolicy", 7},
    {"SystemPolicy", 8},
    {"PartnerTechnician", 9},
    {"Guest", 10},
});

constexpr auto kLogonTypes = std::to_array<Word>({
    {"Owner", 0},
    {"Admin", 1},
    {"Delegated", 2},
    {"Transport", 3},
    {"SystemService", 4},
    {"BestAccess", 5},
    {"DelegatedAdmin", 6},
});

template <std::size_t N>
auto number_of(std::string_view word, const std::array<Word, N>& words) -> int {
  for (const auto& entry : words)
    if (equals_ignoring_ascii_case(entry.text, word)) return entry.number;
  return -1;
}

}  // namespace

auto names() -> std::span<const Name> { return kNames; }

auto same_name(std::string_view a, std::string_view b) -> bool {
  auto i = std::size_t{0}, j = std::size_t{0};
  for (;;) {
    while (i < a.size() && a[i] == '_') ++i;
    while (j < b.size() && b[j] == '_') ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (folded(a[i++]) != folded(b[j++])) return false;
  }
}

auto find_name(std::string_view key) -> const Name* {
  const auto& buckets = table().buckets;
  auto loose = static_cast<const Name*>(nullptr);
  for (auto at = hash_of(key) % kBuckets; buckets[at] != 0; at = (at + 1) % kBuckets) {
    const auto& name = kNames[buckets[at] - 1U];
    if (name.text == key) return &name;
    if (!loose && same_name(name.text, key)) loose = &name;
  }
  return loose;
}

auto NameMemory::holds(const Entry& entry, std::string_view key) -> bool {
  return entry.size == key.size() && std::memcmp(entry.key.data(), key.data(), key.size()) == 0;
}

auto NameMemory::find(std::string_view key) -> const Name* {
  if (key.empty() || key.size() > sizeof(Entry::key)) return find_name(key);
  // Members mostly come in the order of the record before.
  const auto guess = entries_[last_].next;
  if (holds(entries_[guess], key)) {
    last_ = guess;
    return entries_[guess].name;
  }
  const auto place = static_cast<std::uint16_t>(hash64(key) % entries_.size());
  auto& entry = entries_[place];
  if (!holds(entry, key)) {
    entry.name = find_name(key);
    entry.size = static_cast<std::uint8_t>(key.size());
    std::memcpy(entry.key.data(), key.data(), key.size());
  }
  entries_[last_].next = place;
  last_ = place;
  return entry.name;
}

auto record_type_from_word(std::string_view word) -> int { return number_of(word, kRecordTypes); }
auto user_type_from_word(std::string_view word) -> int { return number_of(word, kUserTypes); }
auto logon_type_from_word(std::string_view word) -> int { return number_of(word, kLogonTypes); }

}  // namespace serjeant::m365

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

// The canonical names of the Microsoft 365 audit schema: those of the
// Management Activity API (docs/formats/m365-audit.md).
namespace serjeant::m365 {

// Top-level fields that the spine is made from.
enum class Slot : std::uint8_t {
  kNone,
  kActorIpAddress,
  kAffectedItems,
  kAppAccessContext,
  kAppId,
  kApplicationId,
  kClientAppId,
  kClientInfoString,
  kClientIP,
  kClientIPAddress,
  kCreationTime,
  kDestFolder,
  kDeviceProperties,
  kErrorNumber,
  kExtendedProperties,
  kExternalAccess,
  kFileSizeBytes,
  kFolder,
  kFolders,
  kId,
  kItem,
  kItemType,
  kListItemUniqueId,
  kLogonError,
  kLogonType,
  kMachineId,
  kMailboxOwnerUPN,
  kMembers,
  kModifiedProperties,
  kName,
  kObjectId,
  kOperation,
  kOperationCount,
  kOperationProperties,
  kOrganizationId,
  kOrganizationName,
  kParameters,
  kRecordType,
  kResultStatus,
  kSendAsUserSmtp,
  kSendOnBehalfOfUserSmtp,
  kSessionId,
  kSiteUrl,
  kSourceFileName,
  kSourceRelativeUrl,
  kTargetUserOrGroupName,
  kUserAgent,
  kUserId,
  kUserType,
  kWorkload,
  kCount
};

// What the Management API writes; other dialects write text for all of them.
enum class Type : std::uint8_t { kText, kNumber, kBool, kTree };

struct Name {
  std::string_view text;
  Type type = Type::kText;
  Slot slot = Slot::kNone;
};

auto names() -> std::span<const Name>;

// The canonical name that `key` is a spelling of: case and underscores do not
// count ("Client_IPAddress", "clientIPAddress", "OrganizationId_"). Null if
// there is none.
auto find_name(std::string_view key) -> const Name*;

// Remembers what names were found to be: a file has few, and repeats them in
// every record. The answers are those of `find_name`.
class NameMemory {
 public:
  auto find(std::string_view key) -> const Name*;

 private:
  struct Entry {
    std::array<char, 30> key;
    std::uint8_t size = 0;  // 0 = nothing remembered
    const Name* name = nullptr;
    std::uint16_t next = 0;  // what came after it last time
  };
  static auto holds(const Entry& entry, std::string_view key) -> bool;

  std::array<Entry, 512> entries_{};
  std::uint16_t last_ = 0;
};

// Equal but for ASCII case and underscores?
auto same_name(std::string_view a, std::string_view b) -> bool;

// "ExchangeAdmin", "exchangeAdmin": 1; -1 if unknown.
auto record_type_from_word(std::string_view word) -> int;
// "DcAdmin", "dcAdmin": 3; -1 if unknown.
auto user_type_from_word(std::string_view word) -> int;
// "Delegated": 2; -1 if unknown.
auto logon_type_from_word(std::string_view word) -> int;

}  // namespace serjeant::m365

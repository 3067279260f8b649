#include "exercise/ual_dialect.h"

#include <algorithm>
#include <array>

#include "core/json.h"
#include "core/time.h"

namespace serjeant::exercise {
namespace {

using Kind = AuditRecord::Kind;

struct TypeName {
  std::uint32_t number;
  std::string_view pascal, camel;
};
constexpr auto kTypes = std::array<TypeName, 11>{{
    {1, "ExchangeAdmin", "exchangeAdmin"},
    {2, "ExchangeItem", "exchangeItem"},
    {3, "ExchangeItemGroup", "exchangeItemGroup"},
    {6, "SharePointFileOperation", "sharePointFileOperation"},
    {8, "AzureActiveDirectory", "azureActiveDirectory"},
    {14, "SharePointSharingOperation", "sharePointSharingOperation"},
    {15, "AzureActiveDirectoryStsLogon", "azureActiveDirectoryStsLogon"},
    {25, "MicrosoftTeams", "microsoftTeams"},
    {40, "SecurityComplianceAlerts", "securityComplianceAlerts"},
    {50, "ExchangeItemAggregated", "exchangeItemAggregated"},
    {137, "SearchExchange", "searchExchange"},
}};

auto type_name(std::uint32_t number) -> const TypeName& {
  for (const auto& type : kTypes) {
    if (type.number == number) return type;
  }
  return kTypes[1];
}

constexpr auto kUserWords = std::array<std::string_view, 6>{"regular", "reserved", "admin",
                                                            "dcAdmin", "system",   "application"};

// Sentinel renames some columns and has no place for others, which it packs
// into ExtraProperties.
struct Renamed {
  std::string_view canonical, column;
};
constexpr auto kRenamed = std::array<Renamed, 10>{{
    {"Id", "OfficeId"},
    {"Workload", "OfficeWorkload"},
    {"ObjectId", "OfficeObjectId"},
    {"ClientIPAddress", "Client_IPAddress"},
    {"LogonType", "Logon_Type"},
    {"SiteUrl", "Site_Url"},
    {"Site", "Site_"},
    {"EventData", "Event_Data"},
    {"AzureActiveDirectoryEventType", "AzureActiveDirectory_EventType"},
    {"UserId", "UserId"},
}};
constexpr auto kKept = std::array<std::string_view, 40>{"Actor",
                                                        "ActorContextId",
                                                        "ActorIpAddress",
                                                        "AffectedItems",
                                                        "AppId",
                                                        "ApplicationId",
                                                        "ClientAppId",
                                                        "ClientIP",
                                                        "ClientInfoString",
                                                        "CommunicationType",
                                                        "CrossMailboxOperation",
                                                        "DestFolder",
                                                        "EventSource",
                                                        "ExtendedProperties",
                                                        "ExternalAccess",
                                                        "Folder",
                                                        "Folders",
                                                        "InterSystemsId",
                                                        "InternalLogonType",
                                                        "IntraSystemId",
                                                        "Item",
                                                        "ItemType",
                                                        "LogonUserSid",
                                                        "MachineDomainInfo",
                                                        "MailboxGuid",
                                                        "MailboxOwnerUPN",
                                                        "Members",
                                                        "ModifiedProperties",
                                                        "Name",
                                                        "OperationProperties",
                                                        "OrganizationName",
                                                        "OriginatingServer",
                                                        "Parameters",
                                                        "SourceFileExtension",
                                                        "SourceFileName",
                                                        "SourceRelativeUrl",
                                                        "SupportTicketId",
                                                        "TargetContextId",
                                                        "TargetUserOrGroupName",
                                                        "TargetUserOrGroupType"};

auto sentinel_column(std::string_view key) -> std::string_view {
  for (const auto& pair : kRenamed) {
    if (pair.canonical == key) return pair.column;
  }
  if (key == "UserAgent" || key == "TeamName" || key == "TeamGuid" || key == "SendAsUserSmtp" ||
      key == "ResultStatus" || key == "UserKey" || key == "Operation" || key == "OrganizationId") {
    return key;
  }
  return std::find(kKept.begin(), kKept.end(), key) != kKept.end() ? key : std::string_view{};
}

// CSV field with its quotes; `slashes` writes / as \/ (ConvertTo-Json does).
void append_csv(std::string& out, std::string_view text, bool slashes = false) {
  const auto start = out.size();
  out.resize(start + 2 * text.size() + 2);  // at most
  auto* to = out.data() + start;
  *to++ = '"';
  // Without a branch: in JSON every tenth byte is a quote, at no place foreseen.
  for (const auto c : text) {
    *to = '"';
    to += c == '"' ? 1 : 0;
    *to = '\\';
    to += slashes && c == '/' ? 1 : 0;
    *to++ = c;
  }
  *to++ = '"';
  out.resize(static_cast<std::size_t>(to - out.data()));
}

void append_camel_key(std::string& out, std::string_view key) {
  if (key == "ClientIP") {
    out += "clientIp";
    return;
  }
  const auto capitals =
      std::all_of(key.begin(), key.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  for (auto i = std::size_t{0}; i < key.size(); ++i) {
    const auto lower = (i == 0 || capitals) && key[i] >= 'A' && key[i] <= 'Z';
    out += lower ? static_cast<char>(key[i] + 32) : key[i];
  }
}

// JSON again, with the keys in camel case.
void append_camel_json(std::string& out, std::string_view json) {
  for (auto i = std::size_t{0}; i < json.size();) {
    if (json[i] != '"') {
      out += json[i++];
      continue;
    }
    auto end = i + 1;
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2u : 1u;
    const auto text = json.substr(i + 1, end - i - 1);
    out += '"';
    if (end + 1 < json.size() && json[end + 1] == ':') {
      append_camel_key(out, text);
    } else {
      out += text;
    }
    out += '"';
    i = end + 1;
  }
}

constexpr auto kSearchHeader = std::string_view{
    "\"PSComputerName\",\"RunspaceId\",\"PSShowComputerName\",\"RecordType\",\"CreationDate\","
    "\"UserIds\",\"Operations\",\"AuditData\",\"ResultIndex\",\"ResultCount\",\"Identity\","
    "\"IsValid\",\"ObjectState\"\r\n"};
constexpr auto kPortalHeader = std::string_view{
    "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,"
    "AssociatedAdminUnitsNames\r\n"};
constexpr auto kSplunkHeader = std::string_view{
    "\"AuditData\",\"CreationDate\",\"Identity\",\"IsValid\",\"ObjectState\",\"Operations\","
    "\"PSComputerName\",\"PSShowComputerName\",\"RecordType\",\"ResultCount\",\"ResultIndex\","
    "\"RunspaceId\",\"UserIds\",\"_bkt\",\"_cd\",\"_indextime\",\"_raw\",\"_time\",\"host\","
    "\"index\",\"linecount\",\"meta\",\"source\",\"sourcetype\"\n"};
constexpr auto kRawLimit = std::size_t{10'000};

}  // namespace

auto us_time(Seconds at) -> std::string {
  const auto c = civil_from_nanos(at * kSecond);
  const auto two = [](std::uint32_t n) {
    return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
  };
  const auto hour = c.hour % 12 == 0 ? 12 : c.hour % 12;
  return std::to_string(c.month) + "/" + std::to_string(c.day) + "/" + std::to_string(c.year) +
         " " + std::to_string(hour) + ":" + two(c.minute) + ":" + two(c.second) +
         (c.hour < 12 ? " AM" : " PM");
}

auto dialect_header(Dialect dialect) -> std::string_view {
  switch (dialect) {
    case Dialect::kSearch:
      return kSearchHeader;
    case Dialect::kPortal:
      return kPortalHeader;
    case Dialect::kSplunk:
      return kSplunkHeader;
    default:
      return {};
  }
}

auto dialect_newline(Dialect dialect) -> std::string_view {
  return dialect == Dialect::kSearch || dialect == Dialect::kPortal ? "\r\n" : "\n";
}

void DialectWriter::canonical(const AuditRecord& record) {
  json_.clear();
  for (const auto& field : record.fields()) {
    json_ += json_.empty() ? "{\"" : ",\"";
    json_ += field.key;
    json_ += "\":";
    if (field.kind == Kind::kText) {
      append_json_text(json_, record.value(field));
    } else {
      json_ += record.value(field);
    }
  }
  json_ += '}';
}

void DialectWriter::search_row(const AuditRecord& record, const Wrapping& wrapping,
                               std::string& out) {
  out += "\"outlook.example\",\"";
  out.append(wrapping.run).append("\",\"False\",\"");
  out.append(type_name(record.record_type).pascal).append("\",\"");
  out.append(us_time(record.at)).append("\",");
  append_csv(out, record.user);
  out += ',';
  append_csv(out, record.operation);
  out += ',';
  append_csv(out, json_, true);
  out +=
      ",\"" + std::to_string(wrapping.index) + "\",\"" + std::to_string(wrapping.count) + "\",\"";
  out.append(record.id).append("\",\"True\",\"Unchanged\"");
}

void DialectWriter::graph(const AuditRecord& record, std::string& out) {
  const auto instant = format_time(record.at * kSecond);
  out += "{\"id\":\"" + record.id + "\",\"createdDateTime\":\"" + instant +
         "\",\"auditLogRecordType\":\"";
  out.append(type_name(record.record_type).camel).append("\",\"operation\":");
  append_json_text(out, record.operation);
  out += ",\"userType\":\"";
  out.append(kUserWords[std::min<std::size_t>(record.user_type, 5)]).append("\",\"userId\":");
  append_json_text(out, record.user);
  out += ",\"service\":\"" + record.workload + "\",\"objectId\":";
  append_json_text(out, record.object);
  out += ",\"userPrincipalName\":";
  append_json_text(out, record.user);
  out += ",\"clientIp\":\"" + record.address +
         "\",\"administrativeUnits\":[\"\"],\"auditData\":{\"@odata.type\":"
         "\"#microsoft.graph.security.defaultAuditData\"";
  for (const auto& field : record.fields()) {
    out += ",\"";
    append_camel_key(out, field.key);
    out += "\":";
    if (field.kind == Kind::kText) {
      append_json_text(out, record.value(field));
    } else if (field.kind == Kind::kJson) {
      append_camel_json(out, record.value(field));
    } else {
      out += record.value(field);
    }
  }
  out += "}}";
}

void DialectWriter::sentinel(const AuditRecord& record, std::string& out) {
  // Taken in two to fifteen minutes after the event.
  auto late = Seconds{120};
  for (const auto c : record.id) late = 120 + (late * 31 + c) % 780;
  const auto instant = format_time(record.at * kSecond);
  const auto arrived = format_time((record.at + late) * kSecond);
  out +=
      "{\"TenantId\":\"c0a092ac-23e5-4aa0-bb96-4a0c10ba8d57\",\"Type\":\"OfficeActivity\","
      "\"SourceSystem\":\"OfficeActivityManager\",\"TimeGenerated\":\"" +
      instant + "\",\"Start_Time\":\"" + arrived + "\",\"ElevationTime\":\"" + arrived + "\"";
  extra_.clear();
  const auto value_text = [&](const AuditRecord::Field& field) -> std::string_view {
    const auto value = record.value(field);
    if (field.kind == Kind::kBoolean) return value == "true" ? "True" : "False";
    if (field.key == "LogonType") return value == "0" ? "Owner" : "Delegated";
    return value;
  };
  constexpr auto kWords = std::array<std::string_view, 6>{"Regular", "Reserved", "Admin",
                                                          "DcAdmin", "System",   "Application"};
  for (const auto& field : record.fields()) {
    if (field.key == "CreationTime" || field.key == "Version") continue;
    if (field.key == "UserType") {
      out.append(",\"UserType\":\"").append(kWords[std::min<std::size_t>(record.user_type, 5)]);
      out += '"';
      continue;
    }
    if (field.key == "RecordType") {
      out += ",\"RecordType\":\"" + std::to_string(record.record_type) + "\"";
      continue;
    }
    const auto column = sentinel_column(field.key);
    if (column.empty()) {
      extra_ += extra_.empty() ? "[{\"Key\":\"" : ",{\"Key\":\"";
      extra_.append(field.key).append("\",\"Value\":");
      append_json_text(extra_, value_text(field));
      extra_ += '}';
      continue;
    }
    out.append(",\"").append(column).append("\":");
    append_json_text(out, value_text(field));
    if (column == "OfficeId") out += ",\"SourceRecordId\":\"" + record.id + "\"";
    if (column == "UserId") {
      out += ",\"UserId_\":";
      append_json_text(out, record.user);
    }
  }
  if (!extra_.empty()) {
    extra_ += ']';
    out += ",\"ExtraProperties\":";
    append_json_text(out, extra_);
  }
  out += '}';
}

void DialectWriter::splunk(const AuditRecord& record, const Wrapping& wrapping, std::string& out) {
  row_.clear();
  search_row(record, wrapping, row_);
  const auto cut = wrapping.cut && row_.size() > kRawLimit;
  if (cut) row_.resize(kRawLimit);
  const auto us = us_time(record.at);
  if (cut) {
    out += "\"\"";
  } else {
    append_csv(out, json_, true);
  }
  out += ",\"" + us + "\",\"" + (cut ? std::string{} : record.id) + "\",";
  out += cut ? "\"\",\"\"," : "\"True\",\"Unchanged\",";
  append_csv(out, record.operation);
  out += ",\"outlook.example\",\"False\",\"";
  out.append(type_name(record.record_type).pascal).append("\",\"");
  if (!cut) out += std::to_string(wrapping.count);
  out += "\",\"";
  if (!cut) out += std::to_string(wrapping.index);
  out.append("\",\"").append(wrapping.run).append("\",");
  append_csv(out, record.user);
  out += ",\"ual~0~E1D8A50A-2156-4C65-9839-3016FB4F209F\",\"0:" + std::to_string(wrapping.bucket) +
         "\",\"1617260400\",";
  append_csv(out, row_);
  out += ",\"" + std::to_string(record.at) + "\",\"Office365\",\"ual\",\"1\",\"" +
         (cut ? "truncated" : "") + "\",\"AuditRecords.csv\",\"UAL_csv\"";
}

void DialectWriter::append(const AuditRecord& record, const Wrapping& wrapping, std::string& out) {
  switch (dialect_) {
    case Dialect::kSearch:
      canonical(record);
      search_row(record, wrapping, out);
      break;
    case Dialect::kPortal:
      canonical(record);
      out.append(record.id).append(",").append(format_time(record.at * kSecond));
      out.pop_back();
      out += ".0000000Z," + std::to_string(record.record_type) + ",";
      out.append(record.operation).append(",").append(record.user).append(",");
      append_csv(out, json_);
      out += ",,";
      break;
    case Dialect::kGraph:
      graph(record, out);
      break;
    case Dialect::kApi:
      canonical(record);
      out += json_;
      break;
    case Dialect::kSentinel:
      sentinel(record, out);
      break;
    case Dialect::kSplunk:
      canonical(record);
      splunk(record, wrapping, out);
  }
  out += dialect_newline(dialect_);
}

}  // namespace serjeant::exercise

#include "shape/names.h"

#include <array>

#include "shape/hash.h"
#include "shape/m365_names.h"

namespace serjeant {
namespace {

// Beside the names of the Microsoft 365 audit schema: the columns of its
// exports, the properties it shows as dotted names, Windows, Zeek and web logs.
constexpr auto kMore = std::to_array<std::string_view>({
    "@timestamp",
    "AuditData",
    "Channel",
    "Computer",
    "CreationDate",
    "DeviceProperties.BrowserType",
    "DeviceProperties.DisplayName",
    "DeviceProperties.Id",
    "DeviceProperties.OS",
    "DeviceProperties.SessionId",
    "EventData.Image",
    "EventID",
    "ExtendedProperties.RequestType",
    "ExtendedProperties.ResultStatusDetail",
    "ExtendedProperties.UserAgent",
    "ExtendedProperties.additionalDetails",
    "ExtendedProperties.extendedAuditEventCategory",
    "Identity",
    "IsValid",
    "ObjectState",
    "OperationProperties.IsThrottled",
    "OperationProperties.MailAccessType",
    "Operations",
    "PSComputerName",
    "PSShowComputerName",
    "Parameters.Identity",
    "Parameters.Name",
    "Provider_Name",
    "RecordId",
    "ResultCount",
    "ResultIndex",
    "RunspaceId",
    "UserIds",
    "c-ip",
    "cs(Cookie)",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-bytes",
    "cs-host",
    "cs-method",
    "cs-uri-query",
    "cs-uri-stem",
    "cs-username",
    "date",
    "eventName",
    "eventSource",
    "host",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "method",
    "referrer",
    "s-ip",
    "s-port",
    "sc-bytes",
    "sc-status",
    "sc-substatus",
    "sc-win32-status",
    "status",
    "time",
    "time-taken",
    "ts",
    "uid",
    "uri",
    "user_agent",
    "wrapper.RecordType",
});

constexpr auto kBuckets = std::size_t{1024};

struct Table {
  std::array<std::uint16_t, kBuckets> buckets{};  // number + 1, 0 = free
  std::array<std::string_view, kBuckets / 2> names{};
  std::uint32_t count = 0;

  Table() {
    for (const auto& name : m365::names()) add(name.text);
    for (const auto name : kMore) add(name);
  }
  auto bucket_of(std::string_view name) const -> std::size_t {
    auto at = hash64(name) % kBuckets;
    while (buckets[at] != 0 && names[buckets[at] - 1U] != name) at = (at + 1) % kBuckets;
    return at;
  }
  void add(std::string_view name) {
    names.at(count) = name;
    buckets[bucket_of(name)] = static_cast<std::uint16_t>(++count);
  }
};

auto table() -> const Table& {
  static const auto built = Table();
  return built;
}

}  // namespace

auto known_name(std::string_view name) -> std::optional<std::uint32_t> {
  const auto& known = table();
  const auto found = known.buckets[known.bucket_of(name)];
  if (found == 0) return {};
  return found - 1U;
}

auto known_name_at(std::uint64_t number) -> std::optional<std::string_view> {
  if (number >= table().count) return {};
  return table().names[number];
}

}  // namespace serjeant

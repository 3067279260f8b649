#include "intel/stix/object_id.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string_view>

#include "core/uuid.h"
#include "intel/stix/jcs.h"

namespace serjeant::stix {
namespace {

using Names = std::span<const std::string_view>;

constexpr auto kSpace = std::string_view{"00abedb4-aa42-466c-9c01-fed23315a9b7"};

constexpr auto kArtifact = std::array<std::string_view, 2>{"hashes", "payload_bin"};
constexpr auto kSystem = std::array<std::string_view, 1>{"number"};
constexpr auto kDirectory = std::array<std::string_view, 1>{"path"};
constexpr auto kValue = std::array<std::string_view, 1>{"value"};
constexpr auto kMessage = std::array<std::string_view, 3>{"from_ref", "subject", "body"};
constexpr auto kFile =
    std::array<std::string_view, 4>{"hashes", "name", "parent_directory_ref", "extensions"};
constexpr auto kMutex = std::array<std::string_view, 1>{"name"};
constexpr auto kTraffic = std::array<std::string_view, 8>{
    "start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"};
constexpr auto kSoftware =
    std::array<std::string_view, 5>{"name", "cpe", "swid", "vendor", "version"};
constexpr auto kAccount =
    std::array<std::string_view, 3>{"account_type", "user_id", "account_login"};
constexpr auto kRegistry = std::array<std::string_view, 2>{"key", "values"};
constexpr auto kCertificate = std::array<std::string_view, 2>{"hashes", "serial_number"};

struct Row {
  std::string_view type;
  Names names;
};
constexpr auto kRows = std::array{
    Row{"artifact", kArtifact},
    Row{"autonomous-system", kSystem},
    Row{"directory", kDirectory},
    Row{"domain-name", kValue},
    Row{"email-addr", kValue},
    Row{"email-message", kMessage},
    Row{"file", kFile},
    Row{"ipv4-addr", kValue},
    Row{"ipv6-addr", kValue},
    Row{"mac-addr", kValue},
    Row{"mutex", kMutex},
    Row{"network-traffic", kTraffic},
    Row{"process", {}},
    Row{"software", kSoftware},
    Row{"url", kValue},
    Row{"user-account", kAccount},
    Row{"windows-registry-key", kRegistry},
    Row{"x509-certificate", kCertificate},
};

auto chosen_hash(Value hashes) -> Value {
  for (const auto name : {"MD5", "SHA-1", "SHA-256", "SHA-512"})
    if (const auto found = hashes.find(name)) return found;
  return hashes.begin() == hashes.end() ? Value{} : *hashes.begin();
}

// A time is one value however many noughts its fraction ends in; the OASIS library
// (cti-python-stix2) writes it without them before it hashes.
auto without_noughts(std::string_view time) -> std::string {
  const auto dot = time.find('.');
  if (dot == std::string_view::npos || !time.ends_with('Z')) return std::string(time);
  auto end = time.size() - 1;
  while (end > dot && (time[end - 1] == '0' || end - 1 == dot)) --end;
  return std::string(time.substr(0, end)) + "Z";
}

}  // namespace

auto contributing_properties(std::string_view type) -> std::optional<Names> {
  for (const auto& row : kRows)
    if (row.type == type) return row.names;
  return std::nullopt;
}

auto deterministic_id(Value object, Names contributing) -> Result<std::string> {
  auto chosen = Document{};
  auto times = std::deque<std::string>{};  // whose texts `chosen` points at
  const auto root = chosen.open(Kind::kObject, {});
  for (const auto name : contributing) {
    const auto value = object.find(name);
    if (!value) continue;
    if ((name == "start" || name == "end") && value.is_text()) {
      chosen.add(Kind::kText, name, times.emplace_back(without_noughts(value.text())));
    } else if (name != "hashes" || !value.is_object()) {
      chosen.append(value, name);
    } else if (const auto hash = chosen_hash(value)) {
      const auto hashes = chosen.open(Kind::kObject, name);
      chosen.append(hash, hash.key());
      chosen.close(hashes);
    }
  }
  chosen.close(root);
  if (chosen.size() == 1) return std::string{};
  auto text = std::string{};
  SJ_DO(append_canonical(chosen.root(), text));
  return std::string(object.find("type").text()) + "--" + uuid5(kSpace, text);
}

}  // namespace serjeant::stix

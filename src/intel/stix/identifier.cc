#include "intel/stix/identifier.h"

#include <algorithm>
#include <array>
#include <deque>

#include "core/time.h"
#include "core/uuid.h"
#include "intel/stix/jcs.h"

namespace serjeant::stix {
namespace {

constexpr auto kNamespace = "00abedb4-aa42-466c-9c01-fed23315a9b7";

struct Contributing {
  std::string_view type;
  std::array<std::string_view, 8> names;
};
constexpr auto kContributing = std::array{
    Contributing{"artifact", {"hashes", "payload_bin"}},
    Contributing{"autonomous-system", {"number"}},
    Contributing{"directory", {"path"}},
    Contributing{"domain-name", {"value"}},
    Contributing{"email-addr", {"value"}},
    Contributing{"email-message", {"from_ref", "subject", "body"}},
    Contributing{"file", {"hashes", "name", "parent_directory_ref", "extensions"}},
    Contributing{"ipv4-addr", {"value"}},
    Contributing{"ipv6-addr", {"value"}},
    Contributing{"mac-addr", {"value"}},
    Contributing{"mutex", {"name"}},
    Contributing{
        "network-traffic",
        {"start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"}},
    Contributing{"software", {"name", "cpe", "swid", "vendor", "version"}},
    Contributing{"url", {"value"}},
    Contributing{"user-account", {"account_type", "user_id", "account_login"}},
    Contributing{"windows-registry-key", {"key", "values"}},
    Contributing{"x509-certificate", {"hashes", "serial_number"}},
};
constexpr auto kHashOrder = std::array<std::string_view, 4>{"MD5", "SHA-1", "SHA-256", "SHA-512"};

// A time says the same with and without zeros at the end of its fraction, and
// the common library hashes it without; ids are to be equal to its ids.
auto without_zeros(std::string_view time) -> std::string {
  if (!parse_iso_time(time) || time.find('.') == std::string_view::npos || time.back() != 'Z')
    return std::string(time);
  time.remove_suffix(1);
  time = time.substr(0, time.find_last_not_of('0') + 1);
  if (time.back() == '.') time.remove_suffix(1);
  return std::string(time) + 'Z';
}

auto chosen_hash(Value hashes) -> Value {
  for (const auto name : kHashOrder)
    if (const auto found = hashes.find(name)) return found;
  return hashes.begin() == hashes.end() ? Value{} : *hashes.begin();
}

}  // namespace

auto read_identifier(std::string_view text) -> std::optional<Identifier> {
  const auto dashes = text.find("--");
  if (dashes == std::string_view::npos || dashes == 0) return std::nullopt;
  auto out = Identifier{.type = text.substr(0, dashes), .uuid = text.substr(dashes + 2)};
  if (!is_uuid(out.uuid)) return std::nullopt;
  if (std::any_of(out.uuid.begin(), out.uuid.end(), [](char c) { return c >= 'A' && c <= 'F'; }))
    return std::nullopt;
  out.version = out.uuid[14];
  return out;
}

auto id_contributing_properties(std::string_view type) -> std::span<const std::string_view> {
  for (const auto& one : kContributing) {
    if (one.type != type) continue;
    const auto end = std::find(one.names.begin(), one.names.end(), std::string_view{});
    return {one.names.data(), static_cast<std::size_t>(end - one.names.begin())};
  }
  return {};
}

auto deterministic_id(Value object, std::span<const std::string_view> contributing)
    -> Result<std::optional<std::string>> {
  const auto has_times = object.find("type").text() == "network-traffic";
  auto times = std::deque<std::string>{};  // what the nodes point into
  auto made = Document{};
  const auto whole = made.open(Kind::kObject, "");
  for (const auto name : contributing) {
    const auto value = object.find(name);
    if (!value) continue;
    if (name == "hashes" && value.is_object()) {
      const auto hash = chosen_hash(value);
      if (!hash) continue;
      const auto hashes = made.open(Kind::kObject, name);
      made.append(hash, hash.key());
      made.close(hashes);
    } else if (has_times && value.is_text() && (name == "start" || name == "end")) {
      made.add(Kind::kText, name, times.emplace_back(without_zeros(value.text())));
    } else {
      made.append(value, name);
    }
  }
  made.close(whole);
  if (made.size() == 1) return std::optional<std::string>{};
  SJ_TRY(const auto name, canonical_json(made.root()));
  return std::optional(std::string(object.find("type").text()) + "--" + uuid5(kNamespace, name));
}

}  // namespace serjeant::stix

#include "detect/sigma/address.h"

#include <algorithm>

#include "core/text.h"

namespace serjeant::sigma {
namespace {

auto parse_v4(std::string_view text, std::uint8_t* out) -> bool {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return false;
  for (auto i = std::size_t{0}; i < 4; ++i) {
    if (parts[i].empty() || parts[i].size() > 3 || (parts[i].size() > 1 && parts[i][0] == '0'))
      return false;
    const auto value = to_uint(parts[i]);
    if (!value || *value > 255) return false;
    out[i] = static_cast<std::uint8_t>(*value);
  }
  return true;
}

auto hex_value(char c) -> int {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads groups separated by colons; the last may be an IPv4 address. Returns
// how many bytes were written, or -1.
auto parse_groups(std::string_view text, std::uint8_t* out, bool last_may_be_v4) -> int {
  if (text.empty()) return 0;
  const auto groups = split(text, ':');
  auto bytes = 0;
  for (auto i = std::size_t{0}; i < groups.size(); ++i) {
    const auto group = groups[i];
    if (last_may_be_v4 && i + 1 == groups.size() && group.find('.') != std::string_view::npos) {
      if (bytes > 12 || !parse_v4(group, out + bytes)) return -1;
      return bytes + 4;
    }
    if (group.empty() || group.size() > 4 || bytes > 14) return -1;
    auto value = 0;
    for (const auto c : group) {
      const auto digit = hex_value(c);
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    out[bytes++] = static_cast<std::uint8_t>(value >> 8);
    out[bytes++] = static_cast<std::uint8_t>(value & 0xff);
  }
  return bytes;
}

auto parse_v6(std::string_view text, std::array<std::uint8_t, 16>& out) -> bool {
  if (const auto zone = text.find('%'); zone != std::string_view::npos) {
    if (zone + 1 == text.size()) return false;
    text = text.substr(0, zone);
  }
  auto front = std::array<std::uint8_t, 18>{};
  auto back = std::array<std::uint8_t, 18>{};
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (parse_groups(text, front.data(), true) != 16) return false;
    std::copy_n(front.begin(), 16, out.begin());
    return true;
  }
  const auto before = parse_groups(text.substr(0, gap), front.data(), false);
  const auto behind = parse_groups(text.substr(gap + 2), back.data(), true);
  if (before < 0 || behind < 0 || before + behind > 14) return false;
  out = {};
  std::copy_n(front.begin(), before, out.begin());
  std::copy_n(back.begin(), behind, out.end() - behind);
  return true;
}

auto is_mapped(const std::array<std::uint8_t, 16>& bytes) -> bool {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

auto bit(const Address& address, std::uint32_t index) -> bool {
  const auto at = (address.v4 ? 96 : 0) + index;
  return (address.bytes[at / 8] >> (7 - at % 8)) & 1;
}

// A netmask's prefix: ones, then zeros.
auto prefix_of_mask(std::string_view text) -> std::optional<std::uint32_t> {
  auto mask = Address{};
  mask.v4 = true;
  if (!parse_v4(text, mask.bytes.data() + 12)) return std::nullopt;
  auto ones = std::uint32_t{0};
  while (ones < 32 && bit(mask, ones)) ++ones;
  for (auto i = ones; i < 32; ++i)
    if (bit(mask, i)) return std::nullopt;
  return ones;
}

}  // namespace

auto parse_address(std::string_view text) -> std::optional<Address> {
  if (text.size() > 128) return std::nullopt;
  auto out = Address{};
  if (text.find(':') == std::string_view::npos) {
    out.v4 = true;
    if (!parse_v4(text, out.bytes.data() + 12)) return std::nullopt;
    return out;
  }
  if (!parse_v6(text, out.bytes)) return std::nullopt;
  if (is_mapped(out.bytes)) {
    out.v4 = true;
    std::fill_n(out.bytes.begin(), 12, std::uint8_t{0});
  }
  return out;
}

auto parse_network(std::string_view text, NetworkFlaw& flaw) -> std::optional<Network> {
  flaw = NetworkFlaw::kNotANetwork;
  const auto slash = text.find('/');
  const auto written_v6 = text.substr(0, slash).find(':') != std::string_view::npos;
  if (text.find('%') != std::string_view::npos) return std::nullopt;
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return std::nullopt;
  auto out = Network{*base, base->v4 ? 32u : 128u};
  if (slash != std::string_view::npos) {
    const auto behind = text.substr(slash + 1);
    auto prefix = std::optional<std::uint32_t>{};
    if (const auto number = to_uint(behind); number && behind.size() <= 3)
      prefix = static_cast<std::uint32_t>(*number);
    else if (base->v4 && !written_v6)
      prefix = prefix_of_mask(behind);
    flaw = NetworkFlaw::kPrefix;
    if (!prefix) return std::nullopt;
    if (base->v4 && written_v6) {
      // A network of mapped addresses. One that reaches beyond them is of both
      // families, which this modifier does not know.
      if (*prefix < 96 || *prefix > 128) return std::nullopt;
      prefix = *prefix - 96;
    }
    if (*prefix > out.prefix) return std::nullopt;
    out.prefix = *prefix;
  }
  flaw = NetworkFlaw::kHostBits;
  for (auto i = out.prefix; i < (base->v4 ? 32u : 128u); ++i)
    if (bit(out.base, i)) return std::nullopt;
  flaw = NetworkFlaw::kNone;
  return out;
}

auto contains(const Network& network, const Address& address) -> bool {
  if (network.base.v4 != address.v4) return false;
  for (auto i = std::uint32_t{0}; i < network.prefix; ++i)
    if (bit(network.base, i) != bit(address, i)) return false;
  return true;
}

}  // namespace serjeant::sigma

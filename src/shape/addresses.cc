#include "shape/addresses.h"

#include <algorithm>
#include <vector>

#include "core/check.h"
#include "core/text.h"
#include "shape/ranges.h"

namespace serjeant {
namespace {

struct Range {
  Ip first, last;
};

auto range_of(std::string_view line) -> Range {
  const auto slash = line.find('/');
  const auto base = parse_ip(line.substr(0, slash));
  const auto bits =
      slash == std::string_view::npos ? std::nullopt : to_uint(line.substr(slash + 1));
  SJ_CHECK(!base.empty() && bits && *bits <= (base.is_v4() ? 32U : 128U));
  const auto kept = *bits + (base.is_v4() ? 96 : 0);
  auto out = Range{base, base};
  for (auto i = std::size_t{0}; i < 16; ++i) {
    const auto whole = kept >= 8 * (i + 1);
    const auto none = kept <= 8 * i;
    const auto host = whole ? 0U : none ? 0xffU : 0xffU >> (kept - 8 * i);
    out.first.bytes[i] = static_cast<std::uint8_t>(base.bytes[i] & ~host);
    out.last.bytes[i] = static_cast<std::uint8_t>(base.bytes[i] | host);
  }
  return out;
}

auto contains(const Range& range, const Ip& ip) -> bool {
  return range.first <= ip && ip <= range.last;
}

// Sorted, and joined where they overlap, so that one search decides.
auto load_ranges(std::string_view text) -> std::vector<Range> {
  auto all = std::vector<Range>{};
  for (auto line : split(text, '\n'))
    if (line = trim(line); !line.empty() && line.front() != '#') all.push_back(range_of(line));
  std::sort(all.begin(), all.end(),
            [](const Range& a, const Range& b) { return a.first < b.first; });
  auto out = std::vector<Range>{};
  for (const auto& range : all) {
    if (!out.empty() && range.first <= out.back().last)
      out.back().last = std::max(out.back().last, range.last);
    else
      out.push_back(range);
  }
  return out;
}

auto is_in(const std::vector<Range>& ranges, const Ip& ip) -> bool {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), ip,
                                      [](const Ip& a, const Range& b) { return a < b.first; });
  return after != ranges.begin() && contains(*(after - 1), ip);
}

auto file_of(std::string_view name) -> std::string_view {
  for (const auto& [file, text] : kAddressRanges)
    if (file == name) return text;
  check_failed("the table of ranges is built in", __FILE__, __LINE__);
}

auto is_provider(const Ip& ip) -> bool {
  static const auto ranges = load_ranges(file_of("microsoft_ranges.txt"));
  return is_in(ranges, ip);
}

auto is_private(const Ip& ip) -> bool {
  const auto& b = ip.bytes;
  if (ip.is_v4())
    return b[12] == 10 || (b[12] == 172 && (b[13] & 0xf0) == 16) ||
           (b[12] == 192 && b[13] == 168) || (b[12] == 169 && b[13] == 254) ||
           (b[12] == 100 && (b[13] & 0xc0) == 64);
  return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

auto is_loopback(const Ip& ip) -> bool {
  if (ip.is_v4()) return ip.bytes[12] == 127;
  auto one = Ip{};
  one.bytes[15] = 1;
  return ip == one;
}

auto read_port(std::string_view text) -> std::uint16_t {
  const auto port = to_uint(text);
  return port && *port <= 65535 ? static_cast<std::uint16_t>(*port) : std::uint16_t{0};
}

}  // namespace

auto read_endpoint(std::string_view text) -> Endpoint {
  text = trim(text);
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return {};
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return {};
    const auto ip = parse_ip(text.substr(1, close - 1));
    if (ip.empty()) return {};
    return {ip, rest.empty() ? std::uint16_t{0} : read_port(rest.substr(1))};
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    const auto ip = parse_ip(text.substr(0, colon));
    if (ip.empty()) return {};
    return {ip, read_port(text.substr(colon + 1))};
  }
  return {parse_ip(text), 0};
}

auto role_of(const Ip& ip) -> IpRole {
  if (ip.empty()) return IpRole::kUnknown;
  if (is_loopback(ip)) return IpRole::kLoopback;
  if (is_private(ip)) return IpRole::kPrivate;
  return is_provider(ip) ? IpRole::kProvider : IpRole::kUnknown;
}

auto is_microsoft_owned(const Ip& ip) -> bool {
  static const auto ranges = load_ranges(file_of("microsoft_owned.txt"));
  return is_in(ranges, ip);
}

}  // namespace serjeant

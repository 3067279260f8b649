#include <array>
#include <cstdio>

#include "shape/event.h"

// Addresses as text (RFC 4291 section 2.2, RFC 5952 for writing).
namespace serjeant {
namespace {

constexpr auto kMapped = std::array<std::uint8_t, 12>{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

auto digit_of(char c, unsigned base) -> int {
  if (c >= '0' && c <= '9') return c - '0';
  if (base == 16 && c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (base == 16 && c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four decimal bytes, no leading zeros (they are octal to some readers).
auto read_v4(std::string_view text, std::uint8_t* to) -> bool {
  auto at = std::size_t{0};
  for (auto i = 0; i < 4; ++i) {
    if (i > 0 && (at >= text.size() || text[at++] != '.')) return false;
    const auto begin = at;
    auto value = 0;
    while (at < text.size() && at - begin < 3 && digit_of(text[at], 10) >= 0)
      value = value * 10 + digit_of(text[at++], 10);
    if (at == begin || value > 255 || (at - begin > 1 && text[begin] == '0')) return false;
    to[i] = static_cast<std::uint8_t>(value);
  }
  return at == text.size();
}

auto read_v6(std::string_view text, std::uint8_t* to) -> bool {
  auto words = std::array<std::uint16_t, 8>{};
  auto count = std::size_t{0};
  auto gap = std::size_t{9};  // index of the first word after "::"; 9 = none
  auto at = std::size_t{0};
  if (text.starts_with("::")) {
    gap = 0;
    at = 2;
  } else if (text.starts_with(':')) {
    return false;
  }
  while (at < text.size()) {
    if (count == 8) return false;
    auto value = 0U;
    const auto begin = at;
    while (at < text.size() && at - begin < 4 && digit_of(text[at], 16) >= 0)
      value = value * 16 + static_cast<unsigned>(digit_of(text[at++], 16));
    if (at < text.size() && text[at] == '.') {  // the last 32 bits in dots
      auto v4 = std::array<std::uint8_t, 4>{};
      if (count > 6 || !read_v4(text.substr(begin), v4.data())) return false;
      words[count++] = static_cast<std::uint16_t>(v4[0] << 8 | v4[1]);
      words[count++] = static_cast<std::uint16_t>(v4[2] << 8 | v4[3]);
      at = text.size();
      break;
    }
    if (at == begin) return false;
    words[count++] = static_cast<std::uint16_t>(value);
    if (at == text.size()) break;
    if (text[at++] != ':') return false;
    if (at == text.size()) return false;  // a single colon at the end
    if (text[at] == ':') {
      if (gap != 9) return false;
      gap = count;
      ++at;
    }
  }
  if (gap == 9 ? count != 8 : count > 7) return false;
  const auto filled = gap == 9 ? std::size_t{0} : 8 - count;
  for (auto i = std::size_t{0}; i < 8; ++i) {
    auto word = std::uint16_t{0};
    if (gap == 9 || i < gap)
      word = words[i];
    else if (i >= gap + filled)
      word = words[i - filled];
    to[2 * i] = static_cast<std::uint8_t>(word >> 8);
    to[2 * i + 1] = static_cast<std::uint8_t>(word & 0xff);
  }
  return true;
}

}  // namespace

auto Ip::is_v4() const -> bool {
  for (auto i = std::size_t{0}; i < kMapped.size(); ++i)
    if (bytes[i] != kMapped[i]) return false;
  return true;
}

auto parse_ip(std::string_view text) -> Ip {
  auto ip = Ip{};
  if (text.size() < 2 || text.size() > 45) return {};
  if (text.find(':') == std::string_view::npos) {
    if (!read_v4(text, ip.bytes.data() + 12)) return {};
    for (auto i = std::size_t{0}; i < kMapped.size(); ++i) ip.bytes[i] = kMapped[i];
    return ip;
  }
  if (const auto zone = text.find('%'); zone != std::string_view::npos)  // RFC 4007, section 11
    text = text.substr(0, zone);
  return read_v6(text, ip.bytes.data()) ? ip : Ip{};
}

auto format_ip(const Ip& ip) -> std::string {
  if (ip.empty()) return {};
  auto buffer = std::array<char, 48>{};
  if (ip.is_v4()) {
    const auto size = std::snprintf(buffer.data(), buffer.size(), "%u.%u.%u.%u", ip.bytes[12],
                                    ip.bytes[13], ip.bytes[14], ip.bytes[15]);
    return {buffer.data(), static_cast<std::size_t>(size)};
  }
  auto words = std::array<unsigned, 8>{};
  for (auto i = std::size_t{0}; i < 8; ++i)
    words[i] = static_cast<unsigned>(ip.bytes[2 * i] << 8 | ip.bytes[2 * i + 1]);
  // The longest run of at least two zero words, the first of equals, is "::".
  auto best = std::size_t{8}, longest = std::size_t{1};
  for (auto i = std::size_t{0}; i < 8;) {
    auto end = i;
    while (end < 8 && words[end] == 0) ++end;
    if (end - i > longest) {
      best = i;
      longest = end - i;
    }
    i = end == i ? i + 1 : end;
  }
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += longest - 1;
      continue;
    }
    if (i > 0 && !out.ends_with(':')) out += ':';
    const auto size = std::snprintf(buffer.data(), buffer.size(), "%x", words[i]);
    out.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return out;
}

auto network_of(const Ip& ip) -> Ip {
  auto out = ip;
  const auto keep = ip.is_v4() ? std::size_t{15} : std::size_t{6};
  for (auto i = keep; i < out.bytes.size(); ++i) out.bytes[i] = 0;
  return out;
}

}  // namespace serjeant

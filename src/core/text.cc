#include "core/text.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace serjeant {
namespace {

auto byte(char c) -> std::uint32_t { return static_cast<unsigned char>(c); }

// The length of the well-formed sequence at `at` (1 to 4), or 0; table 3-7 of
// the Unicode standard.
auto sequence_length(std::string_view text, std::size_t at) -> std::size_t {
  const auto b0 = byte(text[at]);
  if (b0 < 0x80) return 1;
  const auto follows = [&](std::size_t n, std::uint32_t low, std::uint32_t high) {
    return at + n < text.size() && byte(text[at + n]) >= low && byte(text[at + n]) <= high;
  };
  if (b0 >= 0xc2 && b0 <= 0xdf) return follows(1, 0x80, 0xbf) ? 2 : 0;
  if (b0 >= 0xe0 && b0 <= 0xef) {
    const auto low = b0 == 0xe0 ? 0xa0u : 0x80u;
    const auto high = b0 == 0xed ? 0x9fu : 0xbfu;
    return follows(1, low, high) && follows(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (b0 >= 0xf0 && b0 <= 0xf4) {
    const auto low = b0 == 0xf0 ? 0x90u : 0x80u;
    const auto high = b0 == 0xf4 ? 0x8fu : 0xbfu;
    return follows(1, low, high) && follows(2, 0x80, 0xbf) && follows(3, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

auto is_white(char c) -> bool {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

auto lower(char c) -> char { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

template <class Number>
auto to_number(std::string_view text) -> std::optional<Number> {
  auto value = Number{};
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

namespace {

constexpr auto kHighBits = std::uint64_t{0x8080808080808080u};

auto eight(std::string_view text, std::size_t at) -> std::uint64_t {
  auto block = std::uint64_t{};
  std::memcpy(&block, text.data() + at, 8);
  return block;
}

}  // namespace

auto is_ascii(std::string_view text) -> bool {
  auto at = std::size_t{0};
  for (; at + 64 <= text.size(); at += 64) {
    auto seen = std::uint64_t{0};
    for (auto part = std::size_t{0}; part < 64; part += 8) seen |= eight(text, at + part);
    if ((seen & kHighBits) != 0) return false;
  }
  for (; at + 8 <= text.size(); at += 8)
    if ((eight(text, at) & kHighBits) != 0) return false;
  for (; at < text.size(); ++at)
    if (byte(text[at]) >= 0x80) return false;
  return true;
}

auto is_utf8(std::string_view text) -> bool {
  for (auto at = std::size_t{0}; at < text.size();) {
    if (at + 32 <= text.size() &&
        ((eight(text, at) | eight(text, at + 8) | eight(text, at + 16) | eight(text, at + 24)) &
         kHighBits) == 0) {
      at += 32;
      continue;
    }
    const auto length = sequence_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

auto encode_utf8(std::uint32_t code, char* to) -> std::size_t {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    to[0] = static_cast<char>(code);
    return 1;
  }
  if (code < 0x800) {
    to[0] = static_cast<char>(0xc0 | (code >> 6));
    to[1] = tail(0);
    return 2;
  }
  if (code < 0x10000) {
    to[0] = static_cast<char>(0xe0 | (code >> 12));
    to[1] = tail(6);
    to[2] = tail(0);
    return 3;
  }
  to[0] = static_cast<char>(0xf0 | (code >> 18));
  to[1] = tail(12);
  to[2] = tail(6);
  to[3] = tail(0);
  return 4;
}

auto replace_bad_utf8(std::string_view text) -> std::string {
  auto out = std::string{};
  out.reserve(text.size() + 8);
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto length = sequence_length(text, at);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++at;
    } else {
      out.append(text, at, length);
      at += length;
    }
  }
  return out;
}

auto utf16_to_utf8(std::string_view bytes, bool little_endian, bool& bad) -> std::string {
  auto out = std::string{};
  out.reserve(bytes.size() / 2 + 8);
  const auto unit = [&](std::size_t at) {
    const auto first = byte(bytes[at]);
    const auto second = byte(bytes[at + 1]);
    return little_endian ? first | (second << 8) : (first << 8) | second;
  };
  auto at = std::size_t{0};
  for (; at + 2 <= bytes.size(); at += 2) {
    auto code = unit(at);
    if (code >= 0xd800 && code < 0xe000) {
      const auto low = code < 0xdc00 && at + 4 <= bytes.size() ? unit(at + 2) : 0u;
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      } else {
        code = 0xfffd;
        bad = true;
      }
    }
    auto buffer = std::array<char, 4>{};
    out.append(buffer.data(), encode_utf8(code, buffer.data()));
  }
  if (at < bytes.size()) bad = true;
  return out;
}

auto lower_ascii(std::string_view text) -> std::string {
  auto out = std::string(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

auto equals_ignoring_ascii_case(std::string_view a, std::string_view b) -> bool {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

auto starts_with_ignoring_case(std::string_view text, std::string_view prefix) -> bool {
  return text.size() >= prefix.size() &&
         equals_ignoring_ascii_case(text.substr(0, prefix.size()), prefix);
}

auto fold_case(std::string_view text) -> std::string {
  if (is_ascii(text)) return lower_ascii(text);
  auto out = std::string{};
  out.reserve(text.size());
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto length = sequence_length(text, at);
    if (length <= 1) {
      out += length == 0 ? text[at] : lower(text[at]);
      ++at;
      continue;
    }
    auto code = byte(text[at]) & (0xffu >> (length + 1));
    for (auto i = std::size_t{1}; i < length; ++i) code = (code << 6) | (byte(text[at + i]) & 0x3f);
    const auto folded = u_foldCase(static_cast<UChar32>(code), U_FOLD_CASE_DEFAULT);
    auto buffer = std::array<char, 4>{};
    out.append(buffer.data(), encode_utf8(static_cast<std::uint32_t>(folded), buffer.data()));
    at += length;
  }
  return out;
}

auto trim(std::string_view text) -> std::string_view {
  while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
  return text;
}

auto split(std::string_view text, char by) -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  for (;;) {
    const auto at = text.find(by);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

auto to_int(std::string_view text) -> std::optional<std::int64_t> {
  return to_number<std::int64_t>(text);
}
auto to_uint(std::string_view text) -> std::optional<std::uint64_t> {
  return to_number<std::uint64_t>(text);
}

auto hex(std::string_view bytes) -> std::string {
  constexpr auto digits = std::string_view("0123456789abcdef");
  auto out = std::string{};
  out.reserve(bytes.size() * 2);
  for (const auto c : bytes) {
    out += digits[byte(c) >> 4];
    out += digits[byte(c) & 15];
  }
  return out;
}

auto from_hex(std::string_view digits) -> std::optional<std::string> {
  if (digits.size() % 2 != 0) return std::nullopt;
  auto out = std::string{};
  out.reserve(digits.size() / 2);
  for (auto at = std::size_t{0}; at < digits.size(); at += 2) {
    auto value = 0u;
    const auto* const end = digits.data() + at + 2;
    if (const auto [stop, error] = std::from_chars(digits.data() + at, end, value, 16);
        error != std::errc{} || stop != end)
      return std::nullopt;
    out += static_cast<char>(value);
  }
  return out;
}

auto base64_encode(std::string_view bytes) -> std::string {
  constexpr auto digits =
      std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  auto out = std::string{};
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (auto at = std::size_t{0}; at < bytes.size(); at += 3) {
    const auto left = std::min<std::size_t>(3, bytes.size() - at);
    auto group = byte(bytes[at]) << 16;
    if (left > 1) group |= byte(bytes[at + 1]) << 8;
    if (left > 2) group |= byte(bytes[at + 2]);
    out += digits[group >> 18];
    out += digits[(group >> 12) & 63];
    out += left > 1 ? digits[(group >> 6) & 63] : '=';
    out += left > 2 ? digits[group & 63] : '=';
  }
  return out;
}

auto base64_decode(std::string_view text) -> std::optional<std::string> {
  if (text.size() % 4 != 0) return std::nullopt;
  for (auto i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  auto out = std::string{};
  out.reserve(text.size() / 4 * 3 + 2);
  auto bits = std::uint32_t{0};
  auto have = 0;
  for (const auto c : text) {
    const auto digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                       : c >= 'a' && c <= 'z' ? c - 'a' + 26
                       : c >= '0' && c <= '9' ? c - '0' + 52
                       : c == '+'             ? 62
                       : c == '/'             ? 63
                                              : -1;
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffff;
    if ((have += 6) < 8) continue;
    have -= 8;
    out += static_cast<char>(bits >> have & 0xff);
  }
  return out;
}

auto nearest_word(std::string_view word, const std::vector<std::string_view>& known)
    -> std::optional<std::string_view> {
  auto best = std::optional<std::string_view>{};
  auto best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  // Rows of the table of edits, so that the one before last is at hand too: a swap
  // of neighbours counts as one edit, as it is the commonest slip of the fingers.
  auto before_last = std::vector<std::size_t>{}, last = before_last, row = before_last;
  for (const auto other : known) {
    const auto same = [&](std::size_t i, std::size_t j) {
      return lower(word[i - 1]) == lower(other[j - 1]);
    };
    row.assign(other.size() + 1, 0);
    last.assign(other.size() + 1, 0);
    for (auto j = std::size_t{0}; j <= other.size(); ++j) row[j] = j;
    for (auto i = std::size_t{1}; i <= word.size(); ++i) {
      before_last.swap(last);
      last.swap(row);
      row.assign(other.size() + 1, i);
      for (auto j = std::size_t{1}; j <= other.size(); ++j) {
        const auto change = last[j - 1] + (same(i, j) ? 0u : 1u);
        row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
        if (i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j))
          row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    // A word of which no letter is right was not meant.
    if (row[other.size()] < std::min(best_distance, std::max(word.size(), other.size()))) {
      best_distance = row[other.size()];
      best = other;
    }
  }
  return best;
}

auto printable(std::string_view text) -> std::string {
  auto out = std::string{};
  out.reserve(text.size());
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto length = sequence_length(text, at);
    const auto b0 = byte(text[at]);
    const auto c1_control = length == 2 && b0 == 0xc2 && byte(text[at + 1]) < 0xa0;
    if (length == 0 || b0 < 0x20 || b0 == 0x7f || c1_control) {
      const auto count = c1_control ? std::size_t{2} : std::size_t{1};
      for (auto i = std::size_t{0}; i < count; ++i) out += "\\x" + hex(text.substr(at + i, 1));
      at += count;
    } else {
      out.append(text, at, length);
      at += length;
    }
  }
  return out;
}

}  // namespace serjeant

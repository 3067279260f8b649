#include "read/mail/charset.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "core/text.h"

namespace serjeant::mail {
namespace {

// 0x80 to 0x9f of Windows-1252; the five holes map to C1 controls as WHATWG has it.
constexpr auto kHigh1252 = std::array<std::uint16_t, 32>{
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

auto from_1252(std::string_view bytes, Arena& arena) -> std::string_view {
  auto* const start = arena.take(bytes.size() * 3);
  auto* to = start;
  for (const auto c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      *to++ = c;
    else
      to += encode_utf8(byte < 0xa0 ? kHigh1252[byte - 0x80] : byte, to);
  }
  const auto size = static_cast<std::size_t>(to - start);
  arena.give_back(bytes.size() * 3 - size);
  return {start, size};
}

// Labels that ICU does not know or reads more narrowly than mail needs
// (https://encoding.spec.whatwg.org/#names-and-labels).
constexpr auto kAliases = std::array<std::pair<std::string_view, const char*>, 12>{{
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"x-gbk", "GB18030"},
    {"ks_c_5601-1987", "windows-949"},
    {"ks_c_5601-1989", "windows-949"},
    {"euc-kr", "windows-949"},
    {"shift_jis", "windows-31j"},
    {"shift-jis", "windows-31j"},
    {"x-sjis", "windows-31j"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "windows-1254"},
    {"unicode-1-1-utf-7", "UTF-7"},
}};

struct Close {
  void operator()(UConverter* at) const { ucnv_close(at); }
};

// Opening a converter costs microseconds, so each thread keeps the last few.
struct Converters {
  struct Entry {
    std::string label;
    std::unique_ptr<UConverter, Close> converter;  // none: not known
  };
  std::array<Entry, 8> entries;
  std::size_t next = 0;

  auto find(const std::string& label) -> UConverter* {
    for (auto& entry : entries)
      if (!entry.label.empty() && entry.label == label) return entry.converter.get();
    auto& entry = entries[next];
    next = (next + 1) % entries.size();
    const auto* alias =
        std::find_if(kAliases.begin(), kAliases.end(), [&](auto& a) { return a.first == label; });
    const auto* name = alias == kAliases.end() ? label.c_str() : alias->second;
    auto status = U_ZERO_ERROR;
    entry.label = label;
    entry.converter.reset(ucnv_open(name, &status));
    if (U_FAILURE(status)) entry.converter.reset();
    return entry.converter.get();
  }
};

auto by_icu(std::string_view bytes, UConverter* converter, Arena& arena) -> Text {
  constexpr auto kStep = std::size_t{2048};
  auto out = std::string{};
  auto bad = false;
  auto status = U_ZERO_ERROR;
  ucnv_reset(converter);
  const auto* from = bytes.data();
  const auto* const end = from + bytes.size();
  auto units = std::array<char16_t, kStep>{};
  do {
    status = U_ZERO_ERROR;
    auto* to = units.data();
    ucnv_toUnicode(converter, &to, units.data() + kStep, &from, end, nullptr, true, &status);
    for (const auto* at = units.data(); at < to; ++at) {
      auto code = static_cast<std::uint32_t>(*at);
      if (code >= 0xd800 && code < 0xdc00 && at + 1 < to && at[1] >= 0xdc00 && at[1] < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (at[1] - 0xdc00u);
        ++at;
      } else if (code >= 0xd800 && code < 0xe000) {
        code = 0xfffd;
      }
      bad |= code == 0xfffd;
      char buffer[4];
      out.append(buffer, encode_utf8(code, buffer));
    }
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  return {arena.copy(out), bad || U_FAILURE(status), false};
}

auto converters() -> Converters& {
  thread_local auto all = Converters{};
  return all;
}

auto utf8_text(std::string_view bytes, Fallback fallback, Arena& arena, bool unknown) -> Text {
  if (is_utf8(bytes)) return {bytes, false, unknown};
  if (fallback == Fallback::kWindows1252) return {from_1252(bytes, arena), true, unknown};
  // One U+FFFD for each longest beginning of a character, as the WHATWG has it.
  if (auto* const converter = converters().find("utf-8"))
    return {by_icu(bytes, converter, arena).utf8, true, unknown};
  return {arena.copy(replace_bad_utf8(bytes)), true, unknown};
}

auto utf16(std::string_view bytes, bool little, Arena& arena) -> Text {
  auto bad = false;
  const auto text = utf16_to_utf8(bytes, little, bad);
  return {arena.copy(text), bad, false};
}

}  // namespace

auto to_utf8(std::string_view bytes, std::string_view charset, Fallback fallback, Arena& arena)
    -> Text {
  if (bytes.empty()) return {};
  const auto label = lower_ascii(trim(charset.substr(0, 64)));
  const auto is_utf = label.empty() || label.starts_with("utf");
  if (is_utf && bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (label.empty() || label == "utf-8" || label == "utf8" || label == "us-ascii" ||
      label == "ascii" || label == "unknown-8bit" || label == "x-unknown" || label == "8bit")
    return utf8_text(bytes, fallback, arena, false);
  if (label == "iso-8859-1" || label == "windows-1252" || label == "latin1" || label == "cp1252" ||
      label == "iso8859-1" || label == "iso_8859-1")
    return is_ascii(bytes) ? Text{bytes} : Text{from_1252(bytes, arena)};
  if (label == "utf-16" || label == "utf-16le" || label == "utf-16be" || label == "ucs-2") {
    // RFC 2781, section 4.3: without a mark, big-endian.
    if (bytes.starts_with("\xff\xfe")) return utf16(bytes.substr(2), true, arena);
    if (bytes.starts_with("\xfe\xff")) return utf16(bytes.substr(2), false, arena);
    return utf16(bytes, label == "utf-16le", arena);
  }
  auto* const converter = converters().find(label);
  if (!converter) return utf8_text(bytes, fallback, arena, true);
  return by_icu(bytes, converter, arena);
}

}  // namespace serjeant::mail

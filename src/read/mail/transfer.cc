#include "read/mail/transfer.h"

#include <array>
#include <cstring>

#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kSkip = std::uint8_t{0xff};  // white space and junk
constexpr auto kPad = std::uint8_t{0xfe};

constexpr auto kSixBits = [] {
  auto out = std::array<std::uint8_t, 256>{};
  for (auto& v : out) v = kSkip;
  constexpr auto alphabet =
      std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  for (auto i = std::size_t{0}; i < alphabet.size(); ++i)
    out[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  out['='] = kPad;
  return out;
}();

// One table for each place in a group, bits already where they belong; an octet
// that is not of the alphabet sets bit 31.
struct Places {
  std::array<std::array<std::uint32_t, 256>, 4> at{};
};
constexpr auto kPlaces = [] {
  auto out = Places{};
  for (auto i = std::size_t{0}; i < 256; ++i)
    for (auto place = std::size_t{0}; place < 4; ++place)
      out.at[place][i] = kSixBits[i] >= 64
                             ? 0x80000000u
                             : static_cast<std::uint32_t>(kSixBits[i]) << (18 - 6 * place);
  return out;
}();

auto is_space(char c) -> bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

auto nibble(char c) -> int {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

auto encoding_from(std::string_view value) -> Encoding {
  // Comments may stand before the word (RFC 2045, section 6.1 with RFC 5322 comments).
  value = trim(value);
  while (value.starts_with('(')) {
    const auto close = value.find(')');
    if (close == std::string_view::npos) return Encoding::kUnknown;
    value = trim(value.substr(close + 1));
  }
  if (value.starts_with('"')) value.remove_prefix(1);
  const auto word = value.substr(0, value.find_first_of(" \t\r\n;(\","));
  if (word.empty()) return Encoding::kNone;
  if (equals_ignoring_ascii_case(word, "base64")) return Encoding::kBase64;
  if (equals_ignoring_ascii_case(word, "quoted-printable")) return Encoding::kQuotedPrintable;
  if (equals_ignoring_ascii_case(word, "7bit")) return Encoding::k7bit;
  if (equals_ignoring_ascii_case(word, "8bit")) return Encoding::k8bit;
  if (equals_ignoring_ascii_case(word, "binary")) return Encoding::kBinary;
  if (equals_ignoring_ascii_case(word, "x-uuencode") || equals_ignoring_ascii_case(word, "x-uue") ||
      equals_ignoring_ascii_case(word, "uuencode"))
    return Encoding::kUuencode;
  return Encoding::kUnknown;
}

auto decode_base64(std::string_view body, Arena& arena) -> Transferred {
  auto out = Transferred{};
  const auto room = body.size() / 4 * 3 + 3;
  auto* const start = arena.take(room);
  auto* to = start;
  const auto* at = reinterpret_cast<const unsigned char*>(body.data());
  const auto* const end = at + body.size();
  auto bits = std::uint32_t{0};
  auto held = 0;  // sextets in `bits`
  auto padded = false;
  while (at < end) {
    if (held == 0) {
      while (end - at >= 4) {
        const auto group = kPlaces.at[0][at[0]] | kPlaces.at[1][at[1]] | kPlaces.at[2][at[2]] |
                           kPlaces.at[3][at[3]];
        if (group & 0x80000000u) break;
        to[0] = static_cast<char>(group >> 16);
        to[1] = static_cast<char>(group >> 8);
        to[2] = static_cast<char>(group);
        to += 3;
        at += 4;
        if (padded) out.padding_inside = true;
      }
      if (at == end) break;
    }
    const auto value = kSixBits[*at];
    if (value == kPad) {
      if (held == 2) *to++ = static_cast<char>(bits >> 4);
      if (held == 3) {
        *to++ = static_cast<char>(bits >> 10);
        *to++ = static_cast<char>(bits >> 2);
      }
      if (held == 1) ++out.junk;
      if (held == 0 && !padded) ++out.junk;
      bits = 0;
      held = 0;
      padded = true;
    } else if (value == kSkip) {
      if (!is_space(static_cast<char>(*at))) ++out.junk;
    } else {
      if (padded) out.padding_inside = true;
      bits = bits << 6 | value;
      if (++held == 4) {
        *to++ = static_cast<char>(bits >> 16);
        *to++ = static_cast<char>(bits >> 8);
        *to++ = static_cast<char>(bits);
        bits = 0;
        held = 0;
      }
    }
    ++at;
  }
  if (held != 0) {  // no padding: what is whole is kept
    out.cut = true;
    if (held == 2) *to++ = static_cast<char>(bits >> 4);
    if (held == 3) {
      *to++ = static_cast<char>(bits >> 10);
      *to++ = static_cast<char>(bits >> 2);
    }
  }
  const auto size = static_cast<std::size_t>(to - start);
  arena.give_back(room - size);
  out.bytes = {start, size};
  return out;
}

auto decode_quoted_printable(std::string_view body, Arena& arena) -> Transferred {
  auto out = Transferred{};
  if (std::memchr(body.data(), '=', body.size()) == nullptr && body.find(" \n") == body.npos &&
      body.find(" \r") == body.npos && body.find("\t\n") == body.npos &&
      body.find("\t\r") == body.npos) {
    out.bytes = body;
    return out;
  }
  auto* const start = arena.take(body.size());
  auto* to = start;
  const auto* coded = start;  // end of what came from a code; rule 3 does not touch it
  auto at = std::size_t{0};
  while (at < body.size()) {
    const auto next = body.find_first_of("=\n", at);
    const auto plain = std::min(next, body.size()) - at;
    std::memcpy(to, body.data() + at, plain);
    to += plain;
    at += plain;
    if (at == body.size()) break;
    if (body[at] == '\n') {
      // White space at the end of a line was added on the way (RFC 2045, 6.7, rule 3).
      auto* const eol = to > coded && to[-1] == '\r' ? to - 1 : to;
      auto* cut = eol;
      while (cut > coded && (cut[-1] == ' ' || cut[-1] == '\t')) --cut;
      if (cut != eol) {
        if (eol != to) *cut++ = '\r';
        to = cut;
      }
      *to++ = '\n';
      ++at;
      continue;
    }
    const auto high = at + 1 < body.size() ? nibble(body[at + 1]) : -1;
    const auto low = at + 2 < body.size() ? nibble(body[at + 2]) : -1;
    if (high >= 0 && low >= 0) {
      *to++ = static_cast<char>(high << 4 | low);
      coded = to;
      at += 3;
      continue;
    }
    auto eol = at + 1;  // soft line break, blanks before the line end allowed
    while (eol < body.size() && (body[eol] == ' ' || body[eol] == '\t')) ++eol;
    if (eol < body.size() && body[eol] == '\r') ++eol;
    if (eol < body.size() && body[eol] == '\n') {
      at = eol + 1;
      continue;
    }
    if (eol >= body.size()) {  // "=" as the last character: a soft break without its line
      at = body.size();
      continue;
    }
    ++out.junk;
    *to++ = '=';
    ++at;
  }
  const auto size = static_cast<std::size_t>(to - start);
  arena.give_back(body.size() - size);
  out.bytes = {start, size};
  return out;
}

auto decode_uuencode(std::string_view body, Arena& arena, std::string_view* name) -> Transferred {
  auto out = Transferred{};
  auto begin = body.starts_with("begin ") ? std::size_t{0} : body.find("\nbegin ");
  if (begin == body.npos) {
    out.bytes = body;
    out.junk = body.size();
    return out;
  }
  if (begin != 0) ++begin;
  auto eol = std::min(body.find('\n', begin), body.size());
  if (name) {
    const auto line = trim(body.substr(begin, eol - begin));
    const auto space = line.find(' ', 6);
    *name = space == line.npos ? std::string_view{} : trim(line.substr(space));
  }
  auto* const start = arena.take(body.size());
  auto* to = start;
  out.cut = true;
  while (eol < body.size()) {
    const auto from = eol + 1;
    eol = std::min(body.find('\n', from), body.size());
    auto line = body.substr(from, eol - from);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "end") {
      out.cut = false;
      break;
    }
    if (line.empty()) continue;
    const auto value = [&](std::size_t i) {
      return i < line.size() ? static_cast<unsigned>(line[i] - ' ') & 63u : 0u;
    };
    const auto wanted = std::size_t{value(0)};
    if (wanted > line.size()) ++out.junk;
    auto got = std::size_t{0};
    for (auto i = std::size_t{1}; i < line.size() && got < wanted; i += 4) {
      const auto bits = value(i) << 18 | value(i + 1) << 12 | value(i + 2) << 6 | value(i + 3);
      for (auto shift = 16; shift >= 0 && got < wanted; shift -= 8, ++got)
        *to++ = static_cast<char>(bits >> shift);
    }
  }
  const auto size = static_cast<std::size_t>(to - start);
  arena.give_back(body.size() - size);
  out.bytes = {start, size};
  return out;
}

auto decode_transfer(std::string_view body, Encoding encoding, Arena& arena) -> Transferred {
  switch (encoding) {
    case Encoding::kBase64:
      return decode_base64(body, arena);
    case Encoding::kQuotedPrintable:
      return decode_quoted_printable(body, arena);
    case Encoding::kUuencode:
      return decode_uuencode(body, arena);
    default: {
      auto out = Transferred{};
      out.bytes = body;
      return out;
    }
  }
}

}  // namespace serjeant::mail

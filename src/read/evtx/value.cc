#include "read/evtx/value.h"

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "core/text.h"
#include "core/time.h"
#include "read/evtx/bytes.h"

namespace serjeant::evtx {
namespace {

auto byte(char c) -> std::uint32_t { return static_cast<unsigned char>(c); }

// Windows code page 1252, the usual one, from 0x80 to 0x9f; zero: undefined.
// The code page of the machine that wrote an ANSI string is not in the file.
constexpr auto kAnsiHigh = std::array<std::uint16_t, 32>{
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

constexpr auto kUpper = std::string_view("0123456789ABCDEF");
constexpr auto make_pairs() -> std::array<char, 512> {
  auto out = std::array<char, 512>{};
  for (auto i = std::size_t{0}; i < 256; ++i) {
    out[2 * i] = kUpper[i >> 4];
    out[2 * i + 1] = kUpper[i & 15];
  }
  return out;
}
constexpr auto kPairs = make_pairs();

void put_hex(char*& to, char c) {
  std::memcpy(to, kPairs.data() + 2 * std::size_t{byte(c)}, 2);
  to += 2;
}

void put_digits(char*& to, std::uint32_t value, int count) {
  for (auto i = count; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
  to += count;
}

// Units of a string without the NULs at its end.
auto units_of(std::string_view bytes) -> std::size_t {
  auto units = bytes.size() / 2;
  while (units > 0 && bytes[2 * units - 1] == 0 && bytes[2 * units - 2] == 0) --units;
  return units;
}

auto sid_size(std::string_view bytes) -> std::size_t {
  if (bytes.size() < 8) return bytes.size();
  return std::min(bytes.size(), 8 + 4 * std::size_t{byte(bytes[1])});
}

// The length of the first member, what divides it from the next included.
auto first_member(std::uint8_t type, std::string_view rest) -> std::size_t {
  const auto scalar = static_cast<Type>(type & ~kArrayBit);
  if (scalar == Type::kString) {
    for (auto i = std::size_t{0}; i + 1 < rest.size(); i += 2)
      if (rest[i] == 0 && rest[i + 1] == 0) return i + 2;
    return rest.size();
  }
  if (scalar == Type::kAnsi) {
    const auto end = rest.find('\0');
    return end == std::string_view::npos ? rest.size() : end + 1;
  }
  if (scalar == Type::kSid) return sid_size(rest);
  const auto size = fixed_size(type & 0x7f);
  return size == 0 ? rest.size() : std::min(size, rest.size());
}

// Ten million ticks a second from 1601 on.
constexpr auto kTicksPerDay = std::uint64_t{864'000'000'000};
constexpr auto kDaysTo1970 = std::int64_t{134774};

struct Date {
  std::int64_t year;
  std::uint32_t month, day;
};

// As civil_from_nanos, beyond its range: FILETIME reaches the year 60056.
// After Hinnant, "chrono-compatible low-level date algorithms".
auto date_from_days(std::int64_t days) -> Date {
  days += 719468;
  const auto era = days / 146097;
  const auto of_era = days - era * 146097;
  const auto year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const auto of_year = of_era - (365 * year + year / 4 - year / 100);
  const auto shifted = (5 * of_year + 2) / 153;
  const auto day = static_cast<std::uint32_t>(of_year - (153 * shifted + 2) / 5 + 1);
  const auto month = static_cast<std::uint32_t>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

// 2024-03-25
void put_date(char*& to, const Date& date) {
  put_digits(to, static_cast<std::uint32_t>(date.year), date.year > 9999 ? 5 : 4);
  *to++ = '-';
  put_digits(to, date.month, 2);
  *to++ = '-';
  put_digits(to, date.day, 2);
}

// T10:00:00.123456Z
void put_clock(char*& to, std::uint32_t hour, std::uint32_t minute, std::uint32_t second,
               std::uint32_t micros) {
  *to++ = 'T';
  put_digits(to, hour, 2);
  *to++ = ':';
  put_digits(to, minute, 2);
  *to++ = ':';
  put_digits(to, second, 2);
  *to++ = '.';
  put_digits(to, micros, 6);
  *to++ = 'Z';
}

// Copies units below 0x80 and says how many there were before the first other.
auto narrow_ascii(const char* from, std::size_t units, char* to) -> std::size_t {
  auto at = std::size_t{0};
  const auto high = _mm_set1_epi16(static_cast<short>(0xff80));
  for (; at + 8 <= units; at += 8) {
    const auto eight = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 2 * at));
    const auto plain = _mm_cmpeq_epi16(_mm_and_si128(eight, high), _mm_setzero_si128());
    if (_mm_movemask_epi8(plain) != 0xffff) break;
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to + at), _mm_packus_epi16(eight, eight));
  }
  for (; at < units; ++at) {
    const auto unit = load<std::uint16_t>(from + 2 * at);
    if (unit >= 0x80) break;
    to[at] = static_cast<char>(unit);
  }
  return at;
}

}  // namespace

auto fixed_size(std::uint8_t type) -> std::size_t {
  switch (static_cast<Type>(type)) {
    case Type::kInt8:
    case Type::kUInt8:
      return 1;
    case Type::kInt16:
    case Type::kUInt16:
      return 2;
    case Type::kInt32:
    case Type::kUInt32:
    case Type::kReal32:
    case Type::kBool:
    case Type::kHex32:
      return 4;
    case Type::kInt64:
    case Type::kUInt64:
    case Type::kReal64:
    case Type::kSize:
    case Type::kFileTime:
    case Type::kHex64:
      return 8;
    case Type::kGuid:
    case Type::kSystemTime:
      return 16;
    default:
      return 0;
  }
}

auto is_empty(const Raw& value) -> bool {
  if (value.bytes.empty() || value.is(Type::kNull)) return true;
  if (value.is(Type::kString)) {
    if (value.bytes[0] != 0) return false;
    return value.bytes.size() >= 2 && units_of(value.bytes) == 0;
  }
  if (value.is(Type::kAnsi)) return value.bytes.find_first_not_of('\0') == std::string_view::npos;
  return false;
}

auto member_count(const Raw& array) -> std::size_t {
  if (!array.is_array() || array.bytes.empty()) return 1;
  const auto size = fixed_size(array.type & 0x7f);
  if (size != 0) return (array.bytes.size() + size - 1) / size;
  auto count = std::size_t{0};
  for (auto rest = array.bytes; !rest.empty(); ++count)
    rest.remove_prefix(first_member(array.type, rest));
  return count;
}

auto member_at(const Raw& array, std::size_t index) -> Raw {
  if (!array.is_array()) return array;
  const auto type = static_cast<std::uint8_t>(array.type & 0x7f);
  const auto size = fixed_size(type);
  if (size != 0) {
    const auto from = std::min(index * size, array.bytes.size());
    return {type, array.bytes.substr(from, size)};
  }
  auto offset = std::size_t{0};
  for (; index > 0; --index) next_member(array, offset);
  return next_member(array, offset);
}

auto next_member(const Raw& array, std::size_t& offset) -> Raw {
  const auto rest = array.bytes.substr(std::min(offset, array.bytes.size()));
  const auto size = first_member(array.type, rest);
  offset += size;
  return {static_cast<std::uint8_t>(array.type & 0x7f), rest.substr(0, size)};
}

void Scribe::refill(std::size_t size) {
  constexpr auto kBlock = std::size_t{1} << 15;
  const auto block = std::max(size, kBlock);
  at_ = arena_.take(block);
  end_ = at_ + block;
}

auto Scribe::put(std::string_view text) -> std::string_view {
  auto* const to = room(text.size());
  if (to == nullptr) return {};
  std::copy(text.begin(), text.end(), to);
  return kept(text.size());
}

auto Scribe::join(std::string_view a, std::string_view b) -> std::string_view {
  auto* const to = room(a.size() + b.size());
  if (to == nullptr) return a;
  std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), to));
  return kept(a.size() + b.size());
}

auto Scribe::utf16(std::string_view bytes) -> std::string_view {
  if (bytes.size() % 2 != 0) flaws_ |= kFlawEncoding;
  const auto units = units_of(bytes);
  if (units == 0) return {};
  // A unit takes at most three bytes; a pair of two takes four.
  auto* const to = room(units * 3);
  if (to == nullptr) return {};
  const auto plain = narrow_ascii(bytes.data(), units, to);
  auto size = plain;
  for (auto i = plain; i < units; ++i) {
    auto code = u16_at(bytes, 2 * i);
    if (code >= 0xd800 && code < 0xe000) {
      const auto low = code < 0xdc00 && i + 1 < units ? u16_at(bytes, 2 * i + 2) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        ++i;
      } else {
        flaws_ |= kFlawEncoding;
        code = 0xfffd;
      }
    }
    size += encode_utf8(code, to + size);
  }
  return kept(size);
}

auto Scribe::ansi(std::string_view bytes) -> std::string_view {
  while (bytes.ends_with('\0')) bytes.remove_suffix(1);
  if (is_utf8(bytes)) return put(bytes);
  auto* const to = room(bytes.size() * 3);
  if (to == nullptr) return {};
  auto size = std::size_t{0};
  for (const auto c : bytes) {
    auto code = byte(c);
    if (code >= 0x80 && code < 0xa0) {
      code = kAnsiHigh[code - 0x80];
      if (code == 0) {
        flaws_ |= kFlawEncoding;
        code = 0xfffd;
      }
    }
    size += encode_utf8(code, to + size);
  }
  return kept(size);
}

auto Scribe::hexadecimal(std::string_view bytes) -> std::string_view {
  auto* const begin = room(bytes.size() * 2);
  if (begin == nullptr) return {};
  auto* to = begin;
  for (const auto c : bytes) put_hex(to, c);
  return kept(bytes.size() * 2);
}

auto Scribe::odd(const Raw& value, Flaw flaw) -> Scalar {
  flaws_ |= flaw;
  return {Kind::kText, hexadecimal(value.bytes)};
}

auto Scribe::number(std::uint64_t value) -> Scalar {
  auto* const to = room(20);
  if (to == nullptr) return {};
  return {Kind::kNumber,
          kept(static_cast<std::size_t>(std::to_chars(to, to + 20, value).ptr - to))};
}

auto Scribe::number(std::int64_t value) -> Scalar {
  auto* const to = room(20);
  if (to == nullptr) return {};
  return {Kind::kNumber,
          kept(static_cast<std::size_t>(std::to_chars(to, to + 20, value).ptr - to))};
}

// Numbers other than 0 and 1 occur: a byte with whatever lay above it, so that
// no truth can be read from them.
auto Scribe::boolean(std::uint32_t value) -> Scalar {
  if (value > 1) return number(std::uint64_t{value});
  return {Kind::kBool, value == 1 ? std::string_view("true") : "false"};
}

auto Scribe::prefixed(std::uint64_t value) -> Scalar {
  auto* const to = room(18);
  if (to == nullptr) return {};
  to[0] = '0';
  to[1] = 'x';
  return {Kind::kText,
          kept(static_cast<std::size_t>(std::to_chars(to + 2, to + 18, value, 16).ptr - to))};
}

auto Scribe::real(const Raw& value) -> Scalar {
  char digits[40];
  auto* end = digits;
  if (value.is(Type::kReal32))
    end = std::to_chars(digits, digits + 32, load<float>(value.bytes.data())).ptr;
  else
    end = std::to_chars(digits, digits + 32, load<double>(value.bytes.data())).ptr;
  const auto text = std::string_view(digits, static_cast<std::size_t>(end - digits));
  if (text.find_first_not_of("-0123456789") == std::string_view::npos) {
    *end++ = '.';
    *end++ = '0';
  }
  return {Kind::kText, put({digits, static_cast<std::size_t>(end - digits)})};
}

// The first three parts are little-endian numbers, the rest bytes.
auto Scribe::guid(std::string_view bytes) -> std::string_view {
  constexpr auto kOrder =
      std::array<std::uint8_t, 16>{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  auto* const begin = room(36);
  if (begin == nullptr) return {};
  auto* to = begin;
  for (auto i = std::size_t{0}; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    put_hex(to, bytes[kOrder[i]]);
  }
  return kept(36);
}

// [MS-DTYP] 2.4.2.1 and 2.4.2.2: revision, count, 48-bit authority, big-endian,
// and 32-bit parts, little-endian.
auto Scribe::sid(const Raw& value) -> Scalar {
  const auto bytes = value.bytes;
  if (bytes.size() < 8 || bytes.size() != sid_size(bytes)) return odd(value, kFlawSize);
  const auto parts = std::size_t{byte(bytes[1])};
  if (bytes.size() != 8 + 4 * parts) return odd(value, kFlawSize);
  const auto most = 2 + 3 + 1 + 15 + 11 * parts;
  auto* const begin = room(most);
  if (begin == nullptr) return {};
  auto* to = begin;
  auto* const end = begin + most;
  *to++ = 'S';
  *to++ = '-';
  to = std::to_chars(to, end, byte(bytes[0])).ptr;
  *to++ = '-';
  auto authority = std::uint64_t{0};
  for (auto i = std::size_t{2}; i < 8; ++i) authority = authority << 8 | byte(bytes[i]);
  to = std::to_chars(to, end, authority).ptr;
  for (auto i = std::size_t{0}; i < parts; ++i) {
    *to++ = '-';
    to = std::to_chars(to, end, u32_at(bytes, 8 + 4 * i)).ptr;
  }
  return {Kind::kText, kept(static_cast<std::size_t>(to - begin))};
}

auto Scribe::file_time(std::uint64_t ticks) -> std::string_view {
  const auto days = static_cast<std::int64_t>(ticks / kTicksPerDay);
  const auto micros = ticks % kTicksPerDay / 10;
  const auto seconds = static_cast<std::uint32_t>(micros / 1'000'000);
  auto* const begin = room(28);
  if (begin == nullptr) return {};
  // Neighbouring records are mostly of one day.
  if (days != day_) {
    auto* date = date_;
    put_date(date, date_from_days(days - kDaysTo1970));
    date_size_ = static_cast<std::size_t>(date - date_);
    day_ = days;
  }
  auto* to = std::copy_n(date_, date_size_, begin);
  put_clock(to, seconds / 3600, seconds / 60 % 60, seconds % 60,
            static_cast<std::uint32_t>(micros % 1'000'000));
  return kept(static_cast<std::size_t>(to - begin));
}

// [MS-DTYP] 2.3.13: year, month, day of week, day, hour, minute, second,
// millisecond, 16 bits each. What is no date is shown as it is.
auto Scribe::system_time(std::string_view bytes) -> std::string_view {
  const auto field = [&](std::size_t index) { return u16_at(bytes, 2 * index); };
  const auto civil = Civil{2000, field(1), field(3), field(4), field(5), field(6), 0};
  if (!nanos_from_civil(civil) || field(7) > 999) flaws_ |= kFlawTime;
  auto* const begin = room(40);
  if (begin == nullptr) return {};
  auto* to = begin;
  const auto part = [](std::uint32_t value) { return value % 100; };
  put_date(to, {field(0), part(field(1)), part(field(3))});
  put_clock(to, part(field(4)), part(field(5)), part(field(6)), field(7) % 1000 * 1000);
  return kept(static_cast<std::size_t>(to - begin));
}

auto Scribe::scalar(const Raw& value) -> Scalar {
  if (value.is_array()) {
    auto member = scalar(member_at(value, 0));
    member.kind = Kind::kText;
    return member;
  }
  const auto size = value.bytes.size();
  const auto* const at = value.bytes.data();
  const auto wanted = fixed_size(value.type);
  const auto short_size = value.is(Type::kSize) && size == 4;
  if (wanted != 0 && size != wanted && !short_size) return odd(value, kFlawSize);
  switch (static_cast<Type>(value.type)) {
    case Type::kNull:
      return {};
    case Type::kString:
      return {Kind::kText, utf16(value.bytes)};
    case Type::kAnsi:
      return {Kind::kText, ansi(value.bytes)};
    case Type::kInt8:
      return number(std::int64_t{load<std::int8_t>(at)});
    case Type::kUInt8:
      return number(std::uint64_t{load<std::uint8_t>(at)});
    case Type::kInt16:
      return number(std::int64_t{load<std::int16_t>(at)});
    case Type::kUInt16:
      return number(std::uint64_t{load<std::uint16_t>(at)});
    case Type::kInt32:
      return number(std::int64_t{load<std::int32_t>(at)});
    case Type::kUInt32:
      return number(std::uint64_t{load<std::uint32_t>(at)});
    case Type::kInt64:
      return number(load<std::int64_t>(at));
    case Type::kUInt64:
      return number(load<std::uint64_t>(at));
    case Type::kReal32:
    case Type::kReal64:
      return real(value);
    case Type::kBool:
      return boolean(load<std::uint32_t>(at));
    case Type::kBinary:
      return {Kind::kText, hexadecimal(value.bytes)};
    case Type::kGuid:
      return {Kind::kText, guid(value.bytes)};
    case Type::kSize:
      return prefixed(size == 4 ? load<std::uint32_t>(at) : load<std::uint64_t>(at));
    case Type::kFileTime:
      return {Kind::kText, file_time(load<std::uint64_t>(at))};
    case Type::kSystemTime:
      return {Kind::kText, system_time(value.bytes)};
    case Type::kSid:
      return sid(value);
    case Type::kHex32:
      return prefixed(load<std::uint32_t>(at));
    case Type::kHex64:
      return prefixed(load<std::uint64_t>(at));
    case Type::kXml:
      return {Kind::kText, utf16(value.bytes)};
    case Type::kHandle:
    case Type::kBinXml:
      break;
  }
  return odd(value, kFlawUnsupported);
}

}  // namespace serjeant::evtx

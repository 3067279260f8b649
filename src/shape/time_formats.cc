#include "shape/time_formats.h"

#include <array>
#include <cstdlib>
#include <limits>

#include "core/text.h"

namespace serjeant {
namespace {

// Walks over a text; once something does not fit, nothing more is taken.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  auto good() const -> bool { return good_; }
  auto done() const -> bool { return at_ == text_.size(); }
  auto peek() const -> char { return at_ < text_.size() ? text_[at_] : '\0'; }
  auto rest() const -> std::string_view { return text_.substr(at_); }
  void skip(std::size_t count) { at_ = std::min(text_.size(), at_ + count); }
  void blanks() {
    // U+202F is what newer locale data puts before AM and PM.
    for (;;) {
      if (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n')
        ++at_;
      else if (rest().starts_with("\u202f") || rest().starts_with("\u00a0"))
        skip(rest().starts_with("\u202f") ? 3U : 2U);
      else
        return;
    }
  }
  auto take(char c) -> bool {
    if (!good_ || peek() != c || done()) return false;
    ++at_;
    return true;
  }
  void want(char c) {
    if (!take(c)) good_ = false;
  }
  auto digits(std::size_t least, std::size_t most) -> std::uint32_t {
    auto value = 0U;
    auto count = std::size_t{0};
    for (; count < most && peek() >= '0' && peek() <= '9'; ++count, ++at_)
      value = value * 10 + static_cast<std::uint32_t>(peek() - '0');
    if (count < least) good_ = false;
    count_ = count;
    return value;
  }
  auto count() const -> std::size_t { return count_; }  // of the last `digits`
  // A fraction of a second: nanoseconds; digits after the ninth are dropped.
  auto fraction() -> std::uint32_t {
    auto value = 0U;
    auto count = std::size_t{0};
    for (; peek() >= '0' && peek() <= '9'; ++at_, ++count)
      if (count < 9) value = value * 10 + static_cast<std::uint32_t>(peek() - '0');
    if (count == 0) good_ = false;
    count_ = std::min<std::size_t>(count, 9);
    for (auto i = count_; i < 9; ++i) value *= 10;
    return value;
  }
  auto word() -> std::string_view {
    const auto begin = at_;
    while ((peek() >= 'a' && peek() <= 'z') || (peek() >= 'A' && peek() <= 'Z')) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  void fail() { good_ = false; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  bool good_ = true;
};

auto resolution_of(std::size_t digits) -> Nanos {
  auto step = kSecond;
  for (auto i = std::size_t{0}; i < digits; ++i) step /= 10;
  return step;
}

enum class Half : std::uint8_t { kNone, kAm, kPm };

auto read_half(Cursor& from) -> Half {
  const auto is = [&](char c) { return (from.peek() | 0x20) == c; };
  if (!is('a') && !is('p')) return Half::kNone;
  const auto half = is('a') ? Half::kAm : Half::kPm;
  from.skip(1);
  from.take('.');
  if (!is('m')) from.fail();
  from.skip(1);
  from.take('.');
  return half;
}

void apply(Half half, Civil& civil, Cursor& from) {
  if (half == Half::kNone) return;
  if (civil.hour < 1 || civil.hour > 12) return from.fail();
  civil.hour = civil.hour % 12 + (half == Half::kPm ? 12 : 0);
}

// "+0100", "+01:00", "+01", "Z": seconds east of UTC.
auto read_offset(Cursor& from) -> std::int32_t {
  if (from.take('Z') || from.take('z')) return 0;
  const auto west = from.peek() == '-';
  if (!from.take('-') && !from.take('+')) {
    from.fail();
    return 0;
  }
  const auto hours = from.digits(2, 2);
  auto minutes = 0U;
  if (from.take(':') || (from.peek() >= '0' && from.peek() <= '9')) minutes = from.digits(2, 2);
  if (hours > 23 || minutes > 59) from.fail();
  const auto seconds = static_cast<std::int32_t>(hours * 3600 + minutes * 60);
  return west ? -seconds : seconds;
}

auto finish(const Civil& civil, SourceTime out) -> std::optional<SourceTime> {
  const auto at = nanos_from_civil(civil);
  if (!at) return {};
  out.at = *at;
  return out;
}

auto shifted(std::optional<SourceTime> time, std::int32_t east) -> std::optional<SourceTime> {
  if (time) {
    time->at -= std::int64_t{east} * kSecond;
    time->zoned = true;
  }
  return time;
}

void read_clock(Cursor& from, Civil& civil, SourceTime& out) {
  civil.hour = from.digits(1, 2);
  from.want(':');
  civil.minute = from.digits(2, 2);
  out.resolution = kMinute;
  if (!from.take(':')) return;
  civil.second = from.digits(2, 2);
  out.resolution = kSecond;
  if (from.take('.') || from.take(',')) {
    civil.nanosecond = from.fraction();
    out.resolution = resolution_of(from.count());
  }
}

auto read_http(std::string_view text) -> std::optional<SourceTime> {
  auto from = Cursor(text);
  auto civil = Civil{};
  auto out = SourceTime{};
  from.take('[');
  civil.day = from.digits(1, 2);
  from.want('/');
  civil.month = month_from_name(from.word()).value_or(0);
  from.want('/');
  civil.year = static_cast<std::int32_t>(from.digits(4, 4));
  from.want(':');
  read_clock(from, civil, out);
  from.blanks();
  if (from.peek() != '+' && from.peek() != '-')
    return from.good() && from.done() ? finish(civil, out) : std::nullopt;
  const auto east = read_offset(from);
  from.take(']');
  if (!from.good() || !from.done()) return {};
  return shifted(finish(civil, out), east);
}

// RFC 5322, section 3.3, with the zones of section 4.3.
auto read_mail(std::string_view text) -> std::optional<SourceTime> {
  auto from = Cursor(text);
  auto civil = Civil{};
  auto out = SourceTime{};
  from.blanks();
  if (!from.word().empty()) from.take(',');
  from.blanks();
  civil.day = from.digits(1, 2);
  from.blanks();
  civil.month = month_from_name(from.word()).value_or(0);
  from.blanks();
  const auto year = from.digits(2, 4);
  civil.year = static_cast<std::int32_t>(from.count() == 4   ? year
                                         : from.count() == 3 ? year + 1900
                                         : year < 50         ? year + 2000
                                                             : year + 1900);
  from.blanks();
  read_clock(from, civil, out);
  from.blanks();
  if (!from.good()) return {};
  if (from.done()) return finish(civil, out);
  if (from.peek() == '+' || from.peek() == '-') {
    const auto east = read_offset(from);
    return from.good() ? shifted(finish(civil, out), east) : std::nullopt;
  }
  struct Zone {
    std::string_view name;
    std::int32_t hours;
  };
  constexpr auto kZones = std::to_array<Zone>({{"UT", 0},
                                               {"UTC", 0},
                                               {"GMT", 0},
                                               {"Z", 0},
                                               {"EST", -5},
                                               {"EDT", -4},
                                               {"CST", -6},
                                               {"CDT", -5},
                                               {"MST", -7},
                                               {"MDT", -6},
                                               {"PST", -8},
                                               {"PDT", -7}});
  const auto name = from.word();
  for (const auto& zone : kZones)
    if (zone.name == name) return shifted(finish(civil, out), zone.hours * 3600);
  return finish(civil, out);
}

auto read_iso(std::string_view text) -> std::optional<SourceTime> {
  const auto iso = parse_iso_time(text);
  if (!iso) return {};
  return SourceTime{iso->at, iso->resolution, iso->zoned, false, false};
}

auto read_pattern(std::string_view pattern, std::string_view text) -> std::optional<SourceTime> {
  auto from = Cursor(text);
  auto civil = Civil{};
  auto out = SourceTime{.resolution = kDay};
  auto half = Half::kNone;
  auto east = std::optional<std::int32_t>{};
  const auto finer = [&](Nanos step) { out.resolution = std::min(out.resolution, step); };
  for (auto i = std::size_t{0}; i < pattern.size() && from.good(); ++i) {
    if (pattern[i] == ' ') {
      from.blanks();
      continue;
    }
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      from.want(pattern[i]);
      continue;
    }
    switch (pattern[++i]) {
      case 'Y':
        civil.year = static_cast<std::int32_t>(from.digits(4, 4));
        break;
      case 'y': {
        const auto year = static_cast<std::int32_t>(from.digits(2, 2));
        civil.year = year < 70 ? 2000 + year : 1900 + year;
        break;
      }
      case 'm':
        civil.month = from.digits(1, 2);
        break;
      case 'b':
        civil.month = month_from_name(from.word().substr(0, 3)).value_or(0);
        break;
      case 'e':
        from.blanks();
        [[fallthrough]];
      case 'd':
        civil.day = from.digits(1, 2);
        break;
      case 'H':
      case 'I':
        civil.hour = from.digits(1, 2);
        finer(kHour);
        break;
      case 'M':
        civil.minute = from.digits(2, 2);
        finer(kMinute);
        break;
      case 'S':
        civil.second = from.digits(2, 2);
        finer(kSecond);
        break;
      case 'f':
        civil.nanosecond = from.fraction();
        finer(resolution_of(from.count()));
        break;
      case 'p':
        half = read_half(from);
        break;
      case 'z':
        east = read_offset(from);
        break;
      default:
        from.want(pattern[i]);
    }
  }
  apply(half, civil, from);
  if (!from.good() || !from.done()) return {};
  const auto read = finish(civil, out);
  return east ? shifted(read, *east) : read;
}

}  // namespace

auto read_locale_time(std::string_view text) -> std::optional<SourceTime> {
  auto from = Cursor(trim(text));
  auto civil = Civil{};
  auto out = SourceTime{};
  const auto first = from.digits(1, 4);
  if (from.count() == 4) {
    return read_iso(trim(text));
  }
  const auto mark = from.peek();
  if (mark != '/' && mark != '-' && mark != '.') return {};
  from.skip(1);
  from.blanks();  // "2. 3. 2026"
  const auto second = from.digits(1, 2);
  from.want(mark);
  from.blanks();
  civil.year = static_cast<std::int32_t>(from.digits(4, 4));
  from.take(',');
  from.blanks();
  auto half = Half::kNone;
  out.resolution = kDay;
  if (!from.done()) {
    read_clock(from, civil, out);
    from.blanks();
    half = read_half(from);
  }
  apply(half, civil, from);
  if (!from.good() || !from.done()) return {};
  auto month_first = half != Half::kNone && mark == '/';
  if (first > 12) month_first = false;
  if (second > 12) month_first = true;
  // A 12-hour clock and slashes are the United States' way, points and dashes
  // are day first everywhere. Slashes and 24 hours are read day first, as
  // almost all locales that write so, but that is a guess.
  out.ambiguous =
      mark == '/' && half == Half::kNone && first <= 12 && second <= 12 && first != second;
  civil.month = month_first ? first : second;
  civil.day = month_first ? second : first;
  return finish(civil, out);
}

auto read_epoch(std::string_view text, std::int64_t unit) -> std::optional<SourceTime> {
  const auto negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = to_uint(text.substr(0, point));
  if (!whole || *whole > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return {};
  const auto value = static_cast<std::int64_t>(*whole);
  if (unit == 0)
    unit = value < 100'000'000'000           ? kSecond
           : value < 100'000'000'000'000     ? kSecond / 1'000
           : value < 100'000'000'000'000'000 ? kSecond / 1'000'000
                                             : 1;
  if (value > std::numeric_limits<std::int64_t>::max() / unit) return {};
  auto out = SourceTime{value * unit, unit, true, false, true};
  if (point != std::string_view::npos) {
    auto step = unit;
    auto digits = text.substr(point + 1);
    if (digits.empty()) return {};
    for (const auto c : digits) {
      if (c < '0' || c > '9') return {};
      if (step < 10) continue;
      step /= 10;
      if (out.at > std::numeric_limits<std::int64_t>::max() - 9 * step) return {};
      out.at += (c - '0') * step;
    }
    out.resolution = step;
  }
  if (negative) out.at = -out.at;
  return out;
}

auto read_zone(std::string_view text) -> std::optional<std::int32_t> {
  if (equals_ignoring_ascii_case(text, "utc")) return 0;
  auto from = Cursor(text);
  const auto east = read_offset(from);
  if (!from.good() || !from.done()) return {};
  return east;
}

auto TimeFormat::make(std::string_view name) -> std::optional<TimeFormat> {
  auto out = TimeFormat{};
  const auto epoch = [&](std::int64_t unit) {
    out.kind_ = Kind::kEpoch;
    out.unit_ = unit;
  };
  if (name == "iso")
    out.kind_ = Kind::kIso;
  else if (name == "epoch")
    epoch(0);
  else if (name == "epoch-s")
    epoch(kSecond);
  else if (name == "epoch-ms")
    epoch(1'000'000);
  else if (name == "epoch-us")
    epoch(1'000);
  else if (name == "epoch-ns")
    epoch(1);
  else if (name == "locale")
    out.kind_ = Kind::kLocale;
  else if (name == "http")
    out.kind_ = Kind::kHttp;
  else if (name == "mail")
    out.kind_ = Kind::kMail;
  else if (name == "any")
    out.kind_ = Kind::kAny;
  else if (name.find('%') != std::string_view::npos) {
    out.kind_ = Kind::kPattern;
    out.pattern_ = name;
  } else {
    return {};
  }
  return out;
}

auto TimeFormat::read(std::string_view text) const -> std::optional<SourceTime> {
  switch (kind_) {
    case Kind::kIso:
      return read_iso(trim(text));
    case Kind::kEpoch:
      return read_epoch(trim(text), unit_);
    case Kind::kLocale:
      return read_locale_time(text);
    case Kind::kHttp:
      return read_http(trim(text));
    case Kind::kMail:
      return read_mail(trim(text));
    case Kind::kPattern:
      return read_pattern(pattern_, trim(text));
    case Kind::kAny: {
      const auto body = trim(text);
      if (const auto iso = read_iso(body)) return iso;
      // A bare number that small is a count or a clock, not a time of day.
      if (const auto epoch = read_epoch(body, 0); epoch && epoch->at >= 100'000'000 * kSecond)
        return epoch;
      if (const auto http = read_http(body)) return http;
      if (const auto mail = read_mail(body)) return mail;
      return read_locale_time(body);
    }
  }
  return {};
}

}  // namespace serjeant

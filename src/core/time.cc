#include "core/time.h"

#include <fmt/core.h>

#include <array>

#include "core/text.h"

namespace serjeant {
namespace {

// Reads exactly `count` digits at `at` and moves past them.
auto digits(std::string_view text, std::size_t& at, std::size_t count)
    -> std::optional<std::uint32_t> {
  if (at + count > text.size()) return std::nullopt;
  auto value = std::uint32_t{0};
  for (auto i = std::size_t{0}; i < count; ++i) {
    const auto c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  at += count;
  return value;
}

auto take(std::string_view text, std::size_t& at, char c) -> bool {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

// ".123456789", cut to nanoseconds; the resolution is that of its digits.
void read_fraction(std::string_view text, std::size_t& at, Civil& civil, Nanos& resolution) {
  if (at + 1 >= text.size() || (text[at] != '.' && text[at] != ',') || text[at + 1] < '0' ||
      text[at + 1] > '9')
    return;
  ++at;
  auto scale = std::uint32_t{1'000'000'000};
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    if (scale > 1) {
      scale /= 10;
      civil.nanosecond += scale * static_cast<std::uint32_t>(text[at] - '0');
    }
    ++at;
  }
  resolution = scale;
}

// "Z", "+05:30", "+0530", "-08": the offset in seconds.
auto read_offset(std::string_view text, std::size_t& at) -> std::optional<std::int64_t> {
  if (at >= text.size()) return std::nullopt;
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
    return 0;
  }
  if (text[at] != '+' && text[at] != '-') return std::nullopt;
  const auto sign = text[at] == '-' ? -1 : 1;
  auto end = at + 1;
  const auto hours = digits(text, end, 2);
  if (!hours || *hours > 23) return std::nullopt;
  auto minutes = std::optional<std::uint32_t>{0};
  auto after = end;
  take(text, after, ':');
  if (const auto read = digits(text, after, 2)) {
    minutes = read;
    end = after;
  }
  if (*minutes > 59) return std::nullopt;
  at = end;
  return sign * (static_cast<std::int64_t>(*hours) * 3600 + *minutes * 60);
}

}  // namespace

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
auto days_from_civil(std::int32_t year, std::uint32_t month, std::uint32_t day) -> std::int64_t {
  const auto y = static_cast<std::int64_t>(year) - (month <= 2 ? 1 : 0);
  const auto era = (y >= 0 ? y : y - 399) / 400;
  const auto of_era = y - era * 400;
  const auto of_year = (153 * (static_cast<std::int64_t>(month) + (month > 2 ? -3 : 9)) + 2) / 5 +
                       static_cast<std::int64_t>(day) - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

auto civil_from_nanos(Nanos at) -> Civil {
  auto day = at / kDay;
  auto rest = at % kDay;
  if (rest < 0) {
    rest += kDay;
    --day;
  }
  const auto z = day + 719468;
  const auto era = (z >= 0 ? z : z - 146096) / 146097;
  const auto of_era = z - era * 146097;
  const auto year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const auto of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto mp = (5 * of_year + 2) / 153;
  auto civil = Civil{};
  civil.day = static_cast<std::uint32_t>(of_year - (153 * mp + 2) / 5 + 1);
  civil.month = static_cast<std::uint32_t>(mp < 10 ? mp + 3 : mp - 9);
  civil.year = static_cast<std::int32_t>(year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0));
  civil.hour = static_cast<std::uint32_t>(rest / kHour);
  civil.minute = static_cast<std::uint32_t>(rest / kMinute % 60);
  civil.second = static_cast<std::uint32_t>(rest / kSecond % 60);
  civil.nanosecond = static_cast<std::uint32_t>(rest % kSecond);
  return civil;
}

auto nanos_from_civil(const Civil& civil) -> std::optional<Nanos> {
  constexpr auto lengths = std::array{31u, 28u, 31u, 30u, 31u, 30u, 31u, 31u, 30u, 31u, 30u, 31u};
  if (civil.year < 1678 || civil.year > 2261 || civil.month < 1 || civil.month > 12)
    return std::nullopt;
  const auto leap = civil.year % 4 == 0 && (civil.year % 100 != 0 || civil.year % 400 == 0);
  const auto length = civil.month == 2 && leap ? 29u : lengths[civil.month - 1];
  if (civil.day < 1 || civil.day > length || civil.hour > 23 || civil.minute > 59 ||
      civil.second > 60)
    return std::nullopt;
  const auto seconds = days_from_civil(civil.year, civil.month, civil.day) * 86400 +
                       static_cast<std::int64_t>(civil.hour) * 3600 +
                       static_cast<std::int64_t>(civil.minute) * 60 + civil.second;
  return seconds * kSecond + civil.nanosecond;
}

auto read_iso_time(std::string_view text) -> std::optional<ReadTime> {
  auto civil = Civil{};
  auto out = ReadTime{};
  auto at = std::size_t{0};
  const auto year = digits(text, at, 4);
  if (!year || !take(text, at, '-')) return std::nullopt;
  const auto month = digits(text, at, 2);
  if (!month || !take(text, at, '-')) return std::nullopt;
  const auto day = digits(text, at, 2);
  if (!day) return std::nullopt;
  civil.year = static_cast<std::int32_t>(*year);
  civil.month = *month;
  civil.day = *day;
  out.resolution = kDay;
  auto clock = at;
  if (take(text, clock, 'T') || take(text, clock, 't') || take(text, clock, ' ')) {
    const auto hour = digits(text, clock, 2);
    const auto minute = hour && take(text, clock, ':') ? digits(text, clock, 2) : std::nullopt;
    if (minute) {
      civil.hour = *hour;
      civil.minute = *minute;
      out.resolution = kMinute;
      at = clock;
      if (take(text, clock, ':')) {
        const auto second = digits(text, clock, 2);
        if (!second) return std::nullopt;
        civil.second = *second;
        out.resolution = kSecond;
        at = clock;
        read_fraction(text, at, civil, out.resolution);
      }
    }
  }
  auto offset = std::int64_t{0};
  if (out.resolution < kDay) {
    if (const auto read = read_offset(text, at)) {
      offset = *read;
      out.zoned = true;
    }
  }
  const auto local = nanos_from_civil(civil);
  if (!local) return std::nullopt;
  out.at = *local - offset * kSecond;
  out.length = at;
  return out;
}

auto parse_iso_time(std::string_view text) -> std::optional<ReadTime> {
  const auto read = read_iso_time(text);
  if (!read || read->length != text.size()) return std::nullopt;
  return read;
}

auto format_time(Nanos at) -> std::string {
  const auto c = civil_from_nanos(at);
  auto out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour,
                         c.minute, c.second);
  if (c.nanosecond != 0) {
    if (c.nanosecond % 1'000'000 == 0)
      out += fmt::format(".{:03}", c.nanosecond / 1'000'000);
    else if (c.nanosecond % 1'000 == 0)
      out += fmt::format(".{:06}", c.nanosecond / 1'000);
    else
      out += fmt::format(".{:09}", c.nanosecond);
  }
  return out + "Z";
}

auto format_date(Nanos at) -> std::string { return format_time(at).substr(0, 10); }

auto month_from_name(std::string_view name) -> std::optional<std::uint32_t> {
  constexpr auto names = std::array<std::string_view, 12>{"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
  for (auto i = 0u; i < names.size(); ++i)
    if (equals_ignoring_ascii_case(name, names[i])) return i + 1;
  return std::nullopt;
}

}  // namespace serjeant

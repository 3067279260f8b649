#include <algorithm>

#include "core/text.h"
#include "core/time.h"
#include "detect/sigma/reference.h"

namespace serjeant::sigma {
namespace {

// ISO 8601 week: weeks begin on Monday, the first one holds 4 January.
auto iso_week(std::int32_t year, std::uint32_t month, std::uint32_t day) -> std::int64_t {
  const auto date = days_from_civil(year, month, day);
  const auto first_monday = [](std::int32_t of) {
    const auto fourth = days_from_civil(of, 1, 4);
    return fourth - ((fourth + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  };
  auto begin = first_monday(year);
  if (date < begin)
    begin = first_monday(year - 1);
  else if (date >= first_monday(year + 1))
    begin = first_monday(year + 1);
  return (date - begin) / 7 + 1;
}

auto part_of_civil(TimePart part, const Civil& civil) -> std::int64_t {
  switch (part) {
    case TimePart::kMinute:
      return civil.minute;
    case TimePart::kHour:
      return civil.hour;
    case TimePart::kDay:
      return civil.day;
    case TimePart::kWeek:
      return iso_week(civil.year, civil.month, civil.day);
    case TimePart::kMonth:
      return civil.month;
    case TimePart::kYear:
      return civil.year;
  }
  return 0;
}

// Seconds or, from 1e11 on, milliseconds since 1970, with or without fraction.
auto from_epoch(std::string_view text, bool number) -> std::optional<Civil> {
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  if (whole.empty() || !std::all_of(text.begin(), text.end(),
                                    [](char c) { return c == '.' || (c >= '0' && c <= '9'); }))
    return std::nullopt;
  // A short text of digits is a year or a code rather than a time.
  if (!number && whole.size() < 9) return std::nullopt;
  const auto value = to_int(whole);
  if (!value || *value < 0) return std::nullopt;
  const auto seconds = *value >= 100'000'000'000 ? *value / 1000 : *value;
  constexpr auto last = std::int64_t{9'183'110'400};  // 2261-01-01
  if (seconds >= last) return std::nullopt;
  return civil_from_nanos(seconds * kSecond);
}

}  // namespace

auto part_of_time(TimePart part, std::string_view text, bool number)
    -> std::optional<std::int64_t> {
  if (const auto civil = from_epoch(text, number)) return part_of_civil(part, *civil);
  if (number) return std::nullopt;
  const auto read = parse_iso_time(text);
  if (!read) return std::nullopt;
  // The fields as they stand there: the reader checked their form, and its own
  // answer is in UTC already.
  const auto field = [&](std::size_t at, std::size_t length) -> std::uint32_t {
    if (at + length > text.size()) return 0;
    return static_cast<std::uint32_t>(to_uint(text.substr(at, length)).value_or(0));
  };
  auto civil = Civil{};
  civil.year = static_cast<std::int32_t>(field(0, 4));
  civil.month = field(5, 2);
  civil.day = field(8, 2);
  civil.hour = field(11, 2);
  civil.minute = field(14, 2);
  return part_of_civil(part, civil);
}

}  // namespace serjeant::sigma

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Times are nanoseconds since 1970-01-01T00:00:00Z, without leap seconds, from
// 1678 to 2261. Nothing here asks the machine what time it is.
namespace serjeant {

using Nanos = std::int64_t;
constexpr auto kSecond = Nanos{1'000'000'000};
constexpr auto kMinute = 60 * kSecond;
constexpr auto kHour = 60 * kMinute;
constexpr auto kDay = 24 * kHour;

// How a time in the evidence came to be UTC; stored as `ts_basis`.
enum class TimeBasis : std::uint8_t {
  kNone = 0,      // no time
  kExplicit = 1,  // an offset or Z stands in the record
  kDefined = 2,   // the format defines UTC
  kDeclared = 3,  // the user said so
  kInferred = 4,  // from transactions that another clock saw too
  kAssumed = 5,   // none of these: UTC taken, and said aloud
};

struct Civil {
  std::int32_t year = 1970;
  std::uint32_t month = 1, day = 1;  // from 1
  std::uint32_t hour = 0, minute = 0, second = 0, nanosecond = 0;
};

// Days since 1970-01-01 of a proleptic Gregorian date, and back.
auto days_from_civil(std::int32_t year, std::uint32_t month, std::uint32_t day) -> std::int64_t;
auto civil_from_nanos(Nanos at) -> Civil;
// Nothing if a field is out of its range (February 30) or the year is outside 1678..2261.
auto nanos_from_civil(const Civil& civil) -> std::optional<Nanos>;

struct ReadTime {
  Nanos at = 0;
  Nanos resolution = kSecond;  // the smallest step that the spelling can show
  bool zoned = false;          // an offset or Z was written; else the fields were taken as UTC
  std::size_t length = 0;      // bytes of the text that were the time
};

// RFC 3339, tolerant: a blank or lower-case t between date and time, a missing
// offset, "+0100", fractions of 1 to 9 digits (more are cut), no seconds, a
// date alone. Reads from the start of `text`, and stops after the time.
auto read_iso_time(std::string_view text) -> std::optional<ReadTime>;
// As above, and nothing may follow.
auto parse_iso_time(std::string_view text) -> std::optional<ReadTime>;

// "2024-03-25T10:00:00Z"; a fraction of 3, 6 or 9 digits only when not zero.
auto format_time(Nanos at) -> std::string;
auto format_date(Nanos at) -> std::string;  // "2024-03-25"

// Month names in English, "Jan" to "Dec", any case: 1 to 12.
auto month_from_name(std::string_view name) -> std::optional<std::uint32_t>;

}  // namespace serjeant

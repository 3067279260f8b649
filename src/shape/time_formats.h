#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

// Spellings of times in logs, named by profiles.
namespace serjeant {

struct SourceTime {
  Nanos at = 0;  // as UTC; without a written offset, the fields taken as UTC
  Nanos resolution = kSecond;
  bool zoned = false;
  bool ambiguous = false;  // day and month could change places
  bool epoch = false;      // counted from 1970 in UTC, by its format
};

// How a time is written:
//   iso       RFC 3339 and its relatives; "2024-03-25 10:00:00"
//   epoch     seconds since 1970, or milli-, micro-, nanoseconds: told apart by
//             size (readings of 1973 and later), with or without a fraction
//   epoch-s, epoch-ms, epoch-us, epoch-ns
//   locale    "3/2/2026 7:15:52 PM", "2-3-2026 19:15:52", "2.3.2026, 19:15:52":
//             month first with AM or PM, else day first; ambiguous if both fit
//             and nothing but that rule decided
//   http      "25/Mar/2024:10:00:00 +0100" (Common Log Format)
//   mail      "Mon, 25 Mar 2024 10:00:00 +0100" (RFC 5322)
//   any       whichever of these fits, in this order: iso, epoch, http, mail, locale
//   anything with a %: %Y %m %d %H %I %M %S %f (fraction) %p %z %b %y %e, other
//             characters as they are, a blank for any white space
class TimeFormat {
 public:
  // Nothing if `name` is none of these.
  static auto make(std::string_view name) -> std::optional<TimeFormat>;
  auto read(std::string_view text) const -> std::optional<SourceTime>;

 private:
  enum class Kind : std::uint8_t { kIso, kEpoch, kLocale, kHttp, kMail, kAny, kPattern };
  Kind kind_ = Kind::kIso;
  std::int64_t unit_ = 0;  // nanoseconds of an epoch's unit; 0 = by size
  std::string pattern_;
};

auto read_locale_time(std::string_view text) -> std::optional<SourceTime>;
auto read_epoch(std::string_view text, std::int64_t unit) -> std::optional<SourceTime>;

// "Z", "UTC", "+05:30", "+0530", "-08": seconds east of UTC.
auto read_zone(std::string_view text) -> std::optional<std::int32_t>;

}  // namespace serjeant

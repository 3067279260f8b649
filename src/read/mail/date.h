#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/time.h"

// Dates of mail (RFC 5322, sections 3.3 and 4.3), and what old or careless
// programs write: numeric months, two-digit years, no seconds, zone names,
// the order of ctime, comments anywhere.
namespace serjeant::mail {

struct MailDate {
  std::int32_t year = 0;
  std::uint32_t month = 0, day = 0, hour = 0, minute = 0, second = 0;  // as written, in its zone
  bool before_gmt = false;
  std::uint32_t zone_hour = 0, zone_minute = 0;
  // A numeric zone, "GMT", "UT", "Z" or a zone name of RFC 5322, 4.3. Without one (or with
  // a military letter or "-0000", which say nothing) the time is taken as UTC.
  bool zoned = false;
};

// Looks behind the last ";" outside of comments, so that a Received value can
// be given whole. Nothing if there is no day, month and year.
auto parse_date(std::string_view raw) -> std::optional<MailDate>;

// Nothing if the fields are out of range; a leap second is taken as second 59.
auto to_nanos(const MailDate& date) -> std::optional<Nanos>;

}  // namespace serjeant::mail

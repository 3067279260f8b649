#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace serjeant::stix {

// A time of STIX: any year from 0 to 9999, which nanoseconds in 64 bits do not
// reach, to the nanosecond (finer digits are cut).
struct Moment {
  std::int64_t seconds = 0;  // since 1970-01-01T00:00:00Z, without leap seconds
  std::uint32_t nanos = 0;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};

// "2016-01-20T12:31:12.123Z", exactly (STIX 2.1, section 2.14: RFC 3339 in UTC,
// upper case). A 30th of February is of that form: `exists` tells. Second 60 is
// the first of the next minute.
struct ReadMoment {
  Moment at;
  bool exists = true;
};
auto read_moment(std::string_view text) -> std::optional<ReadMoment>;

}  // namespace serjeant::stix

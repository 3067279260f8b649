#include "core/time.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

TEST(Time, ReadsRfc3339InItsSpellings) {
  for (const auto* text : {"2024-03-25T10:00:00Z", "2024-03-25 12:00:00+02:00",
                           "2024-03-25t05:00:00-0500", "2024-03-25T10:00:00.000000000z"}) {
    const auto read = parse_iso_time(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(format_time(read->at), "2024-03-25T10:00:00Z") << text;
    EXPECT_TRUE(read->zoned);
  }
}

TEST(Time, KeepsNanosecondsAndSaysTheResolution) {
  EXPECT_EQ(format_time(parse_iso_time("2021-01-02T03:04:05.1234567Z")->at),
            "2021-01-02T03:04:05.123456700Z");
  EXPECT_EQ(parse_iso_time("2021-01-02T03:04:05.1234567Z")->resolution, 100);
  EXPECT_EQ(parse_iso_time("2021-01-02")->resolution, kDay);
  EXPECT_FALSE(parse_iso_time("2021-01-02T03:04")->zoned);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const auto* text : {"", "2021-02-30", "2021-13-01T00:00:00Z", "1500-01-01T00:00:00Z",
                           "9999-12-31T00:00:00Z", "2021-01-01T24:00:00Z", "2021-01-01T00:00:00Zx"})
    EXPECT_FALSE(parse_iso_time(text)) << text;
}

TEST(Time, GoesToCivilAndBackOnEveryDay) {
  for (auto day = days_from_civil(1678, 1, 1); day < days_from_civil(2262, 1, 1); day += 1) {
    const auto at = day * kDay + 86'399 * kSecond + 7;
    EXPECT_EQ(nanos_from_civil(civil_from_nanos(at)), at);
  }
}

}  // namespace
}  // namespace serjeant

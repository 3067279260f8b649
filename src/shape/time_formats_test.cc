#include "shape/time_formats.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

auto read(std::string_view format, std::string_view text) -> std::string {
  const auto made = TimeFormat::make(format);
  if (!made) return "no such format";
  const auto time = made->read(text);
  if (!time) return "none";
  return format_time(time->at) + (time->zoned ? " zoned" : "") +
         (time->ambiguous ? " ambiguous" : "");
}

TEST(TimeFormats, GiveNothingForWhatIsNoTime) {
  for (const auto* format : {"any", "iso", "epoch", "locale", "http", "mail", "%Y-%m-%d"})
    for (const auto* text : {"", " ", "-", "never", "2026-", "31/31/2026 1:00:00 PM",
                             "3/2/2026 13:00:00 PM", "99999999999999999999", "1.", "Mon,", "%"})
      EXPECT_EQ(read(format, text), "none") << format << ": " << text;
}

TEST(TimeFormats, ReadLocalSpellingsOfPowerShell) {
  EXPECT_EQ(read("locale", "3/2/2026 7:15:52 PM"), "2026-03-02T19:15:52Z");
  EXPECT_EQ(read("locale", "3/2/2026 12:00:01 AM"), "2026-03-02T00:00:01Z");
  EXPECT_EQ(read("locale", "2-3-2026 19:15:52"), "2026-03-02T19:15:52Z");
  EXPECT_EQ(read("locale", "2.3.2026, 19:15:52"), "2026-03-02T19:15:52Z");
  EXPECT_EQ(read("locale", "3/2/2026, 7:15:52.000 PM"), "2026-03-02T19:15:52Z");
  EXPECT_EQ(read("locale", "25/12/2026 19:15:52"), "2026-12-25T19:15:52Z");
  EXPECT_EQ(read("locale", "2026-03-02T08:32:29.0000000Z"), "2026-03-02T08:32:29Z zoned");
}

TEST(TimeFormats, SayWhenDayAndMonthCouldChangePlaces) {
  EXPECT_EQ(read("locale", "02/03/2026 19:15:52"), "2026-03-02T19:15:52Z ambiguous");
  EXPECT_EQ(read("locale", "03/03/2026 19:15:52"), "2026-03-03T19:15:52Z");
}

TEST(TimeFormats, TellTheUnitOfAnEpochByItsSize) {
  EXPECT_EQ(read("epoch", "1772442001"), "2026-03-02T09:00:01Z zoned");
  EXPECT_EQ(read("epoch", "1772442001250"), "2026-03-02T09:00:01.250Z zoned");
  EXPECT_EQ(read("epoch", "1772442001250000"), "2026-03-02T09:00:01.250Z zoned");
  EXPECT_EQ(read("epoch", "1772442001250000000"), "2026-03-02T09:00:01.250Z zoned");
  EXPECT_EQ(read("epoch", "1521911721.255387"), "2018-03-24T17:15:21.255387Z zoned");
  EXPECT_EQ(read("epoch-ms", "1250"), "1970-01-01T00:00:01.250Z zoned");
}

TEST(TimeFormats, ReadWebAndMailTimes) {
  EXPECT_EQ(read("http", "11/Jul/2018:16:05:02 +0300"), "2018-07-11T13:05:02Z zoned");
  EXPECT_EQ(read("http", "[11/Jul/2018:16:05:02 -0330]"), "2018-07-11T19:35:02Z zoned");
  EXPECT_EQ(read("mail", "Mon, 02 Mar 2026 09:15:52 +0100"), "2026-03-02T08:15:52Z zoned");
  EXPECT_EQ(read("mail", "2 Mar 26 09:15 EST"), "2026-03-02T14:15:00Z zoned");
}

TEST(TimeFormats, FollowPatternsOfAProfile) {
  EXPECT_EQ(read("%d.%m.%y %H:%M:%S", "02.03.26  19:15:52"), "2026-03-02T19:15:52Z");
  EXPECT_EQ(read("%b %e %Y %I:%M:%S.%f %p", "Mar  2 2026 07:15:52.5 pm"),
            "2026-03-02T19:15:52.500Z");
  EXPECT_EQ(read("%Y%m%d%H%M%S%z", "20260302191552+0530"), "2026-03-02T13:45:52Z zoned");
  EXPECT_EQ(read("%Y%m%d", "20260302x"), "none");
}

TEST(TimeFormats, KnowTheirResolution) {
  EXPECT_EQ(TimeFormat::make("iso")->read("2026-03-02T08:32:29.123Z")->resolution, 1'000'000);
  EXPECT_EQ(TimeFormat::make("%d.%m.%Y")->read("02.03.2026")->resolution, kDay);
  EXPECT_EQ(TimeFormat::make("epoch")->read("1772442001250")->resolution, 1'000'000);
}

}  // namespace
}  // namespace serjeant

#include "expose/coverage.h"

#include "expose/native.h"
#include "expose/test_log.h"

namespace serjeant {
namespace {

auto seen(CoverageBook& book, Nanos at, std::uint32_t source = 1, std::uint32_t flags = 0) {
  auto event = Event{};
  event.profile = "m365-audit";
  event.org = "arcadia.example";
  event.at = at;
  event.basis = TimeBasis::kDefined;
  event.flags = flags;
  event.span = {static_cast<std::uint64_t>(at / kSecond), 10, source};
  book.see(event);
}

constexpr auto kStart = 19'800 * kDay;

TEST(Coverage, ASteadyLogWithNineSilentDaysHasOneHole) {
  auto book = CoverageBook{};
  for (auto minute = 0; minute < 40 * 1440; minute += 7)
    if (auto day = minute / 1440; day < 20 || day >= 29) seen(book, kStart + minute * kMinute);
  book.finish({});
  ASSERT_EQ(book.gaps().size(), 1u);
  EXPECT_EQ(book.gaps()[0].kind, "hole");
  EXPECT_NEAR(static_cast<double>(*book.gaps()[0].t1 - *book.gaps()[0].t0) / kDay, 9.0, 0.1);
  EXPECT_EQ(book.covered_percent("arcadia.example", kStart, kStart + 40 * kDay), 77);
}

TEST(Coverage, ABurstyLogWithQuietDaysHasNone) {
  auto book = CoverageBook{};
  for (auto day = 0; day < 60; ++day)
    if (day % 7 != 3 && day % 11 != 5)
      for (auto burst = 0; burst < 5; ++burst)
        for (auto i = 0; i < 20; ++i)
          seen(book, kStart + day * kDay + (burst * burst + day % 5) * kHour / 2 + i * kMinute);
  book.finish({});
  EXPECT_TRUE(book.gaps().empty());
  EXPECT_FALSE(book.logs()[0].quiet_days.empty());
}

TEST(Coverage, NoExportBetweenTwoExportsIsAGap) {
  auto book = CoverageBook{};
  for (auto hour = 0; hour < 48; ++hour) seen(book, kStart + hour * kHour, 1);
  for (auto hour = 96; hour < 140; ++hour) seen(book, kStart + hour * kHour, 2);
  book.finish({});
  ASSERT_EQ(book.gaps().size(), 1u);
  EXPECT_EQ(book.gaps()[0].kind, "export_edge");
  EXPECT_EQ(book.gaps()[0].t0, kStart + 47 * kHour);
  EXPECT_EQ(book.gaps()[0].t1, kStart + 96 * kHour);
}

TEST(Coverage, ARowThatLostItsNumberIsNotLost) {
  struct Rows final : ExportIndexStream {
    bool damaged = false;
    Nanos at = 0;
    auto each(const std::function<void(const ExportIndex&)>& take) const -> Result<> override {
      for (auto index = 9; index >= 1; --index) {
        const auto offset = static_cast<std::uint64_t>(9 - index);
        if (index != 4)
          take({1, offset, 1, kStart + (9 - index) * kMinute, index, 9});
        else if (damaged)
          take({1, offset, 1, at, -1, -1});
      }
      return {};
    }
  };
  auto lost = [](const Rows& rows) {
    auto book = CoverageBook{};
    seen(book, kStart);
    seen(book, kStart + 8 * kMinute);
    EXPECT_TRUE(book.read_index(rows));
    book.finish({});
    return book.gaps().size();
  };
  auto rows = Rows{};
  EXPECT_EQ(lost(rows), 1u);
  rows.damaged = true;  // its time is gone too: it is known by where it stands
  EXPECT_EQ(lost(rows), 0u);
}

TEST(Coverage, ADamagedRowCountsWhereItStandsNotForTheOpenEndOfAnotherQuery) {
  struct Rows final : ExportIndexStream {
    auto each(const std::function<void(const ExportIndex&)>& take) const -> Result<> override {
      auto offset = std::uint64_t{0};
      // The oldest of three is not there; of nine earlier ones, the fourth is damaged.
      for (auto index = 1; index <= 2; ++index)
        take({1, offset++, 1, kStart + kHour - index * kMinute, index, 3});
      for (auto index = 1; index <= 9; ++index) {
        const auto at = kStart + (9 - index) * kMinute;
        take(index == 4 ? ExportIndex{1, offset, 1, at, -1, -1}
                        : ExportIndex{1, offset, 1, at, index, 9});
        ++offset;
      }
      return {};
    }
  };
  auto book = CoverageBook{};
  seen(book, kStart);
  EXPECT_TRUE(book.read_index(Rows{}));
  book.finish({});
  ASSERT_EQ(book.gaps().size(), 1u);
  EXPECT_NE(book.gaps()[0].effect.find("number 3 of 3"), std::string::npos)
      << book.gaps()[0].effect;
}

TEST(Coverage, ExactlyFiveThousandRowsAreSuspicious) {
  auto book = CoverageBook{};
  auto source = SourceFacts{};
  source.id = 1;
  source.records = 5'000;
  book.finish({source});
  ASSERT_EQ(book.gaps().size(), 1u);
  EXPECT_EQ(book.gaps()[0].kind, "export_limit");
}

TEST(Coverage, APauseOfTheReadLogTouchesItsMailboxOnly) {
  auto book = CoverageBook{};
  book.throttled("arcadia.example", "m365-audit", "ann@arcadia.example", kStart, {1, 1, 1});
  book.throttled("arcadia.example", "m365-audit", "ann@arcadia.example", kStart + kHour, {1, 1, 1});
  book.finish({});
  ASSERT_EQ(book.gaps().size(), 1u);
  EXPECT_EQ(*book.gaps()[0].t1, kStart + 25 * kHour);
  EXPECT_EQ(book.gaps_in("arcadia.example", "ann@arcadia.example", kStart, kStart + kDay).size(),
            1u);
  EXPECT_TRUE(
      book.gaps_in("arcadia.example", "bob@arcadia.example", kStart, kStart + kDay).empty());
}

TEST(Coverage, HostileTimesCostNoMemory) {
  auto book = CoverageBook{};
  for (auto i = std::int64_t{0}; i < 300'000; ++i) seen(book, -9'000'000 * kMinute + i * 7 * kHour);
  book.finish({});
  EXPECT_EQ(book.logs().size(), 1u);
}

}  // namespace
}  // namespace serjeant

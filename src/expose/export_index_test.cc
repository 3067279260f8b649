#include "expose/export_index.h"

namespace serjeant {
namespace {

auto row(std::uint64_t offset, Nanos at, std::int32_t index, std::int32_t count,
         std::uint32_t source = 1) -> ExportIndex {
  return {source, offset, 10, at, index, count};
}

TEST(ExportIndex, NonsenseNumbersAreNoRows) {
  auto runs = IndexRuns{};
  for (auto [index, count] : {std::pair{0, 5}, {-1, -1}, {6, 5}, {1, 2'000'000'000}})
    runs.take(row(0, 0, index, count));
  runs.finish();
  EXPECT_TRUE(runs.windows().empty());
  EXPECT_TRUE(runs.lost().empty());
}

TEST(ExportIndex, AMissingNumberIsBoundedByItsNeighbours) {
  auto runs = IndexRuns{};
  for (auto index = 9; index >= 1; --index)
    if (index != 4) runs.take(row(100 - static_cast<std::uint64_t>(index), 100 - index, index, 9));
  runs.finish();
  ASSERT_EQ(runs.lost().size(), 1u);
  EXPECT_EQ(runs.lost()[0].from, 4);
  EXPECT_EQ(runs.lost()[0].t0, 95);
  EXPECT_EQ(runs.lost()[0].t1, 97);
}

TEST(ExportIndex, RowsThatTouchInOneCopyHaveNoDamagedRowBetweenThem) {
  auto runs = IndexRuns{};
  auto offset = std::uint64_t{0};
  for (auto copy = 0u; copy < 2; ++copy)
    for (auto index = 9; index >= 1; --index) {
      if (index == 4) continue;
      // In the first copy the row before the missing one is damaged.
      if (copy != 0 || index != 5) runs.take(row(offset, 100 - index, index, 9));
      offset += 10;
    }
  runs.finish();
  ASSERT_EQ(runs.lost().size(), 1u);
  EXPECT_EQ(runs.lost()[0].from, 4);
  EXPECT_EQ(runs.lost()[0].to, 4);
  EXPECT_TRUE(runs.lost()[0].beside);
}

TEST(ExportIndex, QueriesOfOneSizeInARowAreToldApart) {
  auto runs = IndexRuns{};
  for (auto query = 0; query < 3; ++query)
    for (auto index = 5; index >= 1; --index)
      runs.take(row(static_cast<std::uint64_t>(query * 10 + 5 - index), query * 100 + 5 - index,
                    index, 5));
  runs.finish();
  EXPECT_EQ(runs.windows().size(), 3u);
  EXPECT_TRUE(runs.lost().empty());
}

TEST(ExportIndex, AFileTakenInTwiceLosesNothingAndHidesNothing) {
  auto runs = IndexRuns{};
  for (auto copy = 0u; copy < 2; ++copy)
    for (auto index = 9; index >= 1; --index)
      if (index != 4) runs.take(row(copy * 1000, 100 - index, index, 9, copy + 1));
  runs.finish();
  EXPECT_EQ(runs.windows().size(), 1u);
  EXPECT_EQ(runs.lost().size(), 1u);
}

TEST(ExportIndex, AQueryCutInTwoByTheFilesOrderIsJoined) {
  auto runs = IndexRuns{};
  for (auto index = 37; index >= 1; --index) runs.take(row(0, 1000 - index, index, 75));
  for (auto index = 20; index >= 1; --index) runs.take(row(0, 5000 - index, index, 20));
  for (auto index = 75; index >= 38; --index) runs.take(row(0, 1000 - index, index, 75));
  runs.finish();
  EXPECT_TRUE(runs.lost().empty());
}

TEST(ExportIndex, AFilteredExportIsNotFullOfLostRows) {
  auto runs = IndexRuns{};
  for (auto index : {90, 70, 40, 12, 3}) runs.take(row(0, 100 - index, index, 100));
  runs.finish();
  EXPECT_TRUE(runs.lost().empty());
}

}  // namespace
}  // namespace serjeant

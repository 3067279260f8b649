#include <gtest/gtest.h>

#include <set>

#include "core/json.h"
#include "core/text.h"
#include "exercise/damage.h"
#include "exercise/ual_dialect.h"

namespace serjeant::exercise {
namespace {

// The cells of one CSV row (RFC 4180), line end taken off.
auto cells_of(std::string_view row) -> std::vector<std::string> {
  auto cells = std::vector<std::string>{""};
  auto quoted = false;
  for (auto i = std::size_t{0}; i < row.size(); ++i) {
    if (quoted && row[i] == '"' && i + 1 < row.size() && row[i + 1] == '"') {
      cells.back() += row[i++];
    } else if (row[i] == '"') {
      quoted = !quoted;
    } else if (row[i] == ',' && !quoted) {
      cells.emplace_back();
    } else if (quoted || (row[i] != '\r' && row[i] != '\n')) {
      cells.back() += row[i];
    }
  }
  EXPECT_FALSE(quoted);
  return cells;
}

auto is_whole_json(std::string_view text) -> bool {
  auto document = Document{};
  auto arena = Arena{};
  const auto outcome = parse_json(text, "", document, arena);
  return outcome.complete && !outcome.fault && trim(text.substr(outcome.consumed)).empty();
}

class Dialects : public ::testing::TestWithParam<Dialect> {};

TEST_P(Dialects, SpellEveryKindOfRecordWhole) {
  const auto world = build_world(3, *find_load("XS"), {});
  const auto plan = plan_mails(world);
  const auto story = write_story(world, plan);
  const auto life = Life{world, story};
  auto maker = RecordMaker{world, story};
  auto writer = DialectWriter{GetParam()};
  auto seen = std::set<Op>{};
  for (const auto day : {20u, 71u, 137u, 162u, 164u, 168u}) {
    for (const auto& stub : life.day(day)) {
      auto row = std::string{};
      writer.append(maker.make(stub, day), {.run = "run", .index = 1, .count = 2}, row);
      seen.insert(stub.op);
      EXPECT_TRUE(is_utf8(row));
      EXPECT_TRUE(row.ends_with(dialect_newline(GetParam())));
      if (dialect_header(GetParam()).empty()) {
        EXPECT_TRUE(is_whole_json(row)) << row;
        continue;
      }
      const auto cells = cells_of(row);
      EXPECT_EQ(cells.size(), cells_of(dialect_header(GetParam())).size()) << row;
      const auto data = GetParam() == Dialect::kSearch   ? 7u
                        : GetParam() == Dialect::kPortal ? 5u
                                                         : 0u;
      EXPECT_TRUE(is_whole_json(cells[data])) << row;
    }
  }
  EXPECT_GE(seen.size(), 24u);
}

INSTANTIATE_TEST_SUITE_P(All, Dialects,
                         ::testing::Values(Dialect::kSearch, Dialect::kPortal, Dialect::kGraph,
                                           Dialect::kApi, Dialect::kSentinel, Dialect::kSplunk));

TEST(Damage, SpoilsThreePercentOfRowsAndKeepsThemLines) {
  const auto damage = Damage{stream_key(5, "P", "damage")};
  auto kinds = std::set<std::string_view>{};
  auto spoiled = 0;
  for (auto i = 0u; i < 20'000; ++i) {
    auto row = std::string{"{\"CreationTime\":\"2021-03-02T19:15:52\""};
    while (row.size() < 900) row += ",\"Member\":\"caf\xC3\xA9 value\"";
    row += "}\n";
    const auto whole = row;
    const auto kind = damage.apply(i, "\n", Dialect::kApi, row);
    if (kind.empty()) {
      EXPECT_EQ(row, whole);
      continue;
    }
    ++spoiled;
    kinds.insert(kind);
    EXPECT_NE(row, whole);
    EXPECT_TRUE(row.ends_with('\n'));
    EXPECT_TRUE(is_utf8(row));
    EXPECT_EQ(row.find('\n'), row.size() - 1);
  }
  EXPECT_NEAR(spoiled, 600, 120);
  EXPECT_EQ(kinds, (std::set<std::string_view>{"cut", "newline", "nul", "quote"}));
}

}  // namespace
}  // namespace serjeant::exercise

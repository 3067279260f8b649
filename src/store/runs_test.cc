#include "store/runs.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>
#include <utility>

#include "core/file.h"
#include "store/test_folder.h"

namespace serjeant {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

auto merged(const std::vector<std::string>& paths, std::size_t table) -> Rows {
  auto out = Rows();
  auto merge = Merge::open(paths, table);
  EXPECT_TRUE(merge) << (merge ? "" : merge.error().message);
  if (!merge) return out;
  auto key = std::string_view(), value = std::string_view();
  while (merge->next(key, value)) out.emplace_back(key, value);
  EXPECT_EQ(merge->error(), nullptr);
  return out;
}

// Numbers without a pattern, the same on every machine.
struct Draw {
  std::uint64_t state = 1;
  auto next() -> std::uint64_t {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 33;
  }
};

TEST(Unit, SaysThatAMissingEmptyShortOrForeignFileIsNotWhole) {
  const auto folder = TestFolder();
  EXPECT_FALSE(unit_is_whole(folder / "none", 1));
  put_file(folder / "empty", "");
  EXPECT_FALSE(unit_is_whole(folder / "empty", 1));
  put_file(folder / "text", std::string(5000, 'x'));
  EXPECT_FALSE(unit_is_whole(folder / "text", 1));
  EXPECT_FALSE(unit_is_whole(folder.path(), 1));
  auto unit = UnitWriter(2);
  unit.add(0, "a", "b");
  ASSERT_TRUE(unit.write(folder / "unit"));
  EXPECT_TRUE(unit_is_whole(folder / "unit", 2));
  EXPECT_FALSE(unit_is_whole(folder / "unit", 3));
}

TEST(Unit, IsNotWholeWithAnyByteChangedOrCutOff) {
  const auto folder = TestFolder();
  auto unit = UnitWriter(2);
  unit.add(0, "key", "value");
  unit.add(1, "other", "");
  ASSERT_TRUE(unit.write(folder / "unit"));
  const auto bytes = read_file(folder / "unit");
  ASSERT_TRUE(bytes);
  for (auto i = std::size_t{0}; i < bytes->size(); ++i) {
    auto bad = *bytes;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    put_file(folder / "bad", bad);
    EXPECT_FALSE(unit_is_whole(folder / "bad", 2)) << i;
    put_file(folder / "bad", bytes->substr(0, i));
    EXPECT_FALSE(unit_is_whole(folder / "bad", 2)) << i;
  }
  put_file(folder / "bad", *bytes + "x");
  EXPECT_FALSE(unit_is_whole(folder / "bad", 2));
}

// Damage that came after the check must end in an error or in rows, never in
// reading outside of the file.
TEST(Merge, SurvivesEveryByteOfAUnitChanged) {
  const auto folder = TestFolder();
  auto unit = UnitWriter(2);
  for (auto i = 0; i < 5; ++i) unit.add(1, "key" + std::to_string(i), std::string(40, 'v'));
  ASSERT_TRUE(unit.write(folder / "unit"));
  const auto bytes = read_file(folder / "unit");
  ASSERT_TRUE(bytes);
  auto refused = 0;
  for (auto i = std::size_t{0}; i + 32 < bytes->size(); ++i) {
    for (const auto flip : {0x01, 0x80, 0xff}) {
      auto bad = *bytes;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      put_file(folder / "bad", bad);
      auto merge = Merge::open({folder / "bad"}, 1);
      if (!merge) {
        ++refused;
        continue;
      }
      auto key = std::string_view(), value = std::string_view();
      auto rows = 0;
      while (merge->next(key, value)) ++rows;
      EXPECT_LE(rows, 300);
      if (merge->error() != nullptr) ++refused;
    }
  }
  EXPECT_GT(refused, 50);
}

TEST(Merge, SaysWhichFileIsMissing) {
  const auto folder = TestFolder();
  const auto merge = Merge::open({folder / "gone"}, 0);
  ASSERT_FALSE(merge);
  EXPECT_EQ(merge.error().code, Code::kNotFound);
  EXPECT_NE(merge.error().message.find("gone"), std::string::npos);
}

TEST(Unit, LeavesNoFileWhenItCannotBeWritten) {
  const auto folder = TestFolder();
  auto unit = UnitWriter(1);
  unit.add(0, "a", "b");
  EXPECT_FALSE(unit.write(folder / "no/such/folder/unit"));
  // A full disk, as the limit on file sizes shows it.
  ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto small = before;
  small.rlim_cur = 4096;
  auto big = UnitWriter(1);
  for (auto i = 0; i < 1000; ++i) big.add(0, std::to_string(i), std::string(100, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = big.write(folder / "unit");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::kIo);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  // With space again the rows are still there.
  ASSERT_TRUE(big.write(folder / "unit"));
  EXPECT_EQ(merged({folder / "unit"}, 0).size(), 1000u);
}

TEST(Unit, GivesItsRowsSortedByKeyThenValue) {
  const auto folder = TestFolder();
  auto unit = UnitWriter(3);
  unit.add(1, "b", "2");
  unit.add(1, "b", "1");
  unit.add(1, "", "empty key");
  unit.add(1, "abcdefgh2", "long");
  unit.add(1, "abcdefgh1", "");
  unit.add(1, std::string_view("a\0b", 3), "zero");
  unit.add(1, "a", "short");
  unit.add(2, "z", "z");
  EXPECT_GT(unit.bytes(), 0u);
  ASSERT_TRUE(unit.write(folder / "unit"));
  EXPECT_EQ(unit.bytes(), 0u);
  EXPECT_TRUE(merged({folder / "unit"}, 0).empty());
  const auto expected =
      Rows{{"", "empty key"}, {"a", "short"},        {std::string("a\0b", 3), "zero"},
           {"abcdefgh1", ""}, {"abcdefgh2", "long"}, {"b", "1"},
           {"b", "2"}};
  EXPECT_EQ(merged({folder / "unit"}, 1), expected);
  EXPECT_EQ(merged({folder / "unit"}, 2), (Rows{{"z", "z"}}));
}

TEST(Unit, StartsAfreshAfterBeingWritten) {
  const auto folder = TestFolder();
  auto unit = UnitWriter(1);
  unit.add(0, "a", "1");
  ASSERT_TRUE(unit.write(folder / "first"));
  unit.add(0, "b", "2");
  ASSERT_TRUE(unit.write(folder / "second"));
  EXPECT_EQ(merged({folder / "second"}, 0), (Rows{{"b", "2"}}));
  EXPECT_EQ(merged({folder / "second", folder / "first"}, 0), (Rows{{"a", "1"}, {"b", "2"}}));
}

TEST(Merge, GivesWhatSortingEverythingGivesHoweverTheRowsWereSpread) {
  const auto folder = TestFolder();
  auto draw = Draw();
  auto all = Rows();
  auto units = std::vector<std::unique_ptr<UnitWriter>>();
  for (auto i = 0; i < 300; ++i) units.push_back(std::make_unique<UnitWriter>(1));
  for (auto i = 0; i < 30000; ++i) {
    auto key = std::string(draw.next() % 12, '\0');
    for (auto& byte : key) byte = static_cast<char>(draw.next() % 3);
    auto value = std::to_string(draw.next() % 5);
    if (i % 1000 == 0) value = std::string(100'000, 'L') + value;  // larger than a window
    units[draw.next() % units.size()]->add(0, key, value);
    all.emplace_back(std::move(key), std::move(value));
  }
  auto paths = std::vector<std::string>();
  for (auto i = std::size_t{0}; i < units.size(); ++i) {
    paths.push_back(folder / std::to_string(i));
    ASSERT_TRUE(units[i]->write(paths.back()));
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(merged(paths, 0), all);
  std::reverse(paths.begin(), paths.end());
  EXPECT_EQ(merged(paths, 0), all);
}

TEST(Merge, WalksThousandsOfFilesWithFewDescriptors) {
  const auto folder = TestFolder();
  auto paths = std::vector<std::string>();
  for (auto i = 0; i < 1500; ++i) {
    auto unit = UnitWriter(1);
    unit.add(0, std::to_string(i), "x");
    paths.push_back(folder / std::to_string(i));
    ASSERT_TRUE(unit.write(paths.back()));
  }
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  auto few = before;
  few.rlim_cur = 32;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto rows = merged(paths, 0);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(rows.size(), 1500u);
}

TEST(Key, KeepsTheOrderOfTextsAndNumbers) {
  const auto texts = std::vector<std::string>{"",
                                              std::string("\0", 1),
                                              std::string("\0a", 2),
                                              std::string("\1", 1),
                                              std::string("\1\0", 2),
                                              std::string("\2", 1),
                                              "a",
                                              std::string("a\0", 2),
                                              "aa",
                                              "b",
                                              "\xff"};
  const auto numbers =
      std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min(), -256, -1, 0, 1, 255, 256,
                                std::numeric_limits<std::int64_t>::max()};
  auto keys = std::vector<std::string>();
  for (const auto& text : texts) {
    for (const auto number : numbers) {
      auto key = std::string();
      append_key(key, text);
      append_key(key, number);
      keys.push_back(std::move(key));
    }
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

}  // namespace
}  // namespace serjeant

#include "exercise/truth.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "core/file.h"
#include "exercise/truth_read.h"

namespace serjeant::exercise {
namespace {

auto fresh_folder() -> std::string {
  const auto path = std::filesystem::path{::testing::TempDir()} /
                    ("serjeant-truth-" + std::to_string(::getpid()));
  std::filesystem::remove_all(path);
  return path.string();
}

TEST(Truth, IsReadBackAsItWasWritten) {
  auto truth = Truth{};
  truth.seed = 9;
  truth.size = "XS";
  truth.without = {"hole"};
  truth.events = {{"P/b", 40, 2, "C", "c2", "T5", "s1"}, {"P/a", 7, 3, "A", "", "T1", ""}};
  truth.accounts.push_back({});
  truth.accounts[0].account = "x@y.example";
  truth.accounts[0].rung = "T9";
  truth.accounts[0].intervals = {{"s1", "C", "aitm", 100, 200, {"203.0.113.7"}, "id"}};
  truth.accounts[0].opened = {50, true, {"client"}};
  truth.gaps = {{"P", "ual", "hole", "", 10, 20, -1}};
  const auto dir = fresh_folder();
  const auto files = write_truth(dir, truth);
  ASSERT_TRUE(files);
  const auto back = read_truth(dir + "/truth");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->seed, 9u);
  EXPECT_EQ(back->without, (std::vector<std::string>{"hole"}));
  ASSERT_EQ(back->events.size(), 2u);
  EXPECT_EQ(back->events[0].file, "P/a");  // sorted by file, then offset
  EXPECT_EQ(back->events[0].campaign, "");
  EXPECT_EQ(back->events[1].strand, "s1");
  ASSERT_EQ(back->accounts.size(), 1u);
  ASSERT_EQ(back->accounts[0].intervals.size(), 1u);
  EXPECT_EQ(back->accounts[0].intervals[0].to, 200);
  EXPECT_EQ(back->accounts[0].opened.when, 50);
  EXPECT_TRUE(back->accounts[0].opened.location_leaked);
  ASSERT_EQ(back->gaps.size(), 1u);
  EXPECT_EQ(back->gaps[0].records, -1);
  std::filesystem::remove_all(dir);
}

TEST(Truth, KeepsTheKeysInTheOrderOfTheirPage) {
  auto truth = Truth{};
  truth.events = {{"P/a", 7, 3, "A", "c1", "T1", ""}};
  const auto dir = fresh_folder();
  ASSERT_TRUE(write_truth(dir, truth));
  const auto events = read_file(dir + "/truth/events.ndjson");
  ASSERT_TRUE(events);
  EXPECT_EQ(*events,
            "{\"file\":\"P/a\",\"offset\":7,\"length\":3,\"actor\":\"A\",\"campaign\":\"c1\","
            "\"stage\":\"T1\",\"strand\":null}\n");
  std::filesystem::remove_all(dir);
}

TEST(Truth, OfAnotherSchemaIsRefused) {
  const auto dir = fresh_folder();
  std::filesystem::create_directories(dir);
  ASSERT_TRUE(write_file(dir + "/meta.json", "{\"schema\":\"serjeant.truth/2\"}"));
  const auto truth = read_truth(dir);
  ASSERT_FALSE(truth);
  EXPECT_EQ(truth.error().code, Code::kUnsupported);
  std::filesystem::remove_all(dir);
}

TEST(Manifest, WithABrokenLineIsRefused) {
  const auto dir = fresh_folder();
  std::filesystem::create_directories(dir);
  ASSERT_TRUE(write_file(dir + "/MANIFEST", "abc  12  three  P/a\n"));
  EXPECT_FALSE(read_manifest(dir));
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace serjeant::exercise

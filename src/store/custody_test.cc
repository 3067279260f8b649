#include "store/custody.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "core/file.h"
#include "core/text.h"
#include "store/test_folder.h"

namespace serjeant {
namespace {

auto checked(const std::string& path) -> CustodyReport {
  const auto report = check_custody(path);
  EXPECT_TRUE(report) << (report ? "" : report.error().message);
  return report.value_or(CustodyReport());
}

class Custody : public testing::Test {
 protected:
  void fill() {
    for (auto i = 0; i < 4; ++i)
      ASSERT_TRUE(append_custody(path_, i * kSecond, "ann", "seal", "case " + std::to_string(i)));
    text_ = read_file(path_).value_or("");
  }
  TestFolder folder_;
  std::string path_ = custody_path(folder_ / "case.sjt");
  std::string text_;
};

TEST_F(Custody, SaysThatAMissingLogIsMissing) {
  const auto report = check_custody(path_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::kNotFound);
  EXPECT_FALSE(append_custody(folder_ / "no/folder", 0, "a", "b", "c"));
  EXPECT_FALSE(append_custody(folder_.path(), 0, "a", "b", "c"));
}

TEST_F(Custody, TakesAnEmptyLogAsABeginning) {
  put_file(path_, "");
  EXPECT_EQ(checked(path_).head.seq, 0u);
  const auto entry = append_custody(path_, 0, "ann", "seal", "x");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->seq, 1u);
}

TEST_F(Custody, ReportsEveryChangedByte) {
  fill();
  for (auto i = std::size_t{0}; i < text_.size(); ++i) {
    auto bad = text_;
    bad[i] = static_cast<char>(bad[i] ^ 0x01);
    put_file(path_, bad);
    EXPECT_FALSE(checked(path_).whole()) << i << ' ' << text_[i];
  }
}

TEST_F(Custody, NamesTheFirstBrokenLinkWhenALineIsGoneSwappedOrPutIn) {
  fill();
  const auto lines = split(text_, '\n');
  const auto join = [&](std::initializer_list<std::size_t> order) {
    auto out = std::string();
    for (const auto i : order) out += std::string(lines[i]) + '\n';
    return out;
  };
  put_file(path_, join({0, 2, 3}));
  EXPECT_EQ(checked(path_).broken_line, 2u);
  put_file(path_, join({0, 1, 3, 2}));
  EXPECT_EQ(checked(path_).broken_line, 3u);
  put_file(path_, join({0, 1, 1, 2, 3}));
  EXPECT_EQ(checked(path_).broken_line, 3u);
  put_file(path_, join({1, 2, 3}));
  EXPECT_EQ(checked(path_).broken_line, 1u);
  EXPECT_FALSE(append_custody(path_, 0, "a", "b", "c"));
  EXPECT_EQ(read_file(path_).value_or(""), join({1, 2, 3}));
  // Lines missing at the end show in the head only.
  put_file(path_, join({0, 1}));
  EXPECT_TRUE(checked(path_).whole());
  EXPECT_EQ(checked(path_).head.seq, 2u);
}

TEST_F(Custody, ReportsATornLastLineLeavesItAndGoesOn) {
  fill();
  for (const auto cut : {std::size_t{2}, std::size_t{30}, std::size_t{100}}) {
    const auto torn = text_.substr(0, text_.size() - cut);
    put_file(path_, torn);
    auto report = checked(path_);
    EXPECT_TRUE(report.torn_tail);
    EXPECT_EQ(report.broken_line, 0u);
    EXPECT_EQ(report.head.seq, 3u);
    ASSERT_TRUE(append_custody(path_, 0, "ann", "verify", "x"));
    EXPECT_TRUE(read_file(path_).value_or("").starts_with(torn + '\n'));
    report = checked(path_);
    EXPECT_FALSE(report.torn_tail);
    EXPECT_EQ(report.torn, (std::vector<std::uint64_t>{4}));
    EXPECT_EQ(report.broken_line, 0u);
    EXPECT_EQ(report.head.seq, 4u);
  }
}

TEST_F(Custody, TakesALastLineWithoutItsNewlineAsWhole) {
  fill();
  put_file(path_, text_.substr(0, text_.size() - 1));
  EXPECT_TRUE(checked(path_).whole());
  ASSERT_TRUE(append_custody(path_, 0, "ann", "verify", "x"));
  EXPECT_TRUE(checked(path_).whole());
  EXPECT_EQ(checked(path_).head.seq, 5u);
}

TEST_F(Custody, SurvivesGarbage) {
  for (const auto& garbage :
       {std::string(100'000, '['), std::string(1000, '\0'), std::string("{}\n{}\n"),
        std::string("\n\n\n"), std::string("{\"seq\":1}\n"), std::string(3'000'000, 'x')}) {
    put_file(path_, garbage);
    const auto report = checked(path_);
    EXPECT_EQ(report.head.seq, 0u);
    EXPECT_FALSE(report.whole());
  }
}

TEST_F(Custody, WritesTheLineThatTheFormatPageShows) {
  ASSERT_TRUE(append_custody(path_, 0, "ann \"x\"", "seal", "c\nd\xff"));
  const auto text = read_file(path_).value_or("");
  EXPECT_TRUE(text.starts_with(R"({"act":"seal","actor":"ann \"x\"","at":"1970-01-01T00:00:00Z",)"
                               R"("hash":")"))
      << text;
  EXPECT_TRUE(
      text.ends_with(R"(","object":"c\nd�","prev":")" + std::string(64, '0') + "\",\"seq\":1}\n"))
      << text;
  const auto entries = read_custody(path_);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->front().actor, "ann \"x\"");
  EXPECT_TRUE(checked(path_).whole());
}

TEST_F(Custody, LeavesTheLogAsItWasOnAFullDisk) {
  fill();
  ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto small = before;
  small.rlim_cur = text_.size() + 20;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto entry = append_custody(path_, 0, "ann", "seal", "x");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().code, Code::kIo);
  EXPECT_EQ(read_file(path_).value_or(""), text_);
}

TEST_F(Custody, KeepsTheChainOfTwoWritersAtOnce) {
  auto children = std::vector<pid_t>();
  for (auto i = 0; i < 2; ++i) {
    const auto child = ::fork();
    if (child == 0) {
      auto good = true;
      for (auto n = 0; n < 10; ++n)
        good = good && append_custody(path_, 0, "writer " + std::to_string(i), "note", "");
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const auto child : children) {
    auto status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_TRUE(checked(path_).whole());
  EXPECT_EQ(checked(path_).head.seq, 20u);
}

}  // namespace
}  // namespace serjeant

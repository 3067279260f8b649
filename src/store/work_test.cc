#include "store/work.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "store/test_folder.h"

namespace serjeant {
namespace {

auto exists(const std::string& path) -> bool { return std::filesystem::exists(path); }

TEST(Lock, RefusesASecondRunOnTheSameCaseAndSaysWhy) {
  const auto folder = TestFolder();
  {
    const auto first = lock_case(folder / "case.sjt");
    ASSERT_TRUE(first);
    const auto second = lock_case(folder / "case.sjt");
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("another run"), std::string::npos);
    EXPECT_NE(second.error().message.find("case.sjt"), std::string::npos);
    EXPECT_TRUE(lock_case(folder / "other.sjt"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_TRUE(lock_case(folder / "case.sjt"));
}

TEST(Lock, RefusesAPlaceWhereNoCaseBelongs) {
  const auto folder = TestFolder();
  const auto why = [](const std::string& path) {
    const auto lock = lock_case(path);
    return lock ? std::string() : lock.error().message;
  };
  EXPECT_NE(why(folder.path()).find("is a folder"), std::string::npos);
  EXPECT_NE(why(folder / "missing/case.sjt").find("there is no folder"), std::string::npos);
  std::ofstream(folder / "mails.mbox") << "From a@b.example Mon Jan  1 00:00:00 2024\n";
  EXPECT_NE(why(folder / "mails.mbox").find("not written over"), std::string::npos);
  std::ofstream(folder / "short") << "SQLite format 3";
  EXPECT_NE(why(folder / "short").find("not written over"), std::string::npos);
  std::ofstream(folder / "empty").flush();
  EXPECT_EQ(why(folder / "empty"), "");
}

TEST(Lock, IsFreeAfterItsHolderWasKilled) {
  const auto folder = TestFolder();
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto lock = lock_case(folder / "case.sjt");
    const auto sign = lock ? 'y' : 'n';
    if (::write(ready[1], &sign, 1) != 1) ::_exit(1);
    ::pause();
    ::_exit(1);
  }
  auto sign = ' ';
  ASSERT_EQ(::read(ready[0], &sign, 1), 1);
  EXPECT_EQ(sign, 'y');
  EXPECT_FALSE(lock_case(folder / "case.sjt"));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(exists(folder / "case.sjt.lock"));
  EXPECT_TRUE(lock_case(folder / "case.sjt"));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(WorkDir, KeepsUnitsOfARunWithTheSameKeyAndNothingElse) {
  const auto folder = TestFolder();
  const auto key = sha256("inputs");
  auto work = open_work_dir(folder / "case.sjt", key);
  ASSERT_TRUE(work) << work.error().message;
  EXPECT_FALSE(work->resumed());
  put_file(*work / "a.unit", "1");
  put_file(*work / "b.unit.part", "2");
  put_file(*work / "scratch.sjt", "3");
  std::filesystem::create_directories(*work / "members/deep");
  work = open_work_dir(folder / "case.sjt", key);
  ASSERT_TRUE(work);
  EXPECT_TRUE(work->resumed());
  EXPECT_TRUE(exists(*work / "a.unit"));
  EXPECT_FALSE(exists(*work / "b.unit.part"));
  EXPECT_FALSE(exists(*work / "scratch.sjt"));
  EXPECT_FALSE(exists(*work / "members"));
}

TEST(WorkDir, ClearsWhatARunWithAnotherKeyLeft) {
  const auto folder = TestFolder();
  auto work = open_work_dir(folder / "case.sjt", sha256("inputs"));
  ASSERT_TRUE(work);
  put_file(*work / "a.unit", "1");
  work = open_work_dir(folder / "case.sjt", sha256("other inputs"));
  ASSERT_TRUE(work);
  EXPECT_FALSE(work->resumed());
  EXPECT_FALSE(exists(*work / "a.unit"));
  work = open_work_dir(folder / "case.sjt", sha256("inputs"));
  ASSERT_TRUE(work);
  EXPECT_FALSE(work->resumed());
  ASSERT_TRUE(work->remove());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(WorkDir, TouchesNothingThatNoRunMade) {
  const auto folder = TestFolder();
  const auto path = folder / "case.sjt.work";
  std::filesystem::create_directory(path);
  put_file(path + "/thesis.txt", "years of work");
  EXPECT_FALSE(open_work_dir(folder / "case.sjt", sha256("k")));
  put_file(path + "/key", "of my house");
  const auto work = open_work_dir(folder / "case.sjt", sha256("k"));
  ASSERT_FALSE(work);
  EXPECT_NE(work.error().message.find("case.sjt.work"), std::string::npos);
  EXPECT_TRUE(exists(path + "/thesis.txt"));
  std::filesystem::remove_all(path);
  put_file(path, "a file");
  EXPECT_FALSE(open_work_dir(folder / "case.sjt", sha256("k")));
  EXPECT_TRUE(exists(path));
}

TEST(WorkDir, DoesNotFollowLinks) {
  const auto folder = TestFolder();
  std::filesystem::create_directory(folder / "precious");
  put_file(folder / "precious/x", "x");
  auto work = open_work_dir(folder / "case.sjt", sha256("k"));
  ASSERT_TRUE(work);
  std::filesystem::create_symlink(folder / "precious", *work / "link");
  ASSERT_TRUE(open_work_dir(folder / "case.sjt", sha256("l")));
  EXPECT_TRUE(exists(folder / "precious/x"));
  std::filesystem::create_symlink(folder / "precious", folder / "other.sjt.work");
  EXPECT_FALSE(open_work_dir(folder / "other.sjt", sha256("k")));
  EXPECT_TRUE(exists(folder / "precious/x"));
}

TEST(WorkDir, TakesAFolderWhoseKeyWasNotYetWritten) {
  const auto folder = TestFolder();
  std::filesystem::create_directory(folder / "case.sjt.work");
  put_file(folder / "case.sjt.work/key.part", "serj");
  const auto work = open_work_dir(folder / "case.sjt", sha256("k"));
  ASSERT_TRUE(work) << work.error().message;
  EXPECT_FALSE(exists(*work / "key.part"));
}

}  // namespace
}  // namespace serjeant

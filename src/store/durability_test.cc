// A case is whole or absent, whatever happens while it is written: the process
// killed, or any one call to the operating system failing.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdarg>
#include <random>
#include <thread>

#include "core/file.h"
#include "core/text.h"
#include "store/case_reader.h"
#include "store/custody.h"
#include "store/sample_case.h"
#include "store/test_folder.h"
#include "store/work.h"

// The calls through which this program and SQLite reach files, so that the
// n-th of them can fail. Definitions in the program stand before the C
// library's.
namespace {

enum class Failure { kOnce, kFromThenOn, kShort };

struct Faults {
  bool armed = false;
  long calls = 0;
  long at = 0;  // 0: none
  Failure failure = Failure::kOnce;

  auto hit() -> bool {
    if (!armed) return false;
    ++calls;
    return at != 0 && (calls == at || (failure == Failure::kFromThenOn && calls > at));
  }
};
Faults faults;

// Fails a call that moves no bytes.
auto refused() -> bool {
  if (!faults.hit() || faults.failure == Failure::kShort) return false;
  errno = EIO;
  return true;
}

template <class Call>
auto moved(std::size_t size, Call call) -> ssize_t {
  if (!faults.hit()) return call(size);
  if (faults.failure == Failure::kShort) return call(size > 1 ? size / 2 : size);
  errno = EIO;
  return -1;
}

}  // namespace

extern "C" {

auto open(const char* path, int flags, ...) -> int {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : mode_t{0};
  va_end(arguments);
  if (refused()) return -1;
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
auto open64(const char* path, int flags, ...) -> int {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : mode_t{0};
  va_end(arguments);
  if (refused()) return -1;
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
auto read(int fd, void* to, std::size_t size) -> ssize_t {
  return moved(size, [&](std::size_t part) { return ::syscall(SYS_read, fd, to, part); });
}
auto write(int fd, const void* from, std::size_t size) -> ssize_t {
  return moved(size, [&](std::size_t part) { return ::syscall(SYS_write, fd, from, part); });
}
auto pread(int fd, void* to, std::size_t size, off_t at) -> ssize_t {
  return moved(size, [&](std::size_t part) { return ::syscall(SYS_pread64, fd, to, part, at); });
}
auto pread64(int fd, void* to, std::size_t size, off64_t at) -> ssize_t {
  return moved(size, [&](std::size_t part) { return ::syscall(SYS_pread64, fd, to, part, at); });
}
auto pwrite(int fd, const void* from, std::size_t size, off_t at) -> ssize_t {
  return moved(size, [&](std::size_t part) { return ::syscall(SYS_pwrite64, fd, from, part, at); });
}
auto pwrite64(int fd, const void* from, std::size_t size, off64_t at) -> ssize_t {
  return moved(size, [&](std::size_t part) { return ::syscall(SYS_pwrite64, fd, from, part, at); });
}
auto fsync(int fd) -> int { return refused() ? -1 : static_cast<int>(::syscall(SYS_fsync, fd)); }
auto fdatasync(int fd) -> int {
  return refused() ? -1 : static_cast<int>(::syscall(SYS_fdatasync, fd));
}
auto ftruncate(int fd, off_t size) noexcept -> int {
  return refused() ? -1 : static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}
auto ftruncate64(int fd, off64_t size) noexcept -> int {
  return refused() ? -1 : static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}
auto rename(const char* from, const char* to) noexcept -> int {
  return refused() ? -1 : static_cast<int>(::syscall(SYS_rename, from, to));
}

}  // extern "C"

namespace serjeant {
namespace {

// Rows enough for every step of the way, and few enough to do it often.
auto write_small(const std::string& work_dir, const std::string& path, std::string_view build)
    -> Result<SealInfo> {
  auto writer = CaseWriter(work_dir, 9000);  // spills
  for (const auto& add : sample_rows()) add(writer);
  auto frame = sample_frame();
  frame.build_id = build;
  return writer.seal(frame, path);
}

auto digest_of(const std::string& path) -> std::string {
  const auto bytes = read_file(path);
  return bytes ? hex(sha256(*bytes)) : "absent";
}

class FailingCall : public testing::TestWithParam<Failure> {};

TEST_P(FailingCall, LeavesTheCaseWholeOrAbsentWhicheverCallItIs) {
  const auto folder = TestFolder();
  const auto path = folder / "case.sjt";
  faults = {true, 0, 0, Failure::kOnce};
  ASSERT_TRUE(write_small(folder.path(), path, "b"));
  faults.armed = false;
  const auto calls = faults.calls;
  ASSERT_GT(calls, 100);
  const auto expected = digest_of(path);
  auto failed = 0;
  // Every call of the beginning and of the end; pages in between are alike.
  for (auto at = 1L; at <= calls + 1; at += at < 40 || at > calls - 30 ? 1 : 13) {
    std::filesystem::remove(path);
    faults = {true, 0, at, GetParam()};
    const auto info = write_small(folder.path(), path, "b");
    faults.armed = false;
    if (info) {
      ASSERT_EQ(digest_of(path), expected) << "call " << at;
    } else {
      ++failed;
      ASSERT_FALSE(info.error().message.empty());
      ASSERT_NE(info.error().code, Code::kInternal) << at << ' ' << info.error().message;
      // A folder that could not be flushed comes after the rename: then the
      // case is there, and whole.
      const auto digest = digest_of(path);
      ASSERT_TRUE(digest == "absent" || digest == expected) << "call " << at;
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      ASSERT_EQ(entry.path().filename(), "case.sjt") << "call " << at;
  }
  if (GetParam() == Failure::kShort) {
    EXPECT_LT(failed, 5);  // all of ours and nearly all of SQLite's calls go on where they were
  } else {
    EXPECT_GT(failed, 50);
  }
  // And with nothing failing, the same bytes as ever.
  ASSERT_TRUE(write_small(folder.path(), path, "b"));
  EXPECT_EQ(digest_of(path), expected);
}

INSTANTIATE_TEST_SUITE_P(Store, FailingCall,
                         testing::Values(Failure::kOnce, Failure::kFromThenOn, Failure::kShort));

// What the child of the next test does until it is killed: whole runs, with
// lock, work folder, log, and a case that alternates between two contents.
[[noreturn]] void run_for_ever(const std::string& path) {
  for (auto n = 0;; ++n) {
    const auto lock = lock_case(path);
    const auto work = open_work_dir(path, sha256("key"));
    if (!lock || !work) ::_exit(1);
    if (!write_small(work->path(), path, n % 2 == 0 ? "even" : "odd")) ::_exit(2);
    if (!append_custody(custody_path(path), n, "child", "seal", "case.sjt")) ::_exit(3);
    if (!work->remove()) ::_exit(4);
  }
}

TEST(Killed, AtAnyMomentLeavesTheCaseWholeOrAbsent) {
  const auto folder = TestFolder();
  const auto path = folder / "case.sjt";
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(write_small(folder.path(), folder / "even", "even"));
  const auto once = std::min(std::chrono::microseconds(300'000),
                             std::chrono::duration_cast<std::chrono::microseconds>(
                                 std::chrono::steady_clock::now() - begin));
  ASSERT_TRUE(write_small(folder.path(), folder / "odd", "odd"));
  const auto even = digest_of(folder / "even"), odd = digest_of(folder / "odd");
  ASSERT_NE(even, odd);
  auto draw = std::mt19937(5);  // NOLINT: the same moments each time
  auto seen = std::string();
  for (auto round = 0; round < 60; ++round) {
    const auto early = round % 10 == 0, late = round % 10 == 5;
    if (early) std::filesystem::remove(path);
    const auto child = ::fork();
    if (child == 0) run_for_ever(path);
    // From before the first run's end to after the second's; and however slow
    // the machine is, some early ones without a case and some with one.
    for (auto waited = 0; late && waited < 60'000 && !std::filesystem::exists(path); ++waited)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(once * static_cast<int>(draw() % (early ? 20 : 250)) / 100);
    ::kill(child, SIGKILL);
    auto status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
    const auto digest = digest_of(path);
    ASSERT_TRUE(digest == "absent" || digest == even || digest == odd) << round;
    seen += digest == "absent" ? 'a' : digest == even ? 'e' : 'o';
    if (digest != "absent") {
      ASSERT_TRUE(CaseReader::open(path)) << round;
    }
    if (const auto log = check_custody(custody_path(path))) {
      EXPECT_EQ(log->broken_line, 0u) << round;
    }
  }
  // The moments were early and late enough to see both.
  EXPECT_NE(seen.find_first_of("eo"), std::string::npos) << seen;
  EXPECT_NE(seen.find('a'), std::string::npos) << seen;
  // The next run clears up and gives the bytes of an undisturbed one.
  const auto work = open_work_dir(path, sha256("key"));
  ASSERT_TRUE(work);
  ASSERT_TRUE(write_small(work->path(), path, "odd"));
  EXPECT_EQ(digest_of(path), odd);
}

}  // namespace
}  // namespace serjeant

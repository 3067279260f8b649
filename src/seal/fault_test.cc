#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>

#include "core/io.h"
#include "seal/testing.h"

// Each call to the system fails once: taking in either says so in one clear
// error, or refuses what it could not read by name and reads the rest.
namespace serjeant {
namespace {

using testing::noise;
using testing::pack;
using testing::TempFolder;

auto left_until_failure = std::atomic<int>{-1};
auto failed_call = std::atomic<int>{-1};
auto reason_to_give = std::atomic<int>{EIO};

auto fail_one(io::Call call) -> int {
  if (left_until_failure.fetch_sub(1) != 0) return 0;
  failed_call.store(static_cast<int>(call));
  return reason_to_give.load();
}

TEST(Faults, EachSystemCallMayFailOnceAndTheRestIsReadOrTheErrorIsClear) {
  const auto folder = TempFolder{};
  folder.write("in/small.log", "small\n");
  folder.write("in/large.log", noise(200'000));
  folder.write("in/sub/x.zip", pack("zip", "", {{"m", noise(90'000)}, {"n", "n"}}));
  folder.write("in/t.tgz", pack("tar", "gz", {{"o", noise(10'000, 4)}}));
  const auto options = SealOptions{.work_dir = folder / "work"};
  const auto whole = testing::take({folder / "in"}, options);
  ASSERT_TRUE(whole);
  ASSERT_EQ(whole->sources.size(), 7u);
  for (const auto reason : {EIO, ENOSPC, EACCES, ENOMEM, EMFILE}) {
    reason_to_give = reason;
    for (auto n = 0;; ++n) {
      left_until_failure = n;
      failed_call = -1;
      io::set_hook(fail_one);
      const auto evidence = testing::take({folder / "in"}, options);
      io::set_hook(nullptr);
      if (failed_call < 0) {  // all calls were made, none failed
        EXPECT_GT(n, 15);
        break;
      }
      if (!evidence) {
        EXPECT_NE(evidence.error().message, "") << n;
        EXPECT_EQ(evidence.error().message.find("cannot"), 0u) << evidence.error().message;
        continue;
      }
      // A file that could not be mapped is copied, one that could not be opened
      // without touching its access time is opened plainly: both lose nothing.
      const auto all = evidence->sources.size() == whole->sources.size();
      EXPECT_TRUE(all || !evidence->refused.empty()) << n;
      for (const auto& refused : evidence->refused) EXPECT_NE(refused.why, "");
      for (const auto& source : evidence->sources) EXPECT_EQ(sha256(source.bytes()), source.sha256);
    }
  }
}

}  // namespace
}  // namespace serjeant

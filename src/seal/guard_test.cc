#include "seal/guard.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <numeric>

#include "core/file.h"
#include "seal/testing.h"

namespace serjeant {
namespace {

auto sum(std::string_view bytes) -> unsigned {
  return std::accumulate(bytes.begin(), bytes.end(), 0u, [](unsigned total, char byte) {
    return total + static_cast<unsigned char>(byte);
  });
}

TEST(Guard, ReadingAFileThatShrankGivesZerosAndIsRemembered) {
  const auto folder = testing::TempFolder{};
  const auto path = folder.write("log", std::string(40'960, '\1'));
  const auto mapped = MappedFile::open(path);
  ASSERT_TRUE(mapped);
  const auto guard = PageGuard(mapped->bytes());
  EXPECT_EQ(sum(mapped->bytes()), 40'960u);
  EXPECT_FALSE(guard.lost());
  ASSERT_EQ(::truncate(path.c_str(), 8192), 0);
  EXPECT_EQ(sum(mapped->bytes()), 8192u);
  EXPECT_EQ(guard.lost(), 8192u);
}

TEST(Guard, EachFileAnswersForItself) {
  const auto folder = testing::TempFolder{};
  const auto a = folder.write("a", std::string(16'384, '\1'));
  const auto b = folder.write("b", std::string(16'384, '\1'));
  const auto mapped_a = MappedFile::open(a);
  const auto mapped_b = MappedFile::open(b);
  auto moved = PageGuard(mapped_a->bytes());
  const auto guard_a = std::move(moved);
  const auto guard_b = PageGuard(mapped_b->bytes());
  ASSERT_EQ(::truncate(b.c_str(), 0), 0);
  EXPECT_EQ(sum(mapped_a->bytes()), 16'384u);
  EXPECT_EQ(sum(mapped_b->bytes()), 0u);
  EXPECT_FALSE(guard_a.lost());
  EXPECT_EQ(guard_b.lost(), 0u);
}

TEST(GuardDeathTest, PagesThatNobodyGuardsStillEndTheProgram) {
  const auto folder = testing::TempFolder{};
  const auto path = folder.write("log", std::string(16'384, '\1'));
  const auto other = folder.write("other", std::string(16'384, '\1'));
  const auto mapped = MappedFile::open(path);
  const auto guarded = MappedFile::open(other);
  const auto guard = PageGuard(guarded->bytes());
  ASSERT_EQ(::truncate(path.c_str(), 0), 0);
  EXPECT_DEATH(std::printf("%u", sum(mapped->bytes())), "");
}

}  // namespace
}  // namespace serjeant

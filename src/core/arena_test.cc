#include "core/arena.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace serjeant {
namespace {

TEST(Arena, WhatItGaveStaysUntilReset) {
  auto arena = Arena{};
  auto texts = std::vector<std::string_view>{};
  for (auto i = 0; i < 100'000; ++i) texts.push_back(arena.copy(std::to_string(i)));
  const auto large = arena.copy(std::string(3 << 20, 'x'));
  for (auto i = 0; i < 100'000; ++i)
    ASSERT_EQ(texts[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_EQ(large.size(), std::size_t{3} << 20);
}

TEST(Arena, BlocksAreUsedAgainAfterReset) {
  auto arena = Arena{};
  const auto* const first = arena.take(1000);
  for (auto i = 0; i < 20; ++i) arena.take(std::size_t{200} << 10);
  arena.reset();
  EXPECT_EQ(arena.take(1000), first);
  // A block that is too small for a request is left for a later one.
  auto* const large = arena.take(std::size_t{20} << 20);
  std::memset(large, 'x', std::size_t{20} << 20);
  arena.reset();
  EXPECT_EQ(arena.take(1), first);
}

TEST(Arena, WhatIsGivenBackIsHandedOutAgain) {
  auto arena = Arena{};
  auto* const first = arena.take(100);
  arena.give_back(60);
  EXPECT_EQ(arena.take(10), first + 40);
}

}  // namespace
}  // namespace serjeant

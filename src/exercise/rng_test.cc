#include "exercise/rng.h"

#include <gtest/gtest.h>

#include <array>

namespace serjeant::exercise {
namespace {

// Known answers of the paper's reference implementation (Random123 1.14.0,
// tests/kat_vectors, "philox4x32 10").
TEST(Philox, GivesTheKnownAnswersOfItsPaper) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Stream, IsAPureFunctionOfSeedSourceAndEntity) {
  auto a = Stream{stream_key(7, "P", "ual"), 42};
  auto b = Stream{stream_key(7, "P", "ual"), 42};
  for (auto i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
  auto other_seed = Stream{stream_key(8, "P", "ual"), 42};
  auto other_source = Stream{stream_key(7, "P", "dns"), 42};
  auto other_entity = Stream{stream_key(7, "P", "ual"), 43};
  auto again = Stream{stream_key(7, "P", "ual"), 42};
  const auto first = again.next64();
  EXPECT_NE(other_seed.next64(), first);
  EXPECT_NE(other_source.next64(), first);
  EXPECT_NE(other_entity.next64(), first);
}

TEST(Stream, DrawsEveryValueOfASmallRangeAboutEquallyOften) {
  auto stream = Stream{stream_key(1, "", "test"), 0};
  auto counts = std::array<int, 7>{};
  for (auto i = 0; i < 70'000; ++i) ++counts[stream.below(7)];
  for (const auto count : counts) EXPECT_NEAR(count, 10'000, 500);
}

TEST(Stream, NeverDrawsAnIndexOfWeightZero) {
  auto stream = Stream{stream_key(1, "", "test"), 1};
  constexpr auto kWeights = std::array<std::uint16_t, 4>{5, 0, 3, 0};
  for (auto i = 0; i < 10'000; ++i) {
    const auto at = stream.weighted(kWeights);
    EXPECT_TRUE(at == 0 || at == 2);
  }
}

TEST(Stream, WritesGuidsOfVersionFour) {
  auto stream = Stream{stream_key(1, "", "test"), 2};
  auto text = std::string{};
  stream.guid(text);
  ASSERT_EQ(text.size(), 36u);
  EXPECT_EQ(text[14], '4');
  EXPECT_NE(std::string_view{"89ab"}.find(text[19]), std::string_view::npos);
}

}  // namespace
}  // namespace serjeant::exercise

#include "seal/verify.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "seal/fingerprint.h"
#include "seal/testing.h"

namespace serjeant {
namespace {

using testing::noise;
using testing::TempFolder;

auto leaves_of(std::string_view bytes) -> std::vector<Digest> {
  auto print = Fingerprinter{};
  print.add(bytes);
  return print.finish().leaves;
}

TEST(Verify, NamesTheDamagedLeaf) {
  auto bytes = noise(3 * kLeafBytes + 10);
  const auto leaves = leaves_of(bytes);
  EXPECT_EQ(verify_source(bytes, leaves), std::nullopt);
  bytes[2 * kLeafBytes + 5] ^= 1;
  EXPECT_EQ(verify_source(bytes, leaves), 2u);
  bytes[0] ^= 1;
  EXPECT_EQ(verify_source(bytes, leaves), 0u);
}

TEST(Verify, MissingAndAddedBytesAreDamage) {
  const auto bytes = noise(2 * kLeafBytes);
  const auto leaves = leaves_of(bytes);
  EXPECT_EQ(verify_source(std::string_view(bytes).substr(0, kLeafBytes), leaves), 1u);
  EXPECT_EQ(verify_source(std::string_view(bytes).substr(0, kLeafBytes + 3), leaves), 1u);
  EXPECT_EQ(verify_source(bytes + "x", leaves), 2u);
  EXPECT_EQ(verify_source("", leaves), 0u);
  EXPECT_EQ(verify_source("", {}), std::nullopt);
}

TEST(Verify, EvidenceIsFoundAgainByContentUnderAnyName) {
  const auto folder = TempFolder{};
  folder.write("before/a.log", noise(5'000));
  folder.write("before/b.zip", testing::pack("zip", "", {{"in.csv", noise(70'000, 2)}}));
  folder.write("before/c.log", noise(3 * kLeafBytes, 3));
  folder.write("before/gone.log", "gone");
  auto wanted = std::vector<SealedSource>{};
  auto names = std::vector<std::string>{};
  {
    const auto evidence = testing::take({folder / "before"});
    ASSERT_TRUE(evidence);
    for (const auto& source : evidence->sources) {
      wanted.push_back({source.sha256, source.leaves, source.size, {source.name()}});
      names.push_back(source.name());
    }
  }
  folder.write("after/renamed.txt", noise(5'000));
  std::filesystem::copy(folder / "before/b.zip", folder / "after/b.zip");
  auto changed = noise(3 * kLeafBytes, 3);
  changed[kLeafBytes + 7] ^= 1;
  for (const auto name : {"c.log", "other/name.log"}) {
    folder.write(std::string("after/") + name, changed);
    auto progress = Progress(false);
    const auto again = find_again(folder / "after", wanted, {}, progress);
    ASSERT_TRUE(again);
    ASSERT_EQ(again->sources.size(), wanted.size());
    for (auto i = std::size_t{0}; i < wanted.size(); ++i) {
      const auto& found = again->sources[i];
      if (names[i] == "gone.log") {
        EXPECT_EQ(found.state, FoundAgain::State::kMissing);
      } else if (names[i] == "c.log") {
        EXPECT_EQ(found.state, FoundAgain::State::kDamaged);
        EXPECT_EQ(found.first_damaged, 1u);
        EXPECT_EQ(found.damaged, 1u);
        EXPECT_EQ(again->evidence.source(found.id).bytes(), changed);
      } else {
        EXPECT_EQ(found.state, FoundAgain::State::kIntact) << names[i];
        EXPECT_EQ(again->evidence.source(found.id).sha256, wanted[i].sha256);
      }
    }
    std::filesystem::remove(folder / ("after/" + std::string(name)));
  }
}

}  // namespace
}  // namespace serjeant

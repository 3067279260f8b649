#include "seal/fingerprint.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "seal/evidence.h"
#include "seal/testing.h"

namespace serjeant {
namespace {

using testing::noise;

// RFC 6962, section 2.1, word for word.
auto slow_root(const std::vector<Digest>& leaves, std::size_t from, std::size_t to) -> Digest {
  if (from == to) return sha256("");
  if (to - from == 1) return leaves[from];
  auto split = std::size_t{1};
  while (split * 2 < to - from) split *= 2;
  return sha256("\1" + std::string(view(slow_root(leaves, from, from + split))) +
                std::string(view(slow_root(leaves, from + split, to))));
}

auto prefixed_zero(std::string_view bytes) -> std::string {
  return std::string(1, '\0') + std::string(bytes);
}

TEST(Fingerprint, EmptyInputHasTheRootOfTheStandard) {
  EXPECT_EQ(hex(merkle_root({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const auto print = Fingerprinter{}.finish();
  EXPECT_EQ(print.merkle, print.sha256);
  EXPECT_TRUE(print.leaves.empty());
}

TEST(Fingerprint, LeafIsHashedBehindAZeroByte) {
  EXPECT_EQ(merkle_leaf("abc"), sha256(prefixed_zero("abc")));
}

TEST(Fingerprint, RootAgreesWithTheRecursiveDefinitionForAnyNumberOfLeaves) {
  auto leaves = std::vector<Digest>{};
  for (auto n = 0; n < 70; ++n) {
    EXPECT_EQ(merkle_root(leaves), slow_root(leaves, 0, leaves.size())) << n;
    leaves.push_back(merkle_leaf(std::to_string(n)));
  }
}

TEST(Fingerprint, PiecesOfAnySizeGiveThePrintOfTheWhole) {
  const auto bytes = noise(2 * kLeafBytes + 12'345);
  const auto leaves =
      std::vector{merkle_leaf(std::string_view(bytes).substr(0, kLeafBytes)),
                  merkle_leaf(std::string_view(bytes).substr(kLeafBytes, kLeafBytes)),
                  merkle_leaf(std::string_view(bytes).substr(2 * kLeafBytes))};
  auto print = Fingerprinter{};
  for (const auto step : {std::size_t{1} << 22, std::size_t{77'777}, std::size_t{1} << 20}) {
    for (auto at = std::size_t{0}; at < bytes.size(); at += step)
      print.add(std::string_view(bytes).substr(at, step));
    const auto got = print.finish();
    EXPECT_EQ(got.sha256, sha256(bytes));
    EXPECT_EQ(got.leaves, leaves);
    EXPECT_EQ(got.merkle, merkle_root(leaves));
    EXPECT_EQ(got.size, bytes.size());
  }
}

TEST(Fingerprint, EveryLengthNearABlockBorderAndEveryCutGivesWhatOpenSslGives) {
  const auto bytes = noise(200);
  auto print = Fingerprinter{};
  for (auto size = std::size_t{0}; size <= bytes.size(); ++size)
    for (auto cut = std::size_t{0}; cut <= size; cut += 1 + size / 40) {
      const auto whole = std::string_view(bytes).substr(0, size);
      print.add(whole.substr(0, cut));
      print.add(whole.substr(cut));
      const auto got = print.finish();
      ASSERT_EQ(got.sha256, sha256(whole)) << size << ' ' << cut;
      ASSERT_EQ(got.merkle, size == 0 ? sha256({}) : sha256(prefixed_zero(whole)));
    }
}

TEST(Fingerprint, FileThatEndsOnALeafHasNoEmptyLeaf) {
  auto print = Fingerprinter{};
  print.add(noise(kLeafBytes));
  EXPECT_EQ(print.finish().leaves.size(), 1u);
}

TEST(Fingerprint, TwoThreadsGiveWhatOneGives) {
  const auto folder = testing::TempFolder{};
  const auto bytes = noise((std::size_t{65} << 20) + 333);  // more than one common stretch
  const auto path = folder.write("big", bytes);
  const auto fd = Fd(::open(path.c_str(), O_RDONLY));
  auto progress = Progress(false);
  const auto one = fingerprint_file(fd.get(), bytes.size(), 1, path, progress);
  const auto two = fingerprint_file(fd.get(), bytes.size(), 2, path, progress);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->sha256, sha256(bytes));
  EXPECT_EQ(one->sha256, two->sha256);
  EXPECT_EQ(one->leaves, two->leaves);
  EXPECT_EQ(one->merkle, two->merkle);
  EXPECT_EQ(two->size, bytes.size());
}

TEST(Fingerprint, FileThatIsShorterThanSaidGivesThePrintOfWhatIsThere) {
  const auto folder = testing::TempFolder{};
  const auto bytes = noise(std::size_t{9} << 20);
  const auto path = folder.write("short", bytes);
  const auto fd = Fd(::open(path.c_str(), O_RDONLY));
  auto progress = Progress(false);
  for (const auto threads : {1u, 2u}) {
    const auto got = fingerprint_file(fd.get(), bytes.size() * 2, threads, path, progress);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->size, bytes.size());
    EXPECT_EQ(got->sha256, sha256(bytes));
  }
}

}  // namespace
}  // namespace serjeant

#include "seal/zip.h"

#include <gtest/gtest.h>

#include "seal/testing.h"

namespace serjeant {
namespace {

using testing::fault_words;
using testing::find;
using testing::noise;
using testing::pack;
using testing::take;
using testing::TempFolder;

auto take_zip(const std::string& bytes) -> Evidence {
  const auto folder = TempFolder{};
  folder.write("in/x.zip", bytes);
  auto evidence = take({folder / "in"});
  EXPECT_TRUE(evidence);
  return evidence ? std::move(*evidence) : Evidence{};
}

auto count(const Parsed<ZipDirectory>& parsed, FaultKind kind) -> std::size_t {
  auto out = std::size_t{0};
  for (const auto& fault : parsed.faults) out += fault.kind == kind ? 1u : 0u;
  return out;
}

// Takes the entry called `name` out of the central directory.
auto hide(std::string zip, std::string_view name) -> std::string {
  auto at = zip.find("PK\1\2");
  while (zip.substr(at + 46, name.size()) != name) at = zip.find("PK\1\2", at + 4);
  auto next = zip.find("PK\1\2", at + 4);
  const auto end = zip.find("PK\5\6");
  if (next == zip.npos) next = end;
  const auto size = next - at;
  zip.erase(at, size);
  auto record = zip.find("PK\5\6");
  zip[record + 8] = static_cast<char>(zip[record + 8] - 1);
  zip[record + 10] = static_cast<char>(zip[record + 10] - 1);
  auto stated = static_cast<unsigned char>(zip[record + 12]) +
                256u * static_cast<unsigned char>(zip[record + 13]) - size;
  zip[record + 12] = static_cast<char>(stated & 255);
  zip[record + 13] = static_cast<char>(stated >> 8);
  return zip;
}

TEST(Zip, MemberThatTheDirectoryHidesIsReportedAndKept) {
  const auto whole = pack("zip", "", {{"a", "one"}, {"hidden", noise(3'000)}, {"c", "three"}});
  for (const auto name : {"hidden", "c", "a"}) {
    const auto zip = hide(whole, name);
    EXPECT_EQ(count(read_zip(zip, 100), FaultKind::kAmbiguous), 1u) << name;
    const auto evidence = take_zip(zip);
    EXPECT_NE(fault_words(*find(evidence, "x.zip")).find("ambiguous"), std::string::npos);
    ASSERT_EQ(evidence.sources.size(), 4u) << name;
    EXPECT_EQ(find(evidence, "hidden")->bytes(), noise(3'000));
  }
}

TEST(Zip, MemberThatIsListedButNotThereIsReported) {
  auto zip = pack("zip", "", {{"a", "one"}, {"b", "two"}});
  const auto second = zip.find("PK\3\4", 4);
  zip[second + 2] = 'X';
  const auto parsed = read_zip(zip, 100);
  EXPECT_EQ(count(parsed, FaultKind::kAmbiguous), 1u);
  EXPECT_EQ(parsed.value.entries.size(), 1u);
}

TEST(Zip, DifferentNamesInTheTwoHeadersAreReported) {
  auto zip = pack("zip", "", {{"report.csv", "one"}});
  zip[30] = 'R';
  const auto parsed = read_zip(zip, 100);
  EXPECT_EQ(count(parsed, FaultKind::kAmbiguous), 1u);
  ASSERT_EQ(parsed.value.entries.size(), 1u);
  EXPECT_EQ(parsed.value.entries[0].name, "report.csv");
}

TEST(Zip, TwoZipsInOneFileAreBothRead) {
  const auto first = pack("zip", "", {{"decoy", "for those who read from the front"}});
  const auto second = pack("zip", "", {{"payload", "for those who read from the back"}});
  const auto evidence = take_zip(first + second);
  EXPECT_EQ(fault_words(*find(evidence, "x.zip")), "ambiguous");
  EXPECT_NE(find(evidence, "decoy"), nullptr);
  EXPECT_NE(find(evidence, "payload"), nullptr);
}

TEST(Zip, BytesBeforeTheZipShiftItsOffsets) {
  const auto zip = pack("zip", "", {{"a", "one"}, {"b", "two"}});
  const auto parsed = read_zip("some other program" + zip, 100);
  EXPECT_TRUE(parsed.faults.empty());
  ASSERT_EQ(parsed.value.entries.size(), 2u);
  EXPECT_EQ(parsed.value.entries[0].at, 18u);
}

TEST(Zip, CommentThatLooksLikeAnEndRecordDoesNotHideTheRealOne) {
  auto zip = pack("zip", "", {{"a", "one"}});
  auto fake = std::string("PK\5\6") + std::string(18, '\0');  // an empty zip
  zip[zip.size() - 2] = static_cast<char>(fake.size() + 3);
  zip += fake + "abc";
  const auto parsed = read_zip(zip, 100);
  ASSERT_EQ(parsed.value.entries.size(), 1u);
  EXPECT_EQ(parsed.value.entries[0].name, "a");
  EXPECT_TRUE(parsed.faults.empty());
}

TEST(Zip, MembersThatShareBytesAreReported) {
  auto zip = pack("zip", "", {{"a", noise(200)}, {"b", noise(200, 2)}});
  const auto first = zip.find("PK\1\2");
  const auto second = zip.find("PK\1\2", first + 4);
  zip.replace(second + 42, 4, zip.substr(first + 42, 4));  // both point to the first
  EXPECT_GE(count(read_zip(zip, 100), FaultKind::kAmbiguous), 1u);
}

TEST(Zip, CutZipIsReadFromItsLocalHeaders) {
  const auto zip = pack("zip", "", {{"a", noise(1'000)}, {"b", noise(1'000, 2)}});
  const auto cut = zip.substr(0, zip.find("PK\3\4", 4) + 500);
  const auto parsed = read_zip(cut, 100);
  EXPECT_FALSE(parsed.value.complete);
  EXPECT_EQ(count(parsed, FaultKind::kTruncated), 1u);
  ASSERT_EQ(parsed.value.entries.size(), 2u);
  EXPECT_FALSE(parsed.value.entries[1].whole);
}

TEST(Zip, NumberOfEntriesIsLimited) {
  auto members = std::vector<testing::Packed>{};
  for (auto i = 0; i < 30; ++i) members.push_back({std::to_string(i), "x"});
  const auto parsed = read_zip(pack("zip", "", members), 10);
  EXPECT_EQ(parsed.value.entries.size(), 10u);
  EXPECT_GE(count(parsed, FaultKind::kTooMany), 1u);
}

TEST(Zip, EveryCutAndEveryDamagedByteIsSurvivedWithEntriesInside) {
  const auto zip = pack("zip", "", {{"a", noise(90)}, {"b/", ""}, {"b/c", noise(50, 2)}});
  const auto check = [](std::string_view bytes) {
    for (const auto& entry : read_zip(bytes, 100).value.entries) {
      EXPECT_LE(entry.data, bytes.size());
      EXPECT_LE(entry.packed, bytes.size() - entry.data);
      EXPECT_LT(entry.at, entry.data + 1);
    }
  };
  for (auto size = std::size_t{0}; size < zip.size(); ++size) check(zip.substr(0, size));
  for (auto at = std::size_t{0}; at < zip.size(); ++at) {
    for (const auto value : {'\0', '\xff', '\x7f'}) {
      auto damaged = zip;
      damaged[at] = value;
      check(damaged);
    }
  }
}

}  // namespace
}  // namespace serjeant

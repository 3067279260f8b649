#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/arena.h"
#include "core/json.h"
#include "intel/stix/confidence.h"
#include "intel/stix/jcs.h"
#include "intel/stix/object_id.h"
#include "intel/stix/vectors.h"

namespace serjeant::stix {
namespace {

auto canonical(std::string_view json) -> std::string {
  auto document = Document{};
  auto arena = Arena{};
  parse_json(json, {}, document, arena);
  auto out = std::string{};
  return append_canonical(document.root(), out) ? out : "refused";
}

auto number(double value) -> std::string {
  auto out = std::string{};
  append_canonical_number(value, out);
  return out;
}

auto id_of(std::string_view json) -> std::string {
  auto document = Document{};
  auto arena = Arena{};
  parse_json(json, {}, document, arena);
  const auto names = contributing_properties(document.root().find("type").text());
  const auto id = deterministic_id(document.root(), *names);
  return id ? *id : "refused";
}

TEST(Canonical, ANameTwiceAndANumberBeyondDoublesAreRefused) {
  EXPECT_EQ(canonical(R"({"a":1,"a":2})"), "refused");
  EXPECT_EQ(canonical("[1e999]"), "refused");
}

TEST(Canonical, MembersAreSortedByUtf16UnitsAtEveryDepth) {
  // RFC 8785, section 3.2.3: U+1F600 is written by surrogates, which come before U+FB33.
  EXPECT_EQ(canonical("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"b\":{\"z\":[],\"a\":{}},\"\":3}"),
            "{\"\":3,\"b\":{\"a\":{},\"z\":[]},\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}");
}

TEST(Canonical, NumbersAreSpelledAsEcmascriptDoes) {
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(1e21), "1e+21");
  EXPECT_EQ(number(1e20), "100000000000000000000");
  EXPECT_EQ(number(1e-6), "0.000001");
  EXPECT_EQ(number(1.5e-7), "1.5e-7");
  EXPECT_EQ(number(123.456), "123.456");
  EXPECT_EQ(number(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(number(-std::numeric_limits<double>::max()), "-1.7976931348623157e+308");
}

TEST(Canonical, EveryDoubleReadsBackAsItself) {
  auto state = std::uint64_t{88172645463325252};
  for (auto round = 0; round < 20'000; ++round) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    const auto value = std::bit_cast<double>(state);
    if (!std::isfinite(value)) continue;
    const auto text = number(value);
    auto back = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    ASSERT_EQ(back, value) << text;
  }
}

TEST(ObjectId, TheOrderOfPropertiesAndOtherPropertiesDoNotCount) {
  const auto id = id_of(R"({"type":"ipv4-addr","value":"192.0.2.0/24"})");
  EXPECT_EQ(id, "ipv4-addr--363165a3-c284-5f12-98a3-2d774869b19b");
  EXPECT_EQ(id_of(R"({"defanged":true,"value":"192.0.2.0/24","type":"ipv4-addr"})"), id);
}

TEST(ObjectId, OfHashesTheFirstOfTheStandardsOrderCounts) {
  EXPECT_EQ(id_of(R"({"type":"file","hashes":{"SHA-256":"b","MD5":"a"}})"),
            id_of(R"({"type":"file","hashes":{"MD5":"a","SHA-512":"c"}})"));
  EXPECT_NE(id_of(R"({"type":"file","hashes":{"SHA-256":"b"}})"),
            id_of(R"({"type":"file","hashes":{"MD5":"b"}})"));
}

TEST(ObjectId, ATimeIsOneValueHoweverManyNoughtsItEndsIn) {
  const auto id = id_of(R"({"type":"network-traffic","start":"2021-02-03T04:05:05.1Z"})");
  EXPECT_EQ(id_of(R"({"type":"network-traffic","start":"2021-02-03T04:05:05.100Z"})"), id);
  EXPECT_EQ(id_of(R"({"type":"network-traffic","start":"2021-02-03T04:05:00.000Z"})"),
            id_of(R"({"type":"network-traffic","start":"2021-02-03T04:05:00Z"})"));
}

TEST(ObjectId, IsEmptyWhereNothingMakesTheObjectWhatItIs) {
  EXPECT_EQ(id_of(R"({"type":"file","size":3})"), "");
  EXPECT_EQ(id_of(R"({"type":"process","pid":3})"), "");
  EXPECT_FALSE(contributing_properties("indicator"));
}

TEST(Confidence, OutsideOfAScaleThereIsNoWord) {
  EXPECT_FALSE(confidence_word(ConfidenceScale::kWep, -1));
  EXPECT_FALSE(confidence_word(ConfidenceScale::kWep, 101));
  EXPECT_FALSE(confidence_value(ConfidenceScale::kZeroTen, "11"));
  EXPECT_FALSE(confidence_value(ConfidenceScale::kNoneLowMedHigh, "none"));
}

TEST(Confidence, EachWordStandsForAValueWithThatWord) {
  for (const auto scale :
       {ConfidenceScale::kNoneLowMedHigh, ConfidenceScale::kZeroTen, ConfidenceScale::kAdmiralty,
        ConfidenceScale::kWep, ConfidenceScale::kDni})
    for (auto value = 0; value <= 100; ++value) {
      const auto word = confidence_word(scale, value);
      ASSERT_TRUE(word);
      EXPECT_EQ(confidence_word(scale, *confidence_value(scale, *word)), word);
    }
}

TEST(StixVectors, SayWhatIsUnknownAndWhatDiffers) {
  auto out = std::string{};
  const auto counts = run_vectors(
      "not json\n{\"id\":\"jcs-1\",\"input\":{\"b\":1},\"expect\":{\"text\":\"{}\"}}\n"
      "{\"id\":\"what-1\"}\n{\"id\":\"jcs-2\",\"input\":[1.0],\"expect\":{\"text\":\"[1]\"}}\n",
      out);
  EXPECT_EQ(counts.agreed, 1u);
  EXPECT_EQ(counts.differed, 1u);
  EXPECT_EQ(counts.unjudged, 2u);
  EXPECT_NE(out.find("differs jcs-1: expected {}, got {\"b\":1}"), std::string::npos);
}

}  // namespace
}  // namespace serjeant::stix

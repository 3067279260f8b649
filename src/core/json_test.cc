#include "core/json.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

struct Read {
  Arena arena;
  Document document;
  JsonOutcome outcome;
  std::string again;
};

auto read(std::string_view text, JsonLimits limits = {}) -> std::unique_ptr<Read> {
  auto out = std::make_unique<Read>();
  out->outcome = parse_json(text, "", out->document, out->arena, limits);
  JsonWriter(out->again).value(out->document.root());
  return out;
}

TEST(Json, ReadsAndWritesEveryKindOfValue) {
  const auto text = R"({"a":[1,-2.5e3,true,false,null,"x",{}],"b":{"c":[]}})";
  const auto got = read(text);
  EXPECT_TRUE(got->outcome.complete);
  EXPECT_FALSE(got->outcome.fault);
  EXPECT_EQ(got->outcome.consumed, std::string_view(text).size());
  EXPECT_EQ(got->again, text);
  EXPECT_EQ(got->document.root().get("b", "c").kind(), Kind::kArray);
}

TEST(Json, DecodesEscapesAndSurrogatePairs) {
  const auto got = read(R"(["\"\\\/\b\f\n\r\t", "\u00e9\ud83d\ude00"])");
  EXPECT_FALSE(got->outcome.fault);
  auto member = got->document.root().begin();
  EXPECT_EQ((*member).text(), "\"\\/\b\f\n\r\t");
  EXPECT_EQ((*++member).text(), "\xc3\xa9\xf0\x9f\x98\x80");
}

TEST(Json, KeepsCompleteMembersBeforeACut) {
  const auto got = read(R"({"id":"7","list":[1,2,{"k":"v","cut":"hal)");
  EXPECT_EQ(got->outcome.fault, FaultKind::kTruncated);
  EXPECT_FALSE(got->outcome.complete);
  EXPECT_EQ(got->again, R"({"id":"7","list":[1,2,{"k":"v"}]})");
}

TEST(Json, EveryPrefixGivesAWellFormedTree) {
  const auto text =
      std::string(R"({"a":[1,{"b":"\u00e9\n","c":null}],"d":{"e":[[],{}]},"f":true})");
  for (auto size = std::size_t{0}; size < text.size(); ++size) {
    const auto got = read(std::string_view(text).substr(0, size));
    EXPECT_FALSE(got->outcome.complete) << size;
    EXPECT_LE(got->outcome.consumed, size);
    EXPECT_TRUE(read(got->again)->outcome.complete) << got->again;
  }
}

TEST(Json, KeepsBothOfTwoMembersWithOneName) {
  EXPECT_EQ(read(R"({"a":1,"a":2})")->again, R"({"a":1,"a":2})");
}

TEST(Json, KeepsTheSpellingOfNumbers) {
  EXPECT_EQ(read("[1.0,10e999,123456789012345678901234567890]")->again,
            "[1.0,10e999,123456789012345678901234567890]");
  EXPECT_EQ(read("[01]")->outcome.fault, FaultKind::kBadSyntax);
}

TEST(Json, StopsAtTheDepthLimitWithoutRecursion) {
  const auto deep = std::string(100'000, '[');
  const auto got = read(deep);
  EXPECT_EQ(got->outcome.fault, FaultKind::kTooDeep);
  EXPECT_EQ(got->document.size(), 256u);
}

TEST(Json, ReportsBrokenUtf8AndReadsOn) {
  const auto got = read("[\"a\xff\",1]");
  EXPECT_EQ(got->outcome.fault, FaultKind::kBadEncoding);
  EXPECT_TRUE(got->outcome.complete);
  EXPECT_EQ(got->again, "[\"a\xef\xbf\xbd\",1]");
}

TEST(Json, LeavesWhatFollowsTheValue) {
  EXPECT_EQ(read("{} {}")->outcome.consumed, 2u);
  EXPECT_EQ(read("  7,")->outcome.consumed, 3u);
}

TEST(Json, GivesANullForNothingReadable) {
  EXPECT_EQ(read("")->again, "null");
  EXPECT_EQ(read("}")->again, "null");
}

}  // namespace
}  // namespace serjeant

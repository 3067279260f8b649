#include "intel/stix/jcs.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "intel/stix/confidence.h"
#include "intel/stix/identifier.h"
#include "intel/stix/marking.h"

namespace serjeant::stix {
namespace {

class Json {
 public:
  explicit Json(std::string_view text) : text_(text) {
    EXPECT_TRUE(parse_json(text_, "", document_, arena_).complete) << text;
  }
  auto root() const -> Value { return document_.root(); }

 private:
  std::string text_;
  Document document_;
  Arena arena_;
};

auto canonical(std::string_view text) -> std::string {
  return canonical_json(Json(text).root()).value_or("refused");
}

TEST(CanonicalJson, RefusesWhatHasNoCanonicalForm) {
  EXPECT_EQ(canonical(R"({"a":1,"a":2})"), "refused");
  EXPECT_EQ(canonical(R"([1e400])"), "refused");
  EXPECT_EQ(canonical(R"([-1e400])"), "refused");
  EXPECT_EQ(canonical("[\"\xff\"]"), "refused");
  EXPECT_EQ(canonical("{\"\xff\":1}"), "refused");
}

TEST(CanonicalJson, WritesNumbersAsEcmaScriptDoes) {
  EXPECT_EQ(canonical("[1e21,100000000000000000000,-0,0.000001,1e-7,1.5e300,123.456,1E0]"),
            "[1e+21,100000000000000000000,0,0.000001,1e-7,1.5e+300,123.456,1]");
  EXPECT_EQ(canonical("[1e-400,5e-324,9007199254740993]"), "[0,5e-324,9007199254740992]");
}

TEST(CanonicalJson, SortsNamesByUtf16CodeUnits) {
  // U+1F600 is D83D DE00 in UTF-16, before U+FB33, though its UTF-8 is after.
  EXPECT_EQ(canonical("{\"\xef\xac\xb3\":1,\"\xf0\x9f\x98\x80\":2,\"b\":[],\"a\":{}}"),
            "{\"a\":{},\"b\":[],\"\xf0\x9f\x98\x80\":2,\"\xef\xac\xb3\":1}");
}

TEST(CanonicalJson, GivesItselfAgain) {
  const auto once = canonical(R"({"z":[1.0,{"y":null,"x":"\u0001\u20ac\/"}],"":true})");
  EXPECT_EQ(once, "{\"\":true,\"z\":[1,{\"x\":\"\\u0001\xe2\x82\xac/\",\"y\":null}]}");
  EXPECT_EQ(canonical(once), once);
}

auto id_of(std::string_view text) -> std::string {
  const auto object = Json(text);
  const auto names = id_contributing_properties(object.root().find("type").text());
  const auto id = deterministic_id(object.root(), names);
  return !id ? "refused" : id->value_or("random");
}

TEST(DeterministicId, IsRandomWithoutContributingProperties) {
  EXPECT_EQ(id_of(R"({"type":"process","pid":1})"), "random");
  EXPECT_EQ(id_of(R"({"type":"file","size":1})"), "random");
  EXPECT_EQ(id_of(R"({"type":"x-own","name":"a"})"), "random");
}

TEST(DeterministicId, TakesTheFirstChoiceOfTheHashes) {
  const auto both = id_of(R"({"type":"file","hashes":{"SHA-256":"b","MD5":"a"}})");
  EXPECT_EQ(both, id_of(R"({"type":"file","hashes":{"MD5":"a"}})"));
  EXPECT_NE(both, id_of(R"({"type":"file","hashes":{"SHA-256":"b"}})"));
}

TEST(DeterministicId, IgnoresZerosAtTheEndOfATime) {
  EXPECT_EQ(id_of(R"({"type":"network-traffic","start":"2021-02-03T04:05:05.120Z"})"),
            id_of(R"({"type":"network-traffic","start":"2021-02-03T04:05:05.12Z"})"));
  EXPECT_EQ(id_of(R"({"type":"network-traffic","start":"2021-02-03T04:05:05.000Z"})"),
            id_of(R"({"type":"network-traffic","start":"2021-02-03T04:05:05Z"})"));
}

TEST(Identifier, IsATypeAndALowerCaseUuid) {
  EXPECT_FALSE(read_identifier("--363165a3-c284-5f12-98a3-2d774869b19b"));
  EXPECT_FALSE(read_identifier("a--363165A3-c284-5f12-98a3-2d774869b19b"));
  EXPECT_FALSE(read_identifier("a--363165a3c2845f1298a32d774869b19b"));
  const auto id = read_identifier("ipv4-addr--363165a3-c284-5f12-98a3-2d774869b19b");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->type, "ipv4-addr");
  EXPECT_EQ(id->version, '5');
}

TEST(Confidence, HasNoWordOutsideItsRange) {
  EXPECT_FALSE(confidence_word(ConfidenceScale::kDni, -1));
  EXPECT_FALSE(confidence_word(ConfidenceScale::kDni, 101));
  EXPECT_FALSE(confidence_of(ConfidenceScale::kZeroTen, "11"));
  EXPECT_FALSE(confidence_of(ConfidenceScale::kAdmiraltyCredibility, "6 - Truth cannot be judged"));
  EXPECT_EQ(confidence_word(ConfidenceScale::kZeroTen, 45), "5");
  EXPECT_EQ(confidence_of(ConfidenceScale::kNoneLowMedHigh, "High"), 85);
}

constexpr auto kMarked = std::string_view(
    R"({"a":{"b":["x","y"]},"ab":1,"c":"","object_marking_refs":["marking-definition--o"],)"
    R"("granular_markings":[{"marking_ref":"marking-definition--1","selectors":["a"]},)"
    R"({"lang":"de","selectors":["a.b.[1]"]}]})");

TEST(Marking, RefusesSelectorsThatSelectNothing) {
  const auto object = Json(kMarked);
  for (const auto* bad : {"", "d", "a.b.[2]", "a.[0]", "a.b.x", "c", "a..b"})
    EXPECT_EQ(get_markings(object.root(), {.of_object = false, .selectors = {bad}}).fault,
              MarkingFault::kBadSelector)
        << bad;
}

TEST(Marking, InheritsFromWhatContainsThePart) {
  const auto object = Json(kMarked);
  const auto got = get_markings(object.root(),
                                {.of_object = false, .selectors = {"a.b.[1]"}, .inherited = true});
  EXPECT_EQ(got.marks,
            (std::set<std::string>{"de", "marking-definition--1", "marking-definition--o"}));
  // "a" is no part of "ab", whatever the letters say.
  EXPECT_TRUE(
      get_markings(object.root(), {.of_object = false, .selectors = {"ab"}, .descendants = true})
          .marks.empty());
}

TEST(Marking, RemovesOnlyWhatIsThere) {
  const auto object = Json(kMarked);
  const auto query =
      MarkingQuery{.of_object = false, .selectors = {"a"}, .marks = {"marking-definition--2"}};
  EXPECT_EQ(change_markings(object.root(), MarkingChange::kRemove, query).fault,
            MarkingFault::kNotFound);
  const auto got =
      change_markings(object.root(), MarkingChange::kRemove,
                      {.of_object = false, .selectors = {"a"}, .marks = {"marking-definition--1"}});
  EXPECT_EQ(got.fault, MarkingFault::kNone);
  EXPECT_EQ(got.markings.parts.size(), 1u);
  EXPECT_EQ(got.markings.whole.size(), 1u);
}

}  // namespace
}  // namespace serjeant::stix

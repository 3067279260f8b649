#include <gtest/gtest.h>

#include "read/json/frame.h"
#include "read/read_as.h"

namespace serjeant {
namespace {

using test::Collector;
using Rows = std::vector<std::string>;

auto read(std::string_view bytes, std::string_view format, std::string_view name = "a")
    -> Collector {
  return test::read_as(format, bytes, name);
}

auto fields(const Collector& all) -> Rows {
  auto out = Rows{};
  for (const auto& record : all.records) out.push_back(record.fields);
  return out;
}

TEST(JsonLines, ABrokenLineKeepsItsCompleteMembersAndHidesNothing) {
  const auto all = read("{\"a\":1}\n{\"a\":2,\"b\":\"cu\n{\"a\":3}\nnoise\n{\"a\":4}\n", "ndjson");
  EXPECT_EQ(fields(all), (Rows{R"({"a":1})", R"({"a":2})", R"({"a":3})", R"({"a":4})"}));
  EXPECT_EQ(all.records[1].faults[0].kind, FaultKind::kTruncated);
  ASSERT_EQ(all.accounts.size(), 1u);
  EXPECT_EQ(all.accounts[0], (test::Taken{{31, 6, 1}, Coverage::kFailed, "bad-syntax"}));
}

TEST(JsonLines, RecordsThatWereRunTogetherAreTakenApart) {
  const auto all = read("{\"a\":1}{\"a\":2}\n{\"a\":\"}{\"}\n", "ndjson");
  EXPECT_EQ(fields(all), (Rows{R"({"a":1})", R"({"a":2})", R"({"a":"}{"})"}));
}

TEST(JsonLines, WhatFollowsARecordOnItsLineIsFlagged) {
  const auto all = read("{\"a\":1} # why\n{\"a\":2}\n", "ndjson");
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[0].faults[0], (Fault{FaultKind::kBadSyntax, {8, 6, 1}}));
}

TEST(JsonLines, BlankLinesAndCrLfAreNoFlaws) {
  const auto all = read("\xef\xbb\xbf{\"a\":1}\r\n\r\n{\"a\":2},\r\n", "ndjson");
  EXPECT_EQ(all.records.size(), 2u);
  EXPECT_TRUE(all.records[1].faults.empty());
  ASSERT_EQ(all.accounts.size(), 2u);
  EXPECT_EQ(all.accounts[0].why, "mark");
  EXPECT_EQ(all.accounts[1].why, "blank");
}

TEST(JsonLines, ALineOverTheLimitFailsAndReadingGoesOn) {
  auto bytes = std::string("{\"a\":1}\n{\"a\":\"");
  bytes.append(std::size_t{65} << 20, 'x');
  bytes += "\"}\n{\"a\":3}\n";
  const auto all = test::read_all(*open_reader(bytes, 1, "a"), 1 << 20);
  EXPECT_EQ(fields(all), (Rows{R"({"a":1})", R"({"a":3})"}));
  ASSERT_EQ(all.accounts.size(), 1u);
  EXPECT_EQ(all.accounts[0].why, "limit-length");
}

TEST(JsonDocument, AnArrayThatNeverClosesIsReadAndSaid) {
  const auto all = read("[\r\n{\"a\":1},\r\n{\"a\":2}", "json");
  EXPECT_EQ(fields(all), (Rows{R"({"a":1})", R"({"a":2})"}));
  ASSERT_EQ(all.faults.size(), 1u);
  EXPECT_EQ(all.faults[0], (Fault{FaultKind::kTruncated, {20, 0, 1}}));
}

TEST(JsonDocument, ACutRecordKeepsItsCompleteMembers) {
  const auto all = read("[{\"a\":1},{\"a\":2,\"b\":{\"c\":3,\"d\":\"x", "json");
  EXPECT_EQ(fields(all), (Rows{R"({"a":1})", R"({"a":2,"b":{"c":3}})"}));
  EXPECT_EQ(all.records[1].faults[0].kind, FaultKind::kTruncated);
}

TEST(JsonDocument, ALostQuoteInALongLineHidesOnlyItsOwnRecord) {
  const auto all = read(
      "[{\"id\":1,\"b\":\"x\"},{\"id\":2,\"b\":\"lost},{\"id\":3,\"b\":\"y\"},{\"id\":4}]", "json");
  ASSERT_EQ(all.records.size(), 4u);
  EXPECT_EQ(all.records[1].fields, R"({"id":2})");
  EXPECT_EQ(all.records[1].faults[0].kind, FaultKind::kTruncated);
  EXPECT_EQ(all.records[2].fields, R"({"id":3,"b":"y"})");
  EXPECT_EQ(all.records[3].fields, R"({"id":4})");
}

TEST(JsonDocument, ARecordThatWasCutAtALineEndHidesNothing) {
  const auto all = read("[\n{\"a\":1},\n{\"a\":2,\"b\":\"cut\n{\"a\":3},\n{\"a\":4}\n]\n", "json");
  EXPECT_EQ(fields(all), (Rows{R"({"a":1})", R"({"a":2})", R"({"a":3})", R"({"a":4})"}));
  EXPECT_EQ(all.records[1].faults[0].kind, FaultKind::kTruncated);
}

TEST(JsonDocument, ValuesThatAreNoObjectsFail) {
  const auto all = read("[{\"a\":1},2,{\"a\":3}]", "json");
  EXPECT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.accounts[1], (test::Taken{{9, 1, 1}, Coverage::kFailed, "bad-syntax"}));
}

TEST(JsonDocument, FindsTheRecordsThatAnObjectWraps) {
  for (const auto* text :
       {R"({"@odata.context":"x","value":[{"a":1},{"a":2}],"@odata.nextLink":"y"})",
        R"({"Records":[{"a":1},{"a":2}]})", R"({"kind":"k","etag":"e","items":[{"a":1},{"a":2}]})",
        R"({"took":3,"hits":{"total":2,"hits":[{"a":1},{"a":2}]}})",
        R"({"anything":[{"a":1},{"a":2}]})", R"({"next":null,"events":[{"a":1},{"a":2}]})",
        "{\n  \"Records\": [\n    {\"a\":1},\n    {\"a\":2}\n  ]\n}\n"}) {
    const auto all = read(text, "json");
    EXPECT_EQ(fields(all), (Rows{R"({"a":1})", R"({"a":2})"})) << text;
    EXPECT_TRUE(all.faults.empty()) << text;
  }
}

TEST(JsonDocument, WrappersOneAfterAnotherAreAllRead) {
  const auto all = read("{\"Records\":[{\"a\":1}]}\n{\"Records\":[{\"a\":2},{\"a\":3}]}\n", "json");
  EXPECT_EQ(fields(all), (Rows{R"({"a":1})", R"({"a":2})", R"({"a":3})"}));
}

TEST(JsonDocument, RecordsWithArraysOfObjectsAreNoWrappers) {
  const auto text = std::string_view(
      R"({"kind":"k","actor":{"email":"x"},"events":[{"name":"n"}]}
{"kind":"k","actor":{"email":"y"},"events":[{"name":"m"}]}
)");
  EXPECT_EQ(read(text, "ndjson").records.size(), 2u);
}

TEST(JsonDocument, ASingleObjectIsOneRecord) {
  const auto all = read("{\n  \"a\": 1,\n  \"b\": [{\"c\": 2}]\n}\n", "json");
  EXPECT_EQ(fields(all), (Rows{R"({"a":1,"b":[{"c":2}]})"}));
}

TEST(JsonDocument, AnEmptyArrayGivesNothingAndNoFlaw) {
  const auto all = read(R"({"value":[]})", "json");
  EXPECT_TRUE(all.records.empty());
  EXPECT_TRUE(all.faults.empty());
}

TEST(JsonDocument, DeepNestingIsBounded) {
  const auto text =
      "[{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "},{\"a\":2}]";
  const auto all = test::read_all(*open_reader(text, 1, "a"), 1 << 20);
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[0].faults[0].kind, FaultKind::kTooDeep);
  EXPECT_EQ(all.records[1].fields, R"({"a":2})");
}

TEST(JsonDocument, SpansOfUtf16AreThoseOfTheSource) {
  auto bytes = std::string{};
  for (const auto c : std::string_view("[\r\n{\"a\":1},\r\n{\"a\":2}\r\n]")) {
    bytes += '\0';
    bytes += c;
  }
  const auto all = read(bytes, "json");  // big-endian, without a mark
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[1].span, (Span{26, 18, 1}));
}

TEST(JsonFrame, MeasuresObjectsAtEveryAlignment) {
  const auto object = std::string(R"({"k\\":"a\"}]","n":[{},[1,2,{"x":"\\\\"}]],"s":"{[\\\""})");
  for (auto pad = std::size_t{0}; pad < 130; ++pad) {
    const auto text = "{\"p\":\"" + std::string(pad, 'p') + "\",\"o\":" + object + "}";
    const auto got = json::measure(text + "}]\"tail", 0);
    EXPECT_EQ(got.why, json::Extent::Why::kClosed) << pad;
    EXPECT_EQ(got.end, text.size()) << pad;
    for (const auto cut : {text.size() - 1, text.size() / 2})
      EXPECT_EQ(json::measure(text.substr(0, cut), 0).why, json::Extent::Why::kOpen);
  }
}

TEST(JsonFrame, EndsInsideAStringOfBackslashes) {
  for (auto count = std::size_t{1}; count < 200; ++count) {
    const auto text = "{\"a\":\"" + std::string(count, '\\') + "\"}";
    const auto got = json::measure(text, 0);
    EXPECT_EQ(got.why == json::Extent::Why::kClosed, count % 2 == 0) << count;
  }
}

}  // namespace
}  // namespace serjeant

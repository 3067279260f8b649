#include <gtest/gtest.h>

#include "read/read_as.h"

namespace serjeant {
namespace {

auto read(std::string_view bytes) -> test::Collector {
  return test::read_as("w3c", bytes, "u_ex.log");
}

TEST(W3c, RowsWithAnotherNumberOfValuesAreKeptAndFlagged) {
  const auto all = read("#Fields: date a b\n2020-01-01 1\n2020-01-01 1 2 3\n2020-01-01 1 2\n");
  ASSERT_EQ(all.records.size(), 3u);
  EXPECT_EQ(all.records[0].fields, R"({"date":"2020-01-01","a":"1"})");
  EXPECT_EQ(all.records[0].faults[0].kind, FaultKind::kBadColumns);
  EXPECT_EQ(all.records[1].fields, R"({"date":"2020-01-01","a":"1","b":"2","+1":"3"})");
  EXPECT_TRUE(all.records[2].faults.empty());
}

TEST(W3c, DoubledBlanksCountOnceWhereThatMakesTheRowRight) {
  const auto all = read("#Fields: date a b\n2020-01-01 1  2\n2020-01-01  2\n");
  EXPECT_EQ(all.records[0].fields, R"({"date":"2020-01-01","a":"1","b":"2"})");
  EXPECT_TRUE(all.records[0].faults.empty());
  EXPECT_EQ(all.records[1].fields, R"({"date":"2020-01-01","a":"","b":"2"})");
}

TEST(W3c, ColumnsMayChangeMidway) {
  const auto all = read(
      "#Software: x\n#Fields: date c-ip\n2020-01-01 192.0.2.1\n"
      "#Fields: date cs-method c-ip\n2020-01-02 GET 192.0.2.2\n");
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[0].fields, R"({"date":"2020-01-01","c-ip":"192.0.2.1"})");
  EXPECT_EQ(all.records[1].fields, R"({"date":"2020-01-02","cs-method":"GET","c-ip":"192.0.2.2"})");
}

TEST(W3c, AChunkFarFromItsDirectivesStillKnowsThem) {
  auto bytes = std::string("#Date: 2020-01-01 10:00:00\n#Fields: time a\n");
  for (auto i = 0; i < 150'000; ++i) bytes += "10:00:00 123456\n";
  bytes += "#Date: 2020-01-02 00:00:00\n#Fields: time b\n";
  for (auto i = 0; i < 150'000; ++i) bytes += "00:00:01 654321\n";
  const auto reader = open_reader(bytes, 1, "u_ex.log");
  const auto whole = test::read_all(*reader, ~std::uint64_t{0});
  const auto parts = test::read_all(*reader, 300'000);
  EXPECT_EQ(whole.records.size(), 300'000u);
  EXPECT_EQ(whole.records, parts.records);
  EXPECT_EQ(parts.records.back().fields,
            R"({"time":"00:00:01","b":"654321","#date":"2020-01-02 00:00:00"})");
}

TEST(W3c, ADashIsNullAndAPlusStays) {
  const auto all = read("#Fields: date cs(User-Agent) cs-uri-query\n2020-01-01 a+b -\n");
  EXPECT_EQ(all.records[0].fields,
            R"x({"date":"2020-01-01","cs(User-Agent)":"a+b","cs-uri-query":null})x");
}

TEST(W3c, RowsWithoutADateGetThatOfTheDirective) {
  const auto all = read("#Date: 2013-07-30 00:00:00\n#Fields: time a \n00:00:03 x\n");
  EXPECT_EQ(all.records[0].fields, R"({"time":"00:00:03","a":"x","#date":"2013-07-30 00:00:00"})");
}

TEST(W3c, ExchangeSeparatesByCommasAndQuotes) {
  const auto all = read(
      "\xef\xbb\xbf#Software: Microsoft Exchange Server\r\n"
      "#Fields: date-time,subject,total-bytes\r\n"
      "2020-01-01T00:00:00.000Z,\"a, \"\"b\"\"\",\r\n");
  EXPECT_EQ(all.records[0].fields,
            R"({"date-time":"2020-01-01T00:00:00.000Z","subject":"a, \"b\"","total-bytes":""})");
}

TEST(W3c, ANamesRowAboveTheDirectivesIsAHeader) {
  const auto all =
      read("DateTime,RequestId\r\n#Software: x\r\n#Fields: DateTime,RequestId\r\n1,2\r\n");
  EXPECT_EQ(all.records.size(), 1u);
  ASSERT_EQ(all.accounts.size(), 1u);
  EXPECT_EQ(all.accounts[0].why, "header");
}

TEST(W3c, CommentsAndBlankLinesAreAccountedFor) {
  const auto all = read("#Fields: date a\n# a remark\n\n2020-01-01 1\n");
  ASSERT_EQ(all.accounts.size(), 3u);
  EXPECT_EQ(all.accounts[1].why, "comment");
  EXPECT_EQ(all.accounts[2].why, "blank");
}

}  // namespace
}  // namespace serjeant

#include <gtest/gtest.h>

#include "read/read_as.h"

namespace serjeant {
namespace {

auto read_text(std::string_view bytes) -> test::Collector {
  return test::read_as("zeek", bytes, "conn.log");
}

constexpr auto kHeader = std::string_view(
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#fields\tts\tid.orig_h\tAA\tanswers\tquery\n#types\ttime\taddr\tbool\tvector[string]"
    "\tstring\n");

TEST(Zeek, KeepsRowsWithAnotherNumberOfValues) {
  const auto all = read_text(std::string(kHeader) + "1.5\t10.0.0.1\n1.5\t::1\tT\t-\ta\tmore\n");
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[0].fields, R"({"ts":1.5,"id.orig_h":"10.0.0.1","_path":"dns"})");
  EXPECT_EQ(all.records[0].faults[0].kind, FaultKind::kBadColumns);
  EXPECT_EQ(
      all.records[1].fields,
      R"({"ts":1.5,"id.orig_h":"::1","AA":true,"answers":null,"query":"a","+1":"more","_path":"dns"})");
}

TEST(Zeek, LeavesWhatIsNotOfItsTypeAsText) {
  const auto all = read_text(std::string(kHeader) + "soon\t10.0.0.1\tmaybe\t(empty)\t(empty)\n");
  EXPECT_EQ(
      all.records[0].fields,
      R"({"ts":"soon","id.orig_h":"10.0.0.1","AA":"maybe","answers":[],"query":"","_path":"dns"})");
}

TEST(Zeek, KeepsWhatIsNoTextAsItIsWrittenAndBackslashesThatAreNotDoubled) {
  const auto all = read_text(std::string(kHeader) +
                             "1.0\t10.0.0.1\tF\t\\\\\\\\dc\\\\c$,\\\\dc\\c$\t\\x01\\xff\\xc3\\xa9\n"
                             "2.0\t10.0.0.1\tF\tc\t\\x01\\xc3\\xa9\n");
  EXPECT_NE(all.records[0].fields.find(
                R"("answers":["\\\\dc\\c$","\\\\dc\\c$"],"query":"\\x01\\xff\\xc3\\xa9")"),
            std::string::npos)
      << all.records[0].fields;
  EXPECT_NE(all.records[1].fields.find("\"query\":\"\\\\x01\xc3\xa9\""), std::string::npos)
      << all.records[1].fields;
}

TEST(Zeek, DecodesEscapedBytesAndLists) {
  const auto all = read_text(std::string(kHeader) + "1.0\t10.0.0.1\tF\ta\\x2cb,c\t\\x09\\\\x\n");
  EXPECT_EQ(
      all.records[0].fields,
      R"({"ts":1.0,"id.orig_h":"10.0.0.1","AA":false,"answers":["a,b","c"],"query":"\t\\x","_path":"dns"})");
}

TEST(Zeek, ColumnsMayChangeMidway) {
  const auto all =
      read_text(std::string(kHeader) + "1.0\t10.0.0.1\tF\ta\tb\n#close\t2026\n" +
                "#separator \\x09\n#path\tssl\n#fields\tts\tuid\n#types\ttime\tstring\n2.0\tC\n");
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[1].fields, R"({"ts":2.0,"uid":"C","_path":"ssl"})");
}

TEST(Zeek, AChunkFarFromItsHeaderStillKnowsIt) {
  auto bytes = std::string(kHeader);
  for (auto i = 0; i < 60'000; ++i) bytes += "1.0\t10.0.0.1\tF\ta\tquery.example\n";
  const auto reader = open_reader(bytes, 1, "dns.log");
  const auto whole = test::read_all(*reader, ~std::uint64_t{0});
  EXPECT_EQ(whole.records.size(), 60'000u);
  EXPECT_EQ(whole.records, test::read_all(*reader, 300'000).records);
}

}  // namespace
}  // namespace serjeant

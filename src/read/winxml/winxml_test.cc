#include <gtest/gtest.h>

#include "read/collect.h"
#include "read/winxml/open.h"
#include "read/winxml/tags.h"

namespace serjeant {
namespace {

auto open_text(std::string_view bytes) -> std::unique_ptr<Reader> {
  const auto text = SourceText(bytes, 1);
  auto arena = Arena{};
  auto bad = false;
  return open_winxml_reader(
      text,
      text.decode(text.mark(), static_cast<std::size_t>(text.units()) - text.mark(), arena, bad),
      "a.xml");
}

// Everything of a source, and that the reader keeps its promises on it.
auto read_text(std::string_view bytes) -> test::Collector {
  const auto reader = open_text(bytes);
  EXPECT_TRUE(reader) << bytes;
  if (!reader) return {};
  EXPECT_EQ(test::broken_promise(*reader, bytes, 1), "") << bytes;
  return test::read_all(*reader, ~std::uint64_t{0});
}

auto event(std::string_view inside, std::string_view system = "<EventID>1</EventID>")
    -> std::string {
  return "<Event><System>" + std::string(system) + "</System>" + std::string(inside) + "</Event>";
}

auto faults_of(const test::Kept& record) -> std::vector<FaultKind> {
  auto out = std::vector<FaultKind>{};
  for (const auto& fault : record.faults) out.push_back(fault.kind);
  return out;
}

TEST(Winxml, EndsACutEventWhereTheNextOneBegins) {
  const auto all =
      read_text("<Events><Event><System><EventID>1</EventID>\n" + event("") + "</Events>");
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[0].fields, R"({"Event":{"System":{"EventID":"1"}}})");
  EXPECT_EQ(faults_of(all.records[0]), std::vector{FaultKind::kTruncated});
  EXPECT_TRUE(all.records[1].faults.empty());
}

TEST(Winxml, TellsWhatIsNoMarkupAndReadsOn) {
  const auto all = read_text(event("") + "garbage" + event(""));
  EXPECT_EQ(all.records.size(), 2u);
  ASSERT_EQ(all.faults.size(), 1u);
  EXPECT_EQ(all.faults[0].kind, FaultKind::kBadSyntax);
}

TEST(Winxml, ClosesWhatIsLeftOpenAndSaysSo) {
  const auto all = read_text(event("<EventData><Data Name='A'>x</EventData>"));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].fields, R"({"Event":{"System":{"EventID":"1"},"EventData":{"A":"x"}}})");
  EXPECT_EQ(faults_of(all.records[0]), std::vector{FaultKind::kBadSyntax});
}

TEST(Winxml, KeepsReferencesToNothingAsTheyAre) {
  const auto all =
      read_text(event("<EventData><Data Name='A'>&x;&#0;&#xD800;&lt;</Data></EventData>"));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].fields,
            R"({"Event":{"System":{"EventID":"1"},"EventData":{"A":"&x;&#0;&#xD800;<"}}})");
  EXPECT_EQ(faults_of(all.records[0]), std::vector{FaultKind::kBadSyntax});
}

TEST(Winxml, ExpandsNoEntityThatAFileDeclares) {
  const auto all =
      read_text("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>" +
                event("<EventData><Data Name='A'>&b;</Data></EventData>"));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_NE(all.records[0].fields.find(R"("A":"&b;")"), std::string::npos);
}

TEST(Winxml, GoesNoDeeperThanItsLimit) {
  auto deep = std::string{};
  for (auto i = 0; i < 500; ++i) deep += "<a>";
  const auto all = read_text(event(deep + "x"));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].faults.front().kind, FaultKind::kTooDeep);
}

TEST(Winxml, TakesCommentsThatNeverCloseInLinearTime) {
  auto text = std::string{};
  for (auto i = 0; i < 200'000; ++i) text += "<!--";
  const auto all = read_text(event(text));
  EXPECT_EQ(all.records.size(), 1u);
}

TEST(Winxml, HasTheFormOfTheOtherDumps) {
  const auto all = read_text(
      "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>" +
      event("<EventData Name=\"X\"><Data Name=\"A\">a &amp; b</Data><Data "
            "Name='B'></Data></EventData>",
            "<Provider Name='P' Guid=\"{G}\"/><EventID Qualifiers='0'>7</EventID><Correlation/>") +
      "</Events>");
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].fields,
            R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"P","Guid":"{G}"}},)"
            R"("EventID":{"#attributes":{"Qualifiers":"0"},"#text":"7"},"Correlation":null},)"
            R"("EventData":{"#attributes":{"Name":"X"},"A":"a & b","B":""}}})");
  EXPECT_TRUE(all.faults.empty());
}

TEST(Winxml, MakesAListOfUnnamedData) {
  const auto all = read_text(event(
      "<EventData><Data>a</Data><Data><![CDATA[<b>]]></Data><Binary>00</Binary></EventData>"));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(
      all.records[0].fields,
      R"({"Event":{"System":{"EventID":"1"},"EventData":{"Data":{"#text":["a","<b>"]},"Binary":"00"}}})");
}

TEST(Winxml, OneUnnamedDataIsNoList) {
  const auto all = read_text(event("<EventData><Data><a b='1'>x</a></Data></EventData>") +
                             event("<EventData><Data><a b='1'>x</a></Data><Data/></EventData>"));
  ASSERT_EQ(all.records.size(), 2u);
  constexpr auto kInner = R"({"a":{"#attributes":{"b":"1"},"#text":"x"}})";
  const auto head =
      std::string(R"({"Event":{"System":{"EventID":"1"},"EventData":{"Data":{"#text":)");
  EXPECT_EQ(all.records[0].fields, head + kInner + "}}}}");
  EXPECT_EQ(all.records[1].fields, head + "[" + kInner + R"(,""]}}}})");
}

TEST(Winxml, ReadsEventsInARowAndElementsThatAreCalledAlike) {
  const auto all =
      read_text(event("<UserData><EventXML><Event>x</Event><a/></EventXML></UserData>") + "\n" +
                event("") + "\n\n");
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(
      all.records[0].fields,
      R"({"Event":{"System":{"EventID":"1"},"UserData":{"EventXML":{"Event":"x","a":null}}}})");
}

TEST(Winxml, ReadsUtf16) {
  auto wide = std::string("\xff\xfe");
  for (const auto c :
       "<Events>" + event("<EventData><Data Name='A'>x</Data></EventData>") + "</Events>") {
    wide += c;
    wide += '\0';
  }
  const auto all = read_text(wide);
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_NE(all.records[0].fields.find(R"("A":"x")"), std::string::npos);
}

TEST(Winxml, LeavesOtherXmlAlone) {
  EXPECT_FALSE(open_text("<html><Event>concert</Event></html>"));
  EXPECT_FALSE(open_text("2026 <Event><System></System></Event>"));
}

}  // namespace
}  // namespace serjeant

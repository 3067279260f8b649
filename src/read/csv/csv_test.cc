#include <gtest/gtest.h>

#include "read/csv/split.h"
#include "read/csv/unquote.h"
#include "read/read_as.h"

namespace serjeant {
namespace {

using test::Collector;

auto read(std::string_view bytes, std::string_view name = "a.csv") -> Collector {
  return test::read_as("csv", bytes, name);
}

auto fields(const Collector& all) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  for (const auto& record : all.records) out.push_back(record.fields);
  return out;
}

auto kinds(const test::Kept& record) -> std::vector<FaultKind> {
  auto out = std::vector<FaultKind>{};
  for (const auto& fault : record.faults) out.push_back(fault.kind);
  return out;
}

using Rows = std::vector<std::string>;
using Kinds = std::vector<FaultKind>;

TEST(Csv, AnUnclosedQuoteHidesNoRowAfterIt) {
  const auto all = read("a,b,c\n1,2,3\n4,\"5,6\n7,8,9\n10,11,12\n");
  EXPECT_EQ(fields(all), (Rows{R"({"a":"1","b":"2","c":"3"})", R"({"a":"4","b":"5,6"})",
                               R"({"a":"7","b":"8","c":"9"})", R"({"a":"10","b":"11","c":"12"})"}));
  EXPECT_EQ(kinds(all.records[1]), (Kinds{FaultKind::kBadQuote}));
}

TEST(Csv, AnUnclosedQuoteIsRecoveredFromThoughQuotesFollow) {
  const auto all = read("\"a\",\"b\"\n\"1\",\"2\n\"3\",\"4\"\n\"5\",\"6\"\n");
  EXPECT_EQ(fields(all),
            (Rows{R"({"a":"1","b":"2"})", R"({"a":"3","b":"4"})", R"({"a":"5","b":"6"})"}));
}

TEST(Csv, DamagedRowsBesideEachOtherAreTwo) {
  const auto all = read(
      "id,time,data\n"
      "\"7b-1\",\"2024-01-01T00:00:00\",\"{\"\"a\"\":1}\"\n"
      "\"7b-2\",\"2024-01-02T00:00:00\",\"{\"\"a\n"
      "\"7b-3\",\"2024-01-03T00:00:00\",\"{\"\"b\n"
      "\"7b-4\",\"2024-01-04T00:00:00\",\"{\"\"a\"\":1}\"\n");
  EXPECT_EQ(fields(all),
            (Rows{R"({"id":"7b-1","time":"2024-01-01T00:00:00","data":"{\"a\":1}"})",
                  R"({"id":"7b-2","time":"2024-01-02T00:00:00","data":"{\"a"})",
                  R"({"id":"7b-3","time":"2024-01-03T00:00:00","data":"{\"b"})",
                  R"({"id":"7b-4","time":"2024-01-04T00:00:00","data":"{\"a\":1}"})"}));
  EXPECT_EQ(kinds(all.records[1]), (Kinds{FaultKind::kBadQuote}));
  // A line of another form belongs to the cell that was never closed.
  EXPECT_EQ(read("id,time,data\n7b-2,2024-01-02T00:00:00,\"a\nnote, \"x\n").records.size(), 1u);
}

TEST(Csv, ADamagedRowAfterACutOneIsKnownByTheObjectItBeginsWith) {
  const auto all = read(
      "AuditData,Op\n\"{\"\"Time\"\":\"\"1\"\"}\",x\n\"{\"\"Time\"\":\"\"2\"\",\"\"Na\n"
      "\"{\"\"Time\"\":\"\"3\"\",\"\"Name\"\":\"\"a\" "
      "b\"\"}\",y\n\"{\"\"Time\"\":\"\"4\"\"}\",z\n");
  ASSERT_EQ(all.records.size(), 4u);
  EXPECT_EQ(kinds(all.records[0]), (Kinds{}));
  EXPECT_FALSE(all.records[1].faults.empty());
  EXPECT_FALSE(all.records[2].faults.empty());
  EXPECT_EQ(kinds(all.records[3]), (Kinds{}));
}

TEST(Csv, AFileThatEndsInsideAQuotedCellKeepsWhatStandsBeforeTheCut) {
  const auto all = read("a,b\n1,2\n3,\"{\"\"x\"\":\"\"hal");
  EXPECT_EQ(fields(all), (Rows{R"({"a":"1","b":"2"})", R"({"a":"3","b":"{\"x\":\"hal"})"}));
  EXPECT_EQ(kinds(all.records[1]), (Kinds{FaultKind::kTruncated}));
}

TEST(Csv, StrayQuotesAreKeptAsText) {
  const auto all = read("a,b\n5\" disk,x\n\"he said \"hi\" twice\",y\n1,2\n");
  EXPECT_EQ(fields(all), (Rows{R"({"a":"5\" disk","b":"x"})",
                               R"({"a":"he said \"hi\" twice","b":"y"})", R"({"a":"1","b":"2"})"}));
  EXPECT_EQ(kinds(all.records[0]), (Kinds{FaultKind::kBadQuote}));
  EXPECT_EQ(kinds(all.records[1]), (Kinds{FaultKind::kBadQuote}));
}

TEST(Csv, RowsWithAnotherNumberOfCellsAreKeptAndFlagged) {
  const auto all = read("a,b,c\n1,2\n1,2,3\n1,2,3,4,5\n1,2,3\n");
  EXPECT_EQ(all.records[0].fields, R"({"a":"1","b":"2"})");
  EXPECT_EQ(all.records[2].fields, R"({"a":"1","b":"2","c":"3","+1":"4","+2":"5"})");
  EXPECT_EQ(kinds(all.records[0]), (Kinds{FaultKind::kBadColumns}));
  EXPECT_EQ(kinds(all.records[1]), (Kinds{}));
  EXPECT_EQ(kinds(all.records[2]), (Kinds{FaultKind::kBadColumns}));
}

TEST(Csv, ARowOverTheLimitFailsAndReadingGoesOn) {
  auto bytes = std::string("a,b\n1,2\n3,\"");
  bytes.append(std::size_t{100} << 20, 'x');
  bytes += "\"\n5,6\n";
  const auto reader = open_reader(bytes, 1, "a.csv");
  const auto all = test::read_all(*reader, 1 << 20);
  EXPECT_EQ(fields(all), (Rows{R"({"a":"1","b":"2"})", R"({"a":"5","b":"6"})"}));
  ASSERT_EQ(all.accounts.size(), 2u);
  EXPECT_EQ(all.accounts[1].why, "limit-length");
  EXPECT_EQ(all.accounts[1].state, Coverage::kFailed);
  ASSERT_EQ(all.faults.size(), 1u);
  EXPECT_EQ(all.faults[0].kind, FaultKind::kTooLong);
  EXPECT_FALSE(test::untiled(all, bytes.size()));
}

TEST(Csv, NulAndLatinBytesAreKeptAndFlagged) {
  const auto all = read(std::string_view("a,b\nx\0y,z\nM\xfcller,z\n", 20));
  EXPECT_EQ(kinds(all.records[0]), (Kinds{FaultKind::kNul}));
  EXPECT_EQ(all.records[0].faults[0].span, (Span{5, 1, 1}));
  EXPECT_EQ(kinds(all.records[1]), (Kinds{FaultKind::kBadEncoding}));
}

TEST(Csv, ReadsQuotedCellsWithLineEndsDelimitersAndDoubledQuotes) {
  const auto all = read("a,b\r\n\"x\r\ny, \"\"z\"\"\",\"\"\r\n\"\"\"q\"\"\",w\r\n");
  EXPECT_EQ(fields(all), (Rows{R"({"a":"x\r\ny, \"z\"","b":""})", R"({"a":"\"q\"","b":"w"})"}));
  EXPECT_TRUE(all.records[0].faults.empty());
}

TEST(Csv, LineEndsOfAllThreeKindsMayBeMixed) {
  const auto all = read("a,b\r1,2\r\n3,4\n\n5,6");
  EXPECT_EQ(all.records.size(), 3u);
  EXPECT_EQ(all.records[0].span, (Span{4, 5, 1}));
  EXPECT_EQ(all.accounts.back().why, "blank");
}

TEST(Csv, TellsTheDelimiter) {
  EXPECT_EQ(read("a;b;c\n1,5;2;3\n1,6;2;3\n").records[0].fields, R"({"a":"1,5","b":"2","c":"3"})");
  EXPECT_EQ(read("a\tb\n1\t2\n").records[0].fields, R"({"a":"1","b":"2"})");
  EXPECT_EQ(read("a|b\n1|2\n").records[0].fields, R"({"a":"1","b":"2"})");
  EXPECT_EQ(read("sep=;\na;b\n1;2\n").records[0].fields, R"({"a":"1","b":"2"})");
}

TEST(Csv, AccountsForMarkTypeLineAndHeader) {
  const auto all = read("\xef\xbb\xbf#TYPE Some.Type\r\n\"a\",\"b\"\r\n\"1\",\"2\"\r\n");
  ASSERT_EQ(all.accounts.size(), 3u);
  EXPECT_EQ(all.accounts[0].why, "mark");
  EXPECT_EQ(all.accounts[1].why, "comment");
  EXPECT_EQ(all.accounts[2].why, "header");
  EXPECT_EQ(all.records[0].fields, R"({"a":"1","b":"2"})");
}

TEST(Csv, AHeaderThatIsRepeatedIsNoRow) {
  const auto all = read("a,b\n1,2\na,b\n3,4\n");
  EXPECT_EQ(fields(all), (Rows{R"({"a":"1","b":"2"})", R"({"a":"3","b":"4"})"}));
}

TEST(Csv, ATableWithoutHeaderGetsNumberedColumns) {
  const auto all = read("1,x,2020-01-01\n2,y,2020-01-02\n3,z,2020-01-03\n", "calls");
  EXPECT_EQ(all.records.size(), 3u);
  EXPECT_EQ(all.records[0].fields, R"({"column1":"1","column2":"x","column3":"2020-01-01"})");
}

TEST(Csv, SpansOfUtf16AreThoseOfTheSource) {
  const auto text = std::string_view("a,b\r\n1,\xc3\xa9\r\n\"x\ny\",3\r\n");
  auto bytes = std::string("\xff\xfe");
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    if (text[i] == '\xc3') continue;
    bytes += text[i] == '\xa9' ? '\xe9' : text[i];
    bytes += '\0';
  }
  const auto all = read(bytes);
  EXPECT_EQ(fields(all), (Rows{"{\"a\":\"1\",\"b\":\"\xc3\xa9\"}", R"({"a":"x\ny","b":"3"})"}));
  EXPECT_EQ(all.records[0].span, (Span{12, 10, 1}));
  EXPECT_EQ(all.records[1].span, (Span{22, 18, 1}));
}

TEST(Csv, ProseIsNoTable) {
  for (const auto* text : {"Dear Sir, Madam\nas said before, we are closed\n", "one line only\n",
                           "a\nb\nc\n", "11:29:03 in the hall, b said c\n11:29:04 in the hall b\n"})
    EXPECT_EQ(open_reader(text, 1, "notes.txt")->format(), "unknown") << text;
}

// RFC 4180 as a state machine over single bytes: the twin of split_strictly.
auto split_slowly(std::string_view text, std::vector<std::pair<std::size_t, std::size_t>>& cells,
                  std::size_t& end) -> bool {
  auto at = std::size_t{0};
  for (;;) {
    const auto begin = at;
    if (at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at == text.size()) return false;
        if (text[at] != '"') continue;
        if (at + 1 < text.size() && text[at + 1] == '"') {
          ++at;
          continue;
        }
        break;
      }
      ++at;
    } else {
      while (at < text.size() && text[at] != ',' && text[at] != '\n' && text[at] != '\r') {
        if (text[at] == '"') return false;
        ++at;
      }
    }
    cells.emplace_back(begin, at);
    if (at == text.size()) {
      end = at;
      return true;
    }
    if (text[at] == ',') {
      ++at;
      continue;
    }
    if (text[at] != '\n' && text[at] != '\r') return false;
    end = at + (text.substr(at, 2) == "\r\n" ? 2u : 1u);
    return true;
  }
}

void compare(const std::string& text) {
  auto slow = std::vector<std::pair<std::size_t, std::size_t>>{};
  auto end = std::size_t{0};
  const auto valid = split_slowly(text, slow, end);
  auto cells = csv::Cells{};
  const auto fast = csv::split_strictly(text, 0, ',', &cells);
  ASSERT_EQ(valid, fast.how == csv::RowScan::How::kClean) << text;
  if (!valid) return;
  ASSERT_EQ(fast.end, end) << text;
  ASSERT_EQ(fast.cells, slow.size()) << text;
  ASSERT_EQ(cells.size(), slow.size()) << text;
  for (auto i = std::size_t{0}; i < cells.size(); ++i)
    ASSERT_EQ(std::pair(cells[i].begin, cells[i].end), slow[i]) << text;
}

TEST(CsvSplit, EqualsItsSlowTwinOnAllShortTexts) {
  constexpr auto alphabet = std::string_view("\",\n\ra");
  for (auto size = 0; size <= 7; ++size) {
    auto many = 1;
    for (auto i = 0; i < size; ++i) many *= static_cast<int>(alphabet.size());
    for (auto n = 0; n < many; ++n) {
      auto text = std::string{};
      for (auto rest = n, i = 0; i < size; ++i, rest /= 5)
        text += alphabet[static_cast<std::size_t>(rest % 5)];
      compare(text);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(CsvSplit, EqualsItsSlowTwinAcrossTheBordersOfBlocks) {
  constexpr auto alphabet = std::string_view("\",\na");
  for (auto pad = std::size_t{58}; pad <= 66; ++pad)
    for (const auto quoted : {false, true})
      for (auto n = 0; n < 4096; ++n) {
        auto text = std::string(quoted ? "\"" : "") + std::string(pad, 'x');
        for (auto rest = n, i = 0; i < 6; ++i, rest /= 4)
          text += alphabet[static_cast<std::size_t>(rest % 4)];
        compare(text);
        if (HasFatalFailure()) return;
      }
}

TEST(CsvSplit, DoubledQuotesAreMadeSingleAtEveryPlace) {
  auto seed = std::uint32_t{7};
  for (auto round = 0; round < 4000; ++round) {
    auto text = std::string{};
    auto cell = std::string("\"");
    while (cell.size() < static_cast<std::size_t>(round % 300)) {
      seed = seed * 1664525 + 1013904223;
      const auto c = (seed >> 24) % 4 == 0 ? '"' : static_cast<char>('a' + (seed >> 16) % 26);
      text += c;
      cell += c;
      if (c == '"') cell += c;
    }
    cell += '"';
    auto arena = Arena{};
    ASSERT_EQ(csv::cell_text(cell, {0, cell.size()}, arena), text);
  }
}

TEST(CsvUnquote, EqualsItsSlowTwinOrSaysThatAQuoteStandsAlone) {
  auto seed = std::uint32_t{11};
  for (auto round = 0; round < 20'000; ++round) {
    auto body = std::string{};
    auto text = std::string{};
    auto alone = false;
    const auto size = static_cast<std::size_t>(round % 200);
    while (body.size() < size) {
      seed = seed * 1664525 + 1013904223;
      const auto which = (seed >> 24) % 8;
      const auto c = which < 3 ? '"' : static_cast<char>('a' + (seed >> 16) % 26);
      alone = alone || (which == 0 && round % 2 == 0);
      body += c;
      text += c;
      if (c == '"' && (which != 0 || round % 2 != 0)) body += c;
      if (which == 0 && round % 2 == 0) {  // kept from pairing with a neighbour
        body += 'x';
        text += 'x';
      }
    }
    auto room = std::string(body.size() + csv::kUnquoteSlack, '\0');
    const auto got = csv::drop_doubles(body, room.data());
    if (alone) {
      ASSERT_FALSE(got) << body;
    } else if (got) {
      ASSERT_EQ(room.substr(0, *got), text) << body;
    }
  }
}

TEST(CsvSplit, ManyUnclosedQuotesTakeLinearTime) {
  // Each line opens a quote that never closes properly; quadratic work over
  // 400,000 lines would not end within the test's time.
  auto bytes = std::string("a,b,c\n");
  for (auto i = 0; i < 400'000; ++i) bytes += i % 2 == 0 ? "1,\"x,2\n" : "1,y\"z,2\n";
  const auto reader = open_reader(bytes, 1, "a.csv");
  const auto all = test::read_all(*reader, 1 << 20);
  EXPECT_FALSE(test::untiled(all, bytes.size()));
  EXPECT_GT(all.records.size(), 0u);
}

}  // namespace
}  // namespace serjeant

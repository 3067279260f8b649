#include <gtest/gtest.h>

#include "read/collect.h"
#include "read/source_text.h"

namespace serjeant {
namespace {

TEST(OpenReader, AnEmptySourceGivesNothing) {
  const auto reader = open_reader("", 1, "a.csv");
  EXPECT_EQ(reader->format(), "unknown");
  EXPECT_TRUE(reader->plan(1000).empty());
}

TEST(OpenReader, WhatNobodyKnowsIsAccountedForAsSuch) {
  const auto bytes = std::string_view("PK\x03\x04 what is this\x00\x01\x02", 20);
  const auto reader = open_reader(bytes, 3, "x.bin");
  EXPECT_EQ(reader->format(), "unknown");
  const auto all = test::read_all(*reader, 5);
  ASSERT_EQ(all.accounts.size(), 1u);
  EXPECT_EQ(all.accounts[0],
            (test::Taken{{0, bytes.size(), 3}, Coverage::kSkipped, "unknown format"}));
}

TEST(OpenReader, TellsFormatsByTheirBytes) {
  const auto format = [](std::string_view bytes) {
    return std::string(open_reader(bytes, 1, "evidence")->format());
  };
  EXPECT_EQ(format("{\"a\":1}\n{\"a\":2}\n"), "ndjson");
  EXPECT_EQ(format("[{\"a\":1}]"), "json");
  EXPECT_EQ(format("{\"a\":1}"), "json");
  EXPECT_EQ(format("#Version: 1.0\n#Fields: date time\n"), "w3c");
  EXPECT_EQ(format("h - - [13/Jan/2016:19:31:16 +0000] \"GET / HTTP/1.1\" 200 5\n"), "access");
  EXPECT_EQ(format("a,b\n1,2\n3,4\n"), "csv");
  EXPECT_EQ(format("{anything else}\n"), "unknown");
  EXPECT_EQ(format("[2020-01-01] started\n"), "unknown");
}

TEST(OpenReader, ColumnsAreThoseOfTheFirstRecord) {
  const auto reader = open_reader("{\"a\":1,\"\\u0062\":{\"c\":2}}\n{\"d\":2}\n", 1, "a");
  ASSERT_EQ(reader->columns().size(), 2u);
  EXPECT_EQ(reader->columns()[1], "b");
}

TEST(SourceText, KnowsUtf16WithoutAMark) {
  EXPECT_EQ(SourceText(std::string_view("a\0,\0b\0\r\0\n\0", 10), 1).encoding(),
            Encoding::kUtf16Le);
  EXPECT_EQ(SourceText(std::string_view("\0a\0,\0b\0\r\0\n", 10), 1).encoding(),
            Encoding::kUtf16Be);
  EXPECT_EQ(SourceText(std::string_view("\0\0\0\0\0\0\0\0\0\0", 10), 1).encoding(),
            Encoding::kUtf8);
}

TEST(SourceText, ALoneSurrogateIsReplacedAndSaid) {
  const auto text = SourceText(std::string_view("\xff\xfe"
                                                "a\0\x00\xd8"
                                                "b\0",
                                                8),
                               1);
  auto arena = Arena{};
  auto bad = false;
  const auto decoded = text.decode(1, 3, arena, bad);
  EXPECT_EQ(decoded,
            "a\xef\xbf\xbd"
            "b");
  EXPECT_TRUE(bad);
  EXPECT_EQ(text.units_of(decoded), 3u);
}

TEST(SourceText, NarrowingMakesNoStructureOfOtherCharacters) {
  // U+2C22 and U+0A0D hold the bytes of a comma, a quote and line ends.
  const auto text = SourceText(std::string_view("\xff\xfe\x22\x2c\x0d\x0a\x2c\0", 8), 1);
  auto narrowed = std::string{};
  text.narrow(0, 4, narrowed);
  EXPECT_EQ(narrowed, "\x80\x80\x80,");
}

TEST(FramedReader, HalfAUnitAtTheEndIsAccountedFor) {
  const auto bytes = std::string_view(
      "\xff\xfe"
      "a\0,\0b\0\n\0"
      "1\0,\0"
      "2\0\n\0x",
      19);
  const auto reader = open_reader(bytes, 1, "a.csv");
  const auto all = test::read_all(*reader, 4);
  EXPECT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.accounts.back(), (test::Taken{{18, 1, 1}, Coverage::kFailed, "truncated"}));
  EXPECT_FALSE(test::untiled(all, bytes.size()));
}

// A UTF-16 source of several windows, with records longer than one.
TEST(FramedReader, RecordsMayBeLongerThanAWindowOfUtf16) {
  const auto long_text = std::string(3 << 20, 'x');
  auto csv = std::string("a,b\r\n");
  auto json = std::string("[\n");
  for (auto i = 0; i < 30'000; ++i) {
    const auto& text = i == 15'000 ? long_text : std::string("some \r\n text");
    csv += "\"" + text + "\"," + std::to_string(i) + "\r\n";
    json += R"({"a":"x","b":)" + std::to_string(i) +
            (i == 15'000 ? ",\"c\":\"" + long_text + "\"},\n" : "},\n");
  }
  for (const auto& text : {csv, json + "]"}) {
    auto bytes = std::string("\xff\xfe");
    for (const auto c : text) {
      bytes += c;
      bytes += '\0';
    }
    const auto reader = open_reader(bytes, 1, "a");
    const auto whole = test::read_all(*reader, ~std::uint64_t{0});
    const auto parts = test::read_all(*reader, 300'000);
    EXPECT_EQ(whole.records.size(), 30'000u) << reader->format();
    EXPECT_TRUE(whole.records == parts.records);
    EXPECT_TRUE(whole.accounts == parts.accounts);
    EXPECT_TRUE(whole.faults.empty());
    EXPECT_GT(reader->plan(300'000).size(), 5u);
    EXPECT_FALSE(test::untiled(whole, bytes.size()));
  }
}

}  // namespace
}  // namespace serjeant

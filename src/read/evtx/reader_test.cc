#include <gtest/gtest.h>

#include "read/collect.h"
#include "read/evtx/build.h"
#include "read/evtx/open.h"

namespace serjeant::evtx {
namespace {

using serjeant::test::Collector;
using serjeant::test::read_all;
using test::ChunkBuilder;
using test::file;
using test::number;
using test::Slot;
using test::Tokens;
using test::wide;

// Reads with both paths and in chunks, and holds them against each other.
auto read(const std::string& bytes) -> Collector {
  const auto reader = open_evtx_reader(bytes, 1);
  const auto slow = open_slowly(bytes, 1);
  if (!reader || !slow) {
    ADD_FAILURE() << "not taken for an event log";
    return {};
  }
  EXPECT_EQ(serjeant::test::broken_promise(*reader, bytes, 1), "");
  auto all = read_all(*reader, ~std::uint64_t{0});
  const auto twin = read_all(*slow, ~std::uint64_t{0});
  EXPECT_EQ(all.records.size(), twin.records.size());
  for (auto i = std::size_t{0}; i < std::min(all.records.size(), twin.records.size()); ++i)
    EXPECT_EQ(all.records[i].fields, twin.records[i].fields);
  EXPECT_TRUE(all.records == twin.records && all.faults == twin.faults);
  return all;
}

// One record whose template is <Event>`fill`</Event>, as JSON without that.
auto inside(const std::function<void(Tokens&)>& fill, const std::vector<Slot>& slots)
    -> std::string {
  auto chunk = ChunkBuilder{};
  chunk.record([&](Tokens& record) {
    record.fragment()
        .instance(7,
                  [&](Tokens& body) {
                    body.fragment().open("Event").close_start();
                    fill(body);
                    body.close().end();
                  })
        .values(slots)
        .end();
  });
  const auto all = read(file({chunk.finish()}));
  EXPECT_TRUE(all.faults.empty());
  if (all.records.size() != 1) return "no record";
  auto out = all.records[0].fields;
  constexpr auto kBefore = std::string_view("{\"Event\":");
  if (out.starts_with(kBefore)) out = out.substr(kBefore.size(), out.size() - kBefore.size() - 1);
  for (const auto& fault : all.records[0].faults) out += " " + std::string(fault_word(fault.kind));
  return out;
}
auto value(const Slot& slot) -> std::string {
  return inside([&](Tokens& body) { body.leaf("A", 0, slot.type); }, {slot});
}
auto plain_record(Tokens& record) -> void {
  record.fragment()
      .instance(7,
                [](Tokens& body) {
                  body.fragment().open("Event").close_start().leaf("A", 0, Type::kUInt8);
                  body.close().end();
                })
      .values({{Type::kUInt8, "\x05"}})
      .end();
}
constexpr auto kPlain = std::size_t{144};  // bytes of such a record

auto words(const std::vector<Fault>& faults) -> std::string {
  auto out = std::string{};
  for (const auto& fault : faults)
    out += std::string(fault_word(fault.kind)) + "@" + std::to_string(fault.span.offset) + "+" +
           std::to_string(fault.span.length) + " ";
  return out;
}

TEST(Evtx, KnowsItsFilesAndChunksWithoutAHead) {
  const auto chunk = ChunkBuilder{}.record(plain_record).finish();
  EXPECT_EQ(open_reader(file({chunk}), 1, "a")->format(), "evtx");
  EXPECT_EQ(open_reader(chunk, 1, "a")->format(), "evtx");
  auto headless = file({chunk});
  headless.replace(0, 4096, 4096, 'x');
  EXPECT_EQ(open_reader(headless, 1, "a")->format(), "evtx");
  const auto all = read(headless);
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(words(all.faults), "bad-header@0+4096 ");
  EXPECT_EQ(open_evtx_reader("ElfFile", 1), nullptr);
}

TEST(Evtx, AHeadAloneIsAnEmptyLog) {
  const auto all = read(file({}));
  EXPECT_TRUE(all.records.empty());
  EXPECT_TRUE(all.faults.empty());
}

TEST(Evtx, WhatIsCutShortIsReadAsFarAsItGoes) {
  auto chunk = ChunkBuilder{};
  chunk.record(plain_record).record(plain_record);
  const auto whole = file({chunk.finish()});
  for (const auto size :
       {9u, 127u, 128u, 4095u, 4097u, 4607u, 4608u, 4609u, 4636u, 4700u, 4900u, 5000u, 60000u}) {
    SCOPED_TRACE(size);
    read(whole.substr(0, size));
  }
  const auto all = read(whole.substr(0, 4900));
  EXPECT_EQ(all.records.size(), 2u);
  EXPECT_EQ(words(all.faults), "truncated@4900+0 ");
}

TEST(Evtx, ValuesAreSpeltAsTheirTypesAsk) {
  EXPECT_EQ(value({Type::kNull, "ab"}), R"({"A":null})");
  EXPECT_EQ(value({Type::kString, wide("a\"b")}), R"({"A":"a\"b"})");
  EXPECT_EQ(value({Type::kString, wide(std::string_view("a\0\0", 3))}), R"({"A":"a"})");
  EXPECT_EQ(value({Type::kString, std::string("\xe9\0\x34\xd8\x1e\xdd\xac\x20", 8)}),
            "{\"A\":\"\xc3\xa9\xf0\x9d\x84\x9e\xe2\x82\xac\"}");
  EXPECT_EQ(value({Type::kString, wide("0123456789abcdefghij\x7f")}),
            "{\"A\":\"0123456789abcdefghij\x7f\"}");
  EXPECT_EQ(value({Type::kAnsi, std::string("caf\xe9 \x80\0", 7)}), R"({"A":"café €"})");
  EXPECT_EQ(value({Type::kInt8, "\xff"}), R"({"A":-1})");
  EXPECT_EQ(value({Type::kUInt8, "\xff"}), R"({"A":255})");
  EXPECT_EQ(value({Type::kInt16, number(std::int16_t{-300})}), R"({"A":-300})");
  EXPECT_EQ(value({Type::kUInt16, number(std::uint16_t{65535})}), R"({"A":65535})");
  EXPECT_EQ(value({Type::kInt32, number(std::int32_t{-70000})}), R"({"A":-70000})");
  EXPECT_EQ(value({Type::kUInt32, number(0xffffffffu)}), R"({"A":4294967295})");
  EXPECT_EQ(value({Type::kInt64, number(std::int64_t{-1} << 63)}), R"({"A":-9223372036854775808})");
  EXPECT_EQ(value({Type::kUInt64, number(~std::uint64_t{0})}), R"({"A":18446744073709551615})");
  EXPECT_EQ(value({Type::kReal32, number(0.1f)}), R"({"A":"0.1"})");
  EXPECT_EQ(value({Type::kReal64, number(-2.0)}), R"({"A":"-2.0"})");
  EXPECT_EQ(value({Type::kBool, number(1u)}), R"({"A":true})");
  EXPECT_EQ(value({Type::kBool, number(0u)}), R"({"A":false})");
  EXPECT_EQ(value({Type::kBool, number(65536u)}), R"({"A":65536})");
  EXPECT_EQ(value({Type::kBinary, "\x01\xab"}), R"({"A":"01AB"})");
  EXPECT_EQ(value({Type::kGuid, "0123456789abcdef"}),
            R"({"A":"33323130-3534-3736-3839-616263646566"})");
  EXPECT_EQ(value({Type::kSize, number(0x858u)}), R"({"A":"0x858"})");
  EXPECT_EQ(value({Type::kSize, number(std::uint64_t{0x1ffffffff})}), R"({"A":"0x1ffffffff"})");
  EXPECT_EQ(value({Type::kHex32, number(0u)}), R"({"A":"0x0"})");
  EXPECT_EQ(value({Type::kHex64, number(~std::uint64_t{0})}), R"({"A":"0xffffffffffffffff"})");
  EXPECT_EQ(value({Type::kFileTime, number(std::uint64_t{131'000'000'001'234'567})}),
            R"({"A":"2016-02-15T08:53:20.123456Z"})");
  EXPECT_EQ(value({Type::kFileTime, number(std::uint64_t{0})}),
            R"({"A":"1601-01-01T00:00:00.000000Z"})");
  EXPECT_EQ(value({Type::kFileTime, number(std::uint64_t{0x7fffffffffffffff})}),
            R"({"A":"30828-09-14T02:48:05.477580Z"})");
  EXPECT_EQ(value({Type::kSystemTime, std::string("\xe8\x07\x02\0\4\0\x1d\0\1\0\2\0\3\0\4\0", 16)}),
            R"({"A":"2024-02-29T01:02:03.004000Z"})");
  EXPECT_EQ(value({Type::kSid, std::string("\1\2\0\0\0\0\0\5\x20\0\0\0\x20\2\0\0", 16)}),
            R"({"A":"S-1-5-32-544"})");
  EXPECT_EQ(value({Type::kXml, wide("<a/>")}), R"({"A":"<a/>"})");
}

TEST(Evtx, ValuesThatDoNotFitTheirTypesAreShownAsBytes) {
  EXPECT_EQ(value({Type::kUInt32, "\x01\x02"}), R"({"A":"0102"} bad-number)");
  EXPECT_EQ(value({Type::kGuid, "abc"}), R"({"A":"616263"} bad-number)");
  EXPECT_EQ(value({Type::kSid, std::string("\1\5\0\0\0\0\0\5", 8)}),
            R"({"A":"0105000000000005"} bad-number)");
  EXPECT_EQ(value({Type::kHandle, "ab"}), R"({"A":"6162"} unsupported)");
  EXPECT_EQ(value({static_cast<Type>(0x44), "ab"}), R"({"A":"6162"} unsupported)");
  EXPECT_EQ(value({Type::kString, std::string("\0\xd8", 2)}),
            "{\"A\":\"\xef\xbf\xbd\"} bad-encoding");
  EXPECT_EQ(value({Type::kString, "a"}), R"({"A":""} bad-encoding)");
  EXPECT_EQ(value({Type::kAnsi, "\x81"}), "{\"A\":\"\xef\xbf\xbd\"} bad-encoding");
  EXPECT_EQ(value({Type::kSystemTime, std::string(16, '\x7f')}),
            R"({"A":"32639-39-39T39:39:39.639000Z"} bad-time)");
}

TEST(Evtx, ArraysRepeatTheirElement) {
  const auto array = [](Type type, std::string bytes) {
    return Slot{type, std::move(bytes), true};
  };
  EXPECT_EQ(value(array(Type::kString, wide(std::string_view("a\0b\0\0", 5)))),
            R"({"A":"a","A_1":"b","A_2":null})");
  EXPECT_EQ(value(array(Type::kUInt16, std::string("\1\0\2\0", 4))), R"({"A":1,"A_1":2})");
  EXPECT_EQ(value(array(Type::kSid, std::string("\1\0\0\0\0\0\0\1\1\1\0\0\0\0\0\5\7\0\0\0", 20))),
            R"({"A":"S-1-1","A_1":"S-1-5-7"})");
  EXPECT_EQ(value(array(Type::kUInt16, std::string("\1\0\2", 3))),
            R"({"A":1,"A_1":"02"} bad-number)");
}

TEST(Evtx, ArraysOfOneAreText) {
  EXPECT_EQ(value({Type::kUInt8, "\x05", true}), R"({"A":"5"})");
  EXPECT_EQ(value({Type::kString, wide(std::string_view("a\0", 2)), true}), R"({"A":"a"})");
  EXPECT_EQ(value({Type::kUInt8, "", true}), R"({"A":null})");
}

TEST(Evtx, TwoArraysInOneElementStandForAllPairs) {
  EXPECT_EQ(inside(
                [](Tokens& body) {
                  body.open("A", true).attribute("x").slot(1, Type::kUInt8).close_start();
                  body.slot(0, Type::kUInt8).close();
                },
                {{Type::kUInt8, "\1\2", true}, {Type::kUInt8, "\3\4", true}}),
            R"({"A":{"#attributes":{"x":3},"#text":1},"A_1":{"#attributes":{"x":4},"#text":1},)"
            R"("A_2":{"#attributes":{"x":3},"#text":2},"A_3":{"#attributes":{"x":4},"#text":2}})");
}

TEST(Evtx, EmptyElementsAreNullAndEmptyAttributesAreLeftOut) {
  const auto fill = [](Tokens& body) {
    body.open("A", true).attribute("x").slot(0, Type::kString).attribute("y");
    body.slot(1, Type::kString, false).close_empty();
    body.open("B").close_empty().open("C").close_start().text("").close();
  };
  EXPECT_EQ(inside(fill, {{Type::kNull, ""}, {Type::kString, wide("v")}}),
            R"({"A":{"#attributes":{"y":"v"}},"B":null,"C":null})");
  EXPECT_EQ(inside(fill, {{Type::kNull, ""}, {Type::kString, number(std::uint16_t{0})}}),
            R"({"A":null,"B":null,"C":null})");
  EXPECT_EQ(inside(fill, {}), R"({"A":null,"B":null,"C":null})");
}

TEST(Evtx, TextBesideAttributesOrElementsHasANameOfItsOwn) {
  EXPECT_EQ(inside(
                [](Tokens& body) {
                  body.open("A", true).attribute("x").text("1").close_start();
                  body.slot(0, Type::kUInt8).close();
                  body.open("B").close_start().text("b").leaf("C", 0, Type::kUInt8).close();
                  body.open("D").close_start().text("d").slot(0, Type::kUInt8).close();
                },
                {{Type::kUInt8, "\5"}}),
            R"({"A":{"#attributes":{"x":"1"},"#text":5},"B":{"#text":"b","C":5},"D":"d5"})");
}

TEST(Evtx, DataWithNamesAreFieldsOfThatName) {
  const auto fill = [](Tokens& body) {
    body.open("EventData").close_start();
    body.data("P", 0, Type::kString).data("Q", 1, Type::kUInt8).data("P", 1, Type::kUInt8);
    body.leaf("Binary", 2, Type::kBinary).close();
  };
  EXPECT_EQ(inside(fill, {{Type::kString, wide("v")}, {Type::kUInt8, "\7"}, {Type::kNull, ""}}),
            R"({"EventData":{"P":"v","Q":7,"P":7,"Binary":null}})");
  EXPECT_EQ(inside(fill, {{Type::kNull, ""}, {Type::kUInt8, "\7"}, {Type::kBinary, "a"}}),
            R"({"EventData":{"P":"","Q":7,"P":7,"Binary":"61"}})");
}

TEST(Evtx, DataWithoutNamesAreAList) {
  const auto fill = [](Tokens& body) {
    body.open("EventData").close_start().leaf("Data", 0, Type::kString).close();
  };
  EXPECT_EQ(inside(fill, {{Type::kString, wide("v")}}), R"({"EventData":{"Data":{"#text":"v"}}})");
  EXPECT_EQ(inside(fill, {{Type::kNull, ""}}), R"({"EventData":{"Data":{"#text":""}}})");
  EXPECT_EQ(inside(fill, {{Type::kString, wide(std::string_view("a\0\0b\0", 5)), true}}),
            R"({"EventData":{"Data":{"#text":["a","","b"]}}})");
}

TEST(Evtx, DataWithoutNamesBesideSuchWithNamesAreKept) {
  EXPECT_EQ(inside(
                [](Tokens& body) {
                  body.open("EventData").close_start().leaf("Data", 0, Type::kString);
                  body.data("P", 0, Type::kString).leaf("Data", 0, Type::kString).close();
                },
                {{Type::kString, wide("v")}}),
            R"({"EventData":{"Data":{"#text":["v","v"]},"P":"v"}})");
}

TEST(Evtx, OtherAttributesOfDataAreKept) {
  EXPECT_EQ(inside(
                [](Tokens& body) {
                  body.open("EventData").close_start().open("Data", true).attribute("Name");
                  body.text("P").attribute("t").text("u").close_start().slot(0, Type::kUInt8);
                  body.close().close();
                },
                {{Type::kUInt8, "\1"}}),
            R"({"EventData":{"P":{"#attributes":{"Name":"P","t":"u"},"#text":1}}})");
}

TEST(Evtx, NamesThatAreSlotsAreFieldsToo) {
  const auto fill = [](Tokens& body) {
    body.open("EventData").close_start().open("Data", true).attribute("Name");
    body.slot(0, Type::kString).close_start().slot(1, Type::kUInt8).close().close();
  };
  EXPECT_EQ(inside(fill, {{Type::kString, wide("n")}, {Type::kUInt8, "\1"}}),
            R"({"EventData":{"n":1}})");
  EXPECT_EQ(inside(fill, {{Type::kNull, ""}, {Type::kUInt8, "\1"}}),
            R"({"EventData":{"Data":{"#text":1}}})");
}

TEST(Evtx, EntitiesCharactersSectionsAndInstructionsAreRead) {
  EXPECT_EQ(inside(
                [](Tokens& body) {
                  body.open("A").close_start().u8(0x09).name("quot").text("x").u8(0x49);
                  body.name("auml").u8(0x08).u16(0xe4).u8(0x07).u16(2).raw(wide("<>")).close();
                  body.open("B").close_start().u8(0x0a).name("pi").u8(0x0b).u16(1);
                  body.raw(wide("p")).close();
                },
                {}),
            R"({"A":"\"x&auml;ä<>","B":{"?pi":"p"}})");
}

// <EventData><Data Name="n">slot</Data></EventData> as a value.
auto nested(std::size_t at, std::uint32_t id, const std::vector<Slot>& slots) -> std::string {
  auto value = Tokens(at);
  value
      .instance(id,
                [](Tokens& body) {
                  body.fragment().open("EventData").close_start().data("n", 0, Type::kString);
                  body.close().end();
                })
      .values(slots)
      .end();
  return value.bytes();
}

TEST(Evtx, ValuesMayBeBinaryXmlWithTemplatesOfTheirOwn) {
  auto chunk = ChunkBuilder{};
  chunk.record([](Tokens& record) {
    record.fragment().instance(7, [](Tokens& body) {
      body.fragment().open("Event").close_start().leaf("A", 1, Type::kUInt8);
      body.slot(0, Type::kBinXml).close().end();
    });
    const auto at = record.here() + 4 + 8;
    record.values(
        {{Type::kBinXml, nested(at, 8, {{Type::kString, wide("v")}})}, {Type::kUInt8, "\1"}});
    record.end();
  });
  const auto all = read(file({chunk.finish()}));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].fields, R"({"Event":{"A":1,"EventData":{"n":"v"}}})");
  EXPECT_TRUE(all.records[0].faults.empty());
}

TEST(Evtx, RecordsShareTemplatesOfTheirChunk) {
  auto chunk = ChunkBuilder{};
  auto definition = std::size_t{0};
  chunk.record([&](Tokens& record) {
    definition = record.here() + 4 + 10;
    plain_record(record);
  });
  for (auto i = 0; i < 3; ++i)
    chunk.record([&](Tokens& record) {
      record.fragment().instance(7, definition).values({{Type::kUInt8, "\x09"}}).end();
    });
  const auto all = read(file({chunk.finish(), chunk.finish()}));
  ASSERT_EQ(all.records.size(), 8u);
  EXPECT_EQ(all.records[0].fields, R"({"Event":{"A":5}})");
  EXPECT_EQ(all.records[3].fields, R"({"Event":{"A":9}})");
  EXPECT_EQ(words(all.faults), "out-of-order@69656+8 ");
}

TEST(Evtx, AMissingTemplateLeavesTheValuesWithoutNames) {
  auto chunk = ChunkBuilder{41};
  chunk.record([](Tokens& record) {
    record.fragment().instance(7, 0x9000);
    const auto at = record.here() + 4 + 3 * 4;
    record.values({{Type::kBinXml, nested(at, 8, {{Type::kString, wide("v")}})},
                   {Type::kUInt8, "\1"},
                   {Type::kString, wide("w")}});
    record.end();
  });
  const auto all = read(file({chunk.finish()}));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].fields,
            R"({"Event":{"System":{"TimeCreated":{"#attributes":{"SystemTime":)"
            R"("2024-01-17T21:20:00.000000Z"}},"EventRecordID":41},)"
            R"("Values":{"Data":{"#text":[1,"w"]}},"EventData":{"n":"v"}}})");
  EXPECT_EQ(words(all.records[0].faults), "template-missing@4636+10 ");
}

TEST(Evtx, AWrongOffsetOfATemplateIsLookedUpInTheTableOfItsChunk) {
  auto chunk = ChunkBuilder{};
  auto definition = std::size_t{0};
  chunk.record([&](Tokens& record) {
    definition = record.here() + 4 + 10;
    plain_record(record);
  });
  chunk.record([&](Tokens& record) {
    record.fragment().instance(7, 0x300).values({{Type::kUInt8, "\x09"}}).end();
  });
  auto bytes = chunk.finish();
  test::put(bytes, 384 + 4 * 7, static_cast<std::uint32_t>(definition));
  ChunkBuilder::seal(bytes);
  const auto all = read(file({bytes}));
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[1].fields, R"({"Event":{"A":9}})");
  EXPECT_TRUE(all.records[1].faults.empty());
}

TEST(Evtx, ElementsMayStandInARecordWithoutATemplate) {
  auto chunk = ChunkBuilder{};
  chunk.record([](Tokens& record) {
    record.fragment().open("Event", false, false).close_start();
    record.open("A", false, false).close_start().text("x").close().close().end();
  });
  EXPECT_EQ(read(file({chunk.finish()})).records.at(0).fields, R"({"Event":{"A":"x"}})");
}

TEST(Evtx, AllFragmentsOfARecordAreRead) {
  auto chunk = ChunkBuilder{};
  chunk.record([](Tokens& record) {
    for (auto i = 0; i < 2; ++i)
      record.fragment().open("Event", false, false).close_start().text("x").close().end();
  });
  EXPECT_EQ(read(file({chunk.finish()})).records.at(0).fields, R"({"Event":"x","Event_1":"x"})");
}

TEST(Evtx, ATemplateThatNamesItselfEndsAtTheLimitOfDepth) {
  auto chunk = ChunkBuilder{};
  chunk.record([](Tokens& record) {
    const auto definition = record.here() + 4 + 10;
    record.fragment().instance(7, [&](Tokens& body) {
      body.fragment().open("Event").close_start().instance(7, definition).values({});
      body.close().end();
    });
    record.values({}).end();
  });
  const auto all = read(file({chunk.finish()}));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].fields, R"({"Event":{"Event":null}})");
  ASSERT_EQ(all.records[0].faults.size(), 1u);
  EXPECT_EQ(all.records[0].faults[0].kind, FaultKind::kTooDeep);
}

TEST(Evtx, ElementsInsideEachOtherEndAtTheLimitOfDepth) {
  auto chunk = ChunkBuilder{};
  chunk.record([](Tokens& record) {
    record.fragment();
    for (auto i = 0; i < 500; ++i) record.open("A", false, false).close_start();
  });
  const auto all = read(file({chunk.finish()}));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].faults.at(0).kind, FaultKind::kTooDeep);
}

TEST(Evtx, TemplatesThatMultiplyEachOtherEndAtALimit) {
  // A value of binary XML is used a hundred times, and has one inside that is.
  auto chunk = ChunkBuilder{};
  const auto many = [](Tokens& body) {
    body.fragment().open("E").close_start();
    for (auto i = 0; i < 100; ++i) body.slot(0, Type::kBinXml);
    body.close().end();
  };
  chunk.record([&](Tokens& record) {
    record.fragment().instance(7, many);
    auto value = Tokens(record.here() + 8);
    value.instance(8, many);
    auto inner = Tokens(value.here() + 8);
    inner.instance(9, many);
    auto last = Tokens(inner.here() + 8);
    last.open("L", false, false).close_empty();
    inner.values({{Type::kBinXml, last.bytes()}});
    value.values({{Type::kBinXml, inner.bytes()}});
    record.values({{Type::kBinXml, value.bytes()}}).end();
  });
  const auto all = read(file({chunk.finish()}));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.records[0].faults.at(0).kind, FaultKind::kTooMany);
  EXPECT_LT(all.records[0].fields.size(), std::size_t{1} << 20);
}

TEST(Evtx, TextIsKeptWithinABudget) {
  const auto out = inside(
      [](Tokens& body) {
        for (auto i = 0; i < 200; ++i) body.leaf("A", 0, Type::kString);
      },
      {{Type::kString, std::string(20000, 'a')}});
  EXPECT_TRUE(out.ends_with(" limit-size")) << out.substr(out.size() - 40);
  EXPECT_LT(out.size(), std::size_t{3} << 20);
}

TEST(Evtx, ArraysOfVeryManyTextsTakeLinearTime) {
  const auto fill = [](Tokens& body) {
    body.open("EventData").close_start().leaf("Data", 0, Type::kString).close();
  };
  EXPECT_GT(inside(fill, {{Type::kString, std::string(16000, '\0'), true}}).size(), 20000u);
  EXPECT_TRUE(inside(fill, {{Type::kString, std::string(60000, '\0'), true}})
                  .starts_with(R"({"EventData":{"Data":{"#text":["",)"));
}

TEST(Evtx, ChecksumsAreVerified) {
  const auto good = file({ChunkBuilder{}.record(plain_record).finish()});
  auto bytes = good;
  bytes[4096 + 512 + 16] ^= 1;  // the time in the head of the record
  EXPECT_EQ(words(read(bytes).faults), "bad-checksum@4608+144 ");
  bytes = good;
  bytes[4096 + 8] ^= 1;
  EXPECT_EQ(words(read(bytes).faults), "bad-checksum@4096+512 ");
  bytes = good;
  bytes[16] ^= 1;
  EXPECT_EQ(words(read(bytes).faults), "bad-checksum@0+128 ");
  test::put(bytes, 120, kFlagNoChecksum);
  bytes[4096 + 8] ^= 1;
  EXPECT_EQ(words(read(bytes).faults), "");
}

TEST(Evtx, AWrongCountOfChunksIsAFlawUnlessTheLogWasInUse) {
  const auto chunk = ChunkBuilder{}.record(plain_record).finish();
  auto bytes = file({chunk});
  test::put<std::uint16_t>(bytes, 42, 3);
  test::seal_file(bytes);
  EXPECT_EQ(words(read(bytes).faults), "bad-header@42+2 ");
  test::put(bytes, 120, kFlagDirty);
  test::seal_file(bytes);
  EXPECT_EQ(words(read(bytes).faults), "");
}

TEST(Evtx, AChunkWithoutMagicIsReadByItsFirstRecord) {
  auto chunk = ChunkBuilder{}.record(plain_record).finish();
  chunk.replace(0, 8, 8, '\0');
  const auto all = read(file({chunk}));
  EXPECT_EQ(all.records.size(), 1u);
  EXPECT_EQ(words(all.faults), "bad-header@4096+8 bad-checksum@4096+512 ");
}

TEST(Evtx, BlocksBetweenChunksAreAccountedFor) {
  auto chunk = ChunkBuilder{}.record(plain_record);
  const auto first = chunk.finish();
  const auto all =
      read(file({first, std::string(kChunkSize, '\0'), std::string(1024, 'x'), first}));
  EXPECT_EQ(all.records.size(), 2u);
  ASSERT_EQ(all.accounts.size(), 7u);
  EXPECT_EQ(all.accounts[3].why, "free");
  EXPECT_EQ(all.accounts[3].bytes, (Extent{69632, 65536, 1}));
  EXPECT_EQ(all.accounts[4].why, "bad-header");
  EXPECT_EQ(all.accounts[4].bytes, (Extent{135168, 1024, 1}));
}

TEST(Evtx, AFreeSpaceBeyondTheChunkIsNotBelieved) {
  auto bytes = ChunkBuilder{}.record(plain_record).record(plain_record).finish();
  test::put(bytes, 48, 0x7fffffffu);
  test::put(bytes, 124, chunk_head_checksum(bytes));
  const auto all = read(file({bytes}));
  EXPECT_EQ(all.records.size(), 2u);
  EXPECT_EQ(words(all.faults), "bad-header@4136+12 bad-syntax@4896+64736 ");
}

TEST(Evtx, RecordsThatTheHeadDoesNotKnowYetAreRead) {
  auto chunk = ChunkBuilder{};
  chunk.record(plain_record);
  const auto before = chunk.finish();
  auto bytes = chunk.record(plain_record).finish();
  bytes.replace(0, kChunkHead, before, 0, kChunkHead);
  const auto all = read(file({bytes}, kFlagDirty));
  EXPECT_EQ(all.records.size(), 2u);
  EXPECT_EQ(words(all.faults), "");
}

TEST(Evtx, WhatAnEarlierTurnLeftBehindTheLastRecordIsSlack) {
  auto old = ChunkBuilder{5};
  old.record(plain_record).record(plain_record).record(plain_record);
  auto bytes = old.finish();
  const auto now = ChunkBuilder{900}.record(plain_record).finish();
  const auto used = std::size_t{512} + kPlain;
  bytes.replace(0, used, now, 0, used);
  const auto all = read(file({bytes}));
  ASSERT_EQ(all.records.size(), 1u);
  EXPECT_EQ(all.accounts.back().why, "slack");
  EXPECT_EQ(words(all.faults), "");
}

TEST(Evtx, ReadsOnBehindARecordWhoseHeadIsDestroyed) {
  for (const auto& [at, with] :
       {std::pair<std::size_t, std::uint32_t>{0, 0}, {4, 0}, {4, 20}, {4, 0x7fffffff}, {4, 288}}) {
    SCOPED_TRACE(with);
    auto chunk = ChunkBuilder{};
    chunk.record(plain_record).record(plain_record).record(plain_record);
    auto bytes = chunk.finish();
    test::put(bytes, 512 + kPlain + at, with);
    ChunkBuilder::seal(bytes);
    const auto all = read(file({bytes}));
    EXPECT_EQ(all.records.size(), 2u);
    EXPECT_EQ(words(all.faults), "bad-syntax@4752+144 gap@4904+8 ");
  }
}

TEST(Evtx, ARecordWhoseSizeIsNotRepeatedIsReadIfNoOtherBeginsInIt) {
  auto bytes = ChunkBuilder{}.record(plain_record).record(plain_record).finish();
  test::put(bytes, 512 + kPlain - 4, 0u);
  ChunkBuilder::seal(bytes);
  const auto all = read(file({bytes}));
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(words(all.records[0].faults), "bad-header@4748+4 ");
  EXPECT_EQ(words(all.faults), "");
}

TEST(Evtx, GapsAndRepeatsOfNumbersAreFlaws) {
  auto chunk = ChunkBuilder{};
  chunk.record(plain_record).record(plain_record).record(plain_record);
  auto bytes = chunk.finish();
  test::put<std::uint64_t>(bytes, 512 + kPlain + 8, 7);
  ChunkBuilder::seal(bytes);
  EXPECT_EQ(words(read(file({bytes})).faults), "gap@4760+8 out-of-order@4904+8 ");
}

TEST(Evtx, ChunksFollowEachOtherButForTheTurnOfALog) {
  const auto chunk = [](std::uint64_t first) {
    return ChunkBuilder{first}.record(plain_record).finish();
  };
  EXPECT_EQ(words(read(file({chunk(8), chunk(9), chunk(7)})).faults), "");
  EXPECT_EQ(words(read(file({chunk(7), chunk(9)})).faults), "gap@69656+8 ");
  EXPECT_EQ(words(read(file({chunk(7), chunk(9), chunk(8)})).faults),
            "gap@69656+8 out-of-order@135192+8 ");
}

}  // namespace
}  // namespace serjeant::evtx

#include "core/yaml.h"

#include <gtest/gtest.h>

namespace serjeant {
namespace {

auto flaw_of(std::string_view text, YamlLimits limits = {}) -> YamlFlaw {
  for (const auto& document : read_yaml(text, limits))
    if (document.flaw) return *document.flaw;
  ADD_FAILURE() << "no flaw in: " << text.substr(0, 80);
  return {};
}

TEST(Yaml, RefusesAliasesAnchorsAndTagsWithTheirPlaces) {
  EXPECT_EQ(flaw_of("a: 1\nb: *x\n").kind, YamlFlawKind::kAlias);
  const auto anchor = flaw_of("a: 1\nb: &x [1]\n");
  EXPECT_EQ(anchor.kind, YamlFlawKind::kAnchor);
  EXPECT_EQ(anchor.mark.line, 2u);
  EXPECT_EQ(anchor.mark.offset, 8u);
  EXPECT_EQ(flaw_of("a: !!python/object:os.system x\n").kind, YamlFlawKind::kTag);
  EXPECT_EQ(flaw_of("a: !!str 1\n").kind, YamlFlawKind::kTag);
  EXPECT_EQ(flaw_of("*a : 1\n").kind, YamlFlawKind::kAlias);
}

TEST(Yaml, RefusesAKeyThatStandsTwiceAndNamesBothPlaces) {
  const auto flaw = flaw_of("a: 1\nb: 2\na: 3\n");
  EXPECT_EQ(flaw.kind, YamlFlawKind::kDuplicateKey);
  EXPECT_EQ(flaw.mark.line, 3u);
  ASSERT_TRUE(flaw.first);
  EXPECT_EQ(flaw.first->line, 1u);
}

TEST(Yaml, RefusesKeysThatAreNotScalarsAndNumbersThatAreNotFinite) {
  EXPECT_EQ(flaw_of("? [a]\n: 1\n").kind, YamlFlawKind::kBadKey);
  EXPECT_EQ(flaw_of("? {a: b}\n: 1\nc: d\n").kind, YamlFlawKind::kBadKey);
  for (const auto* text : {"a: .inf", "a: -.INF", "a: .nan", "a: 1e999"})
    EXPECT_EQ(flaw_of(text).kind, YamlFlawKind::kNotFinite) << text;
}

TEST(Yaml, RefusesBytesThatAreNotUtf8AndSaysWhere) {
  const auto flaw = flaw_of("a: 1\nb: \xff\xfe\n");
  EXPECT_EQ(flaw.kind, YamlFlawKind::kEncoding);
  EXPECT_EQ(flaw.mark.line, 2u);
  EXPECT_EQ(flaw.mark.offset, 8u);
  EXPECT_EQ(flaw_of(std::string("a: \0b\n", 6)).kind, YamlFlawKind::kEncoding);
}

TEST(Yaml, EndsAtALimitWithoutUnfoldingAnything) {
  EXPECT_EQ(flaw_of(std::string(100'000, '[')).kind, YamlFlawKind::kLimit);
  EXPECT_EQ(flaw_of(std::string(100, '-') + "\n", {.bytes = 50}).kind, YamlFlawKind::kLimit);
  EXPECT_EQ(flaw_of("[1,2,3,4]", {.nodes = 3}).kind, YamlFlawKind::kLimit);
  EXPECT_EQ(flaw_of("a\n---\nb\n---\nc\n", {.documents = 2}).kind, YamlFlawKind::kLimit);
  auto deep = std::string{};
  for (auto i = 0; i < 70; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(flaw_of(deep).kind, YamlFlawKind::kLimit);
}

TEST(Yaml, KeepsTheDocumentsBeforeASyntaxErrorAndThoseAroundARefusedOne) {
  const auto cut = read_yaml("a: 1\n---\nb: [1\n");
  ASSERT_EQ(cut.size(), 2u);
  EXPECT_FALSE(cut[0].flaw);
  ASSERT_TRUE(cut[1].flaw);
  EXPECT_EQ(cut[1].flaw->kind, YamlFlawKind::kSyntax);
  const auto around = read_yaml("a: 1\n---\nb: !x 1\n---\nc: 3\n");
  ASSERT_EQ(around.size(), 3u);
  EXPECT_TRUE(around[1].flaw);
  EXPECT_EQ(around[2].root.text_of("c"), "3");
}

TEST(Yaml, PlacesAFlawAfterTheLastByteThere) {
  const auto flaw = flaw_of("\"t");
  EXPECT_EQ(flaw.mark.offset, 2u);
  EXPECT_EQ(flaw.mark.length, 0u);
}

TEST(Yaml, LeavesOutEmptyDocuments) {
  EXPECT_TRUE(read_yaml("").empty());
  EXPECT_TRUE(read_yaml("# only a comment\n").empty());
  EXPECT_EQ(read_yaml("---\n---\na: 1\n---\n# end\n").size(), 1u);
}

TEST(Yaml, ReadsScalarsByTheCoreSchemaOfVersion12) {
  const auto kind = [](std::string_view text) { return read_yaml_scalar(text)->kind; };
  for (const auto* text : {"", "~", "null", "Null", "NULL"}) EXPECT_EQ(kind(text), YamlKind::kNull);
  for (const auto* text : {"true", "True", "FALSE"}) EXPECT_EQ(kind(text), YamlKind::kBool);
  for (const auto* text : {"yes",        "no",
                           "on",         "off",
                           "y",          "tRUE",
                           "2024-01-01", "1_000",
                           "0b1",        "12:30:45",
                           "0xZZ",       "0x",
                           "0o9",        "1.2.3",
                           "-",          "+",
                           ".",          "e5",
                           "00000429",   "007",
                           "-08",        "0xffffffffffffffffff"})
    EXPECT_EQ(kind(text), YamlKind::kText) << text;
  for (const auto* text : {"0", "-0", "4624", "+12", "0x1F", "0o17"})
    EXPECT_EQ(kind(text), YamlKind::kInteger) << text;
  for (const auto* text : {"1.5", ".5", "5.", "1e3", "-2.5E-3", "18446744073709551616"})
    EXPECT_EQ(kind(text), YamlKind::kFloat) << text;
  EXPECT_EQ(read_yaml_scalar("0x1F")->integer, 31);
  EXPECT_EQ(read_yaml_scalar("0o17")->integer, 15);
  EXPECT_EQ(read_yaml_scalar("-9223372036854775808")->integer, INT64_MIN);
  EXPECT_DOUBLE_EQ(read_yaml_scalar("+1.5e2")->real, 150);
}

TEST(Yaml, TakesQuotedScalarsAndKeysAsText) {
  const auto documents = read_yaml("1: '2'\n\"3\": \"4\\n\"\n5: |\n  6\n");
  ASSERT_EQ(documents.size(), 1u);
  const auto& root = documents[0].root;
  ASSERT_EQ(root.items.size(), 3u);
  EXPECT_TRUE(root.find("1")->is_text());
  EXPECT_EQ(root.find("3")->text, "4\n");
  EXPECT_EQ(root.find("5")->text, "6\n");
  EXPECT_EQ(root.find("9"), nullptr);
}

TEST(Yaml, CountsBytesNotCharactersInPlaces) {
  const auto text = std::string_view("title: \xc3\xa4\xe2\x82\xac\nb: [x, &y z]\n");
  const auto flaw = flaw_of(text);
  const auto place = place_of(flaw.mark, text, "r.yml");
  EXPECT_EQ(place.line, 2u);
  EXPECT_EQ(place.column, 8u);
  EXPECT_EQ(place.text, "b: [x, &y z]");
  EXPECT_EQ(text.substr(flaw.mark.offset, flaw.mark.length), "&y z");
}

TEST(Yaml, MarksADocumentFromItsFirstTokenToItsLast) {
  const auto text = std::string_view("# c\na: 1\nb:\n  - x\n\n---\nc: 2\n");
  const auto documents = read_yaml(text);
  ASSERT_EQ(documents.size(), 2u);
  const auto cut = [&](const YamlMark& mark) { return text.substr(mark.offset, mark.length); };
  EXPECT_EQ(cut(documents[0].mark), "a: 1\nb:\n  - x");
  EXPECT_EQ(cut(documents[1].mark), "c: 2");
  EXPECT_EQ(documents[1].mark.line, 7u);
  EXPECT_EQ(cut(documents[0].root.find("b")->mark), "- x");
}

}  // namespace
}  // namespace serjeant

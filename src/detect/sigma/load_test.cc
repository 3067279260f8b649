#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "core/file.h"
#include "core/json.h"
#include "detect/matcher.h"
#include "detect/sigma/rule.h"
#include "detect/vectors.h"

namespace serjeant {
namespace {

constexpr auto kRule = "title: t\nlogsource: {category: x}\ndetection: {s: {A: 1}, condition: s}\n";

auto fires(const RuleSet& rules, std::string_view json, std::string_view raw = {}) -> std::size_t {
  auto arena = Arena{};
  auto document = Document{};
  EXPECT_TRUE(parse_json(json, {}, document, arena).complete) << json;
  auto event = Event{};
  event.profile = "unknown";
  event.native = document.root();
  auto out = std::vector<Finding>{};
  make_reference_matcher(rules)->match(event, raw, out);
  return out.size();
}

auto rule(const std::string& selection) -> RuleSet {
  auto rules =
      load_rule_texts({{"t.yml", "title: t\nlogsource: {category: x}\ndetection:\n  s:\n    " +
                                     selection + "\n  condition: s\n"}});
  EXPECT_TRUE(rules.rules()[0].loaded) << rules.rules()[0].why;
  return rules;
}

TEST(Loading, TakesFilesBelowDirectoriesInOrderOfNameAndEachOnce) {
  namespace fs = std::filesystem;
  const auto base =
      fs::temp_directory_path() / ("serjeant_load_test-" + std::to_string(::getpid()));
  fs::remove_all(base);
  fs::create_directories(base / "b");
  ASSERT_TRUE(write_file((base / "b" / "2.yml").string(), std::string(kRule) + "name: two\n"));
  ASSERT_TRUE(write_file((base / "1.yaml").string(), std::string(kRule) + "name: one\n"));
  ASSERT_TRUE(write_file((base / "note.txt").string(), "no rule"));
  const auto rules = load_rules({{base.string(), (base / "1.yaml").string()}, {}});
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->rules().size(), 2u);
  EXPECT_EQ(rules->rules()[0].name, "one");
  EXPECT_EQ(rules->rules()[1].name, "two");
  EXPECT_FALSE(load_rules({{(base / "missing").string()}, {}}));
  fs::remove_all(base);
}

TEST(Loading, ListsAnEmptyFileAsWhatItIs) {
  const auto rules = load_rule_texts({{"empty.yml", ""}, {"comment.yml", "# nothing\n"}});
  ASSERT_EQ(rules.rules().size(), 2u);
  EXPECT_FALSE(rules.rules()[0].loaded);
  EXPECT_EQ(rules.loaded(), 0u);
}

TEST(Loading, MergesOldCollections) {
  const auto rules =
      load_rule_texts({{"t.yml",
                        "action: global\ntitle: g\nid: 1\nlogsource: {category: x}\ndetection: "
                        "{condition: s}\n---\n"
                        "detection: {s: {A: 1}}\n---\ndetection: {s: {B: 1}}\n---\naction: repeat\n"
                        "detection: {s: {C: 1}}\n---\naction: reset\n---\ndetection: {s: {A: 1}, "
                        "condition: s}\n"}});
  ASSERT_EQ(rules.rules().size(), 4u);
  EXPECT_TRUE(rules.rules()[0].loaded) << rules.rules()[0].why;
  EXPECT_TRUE(rules.rules()[1].loaded) << rules.rules()[1].why;
  EXPECT_TRUE(rules.rules()[2].loaded) << rules.rules()[2].why;
  EXPECT_FALSE(rules.rules()[3].loaded);  // nothing global is left
  EXPECT_EQ(rules.rules()[1].title, "g");
  EXPECT_NE(rules.rules()[0].sha256, rules.rules()[1].sha256);
  EXPECT_EQ(fires(rules, R"({"A":1})"), 1u);
  EXPECT_EQ(fires(rules, R"({"B":1})"), 1u);
  EXPECT_EQ(fires(rules, R"({"B":1,"C":1})"), 2u);  // the repeated one wants both
}

TEST(Loading, PutsValuesInThePlaceOfPlaceholders) {
  const auto text = std::string(
      "title: t\nlogsource: {category: x}\ndetection:\n  s:\n    U|expand: 'a%x-1%b%y%'\n"
      "  condition: s\n");
  EXPECT_EQ(load_rule_texts({{"t.yml", text}}).diagnostics().size(), 2u);  // both are named
  const auto rules = load_rule_texts({{"t.yml", text}}, {{"x-1", {"*", "2"}}, {"y", {"3"}}});
  ASSERT_TRUE(rules.rules()[0].loaded);
  EXPECT_EQ(fires(rules, R"({"U":"A*B3"})"), 1u);
  EXPECT_EQ(fires(rules, R"({"U":"a2b3"})"), 1u);
  EXPECT_EQ(fires(rules, R"({"U":"axb3"})"), 0u);  // values are literal
}

TEST(Loading, EndsInTimeOnALongChainOfCorrelationsInReverse) {
  auto text = std::string{};
  constexpr auto count = 3'000;
  for (auto i = count; i > 0; --i)
    text += "title: c\nname: c" + std::to_string(i) + "\ncorrelation: {type: temporal, rules: c" +
            std::to_string(i - 1) + ", timespan: 1m}\n---\n";
  const auto broken = load_rule_texts({{"t.yml", text}});
  EXPECT_EQ(broken.loaded(), 0u);
  const auto whole = load_rule_texts({{"t.yml", text + std::string(kRule) + "name: c0\n"}});
  EXPECT_EQ(whole.loaded(), whole.rules().size());
}

TEST(Loading, BoundsWhatOneValueAndOneConditionCanUnfoldTo) {
  auto many = std::vector<std::string>(200, "v");
  const auto bomb = load_rule_texts(
      {{"t.yml",
        "title: t\nlogsource: {category: x}\ndetection:\n  s:\n    U|expand: '%a%%a%%a%'\n"
        "  condition: s\n"}},
      {{"a", many}});
  EXPECT_EQ(bomb.rules()[0].reason, "placeholder");
  auto text = std::string("title: t\nlogsource: {category: x}\ndetection:\n");
  for (auto i = 0; i < 2'000; ++i) text += "  s" + std::to_string(i) + ": {A: 1}\n";
  text += "  condition: 1 of s*";
  for (auto i = 0; i < 2'000; ++i) text += " or 1 of s*";
  const auto wide = load_rule_texts({{"t.yml", text + "\n"}});
  EXPECT_EQ(wide.rules()[0].reason, "condition-syntax");
  const auto deep = load_rule_texts(
      {{"t.yml", "title: t\nlogsource: {category: x}\ndetection: {s: {A: 1}, condition: " +
                     std::string(5'000, '(') + "}\n"}});
  EXPECT_EQ(deep.rules()[0].reason, "condition-syntax");
}

TEST(Judging, FollowsPathsThroughArraysAndFindsLiteralKeysFirst) {
  const auto rules = rule("a.b.c: x");
  EXPECT_EQ(fires(rules, R"({"a.b.c":"x"})"), 1u);
  EXPECT_EQ(fires(rules, R"({"a":{"b.c":"x"}})"), 1u);
  EXPECT_EQ(fires(rules, R"({"a.b":{"c":"x"}})"), 1u);
  EXPECT_EQ(fires(rules, R"({"a":[{"b":[{"c":["y",["x"]]}]}]})"), 1u);
  EXPECT_EQ(fires(rules, R"({"a.b.c":"y","a":{"b":{"c":"x"}}})"), 0u);
  EXPECT_EQ(fires(rules, R"([{"a":{"b":{"c":"x"}}}])"), 1u);
  EXPECT_EQ(fires(rules, R"("x")"), 0u);
  EXPECT_EQ(fires(rules, R"({"a.b.c":"x","a.b.c":"y"})"), 1u);  // a name twice has both values
}

TEST(Judging, LooksForKeywordsInTheRawLineToo) {
  const auto rules = load_rule_texts(
      {{"t.yml", "title: t\nlogsource: {category: x}\ndetection: {s: [needle], condition: s}\n"}});
  EXPECT_EQ(fires(rules, R"({"a":"b"})", "a raw line with a NEEDLE"), 1u);
  EXPECT_EQ(fires(rules, R"({"a":"b"})", "a raw line"), 0u);
}

TEST(Judging, LeavesTheTypesOfValuesApart) {
  EXPECT_EQ(fires(rule("A: true"), R"({"A":"TRUE"})"), 1u);
  EXPECT_EQ(fires(rule("A: true"), R"({"A":1})"), 0u);
  EXPECT_EQ(fires(rule("A: 1"), R"({"A":true})"), 0u);
  EXPECT_EQ(fires(rule("A: 18446744073709551616"), R"({"A":18446744073709551616})"), 1u);
  EXPECT_EQ(fires(rule("A: 18446744073709551616"), R"({"A":18446744073709551615})"), 0u);
  EXPECT_EQ(fires(rule("A: 1.50"), R"({"A":"1.5"})"), 1u);
  EXPECT_EQ(fires(rule("A|exists: false"), R"({"A":{}})"), 0u);
  EXPECT_EQ(fires(rule("A|contains: tru"), R"({"A":true})"), 1u);
}

TEST(Judging, NegatesAListOfValuesAsAWhole) {
  EXPECT_EQ(fires(rule("A|contains|neq: [a, b]"), R"({"A":"xb"})"), 0u);
  EXPECT_EQ(fires(rule("A|contains|neq: [a, b]"), R"({"A":"x"})"), 1u);
  EXPECT_EQ(fires(rule("A|contains|all|neq: [a, b]"), R"({"A":"xb"})"), 1u);
}

TEST(Filters, AreCountedByWhatTheyRemove) {
  const auto rules = load_rule_texts(
      {{"t.yml", std::string(kRule) +
                     "name: r\n---\ntitle: f\nlogsource: {category: x}\nfilter: {rules: "
                     "[r], s: {U: bob}, condition: not s}\n"}});
  ASSERT_EQ(rules.loaded(), 2u);
  auto arena = Arena{};
  auto document = Document{};
  ASSERT_TRUE(parse_json(R"({"A":1,"U":"BOB"})", {}, document, arena).complete);
  auto event = Event{};
  event.profile = "unknown";
  event.native = document.root();
  auto out = std::vector<Finding>{};
  const auto matcher = make_reference_matcher(rules);
  matcher->match(event, out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(matcher->counts().matches[1], 1u);
  auto ledger = std::string{};
  write_ledger(rules, matcher->counts(), ledger);
  EXPECT_NE(ledger.find(R"("kind":"filter","state":"loaded","logsource":"-/x/-","removed":1})"),
            std::string::npos)
      << ledger;
}

TEST(Vectors, AreJudgedByTheWholeChain) {
  auto out = std::string{};
  const auto counts = run_vectors(
      R"({"id":"a","kind":"rule","rule":"title: t\nlogsource: {category: x}\ndetection: {s: {A: 1}, condition: s}\n","event":{"A":1},"expect":true})"
      "\n"
      R"({"id":"b","kind":"rule","rule":"title: t\n","event":{"A":1},"expect":true})"
      "\nnonsense\n",
      out);
  EXPECT_EQ(counts.agreed, 1u);
  EXPECT_EQ(counts.differed, 1u);
  EXPECT_EQ(counts.unreadable, 1u);
  EXPECT_NE(out.find("differs b: expected true, got rejected"), std::string::npos);
}

}  // namespace
}  // namespace serjeant

#include "detect/sigma/trouble.h"

#include <gtest/gtest.h>

#include <set>

#include "core/file.h"
#include "detect/matcher.h"

namespace serjeant::sigma {
namespace {

constexpr auto kHead = "title: t\nlogsource: {category: test}\n";

auto rule(std::string detection) -> std::string {
  return std::string(kHead) + "detection:\n" + detection;
}
auto correlation(std::string body) -> std::string {
  return std::string(kHead) + "name: base\ndetection: {s: {A: 1}, condition: s}\n---\n" +
         "title: c\nname: c\ncorrelation:\n" + body;
}
auto filter(std::string body) -> std::string {
  return std::string(kHead) + "name: base\ndetection: {s: {A: 1}, condition: s}\n---\n" +
         "title: f\nlogsource: {category: test}\nfilter:\n" + body;
}

// One document, or two, whose last one has exactly this trouble.
struct Case {
  Trouble trouble;
  std::string text;
  std::uint32_t line;
  std::uint32_t column;
};

auto cases() -> std::vector<Case> {
  return {
      {Trouble::kYaml, "title: [t\nlogsource: {", 2, 10},
      {Trouble::kYaml, "title: \xff\n", 1, 8},
      {Trouble::kYamlReference, "title: &t x\n", 1, 8},
      {Trouble::kYamlReference, "title: !!str x\n", 1, 8},
      {Trouble::kYamlDuplicateKey, "title: x\ntitle: y\n", 2, 1},
      {Trouble::kYamlNumber, rule("  s: {A|gt: .inf}\n  condition: s\n"), 4, 13},
      {Trouble::kYamlLimit, std::string(80, '[') + "\n", 1, 65},
      {Trouble::kNotARule, "- a\n- b\n", 1, 1},
      {Trouble::kNotARule, "name: x\nversion: 1\n", 1, 1},
      {Trouble::kAction, "action: globl\ntitle: x\n", 1, 9},
      {Trouble::kTitle, "logsource: {category: a}\ndetection: {s: {A: 1}, condition: s}\n", 1, 1},
      {Trouble::kTitle,
       "title: 5\nlogsource: {category: a}\ndetection: {s: {A: 1}, condition: s}\n", 1, 8},
      {Trouble::kLogSource,
       "title: t\nlogsource: {definition: x}\ndetection: {s: {A: 1}, condition: s}\n", 2, 1},
      {Trouble::kUnknownModifier, rule("  s:\n    A|contians: x\n  condition: s\n"), 5, 7},
      {Trouble::kDetection, "title: t\nlogsource: {category: a}\n", 1, 1},
      {Trouble::kDetection, rule("  s:\n    A: {b: c}\n  condition: s\n"), 5, 8},
      {Trouble::kDetection, rule("  s: [null]\n  condition: s\n"), 4, 7},
      {Trouble::kEmptySelection, rule("  s: {}\n  condition: s\n"), 4, 3},
      {Trouble::kModifierType, rule("  s:\n    A|contains: null\n  condition: s\n"), 5, 7},
      {Trouble::kModifierType, rule("  s:\n    A|base64: 'a*'\n  condition: s\n"), 5, 15},
      {Trouble::kModifierOrder, rule("  s:\n    A|contains|re: x\n  condition: s\n"), 5, 16},
      {Trouble::kModifierOrder, rule("  s:\n    A|gte|hour: 5\n  condition: s\n"), 5, 11},
      {Trouble::kRegex, rule("  s:\n    A|re: 'a(['\n  condition: s\n"), 5, 14},
      {Trouble::kRegexFeature, rule("  s:\n    A|re: 'a(?!b)'\n  condition: s\n"), 5, 13},
      {Trouble::kCidr, rule("  s:\n    A|cidr: 10.0.0.1/8\n  condition: s\n"), 5, 13},
      {Trouble::kPlaceholder, rule("  s:\n    A|expand: '%x%'\n  condition: s\n"), 5, 15},
      {Trouble::kConditionSyntax, rule("  s: {A: 1}\n  condition: s AND s\n"), 5, 16},
      {Trouble::kConditionSyntax, rule("  s: {A: 1}\n  condition: 2 of them\n"), 5, 14},
      {Trouble::kConditionUndefined, rule("  s: {A: 1}\n  condition: s and t\n"), 5, 20},
      {Trouble::kConditionEmptyPattern, rule("  s: {A: 1}\n  condition: s and 1 of f_*\n"), 5, 25},
      {Trouble::kSigma1Aggregation, rule("  s: {A: 1}\n  condition: s | count() > 5\n"), 5, 16},
      {Trouble::kSigma1Timeframe, rule("  s: {A: 1}\n  timeframe: 5m\n  condition: s\n"), 5, 3},
      {Trouble::kDuplicateId,
       rule("  s: {A: 1}\n  condition: s\n") + "id: 1\n---\n" +
           rule("  s: {A: 1}\n  condition: s\n") + "id: 1\n",
       13, 5},
      {Trouble::kReference,
       correlation("  type: event_count\n  rules: [bas]\n  timespan: 1m\n  condition: {gte: 1}\n"),
       10, 11},
      {Trouble::kCycle, correlation("  type: temporal\n  rules: [c]\n  timespan: 1m\n"), 10, 10},
      {Trouble::kCorrelationType,
       correlation("  type: near\n  rules: [base]\n  timespan: 1m\n  condition: {gte: 1}\n"), 9, 9},
      {Trouble::kCorrelationRules,
       correlation("  type: event_count\n  timespan: 1m\n  condition: {gte: 1}\n"), 8, 1},
      {Trouble::kCorrelationTimespan,
       correlation("  type: event_count\n  rules: base\n  timespan: 5 m\n  condition: {gte: 1}\n"),
       11, 13},
      {Trouble::kCorrelationCondition,
       correlation("  type: event_count\n  rules: base\n  timespan: 5m\n  condition: {min: 1}\n"),
       12, 15},
      {Trouble::kCorrelationField,
       correlation("  type: value_count\n  rules: base\n  timespan: 5m\n  condition: {gte: 1}\n"),
       12, 3},
      {Trouble::kCorrelationGroupBy,
       correlation("  type: temporal\n  rules: base\n  timespan: 5m\n  group-by: {a: b}\n"), 12,
       13},
      {Trouble::kCorrelationAlias,
       correlation("  type: temporal\n  rules: base\n  timespan: 5m\n  aliases: {ip: {othr: a}}\n"),
       12, 18},
      {Trouble::kCorrelationExpression,
       correlation("  type: temporal\n  rules: base\n  timespan: 5m\n  condition: base and x\n"),
       12, 23},
      {Trouble::kFilterRules, filter("  s: {A: 1}\n  condition: not s\n"), 8, 1},
      {Trouble::kFilterCondition, filter("  rules: any\n  s: {A: 1}\n  condition: [not s]\n"), 11,
       14},
      {Trouble::kLintAllOfOne, rule("  s:\n    A|contains|all: x\n  condition: s\n"), 5, 5},
      {Trouble::kLintNullInList, rule("  s:\n    A: ['', null]\n  condition: s\n"), 5, 13},
      {Trouble::kLintFilterNarrows, filter("  rules: any\n  s: {A: 1}\n  condition: s\n"), 11, 14},
      {Trouble::kLintUnusedSelection, rule("  s: {A: 1}\n  t: {A: 2}\n  condition: s\n"), 5, 3},
      {Trouble::kLintLevel, rule("  s: {A: 1}\n  condition: s\n") + "level: hihg\n", 6, 8},
      {Trouble::kLintThreshold,
       correlation("  type: temporal\n  rules: base\n  timespan: 5m\n  condition: {gte: 2}\n"), 12,
       20},
      {Trouble::kLintFilterUnused, filter("  rules: [nobody]\n  s: {A: 1}\n  condition: not s\n"),
       8, 1},
  };
}

TEST(Trouble, IsFoundWhereItStandsWithItsReason) {
  for (const auto& one : cases()) {
    const auto rules = load_rule_texts({{"r.yml", one.text}});
    const auto code = code_of(one.trouble);
    ASSERT_FALSE(rules.diagnostics().empty()) << code << "\n" << one.text;
    const auto& [document, diagnostic] = rules.diagnostics().front();
    EXPECT_EQ(diagnostic.code, code) << one.text;
    EXPECT_EQ(diagnostic.places.at(0).line, one.line) << code << "\n" << render(diagnostic);
    EXPECT_EQ(diagnostic.places.at(0).column, one.column) << code << "\n" << render(diagnostic);
    const auto& info = rules.rules()[document];
    EXPECT_EQ(info.loaded, info_of(one.trouble).lint) << code;
    if (!info.loaded) {
      EXPECT_EQ(info.reason, info_of(one.trouble).reason);
    } else {
      EXPECT_TRUE(info.lints.at(0).starts_with(info_of(one.trouble).reason)) << info.lints.at(0);
    }
  }
}

TEST(Trouble, OfEveryKindHasACaseAndAPlaceInTheDocumentation) {
  auto covered = std::set<Trouble>{};
  for (const auto& one : cases()) covered.insert(one.trouble);
  const auto docs = read_file(std::string(SJ_SOURCE_DIR) + "/docs/diagnostics.md");
  ASSERT_TRUE(docs);
  for (const auto& info : all_troubles()) {
    EXPECT_TRUE(covered.contains(info.trouble)) << code_of(info.trouble);
    EXPECT_NE(docs->find("| " + code_of(info.trouble) + " |"), std::string::npos)
        << code_of(info.trouble) << " is not in docs/diagnostics.md";
    EXPECT_NE(docs->find("`" + std::string(info.reason) + "`"), std::string::npos) << info.reason;
  }
}

TEST(Trouble, OffersTheWordThatWasMeant) {
  const auto help = [](const std::string& text) {
    const auto rules = load_rule_texts({{"r.yml", text}});
    return rules.diagnostics().empty() ? std::string{} : rules.diagnostics()[0].second.help;
  };
  EXPECT_EQ(help(rule("  s:\n    A|contians: x\n  condition: s\n")), "did you mean 'contains'?");
  EXPECT_EQ(help(rule("  selection: {A: 1}\n  condition: selecton\n")),
            "did you mean 'selection'?");
  EXPECT_EQ(help(rule("  s: {A: 1}\n  condition: s AND s\n")),
            "operators are written in lower case: and");
  EXPECT_EQ(help(correlation("  type: event_cont\n  rules: base\n  timespan: 1m\n")),
            "did you mean 'event_count'?");
}

TEST(Trouble, WritesTheCorrelationThatAnAggregationOfSigma1Meant) {
  const auto rules = load_rule_texts(
      {{"r.yml",
        rule("  s: {A: 1}\n  timeframe: 10m\n  condition: s | count(User) by Host >= 5\n")}});
  ASSERT_EQ(rules.rules().size(), 1u);
  EXPECT_EQ(rules.rules()[0].reason, "sigma1-timeframe");
  EXPECT_EQ(rules.rules()[0].help,
            "give this rule a name, leave out the timeframe and the part behind the |, and add a "
            "document: correlation: {type: value_count, rules: [NAME], group-by: [Host], timespan: "
            "10m, condition: {field: User, gte: 5}}");
}

TEST(Trouble, NamesBothPlacesOfAnIdThatIsTakenTwice) {
  const auto text = rule("  s: {A: 1}\n  condition: s\n") + "id: x\n";
  const auto rules = load_rule_texts({{"a.yml", text}, {"b.yml", text}});
  ASSERT_EQ(rules.diagnostics().size(), 1u);
  const auto& places = rules.diagnostics()[0].second.places;
  ASSERT_EQ(places.size(), 2u);
  EXPECT_EQ(places[0].file, "b.yml");
  EXPECT_EQ(places[1].file, "a.yml");
  EXPECT_TRUE(rules.rules()[0].loaded);
  EXPECT_FALSE(rules.rules()[1].loaded);
}

TEST(Trouble, OfOneDocumentDoesNotSpoilTheOthers) {
  const auto good = rule("  s: {A: 1}\n  condition: s\n");
  const auto rules = load_rule_texts({{"r.yml", good + "---\ntitle: !x t\n---\n" + good}});
  ASSERT_EQ(rules.rules().size(), 3u);
  EXPECT_TRUE(rules.rules()[0].loaded);
  EXPECT_FALSE(rules.rules()[1].loaded);
  EXPECT_TRUE(rules.rules()[2].loaded);
}

TEST(Trouble, IsToldOnceForAHugeExpressionAndForAFileThatIsNoRule) {
  const auto huge =
      rule("  s:\n    A|re: '" + std::string(10'000'000, 'a') + "'\n  condition: s\n");
  const auto regex = load_rule_texts({{"huge.yml", huge}});
  ASSERT_EQ(regex.rules().size(), 1u);
  EXPECT_EQ(regex.rules()[0].reason, "regex");
  EXPECT_EQ(regex.diagnostics().size(), 1u);
  const auto binary = load_rule_texts({{"a.png", std::string("\x89PNG\r\n\x1a\n\0\0", 10)}});
  ASSERT_EQ(binary.rules().size(), 1u);
  EXPECT_EQ(binary.rules()[0].reason, "yaml");
  EXPECT_EQ(binary.diagnostics().size(), 1u);
}

TEST(Trouble, IsCollectedNotFirstOnly) {
  const auto rules = load_rule_texts(
      {{"r.yml", rule("  s:\n    A|foo: x\n    B|re: '('\n    C|cidr: z\n  condition: q\n")}});
  auto codes = std::vector<std::string>{};
  for (const auto& [document, diagnostic] : rules.diagnostics()) codes.push_back(diagnostic.code);
  EXPECT_EQ(codes, (std::vector<std::string>{"SJ0112", "SJ0117", "SJ0119", "SJ0122"}));
}

}  // namespace
}  // namespace serjeant::sigma

#include "cli/expression.h"

#include <gtest/gtest.h>

#include "detect/matcher.h"

namespace serjeant::cli {
namespace {

auto rule(std::string_view expression) -> std::string {
  const auto made = rule_of_expression(expression);
  const auto* const text = std::get_if<std::string>(&made);
  return text == nullptr ? std::get<Diagnostic>(made).message : *text;
}

TEST(Expression, BecomesARuleThatLoads) {
  for (const auto* expression :
       {"Operation=Send", "a|contains|all=b and not (c='d e' or \"f g\")", "203.0.113.7",
        "Field|exists=true", "x|endswith='it''s'", "CommandLine|re='a(b|c)'"}) {
    const auto set = load_rule_texts({{"expression", rule(expression)}});
    EXPECT_EQ(set.loaded(), 1u) << rule(expression);
  }
}

TEST(Expression, KeepsPrecedenceAndNames) {
  EXPECT_NE(rule("a=1 or b=2 and c=3").find("condition: t1 or t2 and t3"), std::string::npos);
}

TEST(Expression, PointsAtMistakes) {
  EXPECT_EQ(rule(""), "the expression is empty");
  EXPECT_EQ(rule("a=1 b=2"), "'and' or 'or' is missing before this");
  EXPECT_EQ(rule("a=1 and"), "a term is missing at the end");
  EXPECT_EQ(rule("(a=1"), "this parenthesis is never closed");
  EXPECT_EQ(rule("a=1)"), "this parenthesis was never opened");
  EXPECT_EQ(rule("a='x"), "this quote is never closed");
  EXPECT_EQ(rule("=x"), "a field's name is missing");
}

TEST(Expression, ShowsMistakesOfItsRuleWhereTheyWereWritten) {
  auto found = Diagnostic{};
  found.places.push_back({"expression", 6, 16, 8, "    'Operation|contians': 'x'"});
  const auto shown = in_expression(found, "a=b and Operation|contians=x");
  EXPECT_EQ(shown.places[0].line, 1U);
  EXPECT_EQ(shown.places[0].column, 19U);
  EXPECT_EQ(shown.places[0].length, 8U);
}

}  // namespace
}  // namespace serjeant::cli

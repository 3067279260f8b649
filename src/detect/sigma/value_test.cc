#include <gtest/gtest.h>

#include "detect/sigma/address.h"
#include "detect/sigma/number.h"
#include "detect/sigma/reference.h"
#include "detect/sigma/regex.h"

namespace serjeant::sigma {
namespace {

TEST(Number, IsDecimalAndNothingElse) {
  for (const auto* text :
       {"", "x", "0x10", "1_000", " 1", "1 ", "inf", "nan", "+", ".", "e5", "1e", "1.2.3"})
    EXPECT_FALSE(parse_number(text)) << text;
  for (const auto* text : {"0", "-0", "+5", "007", "1.", ".5", "1e3", "-2.5E-3"})
    EXPECT_TRUE(parse_number(text)) << text;
}

TEST(Number, ComparesWholeNumbersBeyond64BitsExactly) {
  const auto less = [](std::string_view a, std::string_view b) {
    return compare(*parse_number(a), *parse_number(b)) < 0;
  };
  EXPECT_TRUE(less("9223372036854775806", "9223372036854775807"));
  EXPECT_TRUE(less("18446744073709551615", "18446744073709551616"));
  EXPECT_TRUE(less("-5", "-4.5"));
  EXPECT_TRUE(less("9007199254740992.0", "9007199254740993"));
  EXPECT_TRUE(compare(*parse_number("517.0"), *parse_number("517")) == 0);
  EXPECT_TRUE(compare(*parse_number("1e3"), *parse_number("1000")) == 0);
}

TEST(Number, AddsDecimalsWithoutRounding) {
  auto sum = Wide{0};
  for (auto i = 0; i < 10; ++i) sum += *parse_decimal("0.1");
  EXPECT_TRUE(sum == kDecimalOne);
  EXPECT_TRUE(*parse_decimal("-1.5e2") == -150 * kDecimalOne);
  EXPECT_TRUE(*parse_decimal("1e-9") == 1);
  EXPECT_TRUE(*parse_decimal("1e-10") == 0);
  EXPECT_FALSE(parse_decimal("1e18"));
  EXPECT_FALSE(parse_decimal("1e99999999999"));
  EXPECT_TRUE(*parse_decimal("0e99999999999") == 0);
}

TEST(Number, HasAShortCanonicalText) {
  EXPECT_EQ(canonical_text(1.5), "1.5");
  EXPECT_EQ(canonical_text(std::int64_t{-7}), "-7");
}

TEST(Address, IsReadStrictly) {
  for (const auto* text : {"",          "1.2.3",         "1.2.3.4.5",
                           "1.2.3.256", "01.2.3.4",      "1.2.3.4 ",
                           " 1.2.3.4",  "1.2.3.4:5",     "1.2.3.+4",
                           ":",         ":::",           "1::2::3",
                           "12345::",   "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                           "::1.2.3",   "fe80::1%",      "1:2:3:4:5:6:7::8:9",
                           "g::",       "1.2.3.4::",     "[::1]"})
    EXPECT_FALSE(parse_address(text)) << text;
  for (const auto* text :
       {"0.0.0.0", "255.255.255.255", "::", "::1", "1::", "fe80::1%eth0", "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:1.2.3.4", "::ffff:1.2.3.4", "2001:DB8::a"})
    EXPECT_TRUE(parse_address(text)) << text;
  EXPECT_TRUE(parse_address("::ffff:10.0.0.1")->v4);
}

TEST(Network, RefusesHostBitsAndBadPrefixes) {
  const auto flaw_of = [](std::string_view text) {
    auto flaw = NetworkFlaw::kNone;
    parse_network(text, flaw);
    return flaw;
  };
  EXPECT_EQ(flaw_of("10.0.0.0/8"), NetworkFlaw::kNone);
  EXPECT_EQ(flaw_of("10.0.0.0/255.0.0.0"), NetworkFlaw::kNone);
  EXPECT_EQ(flaw_of("0.0.0.0/0"), NetworkFlaw::kNone);
  EXPECT_EQ(flaw_of("::/0"), NetworkFlaw::kNone);
  EXPECT_EQ(flaw_of("::ffff:10.0.0.0/104"), NetworkFlaw::kNone);
  EXPECT_EQ(flaw_of("10.0.0.1/8"), NetworkFlaw::kHostBits);
  EXPECT_EQ(flaw_of("2001:db8::1/32"), NetworkFlaw::kHostBits);
  for (const auto* text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/x", "::/129", "10.0.0.0/255.0.255.0"})
    EXPECT_EQ(flaw_of(text), NetworkFlaw::kPrefix) << text;
  EXPECT_EQ(flaw_of("x/8"), NetworkFlaw::kNotANetwork);
  EXPECT_EQ(flaw_of("fe80::%1/10"), NetworkFlaw::kNotANetwork);
}

TEST(Network, OfOneFamilyHoldsNothingOfTheOther) {
  auto flaw = NetworkFlaw::kNone;
  EXPECT_FALSE(contains(*parse_network("::/0", flaw), *parse_address("10.0.0.1")));
  EXPECT_FALSE(contains(*parse_network("0.0.0.0/0", flaw), *parse_address("::1")));
  EXPECT_TRUE(contains(*parse_network("0.0.0.0/0", flaw), *parse_address("::ffff:8.8.8.8")));
}

auto search(std::string_view expression, std::string_view text, RegexOptions options = {}) -> bool {
  auto flaw = RegexFlaw{};
  const auto regex = Regex::compile(expression, options, flaw);
  EXPECT_TRUE(regex) << expression << ": " << flaw.message;
  return regex && regex->search(text);
}

TEST(Regex, NamesTheFeaturesThatItLacks) {
  const auto lacks = [](std::string_view expression) {
    auto flaw = RegexFlaw{};
    EXPECT_FALSE(Regex::compile(expression, {}, flaw)) << expression;
    return flaw.feature;
  };
  for (const auto* expression :
       {"a(?=b)",  "a(?!b)",  "(?<=a)b", "(?<!a)b",   "(a)\\1",  "(?P<x>a)(?P=x)",
        "\\k<x>",  "(?>a)",   "a*+",     "a++b",      "a?+",     "a{2}+",
        "(?|a|b)", "(?R)",    "(?1)",    "(?(1)a|b)", "(?x)a b", "\\Ka",
        "\\Ga",    "(*FAIL)", "[\\h]",   "\\R",       "\\C"})
    EXPECT_TRUE(lacks(expression)) << expression;
  for (const auto* expression : {"([", "a)", "(a", "*a", "a{2,1}", "[b-a]", "\\", "(?q)", "(?"})
    EXPECT_FALSE(lacks(expression)) << expression;
}

TEST(Regex, RefusesWhatWouldBeTooLarge) {
  auto flaw = RegexFlaw{};
  EXPECT_FALSE(Regex::compile(std::string(70'000, 'a'), {}, flaw));
  EXPECT_FALSE(Regex::compile("(((a{1,100}){1,100}){1,100}){1,100}", {}, flaw));
  EXPECT_FALSE(Regex::compile(std::string(5'000, '('), {}, flaw));
}

TEST(Regex, MeansWhatPcreMeans) {
  EXPECT_TRUE(search("^b$", "b\n"));
  EXPECT_FALSE(search("^b$", "b\nc"));
  EXPECT_FALSE(search("^b$", "b\n\n"));
  EXPECT_TRUE(search("(?m)^b$", "a\nb\nc"));
  EXPECT_TRUE(search("(?m:^b$)", "a\nb\nc"));
  EXPECT_FALSE(search("(?m:a)|^b$", "x\nb\nc"));
  EXPECT_TRUE(search("a\\sb", "a\vb"));
  EXPECT_TRUE(search("[\\s]", "\v"));
  EXPECT_FALSE(search("\\S", "\v"));
  EXPECT_TRUE(search("[^\\S]", "\v"));
  EXPECT_TRUE(search("[$]", "$"));
  EXPECT_TRUE(search("\\$", "$"));
  EXPECT_TRUE(search("[]a]", "]"));
  EXPECT_TRUE(search("[[]", "["));
  EXPECT_TRUE(search("\\Qa.b\\E", "a.b"));
  EXPECT_FALSE(search("\\Qa.b\\E", "axb"));
  EXPECT_TRUE(search("a(?#note)b", "ab"));
  EXPECT_TRUE(search("(?<x>a)b", "ab"));
  EXPECT_TRUE(search("a+?b", "aab"));
  EXPECT_TRUE(search("x{,2}", "x{,2}"));
}

TEST(Regex, IsBoundToAnEndWhereModifiersSaySo) {
  EXPECT_TRUE(search("a|b", "bc", {.at_start = true}));
  EXPECT_FALSE(search("a|b", "cb", {.at_start = true}));
  EXPECT_TRUE(search("a|b", "ca", {.at_end = true}));
  EXPECT_FALSE(search("a|b", "ac", {.at_end = true}));
}

TEST(TimePart, IsThatOfTheTimeAsWritten) {
  const auto part = [](TimePart what, std::string_view text, bool number = false) {
    return part_of_time(what, text, number).value_or(-1);
  };
  EXPECT_EQ(part(TimePart::kHour, "2026-02-03T04:00:00+01:00"), 4);
  EXPECT_EQ(part(TimePart::kYear, "2019-12-31T23:59:59-05:00"), 2019);
  EXPECT_EQ(part(TimePart::kHour, "2024-02-29"), 0);
  EXPECT_EQ(part(TimePart::kHour, "1700000000", true), 22);
  EXPECT_EQ(part(TimePart::kMinute, "1700000000000", true), 13);
  EXPECT_EQ(part(TimePart::kMinute, "1700000000.5", true), 13);
  EXPECT_EQ(part(TimePart::kYear, "1700000000"), 2023);
  EXPECT_EQ(part(TimePart::kYear, "2026"), -1);
  EXPECT_EQ(part(TimePart::kHour, "25:00"), -1);
  EXPECT_EQ(part(TimePart::kHour, "99999999999999999999", true), -1);
}

TEST(TimePart, CountsWeeksByIso8601) {
  const auto week = [](std::string_view date) {
    return part_of_time(TimePart::kWeek, date, false).value_or(-1);
  };
  EXPECT_EQ(week("2027-01-01"), 53);
  EXPECT_EQ(week("2027-01-04"), 1);
  EXPECT_EQ(week("2024-12-30"), 1);
  EXPECT_EQ(week("2020-12-31"), 53);
  EXPECT_EQ(week("2021-01-03"), 53);
  EXPECT_EQ(week("1970-01-01"), 1);
}

}  // namespace
}  // namespace serjeant::sigma

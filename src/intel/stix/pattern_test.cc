#include "intel/stix/pattern.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "intel/stix/address.h"
#include "intel/stix/moment.h"
#include "intel/stix/pattern_equal.h"
#include "intel/stix/pattern_match.h"

namespace serjeant::stix {
namespace {

auto parsed(std::string_view text, PatternVersion version = PatternVersion::k21) -> Pattern {
  auto out = parse_pattern(text, version);
  EXPECT_TRUE(out.flaws.empty()) << text << ": " << out.flaws[0].message;
  return std::move(out.pattern);
}

auto flaw_at(std::string_view text, PatternVersion version = PatternVersion::k21) -> int {
  const auto out = parse_pattern(text, version);
  if (out.flaws.empty()) return -1;
  EXPECT_EQ(out.flaws.size(), 1u) << text;
  return static_cast<int>(out.flaws[0].offset);
}

TEST(StixPattern, IsRefusedWhereItGoesWrong) {
  EXPECT_EQ(flaw_at(""), 0);
  EXPECT_EQ(flaw_at("file:size = 1"), 0);
  EXPECT_EQ(flaw_at("[file:size = ]"), 13);
  EXPECT_EQ(flaw_at("[file:size == 1"), 15);
  EXPECT_EQ(flaw_at("[file.size = 1]"), 5);
  EXPECT_EQ(flaw_at("[file:size = 007]"), 13);
  EXPECT_EQ(flaw_at("[file:needs-quotes = 1]"), 6);
  EXPECT_EQ(flaw_at("[file:a = 'x\\d']"), 10);
  EXPECT_EQ(flaw_at("[file:a = 'x]"), 10);
  EXPECT_EQ(flaw_at("[file:a = h'abc']"), 10);
  EXPECT_EQ(flaw_at("[file:a = b'====']"), 10);
  EXPECT_EQ(flaw_at("[file:a = t'2024-13-01T12:00:00Z']"), 10);
  EXPECT_EQ(flaw_at("[file:a = 1] within 5 SECONDS"), 13);
  EXPECT_EQ(flaw_at("[file:a = 1] WITHIN -5 SECONDS"), 20);
  EXPECT_EQ(flaw_at("[file:a = 1] REPEATS 1.5 TIMES"), 21);
  EXPECT_EQ(flaw_at("[file:a < true]"), 10);
  EXPECT_EQ(flaw_at("[file:a LIKE 1]"), 13);
  EXPECT_EQ(flaw_at("[file:a = 1] START '2020-01-01T00:00:00Z' STOP '2021-01-01T00:00:00Z'"), 19);
  EXPECT_EQ(flaw_at("[EXISTS file:a]", PatternVersion::k20), 1);
  EXPECT_EQ(flaw_at("[file:a = '\xff']"), 0);
}

TEST(StixPattern, IsNotFollowedIntoTheDeep) {
  EXPECT_EQ(flaw_at(std::string(256, '(') + "[a:b=1]" + std::string(256, ')')), 256);
  EXPECT_EQ(flaw_at(std::string(200, '(') + "[a:b=1]" + std::string(200, ')')), -1);
  auto repeats = std::string("[a:b=1]");
  for (auto i = 0; i < 2000; ++i) repeats += " REPEATS 1 TIMES";
  EXPECT_GT(flaw_at(repeats), 0);
  auto chain = std::string("[a:b=1]");
  for (auto i = 0; i < 5000; ++i) chain += " AND [a:b=1]";
  EXPECT_EQ(flaw_at(chain), -1);
}

TEST(StixPattern, BindsAndBeforeOrBeforeFollowedby) {
  const auto pattern = parsed("[a:b=1] FOLLOWEDBY [a:b=2] OR [a:b=3] AND [a:b=4]");
  const auto& root = pattern[pattern.root];
  ASSERT_EQ(root.kind, PatternKind::kFollowedBy);
  const auto& either = pattern[root.children[1]];
  ASSERT_EQ(either.kind, PatternKind::kOr);
  EXPECT_EQ(pattern[either.children[1]].kind, PatternKind::kAnd);
}

TEST(StixPattern, PrintsWhatParsesToTheSame) {
  for (const auto* text :
       {"[a:b = 1]", "([a:b = 1 AND (a:'c d'[*].e[0] NOT IN ('x', 'it\\'s \\\\') OR a:f <= -.5)])",
        "[a:b = h'0aff'] AND ([a:b = b'AQI='] OR [a:b = t'2020-01-01T00:00:00.5Z'])",
        "([a:b = true] FOLLOWEDBY [NOT EXISTS a:c]) WITHIN 5.5 SECONDS REPEATS 2 TIMES",
        "[a:b = 1] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'"})
    EXPECT_EQ(print_pattern(parsed(text)), text);
}

TEST(StixPattern, ChecksHashesAndDoubleQualifiers) {
  const auto flaws = [](std::string_view text) {
    return check_pattern(parsed(text), PatternVersion::k21).size();
  };
  EXPECT_EQ(flaws("[file:hashes.'SHA-256' = 'f00']"), 1u);
  EXPECT_EQ(flaws("[file:hashes.MD5 IN ('cead3f77f6cda6ec00f57d76c9a6879f')]"), 0u);
  EXPECT_EQ(flaws("[a:b=1] WITHIN 5 SECONDS WITHIN 6 SECONDS"), 1u);
  EXPECT_EQ(flaws("([a:b=1]) WITHIN 5 SECONDS WITHIN 6 SECONDS"), 0u);
  EXPECT_EQ(flaws("([a:b=1] REPEATS 2 TIMES) REPEATS 2 TIMES"), 0u);
}

auto equal(std::string_view a, std::string_view b) -> bool {
  return compare_patterns(parsed(a), parsed(b)) == Equivalence::kSame;
}

TEST(StixPattern, KnowsEqualsByTheirNormalForm) {
  EXPECT_FALSE(equal("[a:b=1]", "[a:b='1']"));
  EXPECT_FALSE(equal("[a:b=1] AND [a:b=1]", "[a:b=1]"));
  EXPECT_FALSE(equal("[a:b=1] FOLLOWEDBY [a:b=2]", "[a:b=2] FOLLOWEDBY [a:b=1]"));
  EXPECT_TRUE(equal("[a:b=1.0]", "[a:b=+1]"));
  EXPECT_TRUE(equal("[a:b NOT = 1]", "[a:b != 1]"));
  EXPECT_TRUE(equal("[a:b IN (1, 2)]", "[a:b IN (2, 1, 2)]"));
  EXPECT_TRUE(equal("[ipv4-addr:value='10.1.2.3/8']", "[ipv4-addr:value='010.0.0.0/8']"));
  EXPECT_TRUE(equal("[a:b=1] OR ([a:b=2] AND [a:b=1])", "[a:b=1]"));
}

TEST(StixPattern, DoesNotMultiplyOutWithoutEnd) {
  auto text = std::string("[");
  for (auto i = 0; i < 20; ++i)
    text += std::string(i > 0 ? " AND " : "") + "(a:b=" + std::to_string(2 * i) +
            " OR a:b=" + std::to_string(2 * i + 1) + ")";
  text += "]";
  EXPECT_EQ(compare_patterns(parsed(text), parsed(text)), Equivalence::kUndecided);
}

class Seen {
 public:
  explicit Seen(std::string text) : text_(std::move(text)) {
    EXPECT_TRUE(parse_json(text_, "", document_, arena_).complete);
    auto read = read_observations(document_.root());
    EXPECT_TRUE(read) << read.error().message;
    if (read) observations_ = std::move(*read);
  }
  auto match(std::string_view pattern, MatchLimits limits = {}) const -> MatchVerdict {
    return match_pattern(parsed(pattern), observations_, limits).verdict;
  }

 private:
  std::string text_;
  Document document_;
  Arena arena_;
  std::vector<Observation> observations_;
};

auto seen(int second, std::string_view name, int age, int count = 1) -> std::string {
  const auto at =
      "2020-01-01T00:00:" + std::string(second < 10 ? "0" : "") + std::to_string(second) + "Z";
  return R"({"type":"observed-data","first_observed":")" + at + R"(","last_observed":")" + at +
         R"(","number_observed":)" + std::to_string(count) +
         R"(,"objects":{"0":{"type":"person","name":")" + std::string(name) + R"(","age":)" +
         std::to_string(age) + R"(}}})";
}

TEST(StixMatch, ReportsWhatCannotBeEvaluated) {
  const auto one = Seen("[" + seen(1, "a", 3) + "]");
  EXPECT_EQ(one.match("[person:name = t'2020-01-01T00:00:00Z']"), MatchVerdict::kError);
  EXPECT_EQ(one.match("[person:age = t'2020-02-30T00:00:00Z']"), MatchVerdict::kError);
  EXPECT_EQ(one.match("[person:age IN (1, true)]"), MatchVerdict::kError);
  EXPECT_EQ(one.match("[person:name MATCHES '(']"), MatchVerdict::kError);
  EXPECT_EQ(one.match("[person:age = 3] WITHIN 0 SECONDS"), MatchVerdict::kError);
  EXPECT_EQ(one.match("[person:age = 3] REPEATS 0 TIMES"), MatchVerdict::kError);
}

TEST(StixMatch, BindsNoInstanceTwice) {
  const auto all = Seen("[" + seen(1, "a", 3, 3) + "," + seen(4, "b", 5) + "]");
  EXPECT_EQ(all.match("[person:age = 3] REPEATS 3 TIMES"), MatchVerdict::kMatch);
  EXPECT_EQ(all.match("[person:age = 3] REPEATS 4 TIMES"), MatchVerdict::kNoMatch);
  EXPECT_EQ(all.match("([person:age = 3] AND [person:age > 0]) REPEATS 2 TIMES"),
            MatchVerdict::kMatch);
  EXPECT_EQ(all.match("([person:age = 3] AND [person:age = 5]) REPEATS 2 TIMES"),
            MatchVerdict::kNoMatch);
  EXPECT_EQ(all.match("[person:name = 'b'] AND [person:age = 5]"), MatchVerdict::kNoMatch);
  EXPECT_EQ(all.match("[person:name = 'a'] FOLLOWEDBY [person:name = 'b']"), MatchVerdict::kMatch);
  EXPECT_EQ(all.match("[person:name = 'b'] FOLLOWEDBY [person:name = 'a']"),
            MatchVerdict::kNoMatch);
  EXPECT_EQ(all.match("[person:age > 0] REPEATS 4 TIMES WITHIN 3 SECONDS"), MatchVerdict::kMatch);
  EXPECT_EQ(all.match("[person:age > 0] REPEATS 4 TIMES WITHIN 2.999 SECONDS"),
            MatchVerdict::kNoMatch);
}

TEST(StixMatch, CountingAndBindingOneByOneAgree) {
  auto text = std::string("[");
  for (auto i = 0; i < 8; ++i) text += (i > 0 ? "," : "") + seen(i * i % 29, "x", i, 1 + i % 3);
  const auto all = Seen(text + "]");
  for (auto times = 1; times < 16; ++times)
    for (auto within = 1; within < 30; within += 3) {
      const auto plain = "[person:age >= 0] REPEATS " + std::to_string(times) + " TIMES WITHIN " +
                         std::to_string(within) + " SECONDS";
      // AND with what is always there keeps counting out of it.
      EXPECT_EQ(all.match(plain), all.match("([person:age = 99] OR (" + plain +
                                            " FOLLOWEDBY [person:age = 99])) OR (" + plain + ")"))
          << plain;
    }
}

TEST(StixMatch, EndsUndecidedRatherThanNever) {
  auto text = std::string("[");
  for (auto i = 0; i < 40; ++i) text += (i > 0 ? "," : "") + seen(i, "x", i);
  const auto all = Seen(text + "]");
  EXPECT_EQ(all.match("(([person:age >= 0] REPEATS 20 TIMES) AND [person:age < 30]) WITHIN 10 "
                      "SECONDS",
                      {.steps = 10'000}),
            MatchVerdict::kUndecided);
  EXPECT_EQ(all.match("[person:age >= 0] REPEATS 20 TIMES WITHIN 10 SECONDS", {.steps = 10'000}),
            MatchVerdict::kNoMatch);
}

TEST(StixMatch, RefusesObservationsWithoutTimes) {
  for (
      const auto* bad :
      {R"([{"type":"observed-data","objects":{}}])",
       R"([{"type":"observed-data","first_observed":"2020-01-01T00:00:00Z","last_observed":"2019-01-01T00:00:00Z","objects":{}}])",
       R"([{"type":"observed-data","first_observed":"2020-01-01T00:00:00Z","last_observed":"2020-01-01T00:00:00Z","number_observed":0,"objects":{}}])"}) {
    auto document = Document{};
    auto arena = Arena{};
    ASSERT_TRUE(parse_json(bad, "", document, arena).complete);
    EXPECT_FALSE(read_observations(document.root())) << bad;
  }
}

TEST(StixAddress, ReadsBothFamiliesAndNothingElse) {
  for (const auto* bad : {"", "1.2.3", "1.2.3.256", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-5",
                          "::1/129", "1:2", "foo", "1.2.3.4 "})
    EXPECT_FALSE(read_address(bad)) << bad;
  EXPECT_EQ(print_address(*read_address("01.02.03.04/32")), "1.2.3.4");
  EXPECT_EQ(print_address(*read_address("1:2:3:4:5:6:ffff:8/111")), "1:2:3:4:5:6:fffe:0/111");
  EXPECT_TRUE(contains(*read_address("10.0.0.0/8"), *read_address("10.1.2.3")));
  EXPECT_FALSE(contains(*read_address("10.1.2.3"), *read_address("10.0.0.0/8")));
  EXPECT_FALSE(contains(*read_address("::/0"), *read_address("10.1.2.3")));
}

TEST(StixMoment, IsExactAboutItsForm) {
  for (const auto* bad : {"", "2010-05-21T13:21:43", "2010-05-21t13:21:43Z", "2010-05-21T13:21Z",
                          "2010-05-21T13:21:43.Z", "2010-05-21T24:00:00Z", "2010/05/21T13:21:43Z"})
    EXPECT_FALSE(read_moment(bad)) << bad;
  EXPECT_FALSE(read_moment("2023-02-29T00:00:00Z")->exists);
  EXPECT_TRUE(read_moment("2024-02-29T00:00:00Z")->exists);
  EXPECT_GT(read_moment("3012-08-17T17:43:55Z")->at, read_moment("2010-05-21T13:21:43Z")->at);
}

}  // namespace
}  // namespace serjeant::stix

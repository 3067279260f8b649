#include <gtest/gtest.h>

#include <set>

#include "core/text.h"
#include "detect/sigma/fast/find.h"
#include "detect/sigma/fast/folded.h"
#include "detect/sigma/fast/memo.h"
#include "detect/sigma/fast/rarity.h"
#include "detect/sigma/fast/regex_literal.h"
#include "detect/sigma/fast/value_index.h"

namespace serjeant::sigma::fast {
namespace {

// A small generator of its own: the same numbers everywhere.
class Numbers {
 public:
  auto below(std::size_t bound) -> std::size_t {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>(state_ % bound);
  }

 private:
  std::uint64_t state_ = 0x9e3779b97f4a7c15;
};

auto random_text(Numbers& numbers, std::size_t most, std::string_view letters) -> std::string {
  auto out = std::string{};
  for (auto left = numbers.below(most + 1); left > 0; --left)
    out += letters[numbers.below(letters.size())];
  return out;
}

TEST(Folding, IsFoldCaseForAnyBytes) {
  auto numbers = Numbers{};
  auto arena = Arena{};
  auto all = std::string{};
  for (auto c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (auto from = std::size_t{0}; from < all.size(); ++from)
    EXPECT_EQ(fold_padded(all.substr(0, from), arena), fold_case(all.substr(0, from)));
  for (auto i = 0; i < 2000; ++i) {
    const auto text = random_text(numbers, 40, "AZaz@[`{ 09\x7f\xc3\x84\xe2\x84\xaa");
    EXPECT_EQ(fold_padded(text, arena), fold_case(text));
  }
}

TEST(Finding, IsFindForAnyTexts) {
  auto numbers = Numbers{};
  auto arena = Arena{};
  for (auto i = 0; i < 20'000; ++i) {
    const auto text = fold_padded(random_text(numbers, 70, "abc"), arena);
    const auto part = random_text(numbers, 5, "abc");
    EXPECT_EQ(contains_text(text, part), text.find(part) != std::string_view::npos);
    if (i % 1000 == 0) arena.reset();
  }
}

// What an index says of a value, and what is so.
TEST(Index, MeetsExactlyWhatItsTriggersMean) {
  auto numbers = Numbers{};
  for (auto round = 0; round < 40; ++round) {
    const auto letters = round % 2 == 0 ? std::string_view("ab") : std::string_view("abcdefgh\\.-");
    auto index = ValueIndex{};
    auto triggers = std::vector<Trigger>{};
    for (auto i = 0; i < 60; ++i) {
      const auto kind = static_cast<Trigger::Kind>(numbers.below(4));
      auto text = random_text(numbers, 40, letters);
      if (kind != Trigger::Kind::kEquals && text.empty()) continue;
      triggers.push_back({kind, std::move(text), {}});
      index.add(triggers.back(), static_cast<std::uint32_t>(triggers.size() - 1));
    }
    index.freeze();
    auto arena = Arena{};
    for (auto i = 0; i < 300; ++i) {
      auto text = random_text(numbers, 20, letters);
      const auto& one = triggers[numbers.below(triggers.size())];
      if (i % 3 == 0) text += one.text;
      if (i % 3 == 1) text = one.text + text;
      const auto folded = fold_padded(text, arena);
      const auto node = Node{{}, text, 1, Kind::kText};
      auto met = std::set<std::uint32_t>{};
      index.probe(folded, Value(&node), [&](std::uint32_t id) { met.insert(id); });
      auto expected = std::set<std::uint32_t>{};
      for (auto id = std::uint32_t{0}; id < triggers.size(); ++id) {
        const auto& [kind, wanted, network] = triggers[id];
        if ((kind == Trigger::Kind::kEquals && text == wanted) ||
            (kind == Trigger::Kind::kStarts && text.starts_with(wanted)) ||
            (kind == Trigger::Kind::kEnds && text.ends_with(wanted)) ||
            (kind == Trigger::Kind::kContains && text.find(wanted) != std::string::npos))
          expected.insert(id);
      }
      EXPECT_EQ(met, expected) << text;
    }
  }
}

TEST(Index, KnowsNetworksAndNumbersHoweverWritten) {
  auto index = ValueIndex{};
  auto flaw = NetworkFlaw::kNone;
  auto id = std::uint32_t{0};
  for (const auto* text : {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "fe80::/10", "0.0.0.0/0"})
    index.add({Trigger::Kind::kNetwork, {}, *parse_network(text, flaw)}, id++);
  index.add({Trigger::Kind::kNumber, "4624", {}}, 100);
  index.freeze();
  auto arena = Arena{};
  const auto probe = [&](std::string_view text, Kind kind) {
    const auto node = Node{{}, text, 1, kind};
    auto met = std::set<std::uint32_t>{};
    index.probe(fold_padded(text, arena), Value(&node), [&](std::uint32_t at) { met.insert(at); });
    return met;
  };
  using Set = std::set<std::uint32_t>;
  EXPECT_EQ(probe("10.1.2.3", Kind::kText), (Set{0, 1, 2, 4}));
  EXPECT_EQ(probe("::ffff:10.2.0.1", Kind::kText), (Set{0, 4}));
  EXPECT_EQ(probe("fe80::1%eth0", Kind::kText), (Set{3}));
  EXPECT_EQ(probe("no address", Kind::kText), Set{});
  EXPECT_EQ(probe("4624", Kind::kNumber), Set{100});
  EXPECT_EQ(probe("4624", Kind::kText), Set{100});
  EXPECT_EQ(probe("4624.0", Kind::kNumber), Set{100});
  EXPECT_EQ(probe("4625", Kind::kNumber), Set{});
}

TEST(Remembering, GivesBackWhatWasKeptAndForgetsTheOldest) {
  auto memo = Memo{};
  const auto hits = std::vector<std::uint32_t>{3, 1, 4};
  EXPECT_FALSE(memo.find(7, 1, "value"));
  memo.keep(7, 1, "value", hits);
  ASSERT_TRUE(memo.find(7, 1, "value"));
  EXPECT_TRUE(std::ranges::equal(*memo.find(7, 1, "value"), hits));
  EXPECT_FALSE(memo.find(7, 2, "value"));  // the same value in another field
  EXPECT_FALSE(memo.find(7, 1, "other"));  // another value of the same hash
  memo.keep(8, 1, "", {});
  ASSERT_TRUE(memo.find(8, 1, ""));
  EXPECT_TRUE(memo.find(8, 1, "")->empty());
  const auto filler = std::string(2000, 'x');
  for (auto i = std::uint64_t{0}; i < 4000; ++i)
    memo.keep(1'000'000 * (i + 1), 5, filler + std::to_string(i), hits);
  EXPECT_FALSE(memo.find(7, 1, "value"));
}

TEST(Literals, OfARegularExpressionArePartsOfAllThatItMatches) {
  using List = std::vector<std::string>;
  EXPECT_EQ(literals_of_expression("Invoke-\\w+Mimikatz"), (List{"invoke-", "mimikatz"}));
  EXPECT_EQ(literals_of_expression("ab+c"), (List{"ab", "c"}));
  EXPECT_EQ(literals_of_expression("abc*d"), (List{"ab", "d"}));
  EXPECT_EQ(literals_of_expression("abc?d"), (List{"ab", "d"}));
  EXPECT_EQ(literals_of_expression("abc{0,3}d"), (List{"ab", "d"}));
  EXPECT_EQ(literals_of_expression("ab{x"), (List{"ab{x"}));
  EXPECT_EQ(literals_of_expression("foo(bar|baz)?[a-z]qux"), (List{"foo", "qux"}));
  EXPECT_EQ(literals_of_expression("foo|bar"), List{});
  EXPECT_EQ(literals_of_expression("foo(a|b)c|bar"), List{});
  EXPECT_EQ(literals_of_expression("a\\.b\\\\c"), (List{"a.b\\c"}));
  EXPECT_EQ(literals_of_expression("x[]|]y"), (List{"x", "y"}));
  EXPECT_EQ(literals_of_expression("x\\Qy|z\\E"), List{});
  EXPECT_EQ(literals_of_expression("x\\x{41}"), List{});
  EXPECT_EQ(literals_of_expression("(((a"), List{});
}

TEST(Rarity, RanksCommonTextAboveRareText) {
  const auto& rarity = Rarity::shared();
  EXPECT_GT(rarity.share("\\windows\\system32\\"), rarity.share("mimikatz"));
  EXPECT_GT(rarity.share(".exe"), rarity.share("invoke-expression"));
  EXPECT_GT(rarity.share("xqz"), 0.0);
  EXPECT_LE(rarity.share(""), 1.0);
}

}  // namespace
}  // namespace serjeant::sigma::fast

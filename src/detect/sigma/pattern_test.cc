#include "detect/sigma/pattern.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace serjeant::sigma {
namespace {

auto meets(std::string_view rule, std::string_view text) -> bool {
  auto pattern = parse_pattern(rule);
  finish_pattern(pattern, false);
  return matches(pattern, fold_case(text));
}

// The definition, by recursion over single bytes: the twin of the walk.
auto slow(std::string_view pattern, std::string_view text) -> bool {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*')
    return slow(pattern.substr(1), text) || (!text.empty() && slow(pattern, text.substr(1)));
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         slow(pattern.substr(1), text.substr(1));
}

TEST(Pattern, EqualsItsDefinitionForAllShortPatternsAndTexts) {
  const auto words = [](std::string_view alphabet, std::size_t longest) {
    auto out = std::vector<std::string>{""};
    for (auto from = std::size_t{0}, length = std::size_t{1}; length <= longest; ++length) {
      const auto to = out.size();
      for (; from < to; ++from)
        for (const auto c : alphabet) out.push_back(out[from] + c);
    }
    return out;
  };
  const auto texts = words("ab", 5);
  for (const auto& pattern : words("ab*?", 5)) {
    auto parsed = parse_pattern(pattern);
    finish_pattern(parsed, true);
    for (const auto& text : texts)
      ASSERT_EQ(matches(parsed, text), slow(pattern, text)) << pattern << " / " << text;
  }
}

TEST(Pattern, TakesBadBytesAsOneCodePointEach) {
  EXPECT_TRUE(meets("a?b",
                    "a\xff"
                    "b"));
  EXPECT_FALSE(meets("a?b",
                     "a\xff\xfe"
                     "b"));
  EXPECT_TRUE(meets("a??b",
                    "a\xe2\x82"
                    "b"));
  EXPECT_TRUE(meets("a?b",
                    "a\xe2\x82\xac"
                    "b"));
}

TEST(Pattern, EndsInTimeOnPatternsThatMakeOthersExplode) {
  const auto text = std::string(20'000, 'a');
  EXPECT_FALSE(meets("*a*a*a*a*a*a*a*a*a*b", text));
}

TEST(Pattern, KnowsABackslashOnlyBeforeWildcardsAndItself) {
  EXPECT_TRUE(meets("\\\\\\\\srv\\x", "\\\\srv\\x"));
  EXPECT_TRUE(meets("a\\nb", "a\\nb"));
  EXPECT_TRUE(meets("a\\", "A\\"));
  EXPECT_FALSE(meets("a\\*b", "axxb"));
}

TEST(Pattern, MarksOnlyDashesThatBeginAFlag) {
  const auto marked = [](std::string_view text) {
    auto pattern = parse_pattern(text);
    mark_dashes(pattern);
    auto out = std::string{};
    for (const auto& piece : pattern.pieces)
      out += piece.kind == Piece::Kind::kDash   ? "#"
             : piece.kind == Piece::Kind::kText ? piece.text
                                                : "*";
    return out;
  };
  EXPECT_EQ(marked("-a b-c -d"), "#a b-c #d");
  EXPECT_EQ(marked(" --key /x//y"), " -#key #x/#y");
  EXPECT_EQ(marked("*-a*"), "*#a*");
  EXPECT_EQ(marked("- a-"), "- a-");
  EXPECT_EQ(marked("\xc3\xa4-b -\xc3\xa4"), "\xc3\xa4-b #\xc3\xa4");
}

TEST(Pattern, SpellsDashesOutAndRefusesTooMany) {
  auto pattern = parse_pattern("-a -b");
  mark_dashes(pattern);
  EXPECT_EQ(spell_dashes(pattern)->size(), 25u);
  auto many = parse_pattern("-a -b -c -d -e -f");
  mark_dashes(many);
  EXPECT_FALSE(spell_dashes(many));
}

TEST(Pattern, LeavesATraceInBase64AtEachPlace) {
  for (const auto* word : {"a", "ab", "abc", "abcd", "http://", "d\xc3\xa9j\xc3\xa0"}) {
    const auto traces = base64_offsets_of(literal_pattern(word));
    ASSERT_FALSE(traces.empty()) << word;
    for (const auto& before : {"", "x", "xy", "xyz"}) {
      const auto whole = base64_encode(std::string(before) + word + "tail");
      auto found = false;
      for (const auto& trace : traces)
        found = found || whole.find(literal_of(trace)) != std::string::npos;
      // One byte in the middle of a group leaves no sign of its own.
      EXPECT_TRUE(found || std::string_view(word) == "a") << word << " in " << whole;
    }
    for (const auto& trace : traces) EXPECT_FALSE(literal_of(trace).empty());
  }
}

TEST(Pattern, EncodesUtf16WithSurrogatesAndMark) {
  auto pattern = literal_pattern("\xf0\x9f\x98\x80");
  encode_utf16(pattern, Utf16::kMarked);
  EXPECT_EQ(hex(literal_of(pattern)), "fffe3dd800de");
  pattern = literal_pattern("a");
  encode_utf16(pattern, Utf16::kBig);
  EXPECT_EQ(hex(literal_of(pattern)), "0061");
}

}  // namespace
}  // namespace serjeant::sigma

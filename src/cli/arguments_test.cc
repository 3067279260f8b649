#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace serjeant::cli {
namespace {

auto parse(std::vector<std::string> words) { return parse_arguments(words); }

auto mistake(std::vector<std::string> words) -> Diagnostic {
  const auto parsed = parse_arguments(words);
  const auto* const diagnostic = std::get_if<Diagnostic>(&parsed);
  return diagnostic == nullptr ? Diagnostic{} : *diagnostic;
}

TEST(Arguments, TakesEvidenceAndRepeatedOptionsInAnyOrder) {
  const auto parsed =
      parse({"investigate", "a", "--rules", "r1", "b", "--rules=r2", "--case", "c.sjt"});
  const auto& got = std::get<Arguments>(parsed);
  EXPECT_EQ(got.all("EVIDENCE"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(got.all("--rules"), (std::vector<std::string>{"r1", "r2"}));
  EXPECT_EQ(got.one("--case"), "c.sjt");
  EXPECT_FALSE(got.has("--quiet"));
}

TEST(Arguments, OffersTheVerbThatWasMeant) {
  const auto got = mistake({"investigat", "a"});
  EXPECT_EQ(got.code, "SJ0002");
  EXPECT_EQ(got.help, "did you mean 'investigate'?");
}

TEST(Arguments, OffersTheOptionThatWasMeant) {
  const auto got = mistake({"investigate", "a", "--cse", "x"});
  EXPECT_EQ(got.code, "SJ0003");
  EXPECT_EQ(got.help, "did you mean '--case'?");
}

TEST(Arguments, NamesWhatIsMissing) {
  EXPECT_EQ(mistake({"investigate", "a"}).code, "SJ0006");
  EXPECT_EQ(mistake({"investigate", "--case", "c"}).code, "SJ0008");
  EXPECT_EQ(mistake({"verify", "a", "b"}).code, "SJ0009");
  EXPECT_EQ(mistake({"investigate", "a", "--case"}).code, "SJ0004");
}

TEST(Arguments, SaysWhereAValueIsWantedAndWhereNot) {
  const auto wanted = mistake({"detect", "a", "--jobs"});
  EXPECT_EQ(wanted.code, "SJ0004");
  EXPECT_EQ(wanted.message, "--jobs needs a value: N");
  EXPECT_EQ(mistake({"read", "a", "--spine=3"}).code, "SJ0005");
}

TEST(Arguments, ChecksChoices) {
  const auto got = mistake({"detect", "a", "--format", "tabel"});
  EXPECT_EQ(got.code, "SJ0007");
  EXPECT_EQ(got.help, "did you mean 'table'?");
}

TEST(Arguments, ReadsNamesThatBeginWithADashAfterTwoDashes) {
  const auto parsed = parse({"read", "--", "-strange"});
  EXPECT_EQ(std::get<Arguments>(parsed).all("EVIDENCE"), std::vector<std::string>{"-strange"});
}

TEST(Arguments, HelpWinsOverMistakes) {
  EXPECT_TRUE(std::holds_alternative<HelpWanted>(parse({"investigate", "--help", "--nonsense"})));
  EXPECT_TRUE(std::holds_alternative<HelpWanted>(parse({})));
  EXPECT_TRUE(std::holds_alternative<VersionWanted>(parse({"--version"})));
}

}  // namespace
}  // namespace serjeant::cli

#include "intel/report/report.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace serjeant::report {
namespace {

auto values(const std::vector<Indicator>& all) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  for (const auto& one : all) out.push_back(one.value);
  return out;
}
auto read_plain(std::string_view source) -> Reading {
  return read_report(fold(source, Format::kPlain));
}

TEST(ReportText, ShowsWhatItFoldedAsItWasWritten) {
  const auto text = fold(
      "\xE2\x80\x9C"
      "of\xEF\xAC\x81"
      "ce\xE2\x80\x9D",
      Format::kPlain);
  EXPECT_EQ(text.shadow, "\"office\"");
  EXPECT_EQ(text.written({1, 7}),
            "of\xEF\xAC\x81"
            "ce");
}

TEST(ReportText, TakesTagsAndScriptsOutOfHtml) {
  const auto text = fold("<p>a &amp; b</p><script>x<y</script><p>c", Format::kHtml);
  EXPECT_EQ(trim(text.shadow), "a & b\n\n\nc");
}

TEST(ReportText, StopsAtATagThatNeverEnds) {
  EXPECT_EQ(fold("a <b", Format::kHtml).shadow, "a ");
  EXPECT_EQ(fold("a <script> b", Format::kHtml).shadow, "a ");
}

TEST(ReportIndicators, UndoesEachWayOfDisarming) {
  const auto got = read_plain(
      "It called hxxps[:]//drop.birch-mail[.]example/a?b=<id> and 192.0.2[.]9:81, then wrote to "
      "boss(at)birch-mail(dot)example.");
  EXPECT_EQ(values(got.indicators.taken),
            (std::vector<std::string>{"https://drop.birch-mail.example/a?b=", "192.0.2.9",
                                      "boss@birch-mail.example"}));
}

TEST(ReportIndicators, SaysWhyAnAddressIsNone) {
  const auto got = read_plain("The host 10.1.2.3 asked 9.9.9.9 for index.php.");
  EXPECT_TRUE(got.indicators.taken.empty());
  ASSERT_EQ(got.indicators.rejected.size(), 3u);
  EXPECT_EQ(got.indicators.rejected[0].reason, "private address");
  EXPECT_EQ(got.indicators.rejected[1].reason, "public resolver on a warning list");
  EXPECT_EQ(got.indicators.rejected[2].reason, "file name, not a domain");
}

TEST(ReportIndicators, WritesHashesAndAddressesInNormalForm) {
  const auto got = read_plain("86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8 2001:0db8:0:0:0:0:0:5/64");
  EXPECT_EQ(
      values(got.indicators.taken),
      (std::vector<std::string>{"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", "2001:db8::5/64"}));
}

TEST(ReportMeasures, KeepsLikelihoodApartFromConfidence) {
  const auto got = read_plain(
      "We assess with high confidence that the Sorrel Bear group is very likely responsible for "
      "the theft.");
  ASSERT_EQ(got.likelihoods.size(), 2u);
  EXPECT_EQ(got.likelihoods[0].kind, "confidence");
  EXPECT_EQ(got.likelihoods[1].band, "very-likely");
}

TEST(ReportMeasures, TakesAGuessOfTheWriterForNoLikelihood) {
  const auto got = read_plain("The step is likely to cool relations.");
  EXPECT_TRUE(got.likelihoods.empty());
  ASSERT_EQ(got.hedges.size(), 1u);
}

TEST(ReportClaims, LinksADenialToTheAccusation) {
  const auto got = read_plain(
      "Borland said on Friday that the Ministry of Defence of Costavia attacked its parliament.\n"
      "Costavia rejected the accusation.");
  ASSERT_EQ(got.claims.size(), 2u);
  EXPECT_EQ(got.claims[0].act, "attacked");
  EXPECT_EQ(got.claims[1].stance, "denies");
  EXPECT_EQ(got.claims[1].denies, std::vector<int>{0});
}

TEST(ReportClaims, TakesNoQuestionForAnAssertion) {
  EXPECT_TRUE(read_plain("Question: Is Costavia responsible for the attack?").claims.empty());
}

TEST(ReportClaims, ReadsNothingFromABlurb) {
  const auto got = read_plain(
      "\"Lifelong tea drinker. Certified internet nerd. Proud gamer. Amateur hacked fan.\"");
  EXPECT_TRUE(got.claims.empty());
  EXPECT_TRUE(got.entities.empty());
}

}  // namespace
}  // namespace serjeant::report

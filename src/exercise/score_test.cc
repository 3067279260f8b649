#include "exercise/score.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "core/file.h"
#include "core/text.h"
#include "exercise/out.h"
#include "exercise/score_parts.h"
#include "store/case_writer.h"

namespace serjeant {
namespace {

using exercise::b_cubed;

TEST(BCubed, IsOneForTheTruthItself) {
  const auto score = b_cubed({1, 1, 2, 2}, {5, 5, 6, 6});
  EXPECT_EQ(score.f1_ppm, 1'000'000u);
}

// Four mails of one campaign in two clusters of two: each mail's cluster is
// pure, and holds half of its campaign.
TEST(BCubed, HalvesRecallForACampaignInTwoHalves) {
  const auto score = b_cubed({1, 1, 2, 2}, {5, 5, 5, 5});
  EXPECT_EQ(score.precision_ppm, 1'000'000u);
  EXPECT_EQ(score.recall_ppm, 500'000u);
  EXPECT_EQ(score.f1_ppm, 666'666u);
}

TEST(BCubed, CountsUnlabelledMailsAgainstThePrecisionOfTheirCluster) {
  const auto score = b_cubed({1, 1, 1, 1}, {5, 5, 0, 0});
  EXPECT_EQ(score.precision_ppm, 500'000u);
  EXPECT_EQ(score.recall_ppm, 1'000'000u);
}

TEST(BCubed, TakesMailsWithoutAClusterAsAlone) {
  const auto score = b_cubed({0, 0, 0, 0}, {5, 5, 5, 5});
  EXPECT_EQ(score.precision_ppm, 1'000'000u);
  EXPECT_EQ(score.recall_ppm, 250'000u);
}

TEST(Score, WritesOneObjectAMeasure) {
  auto report = ScoreReport{};
  report.measures.push_back(
      exercise::judged("a", "0.5", ">= 0.9", false, exercise::Detail{}.count("n", 4).end()));
  report.measures.push_back(exercise::not_testable("b", "all", "no log"));
  EXPECT_FALSE(report.ok());
  EXPECT_EQ(
      report.ndjson(),
      "{\"measure\":\"a\",\"value\":0.5,\"bar\":\">= 0.9\",\"ok\":false,\"detail\":{\"n\":4}}\n"
      "{\"measure\":\"b\",\"value\":null,\"bar\":\"all\",\"ok\":null,\"detail\":{\"why\":\"no "
      "log\"}}\n");
}

TEST(Score, RoundsDownSoThatABarIsNeverMetByRounding) {
  EXPECT_EQ(exercise::ratio(9'999'999, 10'000'000), "0.9999");
  EXPECT_EQ(exercise::ratio(0, 0), "1");
  EXPECT_EQ(exercise::ratio(3, 2), "1.5000");
}

// An exercise of one mailbox with two lures, and a case about it.
class SmallCase : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = (std::filesystem::path{::testing::TempDir()} /
            ("serjeant-score-" + std::to_string(::getpid())))
               .string();
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_ + "/work");
    auto file = exercise::OutFile{dir_, "P/mail/a.mbox"};
    auto truth = exercise::Truth{};
    for (auto i = 0; i < 3; ++i) {
      const auto text = "Subject: " + std::to_string(i) + "\n\nHello.\n";
      const auto start = file.offset();
      file.buffer += "From a@b.example Mon Jan  4 10:00:00 2021\n" + text + "\n";
      ids_.push_back(id_from_bytes(view(sha256(text)).substr(0, 16)));
      auto mail = exercise::MailTruth{};
      mail.org = "P";
      mail.file = "P/mail/a.mbox";
      mail.offset = start;
      mail.length = file.offset() - start;
      mail.kind = i < 2 ? "lure" : "newsletter";
      if (i < 2) mail.campaign = "c1";
      truth.mails.push_back(mail);
      file.end_row();
    }
    truth.campaigns.push_back({});
    truth.campaigns[0].id = "c1";
    const auto entry = file.finish();
    ASSERT_TRUE(entry);
    size_ = entry->bytes;
    digest_ = *from_hex(entry->sha256);
    ASSERT_TRUE(write_truth(dir_, truth));
    ASSERT_TRUE(write_file(dir_ + "/MANIFEST",
                           entry->sha256 + "  " + std::to_string(size_) + "  3  P/mail/a.mbox\n"));
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  // A case whose one campaign has these mails.
  auto score(const std::vector<Id>& members) -> ScoreReport {
    auto writer = CaseWriter{dir_ + "/work"};
    auto source = SourceRow{};
    source.id = 1;
    std::copy(digest_.begin(), digest_.end(), source.sha256.begin());
    source.size = size_;
    source.kind = "mbox";
    writer.add(source);
    writer.add(CoverageRow{1, 0, size_, 1, "mbox", 3, 0, ""});
    const auto campaign = IdBuilder("campaign").finish();
    writer.add(CampaignRow{campaign, "campaign-1", "unknown", {}, {}});
    for (const auto& member : members) {
      writer.add(CampaignMemberRow{campaign, member, 0, 1'000'000});
    }
    const auto sealed = writer.seal({}, dir_ + "/a.case");
    EXPECT_TRUE(sealed) << (sealed ? "" : sealed.error().message);
    const auto reader = CaseReader::open(dir_ + "/a.case");
    EXPECT_TRUE(reader) << (reader ? "" : reader.error().message);
    const auto report = score_case(*reader, dir_ + "/truth/");
    EXPECT_TRUE(report) << (report ? "" : report.error().message);
    std::filesystem::remove(dir_ + "/a.case");
    return report ? *report : ScoreReport{};
  }
  static auto find(const ScoreReport& report, std::string_view name) -> Measure {
    for (const auto& measure : report.measures) {
      if (measure.name == name) return measure;
    }
    ADD_FAILURE() << name << " was not measured";
    return {};
  }

  std::string dir_, digest_;
  std::uint64_t size_ = 0;
  std::vector<Id> ids_;
};

TEST_F(SmallCase, FindsMailsByTheirBytesAndPassesTheTruth) {
  const auto report = score({ids_[0], ids_[1]});
  EXPECT_EQ(find(report, "campaign.f1").value, "1");
  EXPECT_EQ(find(report, "campaign.f1").state, Measure::State::kPassed);
  EXPECT_EQ(find(report, "campaign.decoys").value, "0");
  EXPECT_EQ(find(report, "accounting.bytes").state, Measure::State::kPassed);
  EXPECT_TRUE(report.ok()) << report.ndjson();
}

TEST_F(SmallCase, FailsADecoyAmongTheLuresAndSaysWhere) {
  const auto report = score(ids_);
  const auto decoys = find(report, "campaign.decoys");
  EXPECT_EQ(decoys.state, Measure::State::kFailed);
  EXPECT_NE(decoys.detail.find("\"file\":\"P/mail/a.mbox\""), std::string::npos);
  EXPECT_FALSE(report.ok());
}

TEST_F(SmallCase, SaysWhatCannotBeTestedInsteadOfPassingIt) {
  const auto report = score({ids_[0], ids_[1]});
  EXPECT_EQ(find(report, "takeover.recall").state, Measure::State::kNotTestable);
  EXPECT_EQ(find(report, "gaps.found").state, Measure::State::kNotTestable);
}

TEST_F(SmallCase, IsRefusedBesideAnotherExercise) {
  ASSERT_TRUE(write_file(dir_ + "/MANIFEST", std::string(64, '0') + "  5  1  P/mail/a.mbox\n"));
  auto writer = CaseWriter{dir_ + "/work"};
  ASSERT_TRUE(writer.seal({}, dir_ + "/b.case"));
  const auto reader = CaseReader::open(dir_ + "/b.case");
  ASSERT_TRUE(reader);
  const auto report = score_case(*reader, dir_ + "/truth");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace serjeant

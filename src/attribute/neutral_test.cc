#include "attribute/neutral.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <numeric>

#include "attribute/answers.h"
#include "attribute/logit.h"
#include "attribute/measures.h"
#include "attribute/profiles.h"
#include "core/file.h"

namespace serjeant::neutral {
namespace {

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "neutral-" +
            testing::UnitTest::GetInstance()->current_test_info()->name();
    mkdir(path_.c_str(), 0700);
    mkdir((path_ + "/kb").c_str(), 0700);
  }
  void put(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file(path_ + "/" + name, text));
  }
  // Three groups; what G0003 alone has is rare.
  void put_knowledge() {
    put("kb/kb-1.1.jsonl",
        R"({"g":"G0001","src":"a","t":["T1","T2","T3"],"s":[]}
{"g":"G0002","src":"b","t":["T1","T2"],"s":["S1"]}
{"g":"G0003","src":"c","t":["T1","T4.001","T4.002"],"s":["S2"]}
{"g":"G0003","src":"d","t":["T1","T5"],"s":["S2"]}
{"g":"G0002","src":null,"t":["T5"],"s":[]}
)");
    put("citations.jsonl",
        R"({"src":"a","date":"2018-05-14","publisher":"p"}
{"src":"b","date":"2019","publisher":"p"}
{"src":"c","date":"2020-01","publisher":"q"}
{"src":"d","date":"2021-03","publisher":"q"}
)");
    put("software.jsonl", R"({"id":"S2","implies":["T5","T9"]}
)");
  }
  auto path() const -> const std::string& { return path_; }

 private:
  std::string path_;
};

constexpr auto kTrial =
    R"({"trial":"known","case_id":"G0003|c","kb":"1.1","date":"2020-01","drop_source":"c","window_months":6,"drop_group":null,"observed":{"t":["T1","T5"],"s":["S2"]},"framed":null,"planted":[]}
)";

TEST_F(Folder, FailsWithoutAnyKnowledge) {
  EXPECT_FALSE(read_library(path(), {}));
  put("kb/kb-1.1.jsonl", "");
  const auto library = read_library(path(), {});
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().code, Code::kMalformed);
}

TEST_F(Folder, LeavesOutLinesThatAreNoObjectAndCountsThem) {
  put("kb/kb-1.1.jsonl",
      "not json\n[1]\n{\"g\":\"G0001\",\"src\":\"a\",\"t\":[\"T1\"],\"s\":[]}\n{\"g\":");
  const auto library = read_library(path(), {});
  ASSERT_TRUE(library) << library.error().message;
  EXPECT_EQ(library->newest().size(), 1u);
  EXPECT_GE(library->bad_lines, 3u);
}

TEST_F(Folder, DoesNotUseRelationsThatNobodyPublished) {
  put_knowledge();
  const auto library = read_library(path(), {});
  ASSERT_TRUE(library);
  EXPECT_EQ(library->newest().size(), 4u);
}

TEST_F(Folder, AMissingMonthCountsAsJanuaryAndStaysMarked) {
  EXPECT_EQ(month_of("2019").number, month_of("2019-01-31").number);
  EXPECT_NE(month_of("2019").stamp, month_of("2019-01-31").stamp);
  EXPECT_FALSE(month_of("").known());
  EXPECT_FALSE(month_of("n.d.").known());
  EXPECT_EQ(month_of("2019-13").stamp, 201900);
}

TEST_F(Folder, LeavingReportsOutAndPuttingThemBackIsAsIfNothingHadHappened) {
  put_knowledge();
  const auto library = read_library(path(), {});
  ASSERT_TRUE(library);
  auto profiles = Profiles(*library, library->newest(), true);
  const auto query = std::vector<Number>{library->item("T1"), library->item("T5")};
  const auto before = profiles.scores(query, Scorer::kBm25);
  const auto g = library->group("G0003");
  profiles.leave_out([&](const Report& r) { return r.group == g; });
  EXPECT_EQ(profiles.groups(), 2u);
  EXPECT_EQ(profiles.spread(library->item("T5")), 0u);
  profiles.leave_out([](const Report&) { return false; });
  EXPECT_EQ(profiles.scores(query, Scorer::kBm25), before);
  EXPECT_EQ(profiles.count(g, library->item("S2")), 2u);
}

// The formulas once more, slowly and for one group.
TEST_F(Folder, ScoresAreThoseOfTheFormulas) {
  put_knowledge();
  const auto library = read_library(path(), {});
  ASSERT_TRUE(library);
  const auto profiles = Profiles(*library, library->newest(), true);
  const auto query =
      std::vector<Number>{library->item("S2"), library->item("T1"), library->item("T3")};
  const auto g = library->group("G0003");
  // G0003 has T1, T4.001, T4.002, T5 and S2; N = 3; df: S2 1, T1 3, T3 1.
  EXPECT_DOUBLE_EQ(profiles.scores(query, Scorer::kJaccard)[g], 2.0 / 6);
  const auto ratio = [](double x, double df) {
    const auto b = (df + 0.5) / 4;
    return std::log((x + 2 * b) / 3 / b);
  };
  EXPECT_NEAR(profiles.scores(query, Scorer::kRatio)[g], ratio(1, 1) + ratio(1, 3) + ratio(0, 1),
              1e-12);
  const auto length = 0.25 + 0.75 * 5 / (11.0 / 3);
  const auto term = [&](double df, double c) {
    return std::log(4 / (df + 0.5)) * c * 2.2 / (c + 1.2 * length);
  };
  EXPECT_NEAR(profiles.scores(query, Scorer::kBm25)[g], term(1, 2) + term(3, 2), 1e-12);
}

TEST_F(Folder, AnswersSumToOneAndKeepUnknown) {
  put_knowledge();
  put("trials.jsonl", kTrial);
  const auto library = read_library(path(), path() + "/trials.jsonl");
  ASSERT_TRUE(library) << library.error().message;
  const auto parameters = built_in_parameters();
  ASSERT_TRUE(parameters) << parameters.error().message;
  auto answerer = Answerer(*library, library->newest(), *parameters);
  const auto answer = answerer.answer(library->trials[0]);
  EXPECT_NEAR(std::accumulate(answer.posterior.begin(), answer.posterior.end(), 0.0), 1.0, 1e-12);
  EXPECT_GT(answer.posterior.back(), 0.0);
  EXPECT_EQ(answer.first, library->group("G0003"));
  EXPECT_EQ(answer.named, kNone);  // three items name nobody
}

TEST_F(Folder, TechniquesAloneNameNobodyHoweverManyMatch) {
  auto techniques = std::string{};
  for (auto i = 0; i < 40; ++i)
    techniques += (i ? ",\"T9" : "\"T9") + std::to_string(100 + i) + "\"";
  put_knowledge();
  put("kb/kb-1.2.jsonl", "{\"g\":\"G0001\",\"src\":\"a\",\"t\":[" + techniques + "],\"s\":[]}\n" +
                             R"({"g":"G0002","src":"b","t":["T1"],"s":[]})");
  put("trials.jsonl",
      R"({"trial":"t","case_id":"c","kb":"1.2","date":"2019-06","observed":{"t":[)" + techniques +
          "],\"s\":[]}}\n");
  const auto library = read_library(path(), path() + "/trials.jsonl");
  const auto parameters = built_in_parameters();
  ASSERT_TRUE(library && parameters);
  auto answerer = Answerer(*library, library->reports.at("1.2"), *parameters);
  const auto answer = answerer.answer(library->trials[0]);
  EXPECT_EQ(answer.first, library->group("G0001"));
  EXPECT_EQ(answer.named, kNone);
}

TEST_F(Folder, WhatTheQuestionSaysOfItsAnswerChangesNothing) {
  put_knowledge();
  put("trials.jsonl", kTrial);
  auto other = std::string(kTrial);
  other.replace(other.find("G0003|c"), 7, "G0001|c");
  other.replace(other.find(R"("framed":null)"), 13, R"("framed":"G0002")");
  put("others.jsonl", other);
  const auto parameters = built_in_parameters();
  ASSERT_TRUE(parameters);
  const auto a = read_library(path(), path() + "/trials.jsonl");
  const auto b = read_library(path(), path() + "/others.jsonl");
  ASSERT_TRUE(a && b);
  auto one = answer_trials(*a, *parameters), two = answer_trials(*b, *parameters);
  ASSERT_TRUE(one && two);
  const auto tail = [](const std::string& line) { return line.substr(line.find("posterior")); };
  EXPECT_EQ(tail(*one), tail(*two));
}

TEST_F(Folder, TheSameItemTwiceIsOneItem) {
  put_knowledge();
  put("trials.jsonl", kTrial);
  auto twice = std::string(kTrial);
  twice.replace(twice.find(R"(["T1","T5"])"), 11, R"(["T5","T1","T5","T5"])");
  put("twice.jsonl", twice);
  const auto parameters = built_in_parameters();
  ASSERT_TRUE(parameters);
  const auto a = read_library(path(), path() + "/trials.jsonl");
  const auto b = read_library(path(), path() + "/twice.jsonl");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(*answer_trials(*a, *parameters), *answer_trials(*b, *parameters));
}

TEST_F(Folder, AQuestionOfAReleaseThatIsNotThereIsAMistake) {
  put_knowledge();
  auto other = std::string(kTrial);
  other.replace(other.find(R"("1.1")"), 5, R"("9.9")");
  put("trials.jsonl", other);
  const auto library = read_library(path(), path() + "/trials.jsonl");
  const auto parameters = built_in_parameters();
  ASSERT_TRUE(library && parameters);
  EXPECT_FALSE(answer_trials(*library, *parameters));
}

TEST_F(Folder, WeightsForAQuestionHaveNotSeenItsGroup) {
  put_knowledge();
  put("trials.jsonl", kTrial);
  const auto library = read_library(path(), path() + "/trials.jsonl");
  const auto parameters = built_in_parameters();
  ASSERT_TRUE(library && parameters);
  const auto answerer = Answerer(*library, library->newest(), *parameters);
  EXPECT_EQ(answerer.folds_of(library->trials[0]), FoldSet{1} << fold_of("G0003"));
  EXPECT_EQ(fold_of("G0007"), choice_of("G0007", "fold") % 5);
}

TEST(Parameters, AreRefusedWhereAnythingIsMissing) {
  const auto built_in = built_in_parameters();
  ASSERT_TRUE(built_in);
  const auto text = write_parameters(*built_in);
  const auto again = read_parameters(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(write_parameters(*again), text);
  EXPECT_FALSE(read_parameters(""));
  EXPECT_FALSE(read_parameters("{}"));
  EXPECT_FALSE(read_parameters(text.substr(0, text.size() / 2)));
  auto renamed = text;
  renamed.replace(renamed.find("bm25"), 4, "bm26");
  EXPECT_FALSE(read_parameters(renamed));
}

TEST(Logit, FindsTheOddsThatWereThere) {
  // Candidate 0 has the feature and is right three times of four.
  auto choices = std::vector<Choice>{};
  for (auto i = 0; i < 400; ++i) choices.push_back({{1.0, 0.0}, i % 4 == 0 ? 1u : 0u, 1});
  auto pointers = std::vector<const Choice*>{};
  for (const auto& choice : choices) pointers.push_back(&choice);
  const auto weights = fit_logit(pointers, 1, 1e-9);
  EXPECT_NEAR(weights[0], std::log(3.0), 1e-5);
}

TEST(Measures, TiesShareTheMiddleOfTheirPlaces) {
  const auto scores = std::vector<double>{3, 1, 1, 0};
  const auto groups = std::vector<Number>{0, 1, 2, 3};
  EXPECT_EQ(rank_of(scores, groups, 1), 2.5);
  EXPECT_EQ(rank_of(scores, groups, 0), 1);
  EXPECT_EQ(top_of(scores, std::vector<Number>{1, 2, 3}), 1u);
  EXPECT_EQ(rank_of(scores, std::vector<Number>{0, 1}, 3), 1e6);
}

TEST(Measures, SeparationIsAHalfForTies) {
  EXPECT_EQ(auroc({1, 1}, {1, 1}), 0.5);
  EXPECT_EQ(auroc({2, 3}, {0, 1}), 1.0);
  EXPECT_EQ(auroc({}, {1}), 0.0);
}

}  // namespace
}  // namespace serjeant::neutral

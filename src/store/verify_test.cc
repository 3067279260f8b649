#include "store/verify.h"

#include <gtest/gtest.h>

#include <map>

#include "core/file.h"
#include "core/text.h"
#include "seal/evidence.h"
#include "store/database.h"
#include "store/sample_case.h"
#include "store/schema.h"
#include "store/test_folder.h"
#include "store/test_keys.h"

namespace serjeant {
namespace {

class Verify : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_sample(folder_.path(), path_));
    ASSERT_TRUE(append_custody(custody_path(path_), 0, "ann", "investigate", "case.sjt"));
    const auto log = append_custody(custody_path(path_), kSecond, "ann", "seal", "case.sjt");
    ASSERT_TRUE(log);
    auto manifest = make_manifest(path_, {log->seq, log->hash});
    ASSERT_TRUE(manifest) << manifest.error().message;
    auto seal = Seal{*manifest, {}};
    seal.signatures.push_back(sign(manifest_text(seal.manifest), kTestKey).value());
    ASSERT_TRUE(write_seal(seal_path(path_), seal));
    for (auto id = 1u; id <= kSampleSources; ++id) evidence_[id] = sample_source(id);
  }

  // Options that look the evidence up by the sealed digests, whatever it became.
  auto options() -> VerifyOptions {
    auto out = VerifyOptions();
    out.evidence = [this](const Digest& sha256) -> std::optional<EvidenceBytes> {
      for (const auto& [id, bytes] : evidence_)
        if (serjeant::sha256(sample_source(id)) == sha256) return EvidenceBytes{bytes, false};
      return std::nullopt;
    };
    return out;
  }
  // Changes the case by SQL behind its seal's back.
  void change(std::string_view sql) {
    auto database = Database::create(path_, folder_.path());
    ASSERT_TRUE(database);
    const auto done = database->run(sql);
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(database->close());
  }
  static auto outcome(const VerifyReport& report, std::string_view name) -> StepOutcome {
    const auto* const step = report.step(name);
    EXPECT_NE(step, nullptr) << name;
    return step == nullptr ? StepOutcome::kSkipped : step->outcome;
  }
  static auto first_fault(const VerifyReport& report, std::string_view name) -> std::string {
    const auto* const step = report.step(name);
    return step == nullptr || step->faults.empty() ? "" : step->faults.front();
  }
  static auto failed_steps(const VerifyReport& report) -> std::string {
    auto out = std::string();
    for (const auto& step : report.steps)
      if (step.outcome == StepOutcome::kFailed) out += step.name + ": " + step.faults[0] + '\n';
    return out;
  }

  TestFolder folder_;
  std::string path_ = folder_ / "case.sjt";
  std::map<std::uint32_t, std::string> evidence_;
};

TEST_F(Verify, PassesACleanCaseInTheOrderOfTheFormatPage) {
  auto asked = options();
  auto read = std::map<std::string, int>();
  asked.recheck = [&](std::string_view source, const Cited& cited) -> std::optional<std::string> {
    ++read[std::string(cited.what)];
    EXPECT_LE(cited.at.offset + cited.at.length, source.size());
    if (cited.what == "finding") {
      EXPECT_EQ(cited.rule, view(sha256("rule 1")));
    }
    if (cited.what == "event") {
      EXPECT_TRUE(cited.stored.starts_with("{"));
    }
    if (cited.what == "name") {
      EXPECT_EQ(cited.stored, "N. N.");
    }
    EXPECT_EQ(cited.profile, cited.at.source == 1 ? "m365-audit" : "");
    return std::nullopt;
  };
  asked.keys = {public_key(kTestKey).value()};
  const auto report = verify_case(path_, asked);
  EXPECT_TRUE(report.passed()) << failed_steps(report);
  auto names = std::string();
  for (const auto& step : report.steps) {
    names += step.name + '|';
    EXPECT_EQ(step.outcome, StepOutcome::kPassed) << step.name << ' ' << step.detail;
    EXPECT_FALSE(step.detail.empty()) << step.name;
  }
  EXPECT_EQ(names,
            "seal|signatures|file hash|schema|integrity|foreign keys|bad_coverage|bad_overlap|"
            "bad_claim|bad_span|bad_tlp|bad_rivals|bad_denial|bad_rung|bad_name|custody log|"
            "declared custody|leaves|spans|records|");
  EXPECT_EQ(read["event"], 40);
  EXPECT_EQ(read["finding"], 10);
  EXPECT_EQ(read["claim"], 3);
  EXPECT_EQ(read["coverage"], 4);
  EXPECT_EQ(read["person"], 1);
  EXPECT_EQ(read["name"], 1);
}

TEST_F(Verify, SkipsWhatItWasNotGiven) {
  std::filesystem::remove(seal_path(path_));
  std::filesystem::remove(custody_path(path_));
  const auto report = verify_case(path_, {});
  EXPECT_TRUE(report.passed()) << failed_steps(report);
  for (const auto* const name :
       {"seal", "signatures", "file hash", "custody log", "leaves", "spans", "records"})
    EXPECT_EQ(outcome(report, name), StepOutcome::kSkipped) << name;
}

TEST_F(Verify, ReportsAFileThatIsNoCase) {
  put_file(path_, "hello");
  const auto report = verify_case(path_, options());
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(outcome(report, "file hash"), StepOutcome::kFailed);
  EXPECT_EQ(outcome(report, "schema"), StepOutcome::kFailed);
  EXPECT_EQ(outcome(report, "integrity"), StepOutcome::kSkipped);
  std::filesystem::remove(path_);
  EXPECT_FALSE(verify_case(path_, options()).passed());
}

TEST_F(Verify, ReportsAnyChangedByteOfTheCaseByItsHash) {
  auto bytes = read_file(path_).value();
  for (auto at = std::size_t{97}; at < bytes.size(); at += 50'021) {
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    put_file(path_, bytes);
    EXPECT_EQ(outcome(verify_case(path_, {}), "file hash"), StepOutcome::kFailed) << at;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
  }
}

TEST_F(Verify, ReportsAnAlteredSealAndAFalseSignature) {
  const auto text = read_file(seal_path(path_)).value();
  put_file(seal_path(path_), text.substr(0, 20) + "x" + text.substr(21));
  EXPECT_EQ(outcome(verify_case(path_, {}), "seal"), StepOutcome::kFailed);
  auto seal = parse_seal(text).value();
  seal.manifest.tlp = Tlp::kClear;
  ASSERT_TRUE(write_seal(seal_path(path_), seal));
  const auto report = verify_case(path_, {});
  EXPECT_EQ(outcome(report, "seal"), StepOutcome::kPassed);
  EXPECT_EQ(outcome(report, "signatures"), StepOutcome::kFailed);
  EXPECT_EQ(outcome(report, "schema"), StepOutcome::kFailed);
}

TEST_F(Verify, ReportsThatNoneOfTheGivenKeysSigned) {
  auto asked = VerifyOptions();
  asked.keys = {std::string(32, 'x')};
  EXPECT_EQ(outcome(verify_case(path_, asked), "signatures"), StepOutcome::kFailed);
  auto seal = read_seal(seal_path(path_)).value();
  seal.signatures.clear();
  ASSERT_TRUE(write_seal(seal_path(path_), seal));
  EXPECT_EQ(outcome(verify_case(path_, asked), "signatures"), StepOutcome::kFailed);
  EXPECT_EQ(outcome(verify_case(path_, {}), "signatures"), StepOutcome::kSkipped);
}

TEST_F(Verify, ReportsATornABrokenAndACutCustodyLog) {
  const auto log = custody_path(path_);
  const auto text = read_file(log).value();
  put_file(log, text.substr(0, text.size() - 10));
  EXPECT_NE(first_fault(verify_case(path_, {}), "custody log").find("torn"), std::string::npos);
  put_file(log, text.substr(text.find('\n') + 1));
  EXPECT_NE(first_fault(verify_case(path_, {}), "custody log").find("line 1"), std::string::npos);
  // A whole chain that ends before the entry that the seal knows.
  put_file(log, text.substr(0, text.find('\n') + 1));
  EXPECT_EQ(outcome(verify_case(path_, {}), "custody log"), StepOutcome::kFailed);
  std::filesystem::remove(log);
  EXPECT_EQ(outcome(verify_case(path_, {}), "custody log"), StepOutcome::kFailed);
  // Later entries are as they should be.
  put_file(log, text);
  ASSERT_TRUE(append_custody(log, 0, "bob", "verify", "case.sjt"));
  EXPECT_EQ(outcome(verify_case(path_, {}), "custody log"), StepOutcome::kPassed);
}

// One violation for each view, planted behind the writer's back: its own step
// fails, and no other view's but those named with it.
TEST_F(Verify, FindsOnePlantedViolationOfEachInvariant) {
  const auto clean = read_file(path_).value();
  struct Planted {
    const char* views;
    const char* sql;
  };
  const auto all = std::vector<Planted>{
      {"bad_coverage|", "DELETE FROM coverage WHERE source=2"},
      {"bad_coverage|", "UPDATE coverage SET len=len-1 WHERE state=3"},
      {"bad_coverage|bad_overlap|", "UPDATE coverage SET len=len+1 WHERE source=1 AND off=0"},
      {"bad_overlap|",
       "UPDATE coverage SET off=off+5, len=len-5 WHERE source=1 AND off=0;"
       "UPDATE coverage SET len=len+5, off=off-5 WHERE source=1 AND state=3"},
      {"bad_claim|", "UPDATE claim SET reason=NULL WHERE reason IS NOT NULL"},
      {"bad_span|", "UPDATE finding SET off=3000000 WHERE off=0"},
      {"bad_span|", "UPDATE finding SET len=0 WHERE off=0"},
      {"bad_span|", "UPDATE claim_evidence SET off=-1 WHERE off=50"},
      {"bad_tlp|", "UPDATE finding SET tlp=1 WHERE off=400"},
      {"bad_tlp|", "UPDATE claim SET tlp=0 WHERE literal='a tool'"},
      {"bad_tlp|", "UPDATE run SET tlp=3"},
      {"bad_rivals|", "UPDATE hypothesis SET kind='group' WHERE kind='unknown'"},
      {"bad_denial|", "DELETE FROM answer"},
      {"bad_rung|", "UPDATE official_act SET source=2"},
      {"bad_name|", "UPDATE assessment SET named=1"},
  };
  for (const auto& [views, sql] : all) {
    put_file(path_, clean);
    change(sql);
    const auto report = verify_case(path_, {});
    auto failed = std::string();
    for (const auto& step : report.steps)
      if (step.name.starts_with("bad_") && step.outcome == StepOutcome::kFailed)
        failed += step.name + '|';
    EXPECT_EQ(failed, views) << sql;
  }
}

TEST_F(Verify, KeepsANameBehindEachConditionOfTheGate) {
  const auto clean = read_file(path_).value();
  const auto gate = std::string(
      "UPDATE assessment SET named=1,posterior=900000,technical=900000,confidence=2,quiet=1,"
      "technique_only=0,cost=4,clean=1;");
  const auto open = [&](const std::string& more) {
    put_file(path_, clean);
    change(gate + more);
    return outcome(verify_case(path_, {}), "bad_name") == StepOutcome::kPassed;
  };
  EXPECT_TRUE(open(""));
  const auto rival = [](std::string_view kind, int posterior) {
    return "INSERT INTO hypothesis SELECT x'aa', question, '" + std::string(kind) +
           "', subject, NULL, 0, 0 FROM hypothesis WHERE kind='group';"
           "INSERT INTO assessment VALUES(x'aa'," +
           std::to_string(posterior) + ",0,0,0,'',0,0,0,0,0,0,'[]')";
  };
  EXPECT_TRUE(open(rival("unknown", 79'999)));
  EXPECT_FALSE(open(rival("unknown", 80'000)));
  EXPECT_TRUE(open(rival("framed", 49'999)));
  EXPECT_FALSE(open(rival("framed", 50'000)));
  for (const auto* const below : {"posterior=899999", "technical=899999", "confidence=1", "quiet=0",
                                  "technique_only=1", "cost=3", "clean=0"})
    EXPECT_FALSE(open(std::string("UPDATE assessment SET ") + below)) << below;
}

TEST_F(Verify, ReportsAReferenceToNothingAndAHandoverAltered) {
  const auto clean = read_file(path_).value();
  change("UPDATE finding SET rule=99 WHERE off=0");
  EXPECT_NE(first_fault(verify_case(path_, {}), "foreign keys").find("finding"), std::string::npos);
  for (const auto* const sql :
       {"UPDATE custody SET actor='x' WHERE seq=2", "DELETE FROM custody WHERE seq=1",
        "UPDATE custody SET prev=hash WHERE seq=2"}) {
    put_file(path_, clean);
    change(sql);
    EXPECT_EQ(outcome(verify_case(path_, {}), "declared custody"), StepOutcome::kFailed) << sql;
  }
}

TEST_F(Verify, NamesTheDamagedLeafAndWhatIsCitedInIt) {
  evidence_[1][kLeafBytes + 5] = 'X';
  auto report = verify_case(path_, options());
  EXPECT_EQ(first_fault(report, "leaves"),
            "audit.ndjson: leaf 1 (bytes 1048576 to 2097152) is not what was sealed");
  EXPECT_EQ(report.step("leaves")->fault_count, 1u);
  EXPECT_EQ(outcome(report, "spans"), StepOutcome::kPassed);  // all cite the first leaf
  evidence_[1] = sample_source(1);
  evidence_[1][250] = 'X';
  report = verify_case(path_, options());
  EXPECT_EQ(outcome(report, "leaves"), StepOutcome::kFailed);
  EXPECT_NE(first_fault(report, "spans").find("damaged leaf 0"), std::string::npos);
  // Coverage is not among them: 40 events, 10 findings, 1 claim.
  EXPECT_EQ(report.step("spans")->fault_count, 51u);
  EXPECT_EQ(report.step("spans")->faults.size(), kMaxFaults);
}

TEST_F(Verify, NamesLeavesThatAreMissingOrTooMany) {
  evidence_[1].resize(kLeafBytes + 100);
  auto report = verify_case(path_, options());
  EXPECT_EQ(report.step("leaves")->faults,
            (std::vector<std::string>{
                "audit.ndjson: leaf 1 (bytes 1048576 to 2097152) is not what was sealed",
                "audit.ndjson: leaf 2 (bytes 2097152 to 2098386) is missing"}));
  evidence_[1] = sample_source(1);
  evidence_[1].resize(3 * kLeafBytes + 1);
  report = verify_case(path_, options());
  EXPECT_EQ(report.step("leaves")->fault_count, 2u);
  evidence_[1].clear();
  EXPECT_EQ(verify_case(path_, options()).step("leaves")->fault_count, 3u);
  evidence_.erase(1);
  report = verify_case(path_, options());
  EXPECT_EQ(first_fault(report, "leaves"), "1 sources are not in the evidence given");
}

TEST_F(Verify, ReportsWhatReadingAgainDoesNotFind) {
  auto asked = options();
  asked.recheck = [](std::string_view, const Cited& cited) -> std::optional<std::string> {
    if (cited.what == "finding" && cited.at.offset == 400) return "the rule does not match";
    return std::nullopt;
  };
  const auto report = verify_case(path_, asked);
  EXPECT_EQ(first_fault(report, "records"),
            "finding " + hex(sample_id("finding 4")) + ": the rule does not match");
  EXPECT_EQ(report.step("records")->fault_count, 1u);
}

TEST_F(Verify, DoesNotHashAgainWhatTheCallerHashed) {
  auto asked = options();
  asked.evidence = [this](const Digest& sha256) -> std::optional<EvidenceBytes> {
    for (const auto& [id, bytes] : evidence_)
      if (serjeant::sha256(sample_source(id)) == sha256) return EvidenceBytes{bytes, true};
    return std::nullopt;
  };
  EXPECT_TRUE(verify_case(path_, asked).passed());
}

}  // namespace
}  // namespace serjeant

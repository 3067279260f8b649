#include "shape/windows.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "shape/shape_try.h"

namespace serjeant {
namespace {

class Filled {
 public:
  explicit Filled(std::string json) : json_(std::move(json)) {
    EXPECT_TRUE(parse_json(json_, {}, document_, arena_).complete) << json_;
    windows::fill_spine(document_.root(), arena_, event);
  }
  Event event;

 private:
  std::string json_;  // the event points into it
  Arena arena_;
  Document document_;
};

auto record(std::string_view provider, int id, std::string_view data,
            std::string_view keywords = "\"0x0\"") -> std::string {
  return R"({"Event":{"System":{"Provider":{"#attributes":{"Name":")" + std::string(provider) +
         R"("}},"EventID":)" + std::to_string(id) + R"(,"Keywords":)" + std::string(keywords) +
         R"(,"Channel":"Security","Computer":"WS7","Security":{"#attributes":{"UserID":"S-1-5-18"}}},)" +
         std::string(data) + "}}";
}

constexpr auto kSecurity = std::string_view("Microsoft-Windows-Security-Auditing");

TEST(Windows, TakesRecordsThatAreNothingOfTheKind) {
  for (const auto* const json :
       {"{}", R"({"Event":7})", R"({"Event":{"System":[]}})", R"({"winlog":null})",
        R"({"Event":{"System":{"EventID":{"#text":[]},"Provider":"x"},"UserData":{"a":1}}})",
        R"({"Event":{"System":{"EventID":"99999999999999999999"},"EventData":{"Data":[[]]}}})"}) {
    const auto filled = Filled(json);
    EXPECT_EQ(filled.event.actor, "") << json;
    EXPECT_EQ(filled.event.class_uid, 0u) << json;
  }
}

TEST(Windows, ALogonIsTheActOfWhoLogsOn) {
  const auto filled = Filled(record(
      kSecurity, 4625,
      R"("EventData":{"SubjectUserName":"WS7$","SubjectDomainName":"PARL","TargetUserName":"Ines",)"
      R"("TargetDomainName":"PARL","TargetLogonId":"0x0","Status":"0xc000006e","SubStatus":"0x0","IpAddress":"-"})"));
  EXPECT_EQ(filled.event.actor, "parl\\ines");
  EXPECT_EQ(filled.event.outcome, Outcome::kPasswordOnly);
  EXPECT_EQ(filled.event.error, "0xc000006e");
  EXPECT_EQ(filled.event.session, "");
  EXPECT_TRUE(filled.event.ip.empty());
}

TEST(Windows, AnAccountChangeHasATarget) {
  const auto filled = Filled(record(
      kSecurity, 4724,
      R"("EventData":{"SubjectUserName":"admin","SubjectDomainName":"PARL","SubjectLogonId":"0x3E7",)"
      R"("TargetUserName":"ines@parl.example","TargetDomainName":"PARL"})",
      "\"0x8020000000000000\""));
  EXPECT_EQ(filled.event.actor, "parl\\admin");
  EXPECT_EQ(filled.event.target, "ines@parl.example");
  EXPECT_EQ(filled.event.session, "ws7/0x3e7");
  EXPECT_EQ(filled.event.outcome, Outcome::kSuccess);
}

TEST(Windows, ReadsAuditBitsHoweverTheyAreWritten) {
  const auto outcome = [](std::string_view keywords) {
    return Filled(record(kSecurity, 5140, R"("EventData":{})", keywords)).event.outcome;
  };
  EXPECT_EQ(outcome("\"0x8010000000000000\""), Outcome::kFailure);
  EXPECT_EQ(outcome("-9218868437227405312"), Outcome::kFailure);
  EXPECT_EQ(outcome("[\"Audit Success\"]"), Outcome::kSuccess);
  EXPECT_EQ(outcome("\"0x80200000zz\""), Outcome::kUnknown);
  EXPECT_EQ(outcome("[]"), Outcome::kUnknown);
}

TEST(Windows, WithoutANameTheSidActs) {
  const auto filled = Filled(record("Service Control Manager", 7045,
                                    R"("EventData":{"ServiceName":"a","ImagePath":"b"})"));
  EXPECT_EQ(filled.event.actor, "s-1-5-18");
  EXPECT_EQ(filled.event.actor_kind, ActorKind::kService);
  EXPECT_EQ(filled.event.object, "a");
  EXPECT_EQ(filled.event.app, "b");
}

TEST(Windows, ChildrenOfTheOneElementInUserDataAreFields) {
  const auto filled = Filled(record(
      "Microsoft-Windows-Eventlog", 104,
      R"("UserData":{"LogFileCleared":{"#attributes":{"xmlns":"x"},"SubjectUserName":"Ines","SubjectDomainName":"PARL","Channel":"System"}})"));
  EXPECT_EQ(filled.event.actor, "parl\\ines");
  EXPECT_EQ(filled.event.object, "System");
  EXPECT_EQ(filled.event.class_uid, 1008u);
}

}  // namespace
}  // namespace serjeant

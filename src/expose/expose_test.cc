#include "expose/expose.h"

#include <map>

#include "expose/show.h"
#include "expose/test_log.h"
#include "store/case_reader.h"
#include "store/test_folder.h"

namespace serjeant {
namespace {

constexpr auto kWindows =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/89.0.4389.114 Safari/537.36";
constexpr auto kLinux = "Mozilla/5.0 (X11; Linux x86_64; rv:87.0) Gecko/20100101 Firefox/87.0";

// A tenant whose people sign in from home with Windows for ten days.
class Tenant {
 public:
  void act(std::string_view op, std::string_view at, std::string_view who, std::string_view ip,
           std::string_view agent, std::string_view more = "") {
    log.add("{\"op\":\"" + std::string(op) + "\",\"at\":\"" + std::string(at) + "\",\"who\":\"" +
            std::string(who) + "@arcadia.example\",\"box\":\"" + std::string(who) +
            "@arcadia.example\",\"ip\":\"" + std::string(ip) + "\",\"agent\":\"" +
            std::string(agent) + "\",\"id\":\"r" + std::to_string(++records_) + "\"" +
            (more.empty() ? "" : "," + std::string(more)) + "}");
  }
  void usual(std::string_view who, std::string_view ip) {
    for (auto day = 10; day < 20; ++day)
      act("UserLoggedIn", "2024-03-" + std::to_string(day) + "T09:00:00", who, ip, kWindows);
  }
  // Runs the stage and gives each account's line, parsed.
  void run() {
    auto out = CaseWriter(folder_.path());
    auto source = SourceRow{};
    source.id = 1;
    source.size = log.size();
    source.kind = "csv";
    source.merkle = source.sha256;
    out.add(source);
    out.add(CoverageRow{1, 0, log.size(), 1, "csv", 1, 0, {}});
    auto input = ExposeInput{};
    input.by_account = &log;
    auto facts = SourceFacts{};
    facts.id = 1;
    input.sources = {facts};
    auto summary = expose(input, out);
    ASSERT_TRUE(summary) << summary.error().message;
    result = *summary;
    auto sealed = out.seal(Frame{"test", {}, {}, {}, Tlp::kAmber}, folder_ / "case.sjt");
    ASSERT_TRUE(sealed) << sealed.error().message;
    auto reader = CaseReader::open(folder_ / "case.sjt");
    ASSERT_TRUE(reader) << reader.error().message;
    auto shown = show_accounts(*reader, [&](std::string_view line) { read(line); });
    ASSERT_TRUE(shown) << shown.error().message;
    ASSERT_TRUE(
        show_coverage(*reader, [&](std::string_view line) { coverage.emplace_back(line); }));
    ASSERT_TRUE(show_items(*reader, [&](std::string_view line) { items.emplace_back(line); }));
    ASSERT_TRUE(show_sessions(*reader, [&](std::string_view line) { strands.emplace_back(line); }));
  }
  auto account(std::string_view who) -> Value {
    auto found = accounts_.find(std::string(who) + "@arcadia.example");
    return found == accounts_.end() ? Value{} : found->second.document.root();
  }
  auto verdicts(std::string_view who) -> std::vector<std::string> {
    auto out = std::vector<std::string>{};
    for (auto takeover : account(who).find("takeovers"))
      out.emplace_back(takeover.find("verdict").text());
    return out;
  }
  auto stage(std::string_view who) -> std::string_view {
    return account(who).get("ladder", "stage").text();
  }

  TestLog log;
  ExposeSummary result;
  std::vector<std::string> coverage, items, strands;

 private:
  void read(std::string_view line) {
    auto& shown = accounts_[""];
    shown.text = std::string(line);
    shown.document.clear();
    auto outcome = parse_json(shown.text, "", shown.document, shown.arena);
    ASSERT_TRUE(outcome.complete) << line;
    auto name = std::string(shown.document.root().find("account").text());
    auto& place = accounts_[name];
    place.text = std::string(line);
    parse_json(place.text, "", place.document, place.arena);
  }
  struct Shown {
    std::string text;
    Arena arena;
    Document document;
  };
  std::map<std::string, Shown> accounts_;
  TestFolder folder_;
  int records_ = 0;
};

using Words = std::vector<std::string>;

TEST(Expose, AnEmptyCaseIsACase) {
  auto tenant = Tenant{};
  tenant.run();
  EXPECT_EQ(tenant.result.accounts, 0u);
}

TEST(Expose, AUsualLifeGivesNoVerdictAndSaysWhyNotMore) {
  auto tenant = Tenant{};
  tenant.usual("ann", "198.51.100.1");
  tenant.run();
  EXPECT_TRUE(tenant.verdicts("ann").empty());
  EXPECT_EQ(tenant.stage("ann"), "none");
  EXPECT_NE(tenant.account("ann").get("ladder", "why_not_higher").text().find("cover"),
            std::string_view::npos);
}

TEST(Expose, ARepeatedRecordCountsOnceAndAnotherContentTwice) {
  auto tenant = Tenant{};
  for (auto content : {"a", "a", "b"})
    tenant.log.add(R"({"op":"UserLoggedIn","at":"2024-03-20T09:00:00","who":"ann@arcadia.example",)"
                   R"("ip":"198.51.100.1","id":"same","content":")" +
                   std::string(content) + "\"}");
  tenant.run();
  EXPECT_EQ(tenant.result.repeats, 1u);
  EXPECT_EQ(tenant.result.id_conflicts, 1u);
  auto group = *tenant.account("ann").find("signins").begin();
  EXPECT_EQ(group.find("success").text(), "2");
}

TEST(Expose, ASprayThatEndsInSuccessWithItsClientMakesThePasswordKnown) {
  auto tenant = Tenant{};
  auto names = {"ann", "bob", "cyd", "dan", "eve"};
  for (auto who : names) tenant.usual(who, "198.51.100.1");
  for (auto who : names)
    tenant.act("UserLoginFailed", "2024-03-25T03:00:00", who, "203.0.113.9", kLinux,
               R"("error":"InvalidUserNameOrPassword")");
  tenant.act("UserLoggedIn", "2024-03-25T03:10:00", "ann", "203.0.113.9", kLinux);
  // The owner's own success, with his client, is not the guesser's.
  tenant.act("UserLoggedIn", "2024-03-25T03:20:00", "bob", "203.0.113.9", kWindows);
  tenant.run();
  EXPECT_EQ(tenant.verdicts("ann").front(), "credentials_known");
  EXPECT_TRUE(tenant.verdicts("bob").empty());
  EXPECT_EQ(tenant.stage("cyd"), "T4");
}

TEST(Expose, AForgetfulOwnerAtHomeIsNoThief) {
  auto tenant = Tenant{};
  tenant.usual("ann", "198.51.100.1");
  for (auto i = 0; i < 12; ++i)
    tenant.act("UserLoginFailed", "2024-03-25T09:00:" + std::to_string(10 + i), "ann",
               "198.51.100.1", kWindows, R"("error":"InvalidUserNameOrPassword")");
  tenant.act("UserLoggedIn", "2024-03-25T09:01:00", "ann", "198.51.100.1", kWindows);
  tenant.run();
  EXPECT_TRUE(tenant.verdicts("ann").empty());
}

TEST(Expose, AStrangerWhoSetsAHidingRuleIsATakeover) {
  auto tenant = Tenant{};
  tenant.usual("ann", "198.51.100.1");
  tenant.act("UserLoggedIn", "2024-03-25T03:00:00", "ann", "203.0.113.9", kLinux,
             R"("session":"s1")");
  tenant.act(
      "MailItemsAccessed", "2024-03-25T03:01:00", "ann", "203.0.113.9",
      "Client=OWA;Action=ViaProxy",
      R"("session":"s1","items":[["<1@a>","\\Inbox"],["<2@a>","\\Inbox"],["<1@a>","\\Inbox"]])");
  tenant.act("New-InboxRule", "2024-03-25T03:02:00", "ann", "203.0.113.9", "",
             R"("session":"s1","object":"x/ann\\.","native":{"ResultStatus":"True","Parameters":[)"
             R"({"Name":"Name","Value":"."},{"Name":"DeleteMessage","Value":"True"},)"
             R"({"Name":"ForwardTo","Value":"x@elsewhere.example"}]})");
  tenant.run();
  ASSERT_EQ(tenant.verdicts("ann"), Words{"taken_over"});
  auto takeover = *tenant.account("ann").find("takeovers").begin();
  EXPECT_EQ(takeover.find("items_at_least").text(), "2");
  EXPECT_EQ((*takeover.find("origins").begin()).text(), "203.0.113.9");
  EXPECT_EQ(tenant.stage("ann"), "T9");
  EXPECT_EQ(tenant.items.size(), 2u);
  auto foreign = std::count_if(tenant.strands.begin(), tenant.strands.end(), [](const auto& line) {
    return line.find("taken_over") != std::string::npos;
  });
  EXPECT_EQ(foreign, 1);
}

TEST(Expose, TheSameRuleFromHomeAccusesNobody) {
  auto tenant = Tenant{};
  tenant.usual("ann", "198.51.100.1");
  tenant.act("New-InboxRule", "2024-03-25T09:02:00", "ann", "198.51.100.1", "",
             R"("object":"x/ann\\.","native":{"ResultStatus":"True","Parameters":[)"
             R"({"Name":"Name","Value":"."},{"Name":"ForwardTo","Value":"x@elsewhere.example"}]})");
  tenant.run();
  EXPECT_TRUE(tenant.verdicts("ann").empty());
  auto left = *tenant.account("ann").find("persistence").begin();
  EXPECT_EQ(left.find("actor_certainty").text(), "undecidable");
}

TEST(Expose, ATravellerWithANewDeviceIsUndecidableWithBothReadings) {
  auto tenant = Tenant{};
  tenant.usual("ann", "198.51.100.1");
  tenant.usual("bob", "198.51.100.2");
  tenant.act("UserLoggedIn", "2024-03-25T03:00:00", "ann", "203.0.113.9", kLinux);
  tenant.act("MailItemsAccessed", "2024-03-25T03:01:00", "ann", "203.0.113.9", kLinux,
             R"("items":[["<1@a>","\\Inbox"]])");
  tenant.run();
  ASSERT_EQ(tenant.verdicts("ann"), Words{"undecidable"});
  auto takeover = *tenant.account("ann").find("takeovers").begin();
  EXPECT_EQ(std::distance(takeover.find("readings").begin(), takeover.find("readings").end()), 2);
  EXPECT_EQ(tenant.stage("ann"), "none");
}

TEST(Expose, AStrangerInTheOwnersSessionIsOneHandOverSeveralAddresses) {
  auto tenant = Tenant{};
  tenant.usual("ann", "198.51.100.1");
  tenant.usual("bob", "198.51.100.2");
  constexpr auto kSession = R"("session":"s1")";
  // The adversary's proxy shows the owner's client; the owner works on.
  tenant.act("UserLoggedIn", "2024-03-25T09:00:00", "ann", "203.0.113.9", kWindows, kSession);
  tenant.act("FileAccessed", "2024-03-25T09:05:00", "ann", "198.51.100.1", kWindows, kSession);
  tenant.act("MailItemsAccessed", "2024-03-25T09:10:00", "ann", "203.0.113.9", kLinux,
             R"("session":"s1","items":[["<1@a>","\\Inbox"]])");
  tenant.act("FileAccessed", "2024-03-25T09:15:00", "ann", "198.51.100.1", kWindows, kSession);
  tenant.act("MailItemsAccessed", "2024-03-27T03:00:00", "ann", "192.0.2.200", kLinux,
             R"("session":"s1","items":[["<2@a>","\\Inbox"]])");
  tenant.run();
  ASSERT_EQ(tenant.verdicts("ann"), Words{"taken_over"});
  auto takeover = *tenant.account("ann").find("takeovers").begin();
  EXPECT_EQ(takeover.find("route").text(), "aitm");
  EXPECT_EQ(takeover.find("items_at_least").text(), "2");
  EXPECT_EQ(takeover.find("first").text(), "2024-03-25T09:00:00Z");
  EXPECT_EQ(takeover.find("last").text(), "2024-03-27T03:00:00Z");
  for (const auto& strand : tenant.strands) {
    auto owners = strand.find("198.51.100.1") != std::string::npos;
    EXPECT_EQ(strand.find("taken_over") == std::string::npos, owners) << strand;
  }
}

TEST(Expose, ASynchronisedFolderHasNoUpperBoundButTheMailbox) {
  auto tenant = Tenant{};
  tenant.usual("ann", "198.51.100.1");
  tenant.act(
      "MailItemsAccessed", "2024-03-25T09:01:00", "ann", "198.51.100.1", "Client=MSExchangeRPC",
      R"("items":[["","Not Available"]],"native":{"OperationProperties":[)"
      R"({"Name":"MailAccessType","Value":"Sync"},{"Name":"IsThrottled","Value":"False"}]})");
  tenant.run();
  auto read = *tenant.account("ann").find("mail_read").begin();
  EXPECT_EQ(read.find("mode").text(), "Sync");
  EXPECT_TRUE(read.find("at_most").is_null());
  EXPECT_EQ(read.find("at_least").text(), "0");
}

TEST(Expose, ProviderSystemsAreNobodysReading) {
  auto tenant = Tenant{};
  tenant.act("MailItemsAccessed", "2024-03-25T09:01:00", "ann", "52.96.0.1",
             "Client=REST;Client=RESTSystem;;",
             R"("provider":1,"client":"f3f64fec-ecee-4e9a-9eed-a36a5e421300",)"
             R"("items":[["<1@a>","\\Inbox"]])");
  tenant.run();
  auto read = *tenant.account("ann").find("mail_read").begin();
  EXPECT_EQ(read.find("origin_kind").text(), "provider-system");
  EXPECT_EQ(tenant.stage("ann"), "none");
}

auto consent(std::string_view id, bool all) -> std::string {
  return R"("object":")" + std::string(id) +
         R"(","native":{"ResultStatus":"Success","Target":[{"ID":"rnicrosoft","Type":1}],)"
         R"("ModifiedProperties":[{"Name":"ConsentContext.OnBehalfOfAll","NewValue":")" +
         (all ? "True" : "False") +
         R"("},{"Name":"ConsentAction.Permissions","NewValue":"[] => [[Id: x, Scope:  offline_access Mail.Read]]; "}]})";
}

TEST(Expose, AConsentForAllExplainsUseInAnothersMailbox) {
  constexpr auto kApp = "ea0056b2-87ac-4765-ba13-e2768da6fba7";
  auto tenant = Tenant{};
  tenant.usual("ann", "198.51.100.1");
  tenant.usual("bob", "198.51.100.2");
  tenant.act("Consent to application.", "2024-03-25T09:00:00", "ann", "198.51.100.1", kWindows,
             consent(kApp, true));
  tenant.act(
      "MailItemsAccessed", "2024-03-25T09:03:00", "bob", "20.190.160.1", "Client=REST;;",
      std::string(R"("provider":1,"client":")") + kApp + R"(","items":[["<1@a>","\\Inbox"]])");
  tenant.run();
  EXPECT_EQ(tenant.verdicts("ann"), Words{"token_granted"});
  EXPECT_EQ(tenant.stage("ann"), "T6");
  EXPECT_EQ(tenant.verdicts("bob"), Words{"token_used"});
  EXPECT_EQ(tenant.stage("bob"), "T7");
}

TEST(Expose, TheOrderOfRecordsChangesNothing) {
  auto lines = std::vector<std::string>{};
  for (auto backwards : {false, true}) {
    auto tenant = Tenant{};
    auto days = std::vector<int>{10, 11, 12, 13, 14};
    if (backwards) std::reverse(days.begin(), days.end());
    for (auto day : days)
      tenant.log.add(R"({"op":"UserLoggedIn","who":"ann@arcadia.example","ip":"198.51.100.1",)"
                     R"("id":"d)" +
                     std::to_string(day) + R"(","at":"2024-03-)" + std::to_string(day) +
                     "T09:00:00\"}");
    tenant.run();
    auto text = std::string{};
    JsonWriter(text).value(tenant.account("ann").find("signins"));
    lines.push_back(text);
  }
  EXPECT_EQ(lines[0], lines[1]);
}

}  // namespace
}  // namespace serjeant

#include "expose/control.h"

#include "expose/consent.h"
#include "expose/test_log.h"

namespace serjeant {
namespace {

// The changes of a log, weighed as a tenant arcadia.example would.
auto changes_of(const TestLog& log) -> std::vector<Change> {
  auto out = std::vector<Change>{};
  auto names = ActNames{};
  for (const auto* event : log.events()) out.push_back(read_change(*event, names.kind(*event)));
  for (auto& change : out)
    weigh_change(change, [](std::string_view domain) { return domain == "arcadia.example"; });
  pair_undone(out);
  return out;
}

auto rule(std::string_view parameters) -> std::string {
  return R"({"op":"New-InboxRule","at":"2024-03-25T09:00:00","who":"ann@arcadia.example",)"
         R"("object":"X/ann\\r","native":{"Parameters":[)" +
         std::string(parameters) + "]}}";
}

TEST(Control, ARecordWithoutParametersIsReadAndWeighsNothing) {
  auto log = TestLog{};
  log.add(R"({"op":"New-InboxRule","at":"2024-03-25T09:00:00","who":"ann@arcadia.example"})");
  log.add(R"({"op":"Add member to role.","who":"ann@arcadia.example","native":[]})");
  for (const auto& change : changes_of(log)) EXPECT_FALSE(is_hostile(change));
}

TEST(Control, RulesThatHideOrSendMailOutAreHostileAndTidyOnesAreNot) {
  auto log = TestLog{};
  log.add(rule(R"({"Name":"Name","Value":"."},{"Name":"DeleteMessage","Value":"True"})"));
  log.add(
      rule(R"({"Name":"Name","Value":"Invoices"},{"Name":"ForwardTo","Value":"x@else.example"})"));
  log.add(rule(R"({"Name":"Name","Value":"Newsletters"},{"Name":"MoveToFolder","Value":"News"})"));
  log.add(
      rule(R"({"Name":"Name","Value":"Deputy"},{"Name":"ForwardTo","Value":"b@arcadia.example"})"));
  auto changes = changes_of(log);
  EXPECT_TRUE(is_hostile(changes[0]));
  EXPECT_TRUE(is_hostile(changes[1]));
  EXPECT_FALSE(is_hostile(changes[2]));
  EXPECT_FALSE(is_hostile(changes[3]));
}

TEST(Control, ForwardingThatWasClearedHasAnEnd) {
  auto log = TestLog{};
  for (auto [at, to] : {std::pair{"09:59:26", "smtp:ex@else.example"}, {"09:59:37", ""}})
    log.add(
        R"({"op":"Set-Mailbox","at":"2024-03-25T)" + std::string(at) +
        R"(","who":"ann@arcadia.example","native":{"Parameters":[{"Name":"Identity","Value":"ann"},)"
        R"({"Name":"ForwardingSmtpAddress","Value":")" +
        to + "\"}]}}");
  auto changes = changes_of(log);
  ASSERT_TRUE(changes[0].undone);
  EXPECT_EQ(*changes[0].undone - changes[0].cite.at, 11 * kSecond);
  EXPECT_FALSE(changes[1].undone);
}

TEST(Control, PathsAreShortenedToNames) {
  auto log = TestLog{};
  log.add(R"({"op":"Add-MailboxPermission","at":"2024-03-25T09:00:00","who":"ann@arcadia.example",)"
          R"("object":"bob","native":{"Parameters":[{"Name":"Identity","Value":"E/h/t/bob"},)"
          R"({"Name":"User","Value":"E/h/t/ann"},{"Name":"AccessRights","Value":"FullAccess"}]}})");
  auto change = changes_of(log)[0];
  EXPECT_EQ(change.on, "bob");
  EXPECT_EQ(change.to, "ann");
  EXPECT_EQ(change.weight, 3 * kNat / 2);
}

TEST(Consent, ARefusedApplicationIsKnownByItsNameOnly) {
  auto log = TestLog{};
  log.add(
      R"({"op":"Consent to application.","at":"2024-03-25T09:00:00","who":"ann@arcadia.example",)"
      R"("object":"Application_05b9401d","native":{"ResultStatus":"Failure","Target":[)"
      R"({"ID":"Application","Type":2},{"ID":"Poss","Type":1}],"ModifiedProperties":[)"
      R"({"Name":"ConsentAction.Permissions","NewValue":"[] => [[Scope:  Mail.Read offline_access Mail.Read]]; "},)"
      R"({"Name":"ConsentAction.Reason","NewValue":"Risky application detected"}]}})");
  auto consent = read_consent(*log.events()[0]);
  EXPECT_TRUE(consent.failed);
  EXPECT_TRUE(consent.risky);
  EXPECT_TRUE(consent.named_only);
  EXPECT_EQ(consent.app_id, "Poss");
  EXPECT_EQ(consent.scopes, (std::vector<std::string>{"Mail.Read", "offline_access"}));
}

TEST(Consent, ScopesOutsideOfDataReachNothing) {
  EXPECT_FALSE(reaches_data({"User.Read", "ActivityFeed.Read", "openid"}));
  EXPECT_TRUE(reaches_data({"https://outlook.office.com/IMAP.AccessAsUser.All"}));
}

}  // namespace
}  // namespace serjeant

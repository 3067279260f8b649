#include "expose/account.h"

#include "expose/agent.h"
#include "expose/first_party.h"
#include "expose/guess.h"
#include "expose/test_log.h"

namespace serjeant {
namespace {

TEST(Account, OperationNamesCompareWithoutBlanksDashesAndFullStop) {
  auto wanted = ActKind{Act::kControl, Control::kSecret, false};
  EXPECT_EQ(
      kind_of_operation("Update application \xe2\x80\x93 Certificates and secrets management "),
      wanted);
  EXPECT_EQ(kind_of_operation("Update application - Certificates and secrets management"), wanted);
  EXPECT_EQ(kind_of_operation("Add user."), kind_of_operation("add user"));
  EXPECT_EQ(kind_of_operation(""), ActKind{});
  EXPECT_EQ(kind_of_operation("\xe2\x80"), ActKind{});
}

TEST(Account, AReadBelongsToTheMailboxAndARuleToWhoMadeIt) {
  auto log = TestLog{};
  log.add(R"({"op":"MailItemsAccessed","who":"d@a.example","box":"o@a.example"})");
  log.add(R"({"op":"Add-MailboxPermission","who":"d@a.example","box":"o@a.example"})");
  EXPECT_EQ(account_of(*log.events()[0]), "o@a.example");
  EXPECT_EQ(account_of(*log.events()[1]), "d@a.example");
}

TEST(Agent, ReadsBrowsersWithAndWithoutExchangesPrefix) {
  auto plain = read_agent(
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
      "Chrome/89.0.4389.114 Safari/537.36");
  EXPECT_EQ(plain.full, "Windows NT 10.0 Chrome 89.0.4389.114");
  EXPECT_EQ(plain.family, "Windows Chrome");
  auto owa = read_agent(
      "Client=OWA;Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:87.0) Gecko/20100101 Firefox/87.0;");
  EXPECT_EQ(owa.family, "Linux Firefox");
  EXPECT_EQ(read_agent("Client=MSExchangeRPC").family, "Outlook");
  EXPECT_EQ(read_agent("Client=OWA;Action=ViaProxy").family, "OWA");
  EXPECT_EQ(read_agent("").family, "");
  EXPECT_EQ(read_agent("(((").family, "");
}

TEST(Agent, RenderersAreNoDownloads) {
  EXPECT_TRUE(is_rendering("MSWAC"));
  EXPECT_TRUE(is_rendering("OneDriveMpc-Transform_Thumbnail/1.0"));
  EXPECT_FALSE(is_rendering("Go-http-client/2.0"));
}

TEST(FirstParty, NamesThatPassForTheProvidersAreFound) {
  EXPECT_TRUE(is_look_alike("rnicrosoft_office"));
  EXPECT_TRUE(is_look_alike("Micr0soft Teams"));
  EXPECT_FALSE(is_look_alike("Microsoft Teams"));
  EXPECT_FALSE(is_look_alike("Splunk"));
}

TEST(Guess, ErrorsAfterTheRightPasswordAreToldFromWrongOnes) {
  EXPECT_EQ(password_sign("UserStrongAuthEnrollmentRequiredInterrupt"), PasswordSign::kRight);
  EXPECT_EQ(password_sign("50055"), PasswordSign::kRight);
  EXPECT_EQ(password_sign("InvalidUserNameOrPassword"), PasswordSign::kWrong);
  for (auto error : {"50058", "50011", "50089", "50132", "50133", "1000000", ""})
    EXPECT_EQ(password_sign(error), PasswordSign::kNone) << error;
}

TEST(Guess, AnOfficeOnMondayMorningIsNoSpray) {
  auto book = GuessBook{};
  auto ip = parse_ip("203.0.113.7");
  auto at = *parse_iso_time("2024-03-25T08:00:00");
  for (auto account = 1u; account <= 40; ++account) book.success(account, ip, 1, at.at);
  for (auto account = 1u; account <= 6; ++account) book.failure(account, ip, 1, at.at);
  EXPECT_EQ(book.window(ip, 1, at.at).guessing, Guessing::kNone);
  for (auto account = 1u; account <= 6; ++account) book.failure(account, ip, 2, at.at);
  EXPECT_EQ(book.window(ip, 2, at.at).guessing, Guessing::kSpray);
}

}  // namespace
}  // namespace serjeant

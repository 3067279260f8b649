#include "read/patterned/open.h"
#include "read/read_as.h"

namespace serjeant {
namespace {

using test::read_as;

constexpr auto kFtp =
    std::string_view("Mon Jun  6 18:43:32 2016 [pid 1] [jean] OK LOGIN: Client \"192.0.2.9\"\n");

TEST(Patterned, NamesTheGroupsOfAPattern) {
  const auto got = read_as("lines", kFtp, "vsftpd.log");
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_NE(got.records[0].fields.find(R"("user":"jean")"), std::string::npos);
  EXPECT_NE(got.records[0].fields.find(R"("client":"192.0.2.9")"), std::string::npos);
}

TEST(Patterned, SaysWhichLinesItCouldNotReadAndReadsOn) {
  const auto text =
      std::string(kFtp) + std::string(kFtp) + "torn li\n\n# note\n" + std::string(kFtp);
  const auto got = read_as("lines", text, "vsftpd.log");
  EXPECT_EQ(got.records.size(), 3U);
  ASSERT_EQ(got.accounts.size(), 3U);
  EXPECT_EQ(got.accounts[0].state, Coverage::kFailed);
  EXPECT_EQ(got.accounts[1].why, "blank");
  EXPECT_EQ(got.accounts[2].why, "comment");
}

TEST(Patterned, KeepsIndentedLinesWithTheRecordBeforeThem) {
  constexpr auto kText = std::string_view(
      "2022-04-12 00:24:24.741 UTC [9158] a@b DETAIL:  User has no password.\n"
      "\tConnection matched line 96\n"
      "2022-04-12 00:24:25.000 UTC [9158] a@b LOG:  next\n");
  const auto got = read_as("lines", kText, "postgresql.log");
  ASSERT_EQ(got.records.size(), 2U);
  EXPECT_NE(got.records[0].fields.find("matched line 96"), std::string::npos);
}

TEST(Patterned, SplitsPairsWithAndWithoutQuotes) {
  const auto got =
      read_as("lines",
              "date=2026-03-02 time=09:00:01 devname=\"gate 1\" type=\"event\" odd user=\"ines\"\n",
              "fw.log");
  ASSERT_EQ(got.records.size(), 1U);
  EXPECT_NE(got.records[0].fields.find(R"("devname":"gate 1")"), std::string::npos);
  EXPECT_NE(got.records[0].fields.find(R"("user":"ines")"), std::string::npos);
  ASSERT_EQ(got.records[0].faults.size(), 1U);
  EXPECT_EQ(got.records[0].faults[0].kind, FaultKind::kBadSyntax);
}

TEST(Patterned, LeavesOrdinaryTablesAndSyslogToTheirReaders) {
  read_as("csv", "a,b,c\n1,2,3\n4,5,6\n", "t.csv");
  read_as("syslog", "Mar  2 09:00:01 web1 sshd[811]: Accepted password for ines\n", "auth.log");
}

TEST(Patterned, SaysWhatIsWrongWithAPattern) {
  EXPECT_EQ(pattern_flaw("(?P<a>x)"), "");
  EXPECT_NE(pattern_flaw("(?P<a>x"), "");
}

}  // namespace
}  // namespace serjeant

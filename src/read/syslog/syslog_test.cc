#include <gtest/gtest.h>

#include "read/read_as.h"

namespace serjeant {
namespace {

auto read_text(std::string_view bytes) -> test::Collector {
  return test::read_as("syslog", bytes, "auth.log");
}

TEST(Syslog, KeepsLinesThatAreNoneAsMessages) {
  const auto all = read_text(
      "Mar  2 09:00:01 web1 app[7]: begin\nMar  2 09:00:01 web1 app[7]: end\n  at a.b.c(d.java)\n");
  ASSERT_EQ(all.records.size(), 3u);
  EXPECT_EQ(all.records[2].fields, R"x({"message":"  at a.b.c(d.java)"})x");
  EXPECT_EQ(all.records[2].faults[0].kind, FaultKind::kBadSyntax);
}

TEST(Syslog, ReadsDatagramsThatFollowWithoutLineEnds) {
  const auto all = read_text(
      "<15>Mar  6 04:07:23 host tag one<14>Mar  6 04:07:24 host tag two\nand <b> more"
      "<30>Mar  6 04:07:25 host systemd[1]: three");
  ASSERT_EQ(all.records.size(), 3u);
  EXPECT_NE(all.records[1].fields.find(R"("message":"two\nand <b> more")"), std::string::npos);
  EXPECT_NE(all.records[2].fields.find(R"("pid":"1")"), std::string::npos);
}

TEST(Syslog, ReadsTagsWithoutAColonAndLinesWithoutAHost) {
  const auto all = read_text(
      "Mar  6 04:07:28 host log_tag this is debug\n"
      "Nov 18 08:30:20 kernel: [997.39] sda2\n"
      "Nov 18 01:15:43: --- last message repeated 5 times ---\n");
  EXPECT_EQ(all.records[0].fields,
            R"({"timestamp":"Mar  6 04:07:28","host":"host","program":"log_tag",)"
            R"("message":"this is debug"})");
  EXPECT_EQ(all.records[1].fields,
            R"({"timestamp":"Nov 18 08:30:20","program":"kernel","message":"[997.39] sda2"})");
  EXPECT_EQ(all.records[2].fields,
            R"({"timestamp":"Nov 18 01:15:43","message":"--- last message repeated 5 times ---"})");
}

TEST(Syslog, ReadsTheLevelsOfMacOsAndChromeOs) {
  const auto mac = read_text("Mar 11 19:26:45 osx fw[1985] <Info>: Allow in\n");
  EXPECT_EQ(mac.records[0].fields,
            R"({"severity":"Info","timestamp":"Mar 11 19:26:45","host":"osx","program":"fw",)"
            R"("pid":"1985","message":"Allow in"})");
  const auto chrome = read_text("2016-10-25T12:37:23.297265-07:00 INFO sched[7]: done\n");
  EXPECT_EQ(chrome.records[0].fields,
            R"({"severity":"INFO","timestamp":"2016-10-25T12:37:23.297265-07:00",)"
            R"("program":"sched","pid":"7","message":"done"})");
}

TEST(Syslog, LeavesTablesThatBeginWithATimeAlone) {
  const auto table =
      std::string_view("2026-03-02T09:00:01Z,10.0.0.1,GET\n2026-03-02T09:00:02Z,10.0.0.1,GET\n");
  EXPECT_NE(open_reader(table, 1, "a.csv")->format(), "syslog");
}

TEST(Syslog, ReadsStructuredData) {
  const auto all = read_text(
      "<34>1 2026-03-02T09:00:01.003Z mail su - ID47 [a@1 x=\"1\" y=\"\\\"]\"][b] "
      "\xef\xbb\xbfhello\n");
  EXPECT_EQ(
      all.records[0].fields,
      R"({"priority":34,"facility":"auth","severity":"crit","timestamp":"2026-03-02T09:00:01.003Z",)"
      R"("host":"mail","program":"su","msgid":"ID47","structured_data":{"a@1":{"x":"1","y":"\"]"},"b":{}},)"
      R"("message":"hello"})");
}

TEST(Syslog, SurvivesStructuredDataThatIsCut) {
  const auto all = read_text(
      "<34>1 2026-03-02T09:00:01.003Z mail su - - [a x=\"1\n"
      "<34>1 2026-03-02T09:00:01.003Z mail su - - [a x=\"1\\\n");
  EXPECT_EQ(all.records.size(), 2u);
}

TEST(Syslog, ReadsTheOldFormAndWhatSudoSays) {
  const auto all = read_text(
      "Mar  2 09:00:01 web1 sudo:     ines : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/sh "
      "-c a ; b\n");
  EXPECT_EQ(
      all.records[0].fields,
      R"({"timestamp":"Mar  2 09:00:01","host":"web1","program":"sudo",)"
      R"("message":"ines : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/sh -c a ; b",)"
      R"("TTY":"pts/0","PWD":"/home","USER":"root","COMMAND":"/bin/sh -c a ; b","invoking_user":"ines"})");
}

TEST(Syslog, ReadsCiscoLines) {
  const auto all = read_text(
      "<189>51: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: Configured from console by vty0\n"
      "Mar  2 2026 09:00:01 sw1: %AAA-3-BADSERVER: a\n");
  EXPECT_EQ(
      all.records[0].fields,
      R"({"priority":189,"facility":"local7","severity":"notice","timestamp":"Mar  1 18:46:11.123",)"
      R"("program":"%SYS-5-CONFIG_I","message":"Configured from console by vty0"})");
  EXPECT_EQ(
      all.records[1].fields,
      R"({"timestamp":"Mar  2 2026 09:00:01","host":"sw1","program":"%AAA-3-BADSERVER","message":"a"})");
}

}  // namespace
}  // namespace serjeant

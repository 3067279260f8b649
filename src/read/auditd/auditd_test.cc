#include <gtest/gtest.h>

#include "read/read_as.h"

namespace serjeant {
namespace {

auto read_text(std::string_view bytes) -> test::Collector {
  return test::read_as("auditd", bytes, "audit.log");
}

TEST(Auditd, TellsLinesThatAreNoRecordsAndReadsOn) {
  const auto all = read_text(
      "type=CWD msg=audit(1.5:7): cwd=\"/\"\nnonsense\ntype=CWD msg=audit(1.5:7): cwd=\"/b\"\n");
  EXPECT_EQ(all.records.size(), 2u);
  ASSERT_EQ(all.faults.size(), 1u);
  EXPECT_EQ(all.faults[0].kind, FaultKind::kBadSyntax);
}

TEST(Auditd, KeepsValuesThatAreNoHexadecimalAndQuotesThatStayOpen) {
  const auto all = read_text("type=PATH msg=audit(1.5:7): name=(null) comm=\"a b key=2\n");
  EXPECT_EQ(all.records[0].fields,
            R"x({"type":"PATH","name":"(null)","comm":"\"a","key":"2","time":1.5,"serial":7})x");
}

TEST(Auditd, PutsTheLinesOfAnEventTogether) {
  const auto all = read_text(
      "type=SYSCALL msg=audit(1600000000.123:456): syscall=59 a0=55d0 exe=\"/bin/ls\"\n"
      "type=EXECVE msg=audit(1600000000.123:456): argc=2 a0=\"ls\" a1=2D6C61\n"
      "type=PROCTITLE msg=audit(1600000000.123:456): proctitle=6C73002D6C61\n"
      "type=EOE msg=audit(1600000000.123:456): \n"
      "type=CWD msg=audit(1600000000.124:457): cwd=\"/\"\n");
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(
      all.records[0].fields,
      R"({"type":["SYSCALL","EXECVE","PROCTITLE","EOE"],"syscall":"59","a0":["55d0","ls"],"exe":"/bin/ls",)"
      R"("argc":"2","a1":"-la","proctitle":"ls -la","time":1600000000.123,"serial":456})");
}

TEST(Auditd, ReadsWhatDaemonsSayAndNamesBehindNumbers) {
  const auto all = read_text(
      "node=web1 type=USER_AUTH msg=audit(1.5:8): pid=9 uid=0 msg='op=PAM:authentication "
      "acct=\"ines\" exe=\"/usr/sbin/sshd\" res=failed'\x1dUID=\"root\"\n");
  EXPECT_EQ(
      all.records[0].fields,
      R"({"node":"web1","type":"USER_AUTH","pid":"9","uid":"0","UID":"root",)"
      R"("op":"PAM:authentication","acct":"ines","exe":"/usr/sbin/sshd","res":"failed","time":1.5,"serial":8})");
}

TEST(Auditd, EndsAnEventThatNeverEnds) {
  auto bytes = std::string{};
  for (auto i = 0; i < 3'000; ++i) bytes += "type=PATH msg=audit(1.5:7): name=\"/a\"\n";
  const auto reader = open_reader(bytes, 1, "audit.log");
  const auto all = test::read_all(*reader, 1 << 20);
  EXPECT_EQ(all.records.size(), 3u);
  EXPECT_EQ(all.records, test::read_all(*reader, 1000).records);
}

}  // namespace
}  // namespace serjeant

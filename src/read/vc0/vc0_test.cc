#include <string>

#include "read/read_as.h"

namespace serjeant {
namespace {

auto log_of(std::string_view records) -> std::string {
  auto out = std::string(8'192, '\0');
  out[0] = '\5';
  out[4] = '\1';
  return out.append(records);
}

TEST(Vc0, ReadsTheCellsOfARecord) {
  const auto all = test::read_as(
      "vc0",
      log_of("\00565c4a660.00000011\tgate\tNWC23508\tvc0\tRoot\t203.0.113.1\tines\tLogin "
             "succeeded\tweb\tvpn"
             "\00565c4a661.00000012\tgate\tADM1\tvc0\tRoot\t\tSystem\t\tItem changed"),
      "log.access.vc0");
  ASSERT_EQ(all.records.size(), 2U);
  EXPECT_EQ(all.records[0].fields,
            R"({"time":1707386464,"line":17,"record_id":"65c4a660.00000011","host":"gate",)"
            R"("message_code":"NWC23508","log":"vc0","realm":"Root","source_ip":"203.0.113.1",)"
            R"("user":"ines","message":"Login succeeded","details":["web","vpn"]})");
  EXPECT_NE(all.records[1].fields.find(R"("message":"Item changed")"), std::string::npos);
}

TEST(Vc0, KeepsARecordWhoseTimeIsNoNumber) {
  const auto all =
      test::read_as("vc0", log_of("\5!badtime.0000000a\tgate\tSYS1\tvc0\tRoot\t\t\tInvalid"), "x");
  ASSERT_EQ(all.records.size(), 1U);
  EXPECT_EQ(all.records[0].faults[0].kind, FaultKind::kBadTime);
}

TEST(Vc0, AccountsForHeadPaddingAndWhatIsNoRecord) {
  auto text = log_of("\5torn");
  text.append("\00565c4a660.00000011\tgate").append(64, '\0');
  const auto all = test::read_as("vc0", text, "log.events.vc0");
  ASSERT_EQ(all.records.size(), 1U);
  EXPECT_EQ(all.records[0].faults[0].kind, FaultKind::kBadColumns);
  ASSERT_EQ(all.accounts.size(), 3U);
  EXPECT_EQ(all.accounts[0].why, "header");
  EXPECT_EQ(all.accounts[1].state, Coverage::kFailed);
  EXPECT_EQ(all.accounts[2].why, "padding");
}

TEST(Vc0, AHeadAloneIsALogWithoutRecords) {
  EXPECT_TRUE(test::read_as("vc0", log_of(""), "log.policytrace.vc0").records.empty());
}

}  // namespace
}  // namespace serjeant

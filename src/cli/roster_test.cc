#include "cli/roster.h"

#include <gtest/gtest.h>

namespace serjeant::cli {
namespace {

TEST(Roster, JoinsTheAddressesOfOnePersonAndKeepsNoName) {
  const auto got = read_roster(
      "person,address,kind,role,organisation\n"
      "Ada Byron,Ada@parliament.example,work,member,Parliament\n"
      "Ada Byron,ada.b@home.example,private,member,Parliament\n"
      "Grace Hopper,grace@parliament.example,work,staff,Parliament\n",
      4);
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(got->size(), 2u);
  for (const auto& entry : *got) {
    EXPECT_EQ(entry.label.find("Ada"), std::string::npos);
    EXPECT_EQ(entry.span.source, 4u);
    if (entry.role == "member") {
      EXPECT_EQ(entry.addresses,
                (std::vector<std::string>{"ada@parliament.example", "ada.b@home.example"}));
    }
  }
}

TEST(Roster, SaysWhatIsWrongWithWhatIsNone) {
  EXPECT_FALSE(read_roster("", 1));
  EXPECT_FALSE(read_roster("just prose, nothing more", 1));
  const auto wrong = read_roster("a,b\n1,2\n3,4\n", 1);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("address"), std::string::npos);
}

}  // namespace
}  // namespace serjeant::cli

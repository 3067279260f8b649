#include <gtest/gtest.h>

#include "shape/addresses.h"

namespace serjeant {
namespace {

TEST(Ip, RefusesWhatIsNoAddress) {
  for (const auto* text : {"",
                           ".",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           "a.b.c.d",
                           ":",
                           ":::",
                           "1::2::3",
                           "12345::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:",
                           "::g",
                           "1.2.3.4::",
                           "::1.2.3",
                           "s3.amazonaws.com",
                           "999999999999"})
    EXPECT_TRUE(parse_ip(text).empty()) << text;
}

TEST(Ip, WritesAddressesAsRfc5952Says) {
  const auto round = [](std::string_view text) { return format_ip(parse_ip(text)); };
  EXPECT_EQ(round("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(round("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(round("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(round("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");
  EXPECT_EQ(round("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(round("fe80::1%eth0"), "fe80::1");
  EXPECT_EQ(round("::1"), "::1");
  EXPECT_EQ(round("1::"), "1::");
  EXPECT_EQ(format_ip(Ip{}), "");
}

TEST(Ip, TakesAMappedAddressAsTheV4OneThatItIs) {
  EXPECT_EQ(parse_ip("::ffff:192.0.2.1"), parse_ip("192.0.2.1"));
  EXPECT_EQ(parse_ip("::FFFF:c000:0201"), parse_ip("192.0.2.1"));
  EXPECT_TRUE(parse_ip("192.0.2.1").is_v4());
  EXPECT_FALSE(parse_ip("2001:db8::1").is_v4());
}

TEST(Ip, CutsANetworkAt24And48Bits) {
  EXPECT_EQ(format_ip(network_of(parse_ip("192.0.2.77"))), "192.0.2.0");
  EXPECT_EQ(format_ip(network_of(parse_ip("2001:db8:bad:77::1"))), "2001:db8:bad::");
}

TEST(Endpoint, TakesTheFourFormsOfAuditLogs) {
  EXPECT_EQ(read_endpoint("203.0.113.77:52113").port, 52113);
  EXPECT_EQ(format_ip(read_endpoint("[2001:db8:bad::77]:44321").ip), "2001:db8:bad::77");
  EXPECT_EQ(read_endpoint("[2001:db8:bad::77]:44321").port, 44321);
  EXPECT_EQ(format_ip(read_endpoint(" 2001:db8::1 ").ip), "2001:db8::1");
  EXPECT_EQ(read_endpoint("192.0.2.1:99999").port, 0);
  EXPECT_TRUE(read_endpoint("").ip.empty());
  EXPECT_TRUE(read_endpoint("<null>").ip.empty());
  EXPECT_TRUE(read_endpoint("[2001:db8::1]x").ip.empty());
  EXPECT_TRUE(read_endpoint("[").ip.empty());
}

TEST(Endpoint, TellsWhoseAddressItIsWhereTheAddressAloneTells) {
  const auto role = [](std::string_view text) { return role_of(parse_ip(text)); };
  EXPECT_EQ(role("::1"), IpRole::kLoopback);
  EXPECT_EQ(role("127.0.0.9"), IpRole::kLoopback);
  EXPECT_EQ(role("10.1.2.3"), IpRole::kPrivate);
  EXPECT_EQ(role("172.31.255.255"), IpRole::kPrivate);
  EXPECT_EQ(role("172.32.0.0"), IpRole::kUnknown);
  EXPECT_EQ(role("100.64.0.1"), IpRole::kPrivate);
  EXPECT_EQ(role("fd00::1"), IpRole::kPrivate);
  EXPECT_EQ(role("20.190.160.96"), IpRole::kProvider);
  EXPECT_EQ(role("52.99.255.255"), IpRole::kProvider);
  EXPECT_EQ(role("52.95.255.255"), IpRole::kUnknown);
  EXPECT_EQ(role("2603:1026:c0d::5"), IpRole::kProvider);
  EXPECT_EQ(role("203.0.113.77"), IpRole::kUnknown);
  EXPECT_EQ(role("20.54.213.245"), IpRole::kUnknown) << "anybody can rent it";
  EXPECT_TRUE(is_microsoft_owned(parse_ip("20.54.213.245")));
  EXPECT_FALSE(is_microsoft_owned(parse_ip("34.99.76.45")));
}

}  // namespace
}  // namespace serjeant

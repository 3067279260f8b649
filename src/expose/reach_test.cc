#include "expose/reach.h"

#include "expose/test_log.h"

namespace serjeant {
namespace {

TEST(Reach, UrlsAreTakenApartAndNonsenseIsNot) {
  EXPECT_EQ(url_parts("https://u@Img.Example.:8443/p?t=1").host, "img.example");
  EXPECT_EQ(url_parts("img.example").host, "img.example");
  EXPECT_EQ(url_parts("").host, "");
  EXPECT_EQ(url_parts("://").host, "");
}

class Fetches : public testing::Test {
 protected:
  void SetUp() override {
    for (auto who : {"ann", "bob"}) {
      auto aim = Aim{};
      aim.recipient = std::string(who) + "@arcadia.example";
      aim.message_id = "<1@x>";
      aim.open_hosts = {"img.example"};
      aim.click_hosts = {"go.example"};
      aim.tokens = {"token-" + std::string(who)};
      aims.push_back(std::move(aim));
    }
  }
  auto reach() -> std::vector<AimReach> { return *find_reach(aims, &deliveries, &fetches); }
  std::vector<Aim> aims;
  TestLog deliveries, fetches;
};

TEST_F(Fetches, ATokenTellsWhoseImageItWas) {
  fetches.add(R"({"op":"GET","at":"2024-03-25T09:00:00","ip":"198.51.100.1","agent":"Mozilla/5.0",)"
              R"("object":"http://img.example/o/token-bob.gif"})");
  auto told = reach();
  EXPECT_FALSE(told[0].opened);
  ASSERT_TRUE(told[1].opened);
  EXPECT_EQ(told[1].opened_address, "198.51.100.1");
}

TEST_F(Fetches, AProvidersProxyShowsNoPlaceAndAFilterShowsNothing) {
  fetches.add(R"({"op":"GET","at":"2024-03-25T09:00:00","ip":"66.249.84.1",)"
              R"j("agent":"Mozilla/5.0 (via ggpht.com GoogleImageProxy)",)j"
              R"("object":"http://img.example/?t=token-ann"})");
  fetches.add(R"({"op":"GET","at":"2024-03-25T09:00:00","ip":"192.0.2.1","agent":"Mimecast",)"
              R"("object":"http://go.example/token-ann"})");
  auto told = reach();
  EXPECT_TRUE(told[0].proxied);
  EXPECT_FALSE(told[0].opened);
  EXPECT_TRUE(told[0].opened_address.empty());
  EXPECT_FALSE(told[0].clicked);
}

TEST_F(Fetches, AHostThatManyMailsNameTellsNobodyWithoutATokenOrAnAccount) {
  fetches.add(
      R"({"op":"GET","at":"2024-03-25T09:00:00","ip":"198.51.100.1","object":"img.example"})");
  fetches.add(R"({"op":"GET","at":"2024-03-25T09:00:00","ip":"198.51.100.1",)"
              R"("who":"bob@arcadia.example","object":"http://go.example/x"})");
  auto told = reach();
  EXPECT_FALSE(told[0].opened);
  EXPECT_FALSE(told[1].opened);
  EXPECT_TRUE(told[1].clicked);
}

TEST_F(Fetches, OnlyADeliveryDelivers) {
  auto log = TestLog{};
  EXPECT_FALSE(reach()[0].delivered);
  aims[0].mailbox = "ann@arcadia.example";
  EXPECT_TRUE(reach()[0].delivered);
}

}  // namespace
}  // namespace serjeant

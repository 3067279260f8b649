#include <gtest/gtest.h>

#include "read/read_as.h"

namespace serjeant {
namespace {

constexpr auto kGood =
    std::string_view("192.0.2.1 - - [13/Jan/2016:19:31:16 +0000] \"GET / HTTP/1.1\" 200 5\n");

// The given line between two good ones, so that the format is told by those.
auto read(std::string_view line) -> test::Collector {
  const auto bytes = std::string(kGood) + std::string(line) + "\n" + std::string(kGood);
  return test::read_as("access", bytes, "access.log");
}

TEST(Access, ALineWithoutATimeFailsAndReadingGoesOn) {
  const auto all = read("nothing of the kind");
  EXPECT_EQ(all.records.size(), 2u);
  ASSERT_EQ(all.accounts.size(), 1u);
  EXPECT_EQ(all.accounts[0], (test::Taken{{kGood.size(), 20, 1}, Coverage::kFailed, "bad-syntax"}));
}

TEST(Access, ARequestThatIsNoneIsKeptAsItIs) {
  const auto all = read(R"(192.0.2.2 - - [13/Jan/2016:19:31:17 +0000] "\x16\x03\x01" 400 226)");
  EXPECT_EQ(all.records[1].fields,
            R"({"c-ip":"192.0.2.2","ident":null,"cs-username":null,)"
            R"("time":"13/Jan/2016:19:31:17 +0000","request":"\\x16\\x03\\x01",)"
            R"("sc-status":"400","sc-bytes":"226"})");
}

TEST(Access, QuotesInsideOfValuesMayBeEscaped) {
  const auto all = read(
      R"(192.0.2.2 - - [13/Jan/2016:19:31:17 +0000] "GET /?a=\"b\" HTTP/1.1" 200 5 "-" "x \" y")");
  EXPECT_NE(all.records[1].fields.find(R"("cs-uri-query":"a=\\\"b\\\"")"), std::string::npos);
  EXPECT_NE(all.records[1].fields.find(R"("cs-referer":null,"cs-user-agent":"x \\\" y")"),
            std::string::npos);
}

TEST(Access, ReadsTheCombinedFormat) {
  const auto all = read(
      R"(2001:db8::7 - j smith [13/Jan/2016:19:31:17 -0500] "POST /a/b.php?c=d HTTP/2.0" 302 - )"
      R"x("http://x.example/" "Mozilla/5.0 (X11)" 0.004)x");
  EXPECT_EQ(
      all.records[1].fields,
      R"({"c-ip":"2001:db8::7","ident":null,"cs-username":"j smith",)"
      R"("time":"13/Jan/2016:19:31:17 -0500","request":"POST /a/b.php?c=d HTTP/2.0",)"
      R"("cs-method":"POST","cs-uri-stem":"/a/b.php","cs-uri-query":"c=d",)"
      R"("cs-version":"HTTP/2.0","sc-status":"302","sc-bytes":null,)"
      R"x("cs-referer":"http://x.example/","cs-user-agent":"Mozilla/5.0 (X11)","+1":"0.004"})x");
}

TEST(Access, TakesTheHostOfVhostFormats) {
  const auto all = read(
      R"(www.x.example:443 192.0.2.2 - - [13/Jan/2016:19:31:17 +0000] "GET / HTTP/1.1" 200 5)");
  EXPECT_TRUE(all.records[1].fields.starts_with(
      R"({"cs-host":"www.x.example:443","c-ip":"192.0.2.2","ident":null,)"));
}

TEST(Access, ALineThatIsCutSaysSo) {
  const auto bytes = std::string(kGood) + R"(192.0.2.2 - - [13/Jan/2016:19:31:17 +0000] "GET /cut)";
  const auto all = test::read_all(*open_reader(bytes, 1, "a"), 1 << 20);
  ASSERT_EQ(all.records.size(), 2u);
  EXPECT_EQ(all.records[1].faults[0].kind, FaultKind::kTruncated);
}

}  // namespace
}  // namespace serjeant

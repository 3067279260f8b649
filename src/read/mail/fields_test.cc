// Structured header fields: bad input first, then the grammar.
#include <gtest/gtest.h>

#include "read/mail/address.h"
#include "read/mail/content_type.h"
#include "read/mail/date.h"
#include "read/mail/message_id.h"
#include "read/mail/received.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

constexpr auto kReplace = Fallback::kReplace;

TEST(Addresses, KeepWhatCanBeReadOfBrokenLists) {
  auto arena = Arena{};
  const auto boxes =
      parse_mailboxes("\"never closed <a@b.example>, ,, <c@d.example", kReplace, arena);
  ASSERT_FALSE(boxes.empty());
  EXPECT_EQ(parse_mailboxes("<<>><a@b.example>>,;:;", kReplace, arena).size(), 1u);
  EXPECT_TRUE(parse_addresses("", kReplace, arena).empty());
}

TEST(Addresses, AreLinearInTheirBrackets) {
  auto arena = Arena{};
  const auto deep = std::string(1 << 20, '(');
  EXPECT_TRUE(parse_mailboxes(deep, kReplace, arena).empty());
  const auto quotes = std::string(1 << 20, '"');
  parse_addresses(quotes, kReplace, arena);
}

TEST(Addresses, ShowNamesCommentsAndRoutes) {
  auto arena = Arena{};
  const auto boxes = parse_mailboxes(
      "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>, <@r.test:m@x.test>, "
      "jdoe@test  . example",
      kReplace, arena);
  ASSERT_EQ(boxes.size(), 3u);
  EXPECT_EQ(boxes[0].address, "pete@silly.test");
  EXPECT_EQ(boxes[0].name, "Pete (A nice ) chap his account his host)");
  EXPECT_EQ(canonical_address(boxes[1].address, arena), "m@x.test");
  EXPECT_EQ(canonical_address(boxes[2].address, arena), "jdoe@test.example");
}

TEST(Addresses, OpenGroups) {
  auto arena = Arena{};
  const auto groups =
      parse_addresses("Friends: a@b.example, C <c@d.example>; e@f.example", kReplace, arena);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].name, "Friends");
  EXPECT_EQ(groups[0].members.size(), 2u);
  EXPECT_FALSE(groups[1].named);
}

TEST(Addresses, DecodeNeighbouringWordsWithoutABlank) {
  auto arena = Arena{};
  const auto boxes =
      parse_mailboxes("=?utf-8?q?a?= =?utf-8?b?Yg==?= c <a@b.example>", kReplace, arena);
  ASSERT_EQ(boxes.size(), 1u);
  EXPECT_EQ(boxes[0].name, "ab c");
}

TEST(Words, LeaveBrokenOnesAlone) {
  auto arena = Arena{};
  EXPECT_EQ(unstructured(" =?utf-8? =?x?q =? \r\n", kReplace, arena), "=?utf-8? =?x?q =?");
  auto many = std::string{};
  for (auto i = 0; i < 100'000; ++i) many += "=?utf-8?q?";
  unstructured(many, kReplace, arena);  // linear, or the test would not end
}

TEST(Words, UnfoldAndDecodeOtherCharsets) {
  auto arena = Arena{};
  EXPECT_EQ(
      unstructured(" Gr=?iso-8859-1?q?=FC=DFe?=\r\n =?utf-8?b?4oSi?= end\r\n", kReplace, arena),
      "Gr \xc3\xbc\xc3\x9f"
      "e\xe2\x84\xa2 end");
  EXPECT_EQ(unstructured("caf\xe9", Fallback::kWindows1252, arena), "caf\xc3\xa9");
  EXPECT_EQ(unstructured("caf\xe9", kReplace, arena), "caf\xef\xbf\xbd");
}

TEST(ContentType, SaysWhenThereIsNone) {
  auto arena = Arena{};
  for (const auto* text : {"", ";", "/", "/plain", " ; charset=x"})
    EXPECT_FALSE(parse_content_type(text, kReplace, arena).present) << text;
}

TEST(ContentType, FindsParametersWithoutSemicolons) {
  auto arena = Arena{};
  const auto type = parse_content_type(
      "message/external-body;\n access-type=mail-server\n server=\"a b\"", kReplace, arena);
  EXPECT_EQ(parameter(type, "access-type"), "mail-server");
  EXPECT_EQ(parameter(type, "server"), "a b");
}

TEST(ContentType, JoinsContinuedParametersInAnyOrder) {
  auto arena = Arena{};
  const auto type = parse_content_type(
      "a/b; name*1=\" two\"; name*0*=utf-8'en'%C3%A4%20one; name=plain", kReplace, arena);
  EXPECT_EQ(parameter(type, "name"), "\xc3\xa4 one two");  // the extended one wins
  EXPECT_EQ(parameter(type, "name-language"), "en");
}

TEST(Date, RefusesWhatIsNone) {
  for (const auto* text :
       {"", "some numbers 0 1 2 but invalid", "13 zzz 2021 09:55:06 +0200", ";;;"})
    EXPECT_FALSE(parse_date(text)) << text;
  const auto wild = parse_date("31 Feb 2021 25:61:99 +9999");
  ASSERT_TRUE(wild);
  EXPECT_FALSE(to_nanos(*wild));
}

TEST(Date, ReadsObsoleteForms) {
  const auto at = [](const char* text) {
    const auto date = parse_date(text);
    const auto nanos = date ? to_nanos(*date) : std::nullopt;
    return nanos ? format_time(*nanos) : "none";
  };
  EXPECT_EQ(at("Fri, 21 Nov 97 09(comment):55:06 -0600"), "1997-11-21T15:55:06Z");
  EXPECT_EQ(at("Fri Feb 07 10:18:12 2003 -0800"), "2003-02-07T18:18:12Z");
  EXPECT_EQ(at("Sun, 27 Oct 2002 23:57:07 EST"), "2002-10-28T04:57:07Z");
  EXPECT_EQ(at("1 Jan 2021 09:55 GMT"), "2021-01-01T09:55:00Z");
  EXPECT_EQ(at("Tue, 31 Dec 2016 23:59:60 +0000"), "2016-12-31T23:59:59Z");
  EXPECT_FALSE(parse_date("1 Jan 2021 09:55:06 -0000")->zoned);
}

TEST(MessageIds, AreReadWithAndWithoutBrackets) {
  auto arena = Arena{};
  EXPECT_EQ(parse_ids(" <a@b> <c@d>\r\n <e").size(), 3u);
  EXPECT_EQ(parse_ids("bare@id").size(), 1u);
  EXPECT_TRUE(parse_ids("<>").empty());
  EXPECT_EQ(canonical_id(" A b @Host.EXAMPLE ", arena), "<Ab@host.example>");
}

TEST(Received, ReadsTheCommonWriters) {
  auto arena = Arena{};
  const auto hop = parse_received(
      "from out.example (out.example. [192.0.2.208]) (using TLSv1.3 with cipher "
      "TLS_AES_256_GCM_SHA384)"
      " by mx.example (Postfix) with ESMTPS id 41A2 for <a@b.example>; Tue, 29 Aug 2023 16:20:12 "
      "+0000",
      arena);
  EXPECT_EQ(hop.from, "out.example");
  EXPECT_EQ(hop.from_ip, "192.0.2.208");
  EXPECT_EQ(hop.from_rdns, "out.example.");
  EXPECT_EQ(hop.by, "mx.example");
  EXPECT_EQ(hop.with, "ESMTPS");
  EXPECT_EQ(hop.tls_version, "TLSv1_3");
  EXPECT_EQ(hop.tls_cipher, "TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(hop.id, "41A2");
  EXPECT_EQ(hop.for_, "a@b.example");
  ASSERT_TRUE(hop.date);
}

TEST(Received, TakesAnAddressForANameOnlyWhereItIsOne) {
  auto arena = Arena{};
  EXPECT_EQ(parse_received("from ([172.16.1.78]) by mail.example with SMTP; x", arena).by,
            "mail.example");
  EXPECT_EQ(parse_received("from [10.0.8.6.13219] by m.example; x", arena).from_ip, "");
  EXPECT_EQ(address_literal("[IPv6:2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(address_literal("999.1.1.1"), "");
}

}  // namespace
}  // namespace serjeant::mail

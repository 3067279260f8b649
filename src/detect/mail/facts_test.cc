#include "detect/mail/facts.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace serjeant::mail {
namespace {

auto facts_of(const std::string& raw, Arena& arena) -> MailFacts {
  // The message's views must live as long as the facts: the raw text does, the parts are not
  // needed.
  const auto message = read_message(raw, {0, 0, 1}, arena).value;
  return mail_facts(message, arena);
}

constexpr auto kMail =
    "Delivered-To: Ada@Parliament.example\n"
    "Received: from out.house.example (out.house.example [198.51.100.9]) by mx.parliament.example; "
    "Tue, 5 Mar 2024 10:00:02 +0000\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=News.example;\n s=k1; b=xx\n"
    "Message-ID: <ABC@News.EXAMPLE>\nFrom: \"Harbour News\" <desk@mail.news.example>\n"
    "Reply-To: other@elsewhere.example\nTo: Ada <ada@parliament.example>, bea@parliament.example\n"
    "Subject: Ferry\nDate: Tue, 5 Mar 2024 18:00:00 +0800\nList-Unsubscribe: "
    "<https://u.house.example/x>\n"
    "X-House-Account: 77\nDisposition-Notification-To: <r@pixel.example>\n"
    "Content-Type: text/html\n\n"
    "<p>The ferry leaves at nine today.</p><img "
    "src=\"https://p.pixel.example/o.gif?id=k9Q2fXw71LmZ\" width=1 height=1>\n";

TEST(Facts, OfAnEmptyMailAreEmpty) {
  auto arena = Arena{};
  const auto facts = facts_of("", arena);
  EXPECT_TRUE(facts.from.empty());
  EXPECT_EQ(facts.basis, TimeBasis::kNone);
  EXPECT_EQ(facts.shingles, 0u);
}

TEST(Facts, NameSenderRecipientsAndHouse) {
  auto arena = Arena{};
  const auto raw = std::string(kMail);
  const auto facts = facts_of(raw, arena);
  EXPECT_EQ(facts.from, "desk@mail.news.example");
  EXPECT_EQ(facts.from_domain, "news.example");
  EXPECT_EQ(facts.custodian, "ada@parliament.example");
  EXPECT_EQ(facts.recipients.size(), 3u);
  EXPECT_EQ(facts.message_id, "<ABC@news.example>");
  EXPECT_EQ(format_time(facts.at), "2024-03-05T10:00:00Z");
  EXPECT_EQ(facts.zone_minutes, 480);
  ASSERT_EQ(facts.hops.size(), 1u);
  EXPECT_EQ(format_ip(facts.hops[0].ip), "198.51.100.9");
  ASSERT_EQ(facts.signatures.size(), 1u);
  EXPECT_EQ(facts.signatures[0].domain, "news.example");
  ASSERT_EQ(facts.tenants.size(), 1u);
  EXPECT_EQ(facts.tenants[0].value, "77");
  EXPECT_EQ(facts.unsubscribe_host, "u.house.example");
  EXPECT_TRUE(facts.list);
  ASSERT_EQ(facts.receipts.size(), 1u);
  EXPECT_FALSE(facts.receipts[0].same_domain);
}

TEST(Facts, PointAtTheBytesOfAReference) {
  auto arena = Arena{};
  const auto raw = std::string(kMail);
  const auto facts = facts_of(raw, arena);
  ASSERT_EQ(facts.refs.size(), 1u);
  const auto& reference = facts.refs[0];
  EXPECT_EQ(raw.substr(reference.span.offset, reference.span.length), reference.url);
  EXPECT_EQ(reference.domain, "pixel.example");
  EXPECT_EQ(reference.visibility, Visibility::kHidden);
  ASSERT_EQ(reference.tokens.size(), 1u);
  EXPECT_EQ(reference.tokens[0].where, "query:id");
}

TEST(Facts, SurviveBeingCodedAndRefuseDamage) {
  auto arena = Arena{};
  const auto raw = std::string(kMail);
  const auto facts = facts_of(raw, arena);
  auto bytes = std::string{}, again = std::string{}, one = std::string{}, two = std::string{};
  encode_mail_facts(facts, bytes);
  auto decoded = MailFacts{};
  ASSERT_TRUE(decode_mail_facts(bytes, decoded));
  encode_mail_facts(decoded, again);
  EXPECT_EQ(bytes, again);
  write_mail_facts(facts, one);
  write_mail_facts(decoded, two);
  EXPECT_EQ(one, two);
  for (auto size = std::size_t{0}; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_mail_facts(std::string_view(bytes).substr(0, size), decoded));
  for (auto i = std::size_t{0}; i < bytes.size(); ++i) {
    auto spoilt = bytes;
    spoilt[i] = static_cast<char>(spoilt[i] ^ 0xff);
    (void)decode_mail_facts(spoilt, decoded);  // must neither crash nor read beyond
  }
}

TEST(Facts, ReadNestedMailsCalendarsAndExternalBodies) {
  auto arena = Arena{};
  const auto raw = std::string(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/calendar\n\n"
      "BEGIN:VCALENDAR\nIMAGE;VALUE=URI:https://c.example/ev-8842/m.png\nEND:VCALENDAR\n"
      "--b\nContent-Type: message/rfc822\n\nContent-Type: text/html\n\n<img "
      "src=https://n.example/x width=9>\n"
      "--b\nContent-Type: message/external-body; access-type=URL; "
      "URL=\"https://f.example/a.txt\"\n\n\n--b--\n");
  const auto facts = facts_of(raw, arena);
  ASSERT_EQ(facts.refs.size(), 3u);
  EXPECT_EQ(facts.refs[0].context, "ics.image");
  EXPECT_EQ(facts.refs[1].part, "2.1");
  EXPECT_EQ(facts.refs[2].context, "external_body.url");
}

}  // namespace
}  // namespace serjeant::mail

#include "detect/mail/url.h"

#include <gtest/gtest.h>

#include "detect/mail/psl.h"
#include "detect/mail/signature.h"
#include "detect/mail/token.h"

namespace serjeant::mail {
namespace {

TEST(Url, ResolvesAsClientsDo) {
  auto arena = Arena{};
  const auto base = "https://a.example/x/y?z";
  EXPECT_EQ(read_url(" HTTPS://User@B.Example:8/P\n/q ", "", arena).whole,
            "https://user@b.example:8/P/q");
  EXPECT_EQ(read_url("//c.example/p", "", arena).whole, "https://c.example/p");
  EXPECT_EQ(read_url("../i.gif?1", base, arena).whole, "https://a.example/i.gif?1");
  EXPECT_EQ(read_url("/i.gif", base, arena).host, "a.example");
  EXPECT_EQ(read_url("i.gif", "", arena).whole, "");
  EXPECT_EQ(read_url("http:\\\\d.example\\p", "", arena).host, "d.example");
  EXPECT_EQ(read_url("\\\\share.example\\p", "", arena).scheme, "file");
  EXPECT_TRUE(is_remote(read_url("file://share.example/p", "", arena)));
  EXPECT_FALSE(is_remote(read_url("cid:x@y", "", arena)));
  EXPECT_FALSE(is_remote(read_url("data:image/gif;base64,R0", "", arena)));
}

TEST(Domains, AreThoseThatSomebodyRegistered) {
  auto arena = Arena{};
  EXPECT_EQ(registrable_domain("www.mail.parliament.example", arena), "parliament.example");
  EXPECT_EQ(registrable_domain("a.b.co.uk", arena), "b.co.uk");
  EXPECT_EQ(registrable_domain("198.51.100.7", arena), "198.51.100.7");
  EXPECT_EQ(registrable_domain("localhost", arena), "localhost");
}

TEST(Pieces, TellTokensFromNames) {
  for (const auto* word : {"budget-vote", "2024", "20240315", "logo-120", "headline", "06", "img",
                           "page-12", "banner2x", "ferry_timetable", "unsubscribe", "h1", "index"})
    EXPECT_EQ(piece_shape(word), PieceShape::kWord) << word;
  for (const auto* token : {"k9Q2fXw71LmZ", "Zt4hB8", "0412-77", "f-220-9", "sv-5531", "ob-9",
                            "vp99", "bs1", "n4tr8w2k", "amp77x", "MjAyNDAzMTQtOTk"})
    EXPECT_NE(piece_shape(token), PieceShape::kWord) << token;
  EXPECT_EQ(piece_shape("7731"), PieceShape::kNumber);
  EXPECT_EQ(piece_shape("62a7f9493dab64b1"), PieceShape::kHex);
  EXPECT_EQ(piece_shape("6f1c0f5e-3d0a-4a4b-9d0e-1f7b52c9a011"), PieceShape::kUuid);
}

TEST(Templates, AreEqualForTheSameCampaign) {
  auto arena = Arena{};
  const auto one = read_url("https://l.example/a/62a7f9493dab64b1/lead.jpg", "", arena);
  const auto two = read_url("https://l.example/a/44c9397e9133f1e5/lead.jpg", "", arena);
  EXPECT_EQ(url_template(one, "l.example", arena), "https://l.example/a/{hex:16}/lead.jpg");
  EXPECT_EQ(url_template(one, "l.example", arena), url_template(two, "l.example", arena));
}

TEST(Tokens, FindTheRecipientBehindATransform) {
  auto arena = Arena{};
  const auto recipients =
      std::vector<Recipient>{{"rin.tanaka@parliament.example", "", AddressKind::kTo}};
  auto transforms = AddressTransforms(recipients);
  const auto kind = [&](const char* text) {
    auto token = Token{};
    return transforms.find(text, token, arena) ? std::string(token.transform) : std::string("none");
  };
  EXPECT_EQ(kind("cmluLnRhbmFrYUBwYXJsaWFtZW50LmV4YW1wbGU"), "base64url");
  EXPECT_EQ(kind("rin.tanaka@parliament.example"), "plain");
  EXPECT_EQ(kind("eva.gnanxn@cneyvnzrag.rknzcyr"), "rot13");
  EXPECT_EQ(kind("nobody"), "none");
  EXPECT_EQ(kind("000000000000"), "none");
}

TEST(Signatures, SeeThroughNamesDigitsAndQuotes) {
  const auto base = std::string(
      "Dear Ada, the ferry timetable changes on Monday and the council will vote about new port "
      "fees "
      "for ships that stay for more than two nights in the old harbour of our town this spring.");
  auto changed = base;
  changed.replace(5, 3, "Bea");
  changed += " 17\n> quoted text that is not ours\n-- \nSignature";
  auto one = TextSignature{}, two = TextSignature{}, other = TextSignature{};
  text_signature(normal_words(base, {"ada"}), one);
  text_signature(normal_words(changed, {"bea"}), two);
  text_signature(
      normal_words("Nothing of that kind was ever written by anybody in this place before now.",
                   {}),
      other);
  EXPECT_EQ(one, two);
  auto a = MailFacts{}, b = MailFacts{};
  a.shingles = b.shingles = 1;
  a.text = one;
  b.text = other;
  EXPECT_LT(text_likeness(a, b), 100u);
  EXPECT_EQ(text_signature({}, one), 0u);
}

}  // namespace
}  // namespace serjeant::mail

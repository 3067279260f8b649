#include "read/mail/message.h"

#include <gtest/gtest.h>

#include "core/arena.h"
#include "core/text.h"
#include "read/mail/native.h"

namespace serjeant::mail {
namespace {

auto has(const std::vector<Fault>& faults, FaultKind kind) -> bool {
  for (const auto& fault : faults)
    if (fault.kind == kind) return true;
  return false;
}

auto has(const Message& message, AmbiguityKind kind) -> bool {
  for (const auto& doubt : message.ambiguities)
    if (doubt.kind == kind) return true;
  return false;
}

TEST(ReadMessage, GivesAPartForNothingAtAll) {
  auto arena = Arena{};
  const auto got = read_message("", {}, arena);
  ASSERT_EQ(got.value.parts.size(), 1u);
  EXPECT_EQ(got.value.parts[0].body.length, 0u);
}

TEST(ReadMessage, StopsAtAMillionFieldsAndFindsTheBodyAllTheSame) {
  auto raw = std::string{};
  for (auto i = 0; i < 1'000'000; ++i) raw += "A: b\n";
  raw += "\nbody";
  auto arena = Arena{};
  const auto got = read_message(raw, {0, 0, 1}, arena);
  EXPECT_EQ(got.value.fields.size(), 10'000u);
  EXPECT_TRUE(has(got.faults, FaultKind::kTooMany));
  EXPECT_EQ(got.value.bytes(got.value.parts[0], got.value.parts[0].body), "body");
  ASSERT_EQ(got.value.unread.size(), 1u);
  EXPECT_EQ(got.value.unread[0].offset, 50'000u);
}

TEST(ReadMessage, TakesAllForHeaderWithoutABlankLine) {
  auto arena = Arena{};
  const auto got = read_message("From: a@b\nno colon here\nTo: c@d", {}, arena);
  EXPECT_EQ(got.value.fields.size(), 2u);
  EXPECT_TRUE(has(got.faults, FaultKind::kBadHeader));
}

TEST(ReadMessage, NestsNoDeeperThanItsLimit) {
  auto raw = std::string{};
  for (auto i = 0; i < 1000; ++i) raw += "Content-Type: message/rfc822\n\n";
  auto arena = Arena{};
  const auto got = read_message(raw, {}, arena);
  EXPECT_EQ(got.value.parts.size(), 65u);
  EXPECT_TRUE(has(got.faults, FaultKind::kTooDeep));
  auto multi = std::string{};
  for (auto i = 0; i < 1000; ++i)
    multi += "Content-Type: multipart/mixed; boundary=b" + std::to_string(1000 + i) + "\n\n--b" +
             std::to_string(1000 + i) + "\n";
  EXPECT_EQ(read_message(multi, {}, arena).value.parts.size(), 65u);
}

TEST(ReadMessage, CountsNoMorePartsThanItsLimit) {
  auto raw = std::string("Content-Type: multipart/mixed; boundary=x\n\n");
  for (auto i = 0; i < 20'000; ++i) raw += "--x\n\n.\n";
  auto arena = Arena{};
  const auto got = read_message(raw, {}, arena);
  EXPECT_EQ(got.value.parts.size(), 10'000u);
  EXPECT_TRUE(has(got.faults, FaultKind::kTooMany));
}

TEST(ReadMessage, ReadsALineOfAHundredMegabytes) {
  const auto raw = "Subject: x\n\n" + std::string(std::size_t{100} << 20, 'a');
  auto arena = Arena{};
  const auto got = read_message(raw, {}, arena);
  EXPECT_EQ(got.value.parts[0].body.length, std::size_t{100} << 20);
}

TEST(ReadMessage, EndsAPartWithoutHeaderEndAtTheBoundary) {
  auto arena = Arena{};
  const auto got = read_message(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
      "text/html\n--b\n\ntext\n--b--\n",
      {}, arena);
  ASSERT_EQ(got.value.parts.size(), 3u);
  EXPECT_EQ(got.value.parts[1].subtype, "html");
  EXPECT_EQ(got.value.bytes(got.value.parts[2], got.value.parts[2].body), "text");
}

TEST(ReadMessage, PrefersTheWholeLineToItsBeginning) {
  // "a" begins "ab" (RFC 2046, section 5.1.1 leaves the choice to nobody).
  auto arena = Arena{};
  const auto got = read_message(
      "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; "
      "boundary=ab\n\n"
      "--ab\n\ninner\n--ab--\n--a\n\nouter\n--a--\n",
      {}, arena);
  ASSERT_EQ(got.value.parts.size(), 4u);
  EXPECT_EQ(got.value.parts[2].parent, 1u);
  EXPECT_EQ(got.value.parts[3].parent, 0u);
}

TEST(ReadMessage, NotesPreambleEpilogueAndMissingClose) {
  auto arena = Arena{};
  const auto got = read_message(
      "Content-Type: multipart/mixed; boundary=a\n\nbefore\n--a\n\none\n--a--\nafter\n", {}, arena);
  EXPECT_TRUE(has(got.value, AmbiguityKind::kPreambleContent));
  EXPECT_TRUE(has(got.value, AmbiguityKind::kEpilogueContent));
  const auto cut =
      read_message("Content-Type: multipart/mixed; boundary=a\n\n--a\n\none", {}, arena);
  EXPECT_TRUE(has(cut.faults, FaultKind::kTruncated));
  EXPECT_TRUE(cut.value.parts[1].cut);
}

TEST(ReadMessage, OpensEncodedMessagesAndPointsToWhereTheyStand) {
  auto inner = base64_encode("Subject: inner\n\nhello");
  const auto raw = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner;
  auto arena = Arena{};
  const auto got = read_message(raw, {500, 0, 9}, arena);
  ASSERT_EQ(got.value.parts.size(), 2u);
  const auto& nested = got.value.parts[1];
  EXPECT_EQ(nested.body.source, 0u);
  EXPECT_EQ(got.value.bytes(nested, nested.body), "hello");
  EXPECT_EQ(got.value.evidence(nested), got.value.parts[0].body);
}

TEST(ReadMessage, NotesWhatReadersDisagreeAbout) {
  auto arena = Arena{};
  const auto got = read_message(
      "From : a@b\nContent-Type: text/plain\nContent-Type: text/html\nContent-Transfer-Encoding: "
      "base64\n"
      "Content-Transfer-Encoding: 7bit\n\nYWJj*ZGVm=ZGVm\n",
      {}, arena);
  EXPECT_TRUE(has(got.value, AmbiguityKind::kFieldNameTrailingSpace));
  EXPECT_TRUE(has(got.value, AmbiguityKind::kDuplicateContentType));
  EXPECT_TRUE(has(got.value, AmbiguityKind::kDuplicateCte));
  EXPECT_TRUE(has(got.value, AmbiguityKind::kBase64Junk));
  EXPECT_EQ(got.value.parts[0].subtype, "plain");
}

TEST(Transfer, KeepsCodedBlanksAndDropsAddedOnes) {
  auto arena = Arena{};
  EXPECT_EQ(decode_quoted_printable("a=20 \r\nb\t\nc=\r\nd=3D=zz=", arena).bytes,
            "a \r\nb\ncd==zz");
  EXPECT_EQ(decode_base64("aGVs\r\nbG8=\r\nd29y bGQ", arena).bytes, "helloworld");
  EXPECT_TRUE(decode_base64("aGVsbG8=d29y", arena).padding_inside);
  auto name = std::string_view{};
  EXPECT_EQ(decode_uuencode("begin 644 cat.txt\n#0V%T\n`\nend\n", arena, &name).bytes, "Cat");
  EXPECT_EQ(name, "cat.txt");
}

TEST(Charsets, FallBackWithoutLosingText) {
  auto arena = Arena{};
  EXPECT_EQ(to_utf8("\xa4\xcf", "euc-jp", Fallback::kReplace, arena).utf8, "\xe3\x81\xaf");
  EXPECT_TRUE(to_utf8("abc", "no-such-charset", Fallback::kReplace, arena).unknown);
  EXPECT_EQ(to_utf8("\x93quoted\x94", "iso-8859-1", Fallback::kReplace, arena).utf8,
            "\xe2\x80\x9cquoted\xe2\x80\x9d");
  EXPECT_EQ(
      to_utf8(std::string_view("\xff\xfeh\0i\0", 6), "utf-16", Fallback::kReplace, arena).utf8,
      "hi");
}

TEST(Native, HasEveryFieldOfAMail) {
  auto arena = Arena{};
  const auto got = read_message(
      "Received: from a by b; 1 Jan 2024 10:00:00 +0000\nFrom: \"Ada\" <a@b.example>\nTo: "
      "c@d.example, e@f.example\n"
      "Subject: =?utf-8?q?caf=C3=A9?=\nX-Odd: one\n two\nDate: 1 Jan 2024 10:00:00 +0100\n\n"
      "see https://x.example/y.\n",
      {}, arena);
  auto document = Document{};
  build_native(got.value, document, arena);
  const auto root = document.root();
  EXPECT_EQ(root.find("from").text(), "a@b.example");
  EXPECT_EQ(root.find("from_name").text(), "Ada");
  EXPECT_EQ(root.find("subject").text(), "caf\xc3\xa9");
  EXPECT_EQ(root.find("date-utc").text(), "2024-01-01T09:00:00Z");
  EXPECT_EQ(root.find("x-odd").text(), "one two");
  EXPECT_EQ((*root.find("urls").begin()).text(), "https://x.example/y");
  EXPECT_TRUE(root.find("received").is_array());
}

TEST(Bodies, PreferTheHtmlFormOfAnAlternative) {
  auto arena = Arena{};
  const auto got = read_message(
      "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nplain\n--a\nContent-Type: "
      "text/html\n\n<p>\n"
      "--a\nContent-Type: application/pdf\n\n.\n--a--\n",
      {}, arena);
  const auto bodies = sort_bodies(got.value);
  EXPECT_EQ(bodies.text, std::vector<std::uint32_t>{1});
  EXPECT_EQ(bodies.html, std::vector<std::uint32_t>{2});
  EXPECT_EQ(bodies.attachments, std::vector<std::uint32_t>{3});
}

}  // namespace
}  // namespace serjeant::mail

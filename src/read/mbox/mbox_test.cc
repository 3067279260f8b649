#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "read/mail/message.h"
#include "read/mail/open.h"
#include "read/mbox/split.h"

namespace serjeant {
namespace {

struct Collect : RecordSink {
  std::vector<std::string> subjects;
  std::vector<Span> spans, markers;
  std::vector<Fault> faults;
  std::uint64_t accounted = 0;
  void record(const Record& record) override {
    subjects.emplace_back(record.native.find("subject").text());
    spans.push_back(record.span);
    markers.push_back(record.message->marker);
    accounted += record.span.length;
    faults.insert(faults.end(), record.faults.begin(), record.faults.end());
  }
  void fault(const Fault& fault) override { faults.push_back(fault); }
  void account(Extent bytes, Coverage state, std::string_view) override {
    if (state == Coverage::kSkipped) accounted += bytes.length;
  }
};

auto read_all(std::string_view bytes, std::string_view name, std::uint64_t target = 1) -> Collect {
  auto out = Collect{};
  const auto reader = open_mail_reader(bytes, 4, name);
  if (!reader) return out;
  for (const auto chunk : reader->plan(target)) {
    auto arena = Arena{};
    reader->read(chunk, arena, out);
  }
  return out;
}

constexpr auto kTwo = std::string_view(
    "From a@b.example Mon Jan  1 10:00:00 2024\nSubject: one\n\nFrom now on nothing is cut "
    "here.\n\n"
    "From Russia with love\n\nFrom c@d.example Mon Jan  1 11:00:00 2024\nSubject: two\n\nend\n");

TEST(Mbox, CutsAtMarkersAndNotAtSentences) {
  const auto got = read_all(kTwo, "x");
  EXPECT_EQ(got.subjects, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(got.accounted, kTwo.size());
}

TEST(Mbox, GivesTheSameForAnyChunks) {
  const auto many = read_all(kTwo, "x", 1), one = read_all(kTwo, "x", ~std::uint64_t{0});
  EXPECT_EQ(many.spans, one.spans);
}

TEST(Mbox, DoesNotStallOnMalformedMarkers) {
  auto bytes = std::string("From a@b.example Mon Jan  1 10:00:00 2024\nSubject: x\n\n");
  for (auto i = 0; i < 200'000; ++i) bytes += "From \n\n";
  const auto got = read_all(bytes, "x.mbox");
  EXPECT_EQ(got.subjects.size(), 1u);
  EXPECT_EQ(got.accounted, bytes.size());
}

TEST(Mbox, ObeysALengthThatLeadsToAMarker) {
  const auto body = std::string("\nFrom x@y.example Mon Jan  1 10:00:00 2024\nA: b\n\n");
  const auto bytes = "From a@b.example Mon Jan  1 10:00:00 2024\nSubject: one\nContent-Length: " +
                     std::to_string(body.size()) + "\n\n" + body +
                     "\nFrom c@d.example Mon Jan  1 11:00:00 2024\nSubject: two\n\nend\n";
  EXPECT_EQ(read_all(bytes, "x").subjects.size(), 2u);
}

TEST(Mbox, DoesNotCutInsideAnOpenMultipart) {
  const auto bytes = std::string(
      "From a@b.example Mon Jan  1 10:00:00 2024\nSubject: one\nContent-Type: multipart/mixed; "
      "boundary=zz\n\n"
      "--zz\nContent-Type: message/rfc822\n\nFrom x@y.example Mon Jan  1 09:00:00 2024\nSubject: "
      "inner\n\n.\n--zz--\n\n"
      "From c@d.example Mon Jan  1 11:00:00 2024\nSubject: two\n\nend\n");
  const auto got = read_all(bytes, "x");
  EXPECT_EQ(got.subjects.size(), 2u);
  ASSERT_FALSE(got.faults.empty());
  EXPECT_EQ(got.faults[0].kind, FaultKind::kAmbiguous);
}

TEST(Mbox, ReadsTakeoutAndBareMarkersBehindAByteOrderMark) {
  const auto bytes = std::string(
      "\xef\xbb\xbf"
      "From 1844347792267117879@xxx\r\nSubject: one\r\n\r\n.\r\n\r\nFrom -\r\nSubject: "
      "two\r\n\r\n.\r\n");
  const auto got = read_all(bytes, "All mail.mbox");
  EXPECT_EQ(got.subjects.size(), 2u);
  EXPECT_EQ(got.accounted, bytes.size());
  EXPECT_EQ(got.spans[1].offset, got.markers[1].offset);
}

TEST(Eml, KeepsALeadingMarkerLineAsAFact) {
  const auto bytes = std::string(
      "From a@b.example Mon Jan  1 10:00:00 2024\nSubject: x\n\nFrom c@d.example Mon Jan  1 "
      "10:00:00 2024\nA: b\n\n");
  const auto got = read_all(bytes, "x.eml");
  ASSERT_EQ(got.subjects.size(), 1u);
  EXPECT_EQ(got.markers[0].length, 42u);
  EXPECT_EQ(got.accounted, bytes.size());
}

TEST(Open, RefusesWhatIsNoMail) {
  EXPECT_EQ(open_mail_reader("{\"a\": 1}", 1, "x.json"), nullptr);
  EXPECT_EQ(open_mail_reader("title: a rule\ndate: 2024-01-01\n", 1, "x.yml"), nullptr);
  EXPECT_EQ(open_mail_reader("", 1, "x.eml"), nullptr);
  EXPECT_NE(open_mail_reader("Subject: x\nFrom: a@b\n\n", 1, "cur/1.host:2,S"), nullptr);
}

}  // namespace
}  // namespace serjeant

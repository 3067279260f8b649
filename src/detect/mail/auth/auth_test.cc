#include <gtest/gtest.h>

#include "core/text.h"
#include "detect/mail/auth/arc.h"
#include "detect/mail/auth/canonical.h"
#include "detect/mail/auth/dkim.h"
#include "detect/mail/auth/dmarc.h"
#include "detect/mail/auth/dns_snapshot.h"
#include "detect/mail/auth/spf.h"
#include "detect/mail/auth/spf_record.h"
#include "detect/mail/auth/tag_list.h"

namespace serjeant::mail {
namespace {

auto snapshot(std::string_view lines) -> DnsSnapshot {
  return std::move(DnsSnapshot::read(lines).value);
}
auto time_of(std::string_view text) -> Nanos { return parse_iso_time(text)->at; }

TEST(DnsSnapshot, CountsLinesThatAreNoObservations) {
  const auto read = DnsSnapshot::read(
      "{\n[]\n{\"name\":\"a.example\",\"type\":7}\n"
      "{\"name\":\"a.example\",\"type\":\"A\",\"observed_at\":\"soon\"}\n\n"
      "{\"name\":\"a.example\",\"type\":\"A\",\"rdata\":[\"192.0.2.1\"]}");
  EXPECT_EQ(read.faults.size(), 4u);
  EXPECT_EQ(read.faults.back().kind, FaultKind::kBadTime);
  EXPECT_EQ(read.value.size(), 1u);
}

TEST(DnsSnapshot, TakesTheIntervalThatCoversTheTimeElseTheNearest) {
  const auto dns = snapshot(
      "{\"name\":\"K.Example.\",\"type\":\"txt\",\"rdata\":[\"new\"],\"ttl\":60,"
      "\"observed_at\":\"2024-03-01T00:00:00Z\"}\n"
      "{\"name\":\"k.example\",\"type\":\"TXT\",\"rdata\":[\"old\"],\"ttl\":3600,"
      "\"observed_at\":\"2020-01-01T00:00:00Z\"}\n"
      "{\"name\":\"k.example\",\"type\":\"TXT\",\"rdata\":[\"old\"],\"ttl\":3600,"
      "\"observed_at\":\"2021-01-01T00:00:00Z\"}\n");
  const auto inside = dns.query("k.example", "TXT", time_of("2020-06-01T00:00:00Z"));
  EXPECT_EQ(inside.records()[0], "old");
  EXPECT_EQ(inside.distance, 0);
  EXPECT_TRUE(inside.distance_known);
  const auto after = dns.query("k.example", "TXT", time_of("2024-03-01T00:02:00Z"));
  EXPECT_EQ(after.records()[0], "new");
  EXPECT_EQ(after.distance, kMinute);
  const auto undated = dns.query("k.example", "TXT", std::nullopt);
  EXPECT_EQ(undated.records()[0], "new");
  EXPECT_FALSE(undated.distance_known);
}

TEST(DnsSnapshot, TellsUnknownFromAbsentAndFromSilent) {
  const auto dns = snapshot(
      "{\"name\":\"gone.example\",\"type\":\"A\",\"rcode\":\"NXDOMAIN\"}\n"
      "{\"name\":\"slow.example\",\"type\":\"*\",\"rcode\":\"TIMEOUT\"}\n"
      "{\"name\":\"*.whole.example\",\"type\":\"*\",\"rcode\":\"NXDOMAIN\"}\n"
      "{\"name\":\"ring.example\",\"type\":\"CNAME\",\"rdata\":[\"ring.example\"]}\n");
  const auto status = [&](std::string_view name) { return dns.query(name, "TXT", {}).status; };
  EXPECT_EQ(status("gone.example"), DnsStatus::kVoid);
  EXPECT_EQ(status("slow.example"), DnsStatus::kTemporary);
  EXPECT_EQ(status("a.b.whole.example"), DnsStatus::kVoid);
  EXPECT_EQ(status("ring.example"), DnsStatus::kTemporary);
  EXPECT_EQ(status("other.example"), DnsStatus::kUnknown);
}

TEST(SpfRecord, IsRefusedAsAWholeForOneBadTerm) {
  for (const auto* bad : {"v=spf1 -all ip:192.0.2.1", "v=spf1 a/33", "v=spf1 ip4:192.0.2.1/024",
                          "v=spf1 include:", "v=spf1 exists:%{x}", "v=spf1 a:example",
                          "v=spf1 redirect=a.example redirect=b.example", "v=spf1 exists:%{d0}"})
    EXPECT_FALSE(parse_spf_record(bad).flaw.empty()) << bad;
  EXPECT_TRUE(parse_spf_record("v=spf1 a:%{d}/24//64 mx ptr ?all x=%{s}").flaw.empty());
}

TEST(SpfRecord, ExpandsTheExamplesOfTheStandard) {
  auto macros = SpfMacros{};
  macros.sender = "strong-bad@email.example.com";
  macros.local = "strong-bad";
  macros.domain = macros.sender_domain = "email.example.com";
  macros.ip = "192.0.2.3";
  macros.ip_kind = "in-addr";
  const auto expand = [&](std::string_view text) {
    return expand_spf(text, macros, SpfText::kDomain).value_or("-");
  };
  EXPECT_EQ(expand("%{s}"), "strong-bad@email.example.com");
  EXPECT_EQ(expand("%{d2}"), "example.com");
  EXPECT_EQ(expand("%{dr}"), "com.example.email");
  EXPECT_EQ(expand("%{d2r}"), "example.email");
  EXPECT_EQ(expand("%{l1r-}"), "strong");
  EXPECT_EQ(expand("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}"),
            "bad.strong.lp.3.2.0.192.in-addr._spf.example.com");
  EXPECT_EQ(expand("%{S}"), "strong-bad%40email.example.com");
}

TEST(Spf, SaysWhichNameWouldSettleIt) {
  const auto dns = snapshot(
      "{\"name\":\"a.example\",\"type\":\"TXT\",\"rdata\":[\"v=spf1 include:b.example -all\"]}");
  const auto answer =
      check_spf(mail_from_question(parse_ip("192.0.2.1"), "h.a.example", "x@a.example", {}), dns);
  EXPECT_EQ(answer.result, SpfResult::kNotEvaluable);
  EXPECT_EQ(answer.missing, (std::vector<std::string>{"TXT b.example"}));
}

TEST(Spf, EndsInARingOfIncludes) {
  const auto dns = snapshot(
      "{\"name\":\"a.example\",\"type\":\"TXT\",\"rdata\":[\"v=spf1 include:a.example -all\"]}");
  const auto answer =
      check_spf(mail_from_question(parse_ip("192.0.2.1"), "h.a.example", "x@a.example", {}), dns);
  EXPECT_EQ(answer.result, SpfResult::kPermError);
  EXPECT_EQ(answer.lookups, 11u);
}

TEST(TagList, RefusesRepeatedTagsAndControls) {
  EXPECT_FALSE(parse_tags("a=1; a=2").flaw.empty());
  EXPECT_FALSE(parse_tags(std::string_view("a=1\0", 4)).flaw.empty());
  EXPECT_FALSE(parse_tags("a=1;;b=2").flaw.empty());
  EXPECT_TRUE(parse_tags("a = 1 ;\r\n b=2;").flaw.empty());
  EXPECT_EQ(without_signature("a=1; b =XY; bh=Z"), "a=1; b =; bh=Z");
}

TEST(Canonical, BodiesOfTheStandardsExample) {
  const auto body = " C \r\nD \t E\r\n\r\n\r\n";
  EXPECT_EQ(canonical_body(body, Canonical::kRelaxed), " C\r\nD E\r\n");
  EXPECT_EQ(canonical_body(body, Canonical::kSimple), " C \r\nD \t E\r\n");
  EXPECT_EQ(canonical_body("", Canonical::kRelaxed), "");
  EXPECT_EQ(canonical_body("", Canonical::kSimple), "\r\n");
  EXPECT_EQ(canonical_field("B ", " Y\t\r\n\tZ  \r\n", {}, Canonical::kRelaxed), "b :Y Z\r\n");
}

// The body hash of the empty body, so that no key is needed to judge it.
constexpr auto kUnkeyed =
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s; h=from;\r\n"
    " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\nFrom: x@a.example\r\n\r\n";

TEST(Dkim, WithoutAKeySaysWhetherTheBodyIsIntact) {
  const auto intact = WireMessage(kUnkeyed);
  const auto one = check_dkim(intact, nullptr, {});
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].state, SignatureState::kBodyIntactKeyUnavailable);
  EXPECT_EQ(one[0].key.name, "s._domainkey.a.example");
  const auto altered = WireMessage(std::string(kUnkeyed) + "more\r\n");
  EXPECT_EQ(check_dkim(altered, nullptr, {})[0].state, SignatureState::kBodyAltered);
}

TEST(Arc, OfAMailWithoutAChainIsNoneAndHalfASetFails) {
  EXPECT_EQ(check_arc(WireMessage("From: a@b.example\r\n\r\n"), nullptr, {}).result,
            ChainResult::kNone);
  EXPECT_EQ(
      check_arc(WireMessage("ARC-Seal: i=1; cv=none; a=rsa-sha256; d=a.example; s=s; b=AA\r\n"),
                nullptr, {})
          .result,
      ChainResult::kFail);
}

TEST(Dmarc, AlignsByTheSuffixListAndByTheTree) {
  const auto dns = snapshot(
      "{\"name\":\"*\",\"type\":\"*\",\"rcode\":\"NXDOMAIN\"}\n"
      "{\"name\":\"_dmarc.news.co.uk\",\"type\":\"TXT\",\"rdata\":[\"v=DMARC1; p=reject; "
      "sp=quarantine\"]}");
  auto evidence = DmarcEvidence{};
  evidence.from_domain = "mail.news.co.uk";
  evidence.dkim_pass = {"other.news.co.uk"};
  for (const auto rules : {DmarcRules::kPublicSuffixList, DmarcRules::kTreeWalk}) {
    const auto answer = check_dmarc(evidence, dns, rules, {});
    EXPECT_EQ(answer.result, DmarcResult::kPass);
    EXPECT_EQ(answer.organisation, "news.co.uk");
    EXPECT_EQ(answer.policy, "quarantine");
  }
  evidence.dkim_pass = {"elsewhere.example"};
  EXPECT_EQ(check_dmarc(evidence, dns, DmarcRules::kTreeWalk, {}).result, DmarcResult::kFail);
}

}  // namespace
}  // namespace serjeant::mail

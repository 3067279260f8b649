#include <algorithm>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "detect/mail/auth/canonical.h"
#include "detect/mail/auth/dns_snapshot.h"
#include "detect/mail/auth/spf.h"
#include "detect/mail/auth/spf_record.h"
#include "detect/mail/auth/tag_list.h"

// Records of SPF, lists of tags and snapshots, from one input: what is refused
// holds nothing; what a signature covers of its own field has no signature and is
// the same when taken again; canonical forms are their own canonical form; a
// snapshot's order of lines does not matter; no domain is longer than the DNS has.
namespace {

using namespace serjeant;
using namespace serjeant::mail;

void check_spf_text(std::string_view text) {
  const auto record = parse_spf_record("v=spf1 " + std::string(text));
  if (!record.flaw.empty())
    SJ_CHECK(record.directives.empty() && record.redirect.empty() && record.explanation.empty());
  auto macros = SpfMacros{};
  macros.sender = macros.local = std::string(text.substr(0, 64));
  macros.domain = "a.example";
  macros.validated = "unknown";
  for (const auto& directive : record.directives)
    if (!directive.domain.empty())
      SJ_CHECK(expand_spf(directive.domain, macros, SpfText::kDomain).has_value());
}

void check_tags(std::string_view text) {
  const auto once = without_signature(text);
  SJ_CHECK(without_signature(once) == once);
  const auto tags = parse_tags(text);
  if (tags.flaw.empty() && tags.find("b") && text.find('=') != text.npos)
    SJ_CHECK(parse_tags(once).value("b").empty());
  for (const auto& tag : tags.tags)
    SJ_CHECK(tag.value.empty() ||
             (tag.value.data() >= text.data() &&
              tag.value.data() + tag.value.size() <= text.data() + text.size()));
}

void check_canonical(std::string_view text) {
  for (const auto form : {Canonical::kSimple, Canonical::kRelaxed}) {
    const auto once = canonical_body(text, form);
    SJ_CHECK(canonical_body(once, form) == once);
  }
}

void check_snapshot(std::string_view text) {
  const auto read = DnsSnapshot::read(text);
  auto turned = std::string{};
  for (auto rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    turned.insert(0, std::string(rest.substr(0, end)) + "\n");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto other = DnsSnapshot::read(turned);
  SJ_CHECK(other.value.size() == read.value.size());
  SJ_CHECK(other.faults.size() == read.faults.size());
  for (const auto* name : {"a", "a.example", "b.a.example"}) {
    const auto one = read.value.query(name, "TXT", kDay),
               two = other.value.query(name, "TXT", kDay);
    SJ_CHECK(one.status == two.status && one.records() == two.records() &&
             one.distance == two.distance);
    const auto answer =
        check_spf(mail_from_question(parse_ip("192.0.2.1"), name, "x@a.example", kDay), read.value);
    SJ_CHECK(answer.lookups <= 11 && answer.voids <= 3);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::string_view(reinterpret_cast<const char*>(data), size);
  check_spf_text(input);
  check_tags(input);
  check_canonical(input);
  check_snapshot(input);
  return 0;
}

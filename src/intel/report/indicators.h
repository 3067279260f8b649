#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intel/report/text.h"

// Indicators of compromise in a report: addresses, names, hashes and keys, as
// written ("hxxp://a[.]example") and in normal form.
namespace serjeant::report {

struct Indicator {
  std::string_view type;    // as in STIX: "ipv4-addr", "domain-name", "file-sha256", ...
  std::string value;        // lower-case hashes and hosts, IPv6 per RFC 5952
  std::string_view tier;    // appendix, body, link, withdrawn
  Part span;                // of the shadow
  std::string_view reason;  // why it is no indicator; empty for one
};

struct Indicators {
  std::vector<Indicator> taken;
  std::vector<Indicator> rejected;
  std::vector<Indicator> attack_ids;  // techniques, tactics, groups, software
};

// In order of place. Each byte is looked at a bounded number of times; a word
// of more than 4,096 bytes is passed over.
auto find_indicators(const Text& text, const std::vector<Paragraph>& paragraphs) -> Indicators;

}  // namespace serjeant::report

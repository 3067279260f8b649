#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "detect/mail/auth/dns_snapshot.h"

// What the owner of the From domain asked receivers to do (RFC 7489), and the
// successor that walks the DNS tree in place of the public suffix list
// (DMARCbis). Which of them was in force depends on the date and the receiver:
// both are given.
namespace serjeant::mail {

enum class DmarcRules : std::uint8_t { kPublicSuffixList, kTreeWalk };
enum class DmarcResult : std::uint8_t {
  kNone,  // no policy
  kPass,
  kFail,
  kTempError,
  kPermError,
  kNotEvaluable,
};
auto dmarc_word(DmarcResult result) -> std::string_view;

// What SPF and DKIM have shown. Domains in lower case.
struct DmarcEvidence {
  std::string from_domain;             // of the one address in From; empty = there is none, or many
  std::string spf_pass;                // domain that passed SPF, of MAIL FROM; empty = none
  std::vector<std::string> dkim_pass;  // d= of signatures that were verified
  bool spf_open = false, dkim_open = false;  // could not be judged for want of records
};

struct DmarcAnswer {
  DmarcResult result = DmarcResult::kNone;
  std::string reason;
  std::string organisation;   // organisational domain of From
  std::string policy_domain;  // where the policy was found
  std::string policy;         // none, quarantine, reject: the one that holds for this From
  bool spf_aligned = false, dkim_aligned = false;
  bool testing = false;  // t=y (tree walk), or pct=0
  std::vector<std::string> missing;
  const DnsInterval* seen = nullptr;
  Nanos distance = 0;
  bool distance_known = false;
};

auto check_dmarc(const DmarcEvidence& evidence, const DnsSnapshot& dns, DmarcRules rules,
                 std::optional<Nanos> at) -> DmarcAnswer;

}  // namespace serjeant::mail

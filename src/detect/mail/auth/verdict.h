#pragma once

#include <optional>
#include <string>

#include "core/json.h"
#include "detect/mail/auth/arc.h"
#include "detect/mail/auth/dkim.h"
#include "detect/mail/auth/dmarc.h"
#include "detect/mail/auth/dns_snapshot.h"
#include "detect/mail/auth/receiver.h"
#include "detect/mail/auth/spf.h"

// All that can be said about who vouches for a message, at its own time
// (docs/mail-authentication.md).
namespace serjeant::mail {

enum class AtBasis : std::uint8_t { kNone, kGiven, kBoundary, kDate };

struct MailAuth {
  std::optional<Nanos> at;
  AtBasis basis = AtBasis::kNone;
  bool asked = false;  // there was a snapshot
  bool line_ends_changed = false;
  std::optional<Boundary> boundary;
  std::optional<std::string> mail_from;  // without brackets; empty = the null sender
  std::optional<SpfAnswer> spf_mail_from, spf_helo;
  std::string spf_domain;  // of MAIL FROM, or HELO for the null sender
  std::vector<DkimResult> dkim;
  ArcAnswer arc;
  std::string from_domain;
  std::optional<DmarcAnswer> dmarc, dmarc_tree;
  std::vector<Said> said;
  // "dkim d=example.org: receiver said pass, now body_altered"
  std::vector<std::string> contradictions;
  std::vector<std::string> missing;  // "TXT name": what would settle the rest
};

// `dns` may be null: then what can be said without keys. `at` wins over the
// message's own time, which is that of the boundary hop, else its Date.
auto authenticate(const Message& message, const MailFacts& facts, const DnsSnapshot* dns,
                  std::optional<Nanos> at) -> MailAuth;

// One object; keys in fixed order.
void write_mail_auth(const MailAuth& auth, JsonWriter& json);
// {result, domain, explanation, reason, lookups, ...} of one SPF answer.
void write_spf(const SpfAnswer& answer, JsonWriter& json);

}  // namespace serjeant::mail

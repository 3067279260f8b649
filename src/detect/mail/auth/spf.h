#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "detect/mail/auth/dns_snapshot.h"
#include "shape/event.h"

// May this address send for that domain? check_host of RFC 7208, section 4,
// answered from a snapshot of the DNS at the time of the evidence.
namespace serjeant::mail {

enum class SpfResult : std::uint8_t {
  kNone,
  kNeutral,
  kPass,
  kFail,
  kSoftFail,
  kTempError,
  kPermError,
  kNotEvaluable,  // a name that decides was not observed; see `missing`
};
auto spf_word(SpfResult result) -> std::string_view;  // "none", ..., "not_evaluable"

struct SpfQuestion {
  Ip ip;
  std::string domain;  // <domain>: of MAIL FROM, or HELO
  std::string sender;  // <sender>: an address; without a local part "postmaster" is taken
  std::string helo;
  std::optional<Nanos> at;  // the time that counts; nothing = the newest observation
};

struct SpfAnswer {
  SpfResult result = SpfResult::kNone;
  std::string explanation;               // of the domain, on fail; empty = it gives none
  std::string reason;                    // the term that decided, or what was wrong
  std::uint32_t lookups = 0, voids = 0;  // terms that asked, and those without an answer
  std::vector<std::string> missing;      // "TXT example.org": names that would settle it
  Nanos farthest = 0;                    // largest distance of an observation that was used
  bool distance_known = true;            // false if one of them, or T, has no date
};

// At most 10 asking terms, 2 void lookups, 10 names of an MX or PTR (section
// 4.6.4), so that time is bounded by the snapshot's largest records.
auto check_spf(const SpfQuestion& question, const DnsSnapshot& dns) -> SpfAnswer;

// The identity of MAIL FROM; of an empty one postmaster at the HELO name
// (section 2.4).
auto mail_from_question(Ip ip, std::string_view helo, std::string_view mail_from,
                        std::optional<Nanos> at) -> SpfQuestion;
auto helo_question(Ip ip, std::string_view helo, std::optional<Nanos> at) -> SpfQuestion;

}  // namespace serjeant::mail

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "detect/mail/auth/canonical.h"
#include "detect/mail/auth/dkim_key.h"
#include "detect/mail/auth/tag_list.h"

// Signatures of a message, each judged on its own (RFC 6376, section 6; RFC
// 8301; RFC 8463), with the keys of the time of the evidence.
namespace serjeant::mail {

enum class SignatureState : std::uint8_t {
  kVerified,
  kSignatureInvalid,          // it does not fit, or must not be accepted
  kBodyAltered,               // the body is another than the one that was signed
  kBodyIntactKeyUnavailable,  // the body is the one that was signed; more cannot be said
  kExpiredAtT,                // it fits, but not at that time any more
  kNotEvaluable,              // no signature that could be judged: see `reason`
};
auto signature_word(SignatureState state) -> std::string_view;

enum class Body : std::uint8_t { kUnknown, kIntact, kAltered };

struct DkimResult {
  SignatureState state = SignatureState::kNotEvaluable;
  std::string_view result = "permerror";  // RFC 8601 word: pass, fail, permerror, temperror, none
  std::string reason;
  std::string domain, selector, algorithm, identity;  // d, s, a, i
  std::string canonicalization;                       // "relaxed/simple"
  std::optional<std::uint64_t> signed_octets;         // l=
  std::uint64_t body_octets = 0;                      // of the body in that form
  std::optional<Nanos> made, expires;                 // t, x
  Body body = Body::kUnknown;
  bool fits = false;  // the signature fits the key, whatever else is wrong
  DkimKey key;
};

// `at` is the time that counts for x= and for the keys; nothing = only the
// newest keys, and nothing is expired. At most 20 signatures, from the top.
auto check_dkim(const WireMessage& message, const DnsSnapshot* dns, std::optional<Nanos> at)
    -> std::vector<DkimResult>;

// Parts that ARC's message signature shares (RFC 8617, section 4.1.2).
struct SignedParts {
  Canonical header = Canonical::kSimple, body = Canonical::kSimple;
  bool known = false;
};
auto read_canonicalization(std::string_view text) -> SignedParts;
// Hash of the first `octets` of the body in that form against bh=.
auto body_is_intact(const WireMessage& message, Canonical form, bool sha1,
                    std::optional<std::uint64_t> octets, std::string_view hash,
                    std::uint64_t* total = nullptr) -> bool;

}  // namespace serjeant::mail

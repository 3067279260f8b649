#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "detect/mail/auth/canonical.h"
#include "detect/mail/auth/dkim_key.h"

// The chain of custody of a forwarded mail (RFC 8617, section 5.2). A seal is a
// claim of its sealer: a chain that holds says who handled the mail, not that
// any of them told the truth.
namespace serjeant::mail {

enum class ChainResult : std::uint8_t { kNone, kPass, kFail, kNotEvaluable };
auto chain_word(ChainResult result) -> std::string_view;  // "none", "pass", "fail", ...

enum class SealState : std::uint8_t { kNotChecked, kPass, kFail, kKeyNotObserved };
auto seal_word(SealState state) -> std::string_view;

struct ArcSet {
  std::uint32_t instance = 0;
  std::string domain, selector;  // of the seal
  std::string stated;            // cv=
  SealState seal = SealState::kNotChecked, message = SealState::kNotChecked;
  std::string reason;
  DkimKey seal_key, message_key;
};

struct ArcAnswer {
  ChainResult result = ChainResult::kNone;
  std::string reason;
  std::uint32_t oldest_pass = 0;  // lowest instance from which on the message is unaltered; 0 = all
  std::vector<ArcSet> sets;       // by instance
  std::vector<std::string> missing;
};

// At most 50 sets count (section 4.2.1).
auto check_arc(const WireMessage& message, const DnsSnapshot* dns, std::optional<Nanos> at)
    -> ArcAnswer;

}  // namespace serjeant::mail

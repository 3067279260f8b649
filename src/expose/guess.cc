#include "expose/guess.h"

#include <algorithm>
#include <array>

#include "core/narrow.h"
#include "expose/facts.h"

namespace serjeant {
namespace {

struct KnownError {
  std::string_view number, name;
  PasswordSign sign;
};

constexpr auto kErrors = std::to_array<KnownError>({
    {"50034", "UserAccountNotFound", PasswordSign::kWrong},
    {"50053", "IdsLocked", PasswordSign::kWrong},
    {"50056", "InvalidOrNullPassword", PasswordSign::kWrong},
    {"50126", "InvalidUserNameOrPassword", PasswordSign::kWrong},
    {"50055", "InvalidPasswordExpiredPassword", PasswordSign::kRight},
    {"50072", "UserStrongAuthEnrollmentRequiredInterrupt", PasswordSign::kRight},
    {"50074", "UserStrongAuthClientAuthNRequiredInterrupt", PasswordSign::kRight},
    {"50076", "UserStrongAuthClientAuthNRequired", PasswordSign::kRight},
    {"50079", "UserStrongAuthEnrollmentRequired", PasswordSign::kRight},
    {"50144", "InvalidPasswordExpiredOnPremPassword", PasswordSign::kRight},
    {"50158", "ExternalSecurityChallenge", PasswordSign::kRight},
    {"53000", "DeviceNotCompliant", PasswordSign::kRight},
    {"53001", "DeviceNotDomainJoined", PasswordSign::kRight},
    {"53003", "BlockedByConditionalAccess", PasswordSign::kRight},
    {"65001", "DelegationDoesNotExist", PasswordSign::kRight},
    {"90094", "AdminConsentRequired", PasswordSign::kRight},
    {"90095", "AdminConsentRequiredRequestAccess", PasswordSign::kRight},
    {"500121", "AuthenticationFailedDuringStrongAuthenticationRequest", PasswordSign::kRight},
    {"", "AdminConsentRequiredDueToRiskyApp", PasswordSign::kRight},
});

constexpr auto kHalfHour = 30 * kMinute;
constexpr auto kSprayed = 5u;
constexpr auto kTries = 10u;
constexpr auto kRounds = 3u;
constexpr auto kFewAccounts = 3u;
constexpr auto kFewSpan = 5 * kMinute;

auto slot_of(Nanos at) -> std::int64_t {
  return at >= 0 ? at / kHalfHour : -((-at + kHalfHour - 1) / kHalfHour);
}

}  // namespace

auto password_sign(std::string_view error) -> PasswordSign {
  if (error.empty()) return PasswordSign::kNone;
  for (const auto& known : kErrors)
    if (error == known.name || error == known.number) return known.sign;
  return PasswordSign::kNone;
}

auto guessing_word(Guessing guessing) -> std::string_view {
  switch (guessing) {
    case Guessing::kNone:
      return "none";
    case Guessing::kFew:
      return "password-guessing";
    case Guessing::kMany:
      return "brute-force";
    case Guessing::kSpray:
      return "password-spray";
  }
  return "none";
}

void GuessBook::failure(std::uint32_t account, const Ip& ip, std::uint32_t agent, Nanos at) {
  auto slot = slot_of(at);
  for (auto begins : {slot - 1, slot}) {
    auto& bucket = buckets_[{network_of(ip), agent, begins}];
    if (bucket.failures == 0) bucket.first = bucket.last = at;
    bucket.first = std::min(bucket.first, at);
    bucket.last = std::max(bucket.last, at);
    ++bucket.failures;
    if (bucket.last_account != account) {
      ++bucket.accounts;
      bucket.of_account = 0;
      bucket.last_account = account;
    }
    bucket.most = std::max(bucket.most, ++bucket.of_account);
  }
}

void GuessBook::success(std::uint32_t account, const Ip& ip, std::uint32_t agent, Nanos at) {
  pairs_[{network_of(ip), agent, 0}].see(account, day_of(at));
}

auto GuessBook::usual_accounts(const Ip& network, std::uint32_t agent) const -> std::uint32_t {
  auto found = pairs_.find({network, agent, 0});
  if (found == pairs_.end()) return 0;
  const auto& used = found->second;
  auto span = used.last_seen - used.first_seen + 1;
  return narrow<std::uint32_t>(std::min<std::int64_t>(
      (used.days + span - 1) / std::max<std::int64_t>(span, 1), used.accounts));
}

auto GuessBook::window(const Ip& ip, std::uint32_t agent, Nanos at) const -> Window {
  auto best = Window{};
  auto slot = slot_of(at);
  auto crowd = 3 * usual_accounts(network_of(ip), agent);
  for (auto begins : {slot - 1, slot}) {
    auto found = buckets_.find({network_of(ip), agent, begins});
    if (found == buckets_.end()) continue;
    const auto& bucket = found->second;
    auto guessing = Guessing::kNone;
    auto beyond_crowd = bucket.accounts >= crowd;
    auto rounds = bucket.failures / bucket.accounts;
    if (beyond_crowd &&
        (bucket.accounts >= kSprayed ||
         (bucket.accounts >= kFewAccounts && rounds >= kRounds && bucket.most <= rounds + 1)))
      guessing = Guessing::kSpray;
    else if (bucket.most >= kTries)
      guessing = Guessing::kMany;
    else if (beyond_crowd && bucket.accounts >= kFewAccounts &&
             bucket.last - bucket.first <= kFewSpan)
      guessing = Guessing::kFew;
    if (guessing > best.guessing || (guessing == best.guessing && bucket.failures > best.failures &&
                                     guessing != Guessing::kNone))
      best = {guessing, bucket.accounts, bucket.failures, bucket.first, bucket.last};
  }
  return best;
}

}  // namespace serjeant

#pragma once

#include <cstdint>
#include <unordered_map>

#include "core/time.h"
#include "expose/origins.h"

// Passwords tried in bulk (exposure notes, section 6.3): one network and one
// client string against many accounts, or many times against one, within an
// hour.
namespace serjeant {

// What a failed sign-in says of the password.
enum class PasswordSign : std::uint8_t {
  kNone,   // nothing: an expired page, a wrong address, another factor's doing
  kWrong,  // the password was wrong, the account unknown or locked by wrong ones
  kRight   // the error comes only after the right password
};
// By Entra's error number or name (learn.microsoft.com, "Microsoft Entra
// authentication and authorization error codes").
auto password_sign(std::string_view error) -> PasswordSign;

enum class Guessing : std::uint8_t { kNone, kFew, kMany, kSpray };
auto guessing_word(Guessing guessing) -> std::string_view;

class GuessBook {
 public:
  // A failed sign-in with a wrong password, and a sign-in that succeeded. Input
  // comes account by account, in order of time within each.
  void failure(std::uint32_t account, const Ip& ip, std::uint32_t agent, Nanos at);
  void success(std::uint32_t account, const Ip& ip, std::uint32_t agent, Nanos at);

  struct Window {
    Guessing guessing = Guessing::kNone;
    std::uint32_t accounts = 0, failures = 0;
    Nanos first = 0, last = 0;
  };
  // The strongest guessing that a failure at this time was part of:
  // kSpray   at least 5 accounts within 1 h, or at least 3 in 3 even rounds,
  // kMany    at least 10 failures on one account within 1 h,
  // kFew     at least 3 accounts within 5 minutes.
  // Where many people work behind one network with one client (an office with
  // one build of a browser), mistyped passwords look like a spray: the accounts
  // must be 3 times as many as use that pair with success on a usual day.
  auto window(const Ip& ip, std::uint32_t agent, Nanos at) const -> Window;

 private:
  struct Key {
    Ip network;
    std::uint32_t agent = 0;
    std::int64_t slot = 0;  // half hours since 1970: the hour that begins there
    auto operator==(const Key&) const -> bool = default;
  };
  struct KeyHash {
    auto operator()(const Key& key) const -> std::size_t {
      return IpHash{}(key.network) ^ (std::size_t{key.agent} * 0x9e3779b97f4a7c15u) ^
             (static_cast<std::size_t>(key.slot) * 0xc2b2ae3d27d4eb4fu);
    }
  };
  struct Bucket {
    std::uint32_t accounts = 0, failures = 0, last_account = 0, of_account = 0, most = 0;
    Nanos first = 0, last = 0;
  };
  auto usual_accounts(const Ip& network, std::uint32_t agent) const -> std::uint32_t;
  std::unordered_map<Key, Bucket, KeyHash> buckets_;
  std::unordered_map<Key, DayCount, KeyHash> pairs_;  // slot 0
};

}  // namespace serjeant

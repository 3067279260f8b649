#pragma once

#include <map>
#include <string>
#include <vector>

#include "expose/agent.h"
#include "expose/facts.h"
#include "expose/origins.h"

namespace serjeant {

// The sign-ins of an account from one address with one client on one day (UTC).
struct SignInGroup {
  std::int64_t day = 0;  // since 1970
  Ip ip;
  Nanos first = 0, last = 0;
  std::uint32_t success = 0, failed = 0, password_right = 0;
  std::map<std::string, std::uint32_t, std::less<>> errors;
  std::string client;  // full client string
  Cite cite;           // the first one
};
// In order of (day, address, client).
auto group_sign_ins(const AccountFacts& facts, const AgentNames& agents)
    -> std::vector<SignInGroup>;

// What an account is used to: on which days it was seen where and with what.
// Only acts with a person's place count, failures do not.
class Habit {
 public:
  explicit Habit(const AccountFacts& facts);

  // Days seen, those in `without` (sorted) left out.
  auto days(const std::vector<std::int64_t>& without) const -> std::uint32_t;
  auto days_before(std::int64_t day) const -> std::uint32_t;
  auto days_at(const Ip& ip, const std::vector<std::int64_t>& without) const -> std::uint32_t;
  auto days_in(const Ip& network, const std::vector<std::int64_t>& without) const -> std::uint32_t;
  auto days_with(std::uint32_t agent, const std::vector<std::int64_t>& without) const
      -> std::uint32_t;
  auto days_of_family(std::uint32_t family, const std::vector<std::int64_t>& without) const
      -> std::uint32_t;
  auto days_on_device(std::string_view id, const std::vector<std::int64_t>& without) const
      -> std::uint32_t;

 private:
  using Days = std::vector<std::int64_t>;  // sorted, each once
  Days all_;
  std::map<Ip, Days> addresses_, networks_;
  std::map<std::uint32_t, Days> agents_, families_;
  std::map<std::string, Days, std::less<>> devices_;
};

// How much likelier an act's origin and client are for somebody else than for
// the account's owner, in micro-nats: log p_attack - log p_user (Freeman, Jain,
// Duermuth, Biggio, Giacinto: "Who Are You? A Statistical Approach to Measuring
// User Authenticity", NDSS 2016). p_user goes up from the account's own days to
// the organisation's, `a` days of the parent's weight at each step; p_attack is
// the share among failed sign-ins, floored; for clients, half of that and half of
// what the organisation uses. The days of the act itself are left
// out on both sides, so that an intruder's stay teaches nothing.
struct Novelty {
  std::int64_t origin = 0, client = 0;
  std::uint32_t days = 0;         // the account's other days: what the answer rests on
  std::uint32_t days_before = 0;  // of these, before the act
  bool egress = false;            // the origin is shared by many: its weight was dropped
};
auto novelty(const Habit& habit, const OriginBook& book, const Ip& ip, std::uint32_t agent,
             std::uint32_t family, const std::vector<std::int64_t>& days) -> Novelty;

}  // namespace serjeant

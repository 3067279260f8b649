#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "core/time.h"
#include "shape/event.h"

// Where an organisation's people work from and with what: the background
// against which one account's day is new or usual. Counts account-days, not
// records, so that a busy hour weighs as much as a quiet one.
namespace serjeant {

struct IpHash {
  auto operator()(const Ip& ip) const -> std::size_t {
    auto out = std::size_t{1469598103934665603u};
    for (auto byte : ip.bytes) out = (out ^ byte) * 1099511628211u;
    return out;
  }
};

// Counts each (account, day) once, for input that comes account by account and
// day by day.
struct DayCount {
  std::uint32_t days = 0;
  std::uint32_t accounts = 0;
  std::uint32_t last_account = 0;
  std::int64_t last_day = std::numeric_limits<std::int64_t>::min();
  std::int64_t first_seen = std::numeric_limits<std::int64_t>::max();  // days since 1970
  std::int64_t last_seen = std::numeric_limits<std::int64_t>::min();

  void see(std::uint32_t account, std::int64_t day);
};

// An account at an address on a day, with one client.
struct Visit {
  std::uint32_t account = 0, agent = 0;
  std::int64_t day = 0;
  Nanos first = 0, last = 0;
};

struct OriginUse {
  DayCount used, failed;
};

class OriginBook {
 public:
  // `account` numbers begin at 1.
  void use(std::uint32_t account, const Ip& ip, std::uint32_t agent, std::uint32_t family,
           Nanos at);
  void failure(std::uint32_t account, const Ip& ip, std::uint32_t agent, std::uint32_t family,
               Nanos at);

  auto address(const Ip& ip) const -> OriginUse;
  auto network(const Ip& ip) const -> OriginUse;  // of network_of(ip)
  auto agent(std::uint32_t agent) const -> OriginUse;
  auto family(std::uint32_t family) const -> OriginUse;
  auto all() const -> const OriginUse& { return all_; }

  // Everybody who was at an address that was used on few days; null if it was
  // used on many.
  auto visits(const Ip& ip) const -> const std::vector<Visit>*;

  // A network that many people of the organisation share over weeks (a gateway,
  // a virtual private network, carrier-grade translation): used with success by
  // at least 5 accounts, or 2 % of all but no fewer than 3, and over at least
  // 14 days. Being there says nothing about who someone is.
  auto shared_egress(const Ip& ip) const -> bool;

 private:
  struct Rare {
    std::vector<Visit> visits;
    bool many = false;
  };
  std::unordered_map<Ip, OriginUse, IpHash> addresses_, networks_;
  std::unordered_map<std::uint32_t, OriginUse> agents_, families_;
  std::unordered_map<Ip, Rare, IpHash> rare_;
  OriginUse all_;
};

}  // namespace serjeant

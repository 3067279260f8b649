#include "expose/origins.h"

#include <algorithm>

#include "expose/facts.h"

namespace serjeant {
namespace {

constexpr auto kRareDays = std::size_t{3};
constexpr auto kRareVisits = std::size_t{256};
constexpr auto kEgressAccounts = 5u;
constexpr auto kEgressFewest = 3u;
constexpr auto kEgressDays = 14;

template <class Map, class Key>
auto look_up(const Map& map, const Key& key) -> OriginUse {
  auto found = map.find(key);
  return found == map.end() ? OriginUse{} : found->second;
}

}  // namespace

void DayCount::see(std::uint32_t account, std::int64_t day) {
  if (account != last_account) ++accounts;
  if (account != last_account || day != last_day) ++days;
  last_account = account;
  last_day = day;
  first_seen = std::min(first_seen, day);
  last_seen = std::max(last_seen, day);
}

void OriginBook::use(std::uint32_t account, const Ip& ip, std::uint32_t agent, std::uint32_t family,
                     Nanos at) {
  auto day = day_of(at);
  all_.used.see(account, day);
  addresses_[ip].used.see(account, day);
  networks_[network_of(ip)].used.see(account, day);
  if (agent != 0) agents_[agent].used.see(account, day);
  if (family != 0) families_[family].used.see(account, day);

  auto& rare = rare_[ip];
  if (rare.many) return;
  auto& visits = rare.visits;
  for (auto visit = visits.rbegin(); visit != visits.rend(); ++visit) {
    if (visit->account != account || visit->day != day) break;
    if (visit->agent != agent) continue;
    visit->last = std::max(visit->last, at);
    return;
  }
  visits.push_back({account, agent, day, at, at});
  auto days = std::vector<std::int64_t>{};
  for (const auto& visit : visits) days.push_back(visit.day);
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  if (days.size() > kRareDays || visits.size() > kRareVisits) {
    rare.many = true;
    visits = {};
  }
}

void OriginBook::failure(std::uint32_t account, const Ip& ip, std::uint32_t agent,
                         std::uint32_t family, Nanos at) {
  auto day = day_of(at);
  all_.failed.see(account, day);
  addresses_[ip].failed.see(account, day);
  networks_[network_of(ip)].failed.see(account, day);
  if (agent != 0) agents_[agent].failed.see(account, day);
  if (family != 0) families_[family].failed.see(account, day);
}

auto OriginBook::address(const Ip& ip) const -> OriginUse { return look_up(addresses_, ip); }
auto OriginBook::network(const Ip& ip) const -> OriginUse {
  return look_up(networks_, network_of(ip));
}
auto OriginBook::agent(std::uint32_t agent) const -> OriginUse { return look_up(agents_, agent); }
auto OriginBook::family(std::uint32_t family) const -> OriginUse {
  return look_up(families_, family);
}

auto OriginBook::visits(const Ip& ip) const -> const std::vector<Visit>* {
  auto found = rare_.find(ip);
  return found == rare_.end() || found->second.many ? nullptr : &found->second.visits;
}

auto OriginBook::shared_egress(const Ip& ip) const -> bool {
  auto use = network(ip).used;
  auto share = std::max(kEgressFewest, (all_.used.accounts + 49) / 50);
  return use.accounts >= std::min(kEgressAccounts, share) &&
         use.last_seen - use.first_seen >= kEgressDays;
}

}  // namespace serjeant

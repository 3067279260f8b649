#include "expose/signin.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "expose/control.h"
#include "expose/guess.h"

namespace serjeant {
namespace {

using Days = std::vector<std::int64_t>;

void tidy(Days& days) {
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
}

auto count_without(const Days& days, const Days& without) -> std::uint32_t {
  auto left = narrow<std::uint32_t>(days.size());
  for (auto day : without)
    if (std::binary_search(days.begin(), days.end(), day)) --left;
  return left;
}

template <class Map, class Key>
auto count_in(const Map& map, const Key& key, const Days& without) -> std::uint32_t {
  auto found = map.find(key);
  return found == map.end() ? 0 : count_without(found->second, without);
}

// Weight of the parent level, in days (exposure notes, 6.1), and what is left
// for values that nobody was ever seen with.
constexpr auto kParentDays = 5.0;
constexpr auto kUnseen = 1e-4;
constexpr auto kFloor = 1e-6;
// A version of a known client changes every few weeks: a fifth of its days.
constexpr auto kNewVersion = 0.2;

auto micro(double ratio) -> std::int64_t { return std::llround(1e6 * std::log(ratio)); }

auto share(double of, double all, double parent) -> double {
  return (of + kParentDays * parent) / (all + kParentDays);
}

}  // namespace

auto group_sign_ins(const AccountFacts& facts, const AgentNames& agents)
    -> std::vector<SignInGroup> {
  auto groups = std::map<std::tuple<std::int64_t, Ip, std::string>, SignInGroup>{};
  for (const auto& deed : facts.deeds) {
    if (deed.kind.act != Act::kSignIn && deed.kind.act != Act::kSignInFailed) continue;
    auto day = day_of(deed.cite.at);
    const auto& client = agents.name(deed.agent);
    auto& group = groups[{day, deed.ip, client}];
    if (group.success + group.failed == 0) {
      group.day = day;
      group.ip = deed.ip;
      group.client = client;
      group.first = group.last = deed.cite.at;
      group.cite = deed.cite;
    }
    group.first = std::min(group.first, deed.cite.at);
    group.last = std::max(group.last, deed.cite.at);
    if (deed.kind.act == Act::kSignIn) {
      ++group.success;
      continue;
    }
    ++group.failed;
    ++group.errors[std::string(deed.error)];
    if (password_sign(deed.error) == PasswordSign::kRight) ++group.password_right;
  }
  auto out = std::vector<SignInGroup>{};
  for (auto& [key, group] : groups) out.push_back(std::move(group));
  return out;
}

Habit::Habit(const AccountFacts& facts) {
  for (const auto& deed : facts.deeds) {
    if (!has_place(deed) || deed.kind.act == Act::kSignInFailed) continue;
    auto day = day_of(deed.cite.at);
    auto add = [day](Days& days) {
      if (days.empty() || days.back() != day) days.push_back(day);
    };
    add(all_);
    add(addresses_[deed.ip]);
    add(networks_[network_of(deed.ip)]);
    if (deed.agent != 0) add(agents_[deed.agent]);
    if (deed.family != 0) add(families_[deed.family]);
    if (!deed.device.empty()) {
      auto known = devices_.find(deed.device);
      if (known == devices_.end()) known = devices_.emplace(deed.device, Days{}).first;
      add(known->second);
    }
  }
  tidy(all_);
  for (auto* map : {&addresses_, &networks_})
    for (auto& [key, days] : *map) tidy(days);
  for (auto* map : {&agents_, &families_})
    for (auto& [key, days] : *map) tidy(days);
  for (auto& [key, days] : devices_) tidy(days);
}

auto Habit::days(const Days& without) const -> std::uint32_t {
  return count_without(all_, without);
}
auto Habit::days_before(std::int64_t day) const -> std::uint32_t {
  return narrow<std::uint32_t>(std::lower_bound(all_.begin(), all_.end(), day) - all_.begin());
}
auto Habit::days_at(const Ip& ip, const Days& without) const -> std::uint32_t {
  return count_in(addresses_, ip, without);
}
auto Habit::days_in(const Ip& network, const Days& without) const -> std::uint32_t {
  return count_in(networks_, network, without);
}
auto Habit::days_with(std::uint32_t agent, const Days& without) const -> std::uint32_t {
  return count_in(agents_, agent, without);
}
auto Habit::days_of_family(std::uint32_t family, const Days& without) const -> std::uint32_t {
  return count_in(families_, family, without);
}
auto Habit::days_on_device(std::string_view id, const Days& without) const -> std::uint32_t {
  return count_in(devices_, id, without);
}

auto novelty(const Habit& habit, const OriginBook& book, const Ip& ip, std::uint32_t agent,
             std::uint32_t family, const Days& days) -> Novelty {
  auto out = Novelty{};
  out.days = habit.days(days);
  out.days_before = days.empty() ? 0 : habit.days_before(days.front());
  auto n = static_cast<double>(out.days);
  auto failed = static_cast<double>(book.all().failed.days);
  // The organisation's days without our own of that time.
  constexpr auto less = [](std::uint32_t all, std::uint32_t whole, std::uint32_t kept) {
    return std::max(0.0, static_cast<double>(all) - static_cast<double>(whole - kept));
  };
  auto everybody = less(book.all().used.days, habit.days({}), out.days);

  // Origin. Addresses seen on few days are known visit by visit, so that every
  // account's stay on these days is left out; else only our own.
  out.egress = book.shared_egress(ip);
  auto at = static_cast<double>(habit.days_at(ip, days));
  auto near = static_cast<double>(habit.days_in(network_of(ip), days));
  auto used = 0.0;
  if (const auto* visits = book.visits(ip)) {
    auto last = std::pair<std::uint32_t, std::int64_t>{0, 0};
    for (const auto& visit : *visits) {
      auto one = std::pair{visit.account, visit.day};
      if (one != last && !std::binary_search(days.begin(), days.end(), visit.day)) used += 1;
      last = one;
    }
  } else {
    used = less(book.address(ip).used.days, habit.days_at(ip, {}), habit.days_at(ip, days));
  }
  // An address in a known network counts half.
  auto own = at + (near - at) / 2;
  auto p_org = share(used, everybody, kUnseen);
  auto p_user = share(own, n, p_org);
  auto p_attack =
      std::max(kFloor, share(static_cast<double>(book.address(ip).failed.days), failed, kUnseen));
  out.origin = micro(p_attack / p_user);
  if (out.egress) out.origin = std::min<std::int64_t>(out.origin, 0);

  if (agent != 0) {
    auto with = static_cast<double>(habit.days_with(agent, days));
    auto kin = static_cast<double>(habit.days_of_family(family, days));
    auto org_with =
        less(book.agent(agent).used.days, habit.days_with(agent, {}), habit.days_with(agent, days));
    auto org_kin = less(book.family(family).used.days, habit.days_of_family(family, {}),
                        habit.days_of_family(family, days));
    auto q_org =
        share(org_with + kNewVersion * (org_kin - std::min(org_kin, org_with)), everybody, kUnseen);
    auto q_user = share(with + kNewVersion * (kin - with), n, q_org);
    // A thief may use any client, so half of his are what everybody uses.
    auto q_attack = std::max(
        kFloor,
        (share(static_cast<double>(book.agent(agent).failed.days), failed, kUnseen) + q_org) / 2);
    out.client = micro(q_attack / q_user);
  }
  return out;
}

}  // namespace serjeant

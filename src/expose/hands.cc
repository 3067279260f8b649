#include "expose/hands.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

#include "expose/control.h"

namespace serjeant {
namespace {

constexpr auto kSpeaks = 3 * kNat / 2;
constexpr auto kForeign = kNat;
constexpr auto kAgain = 7 * kDay;

class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  auto find(std::size_t at) -> std::size_t {
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }
  void join(std::size_t a, std::size_t b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);  // the earliest stay leads
  }

 private:
  std::vector<std::size_t> parent_;
};

}  // namespace

auto join_hands(const std::vector<Stay>& stays, const std::vector<StayWeight>& weights)
    -> std::vector<std::vector<std::size_t>> {
  auto groups = Groups(stays.size());
  auto in = std::vector<bool>(stays.size(), false);
  auto by_session = std::map<std::pair<std::string_view, std::uint32_t>, std::size_t>{};
  auto by_session_place = std::map<std::pair<std::string_view, Ip>, std::size_t>{};
  auto by_place = std::map<std::pair<Ip, std::uint32_t>, std::size_t>{};
  auto seeds_of = std::map<std::string_view, std::vector<std::size_t>>{};
  for (auto i = std::size_t{0}; i < stays.size(); ++i) {
    if (weights[i].total < kSpeaks) continue;
    const auto& stay = stays[i];
    in[i] = true;
    for (auto session : stay.sessions) {
      auto [at, fresh] = by_session.try_emplace({session, stay.family}, i);
      if (!fresh) groups.join(at->second, i);
      auto [there, first] = by_session_place.try_emplace({session, stay.ip}, i);
      if (!first) groups.join(there->second, i);
      seeds_of[session].push_back(i);
    }
    auto [at, fresh] = by_place.try_emplace({stay.ip, stay.family}, i);
    if (!fresh && stay.first - stays[at->second].last <= kAgain) groups.join(at->second, i);
    at->second = i;
  }
  constexpr auto kLooked = std::size_t{64};
  for (auto i = std::size_t{0}; i < stays.size(); ++i) {
    if (in[i]) continue;
    const auto& stay = stays[i];
    for (auto session : stay.sessions) {
      auto found = seeds_of.find(session);
      if (found == seeds_of.end()) continue;
      for (auto n = std::size_t{0}; n < std::min(found->second.size(), kLooked) && !in[i]; ++n) {
        auto seed = found->second[n];
        if ((stays[seed].family == stay.family && weights[seed].client >= kForeign) ||
            stays[seed].ip == stay.ip) {
          groups.join(seed, i);
          in[i] = true;
        }
      }
    }
  }
  auto members = std::map<std::size_t, std::vector<std::size_t>>{};
  for (auto i = std::size_t{0}; i < stays.size(); ++i)
    if (in[i]) members[groups.find(i)].push_back(i);
  auto out = std::vector<std::vector<std::size_t>>{};
  for (auto& [leader, list] : members) out.push_back(std::move(list));
  return out;
}

}  // namespace serjeant

#include "campaign/ties.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace serjeant::campaign {
namespace {

constexpr auto kLeastRarity = 1.5;                // below this a feature finds no candidates
constexpr auto kMostPostings = std::size_t{256};  // kits per feature compared pair by pair
constexpr auto kMostTimeNats = 1.5;               // time alone is never a family
constexpr auto kMostRecipientNats = 4.0;

auto family_index(Family family) -> std::size_t { return static_cast<std::size_t>(family); }

template <class T>
auto common(const std::vector<T>& a, const std::vector<T>& b) -> std::size_t {
  auto count = std::size_t{0};
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i < *j)
      ++i;
    else if (*j < *i)
      ++j;
    else
      ++count, ++i, ++j;
  }
  return count;
}

// The same people, more often than lists of that length would meet by chance
// among all who get mail.
auto recipients_reason(const Kit& a, const Kit& b, std::size_t people) -> Reason {
  const auto both = common(a.recipients, b.recipients);
  if (both < 3 || people == 0) return {};
  const auto expected = static_cast<double>(a.recipients.size()) *
                        static_cast<double>(b.recipients.size()) / static_cast<double>(people);
  const auto ratio = static_cast<double>(both) / std::max(expected, 0.5);
  if (ratio < 2) return {};
  return {std::min(kMostRecipientNats, std::log(ratio)),
          fmt::format("{} recipients in common, {:.1f} expected by chance", both, expected)};
}

auto time_reason(const Kit& a, const Kit& b) -> Reason {
  if (a.days.empty() || b.days.empty()) return {};
  const auto both = common(a.days, b.days);
  const auto fewer = std::min(a.days.size(), b.days.size());
  if (both == 0) return {};
  const auto share = static_cast<double>(both) / static_cast<double>(fewer);
  return {kMostTimeNats * share, fmt::format("{} of {} days in common", both, fewer)};
}

auto shared_features(const Mails& mails, const Kit& a, const Kit& b)
    -> std::array<Reason, kFamilies> {
  auto out = std::array<Reason, kFamilies>{};
  for (auto i = a.features.begin(), j = b.features.begin();
       i != a.features.end() && j != b.features.end();) {
    if (i->first < j->first) {
      ++i;
    } else if (j->first < i->first) {
      ++j;
    } else {
      const auto& feature = mails.features()[i->first];
      const auto share =
          std::min(static_cast<double>(i->second) / static_cast<double>(a.mails.size()),
                   static_cast<double>(j->second) / static_cast<double>(b.mails.size()));
      const auto nats = mails.rarity(i->first) * share;
      auto& best = out[family_index(feature.family)];
      if (nats > best.nats) best = {nats, feature.text};
      ++i;
      ++j;
    }
  }
  return out;
}

// Pairs of kits that share something rare, or nearly the same text.
auto candidates(const Mails& mails, const std::vector<Kit>& kits, const std::vector<TextTie>& texts)
    -> std::set<std::pair<std::uint32_t, std::uint32_t>> {
  auto postings = std::map<std::uint32_t, std::vector<std::uint32_t>>{};
  for (auto k = std::uint32_t{0}; k < kits.size(); ++k)
    for (const auto& [feature, count] : kits[k].features)
      if (mails.rarity(feature) >= kLeastRarity) postings[feature].push_back(k);
  auto out = std::set<std::pair<std::uint32_t, std::uint32_t>>{};
  for (const auto& [feature, list] : postings) {
    // Beyond the cap each kit is compared with the ones next to it and the
    // first: enough to connect what belongs together.
    const auto reach = list.size() <= kMostPostings ? list.size() : std::size_t{4};
    for (auto i = std::size_t{0}; i < list.size(); ++i) {
      for (auto j = i + 1; j < std::min(list.size(), i + 1 + reach); ++j)
        out.emplace(list[i], list[j]);
      if (i > 0) out.emplace(list[0], list[i]);
    }
  }
  for (const auto& tie : texts) out.emplace(tie.a, tie.b);
  return out;
}

}  // namespace

auto Tie::total() const -> double {
  auto sum = 0.0;
  for (const auto& reason : reasons) sum += reason.nats;
  return sum;
}

auto Tie::families() const -> int {
  return static_cast<int>(std::count_if(reasons.begin(), reasons.end(), [](const Reason& reason) {
    return reason.nats >= kFamilyBar;
  }));
}

auto find_ties(const Mails& mails, const std::vector<Kit>& kits) -> std::vector<Tie> {
  const auto texts = text_ties(mails, kits);
  auto text_of = std::map<std::pair<std::uint32_t, std::uint32_t>, const TextTie*>{};
  for (const auto& tie : texts) text_of[{tie.a, tie.b}] = &tie;
  auto people = std::set<std::uint32_t>{};
  for (const auto& mail : mails.mails())
    people.insert(mail.recipients.begin(), mail.recipients.end());

  auto out = std::vector<Tie>{};
  for (const auto& [a, b] : candidates(mails, kits, texts)) {
    auto tie = Tie{a, b, shared_features(mails, kits[a], kits[b])};
    if (const auto found = text_of.find({a, b}); found != text_of.end()) {
      // How rare it is that two senders write alike is not known for each text:
      // four nats at the threshold of likeness, up to seven for the same words.
      const auto likeness = static_cast<double>(found->second->likeness) / 1000;
      tie.reasons[family_index(Family::kText)] = {
          4 + 7.5 * (likeness - 0.6), fmt::format("texts alike to {:.0f} %", likeness * 100)};
    }
    tie.reasons[family_index(Family::kRecipients)] =
        recipients_reason(kits[a], kits[b], people.size());
    tie.reasons[family_index(Family::kTime)] = time_reason(kits[a], kits[b]);
    if (tie.families() >= 2 && tie.total() >= kTieBar) out.push_back(std::move(tie));
  }
  return out;
}

auto reasons_within(const Mails& mails, const Kit& kit) -> std::array<Reason, kFamilies> {
  return shared_features(mails, kit, kit);
}

auto group_kits(const std::vector<Kit>& kits, const std::vector<Tie>& ties)
    -> std::vector<std::vector<std::uint32_t>> {
  auto parent = std::vector<std::uint32_t>(kits.size());
  const auto root = [&](std::uint32_t at) {
    while (parent[at] != at) at = parent[at] = parent[parent[at]];
    return at;
  };
  // Strongest ties first. Two groups that are both large are joined only by
  // more than one tie: a lone bridge between two campaigns is a coincidence.
  auto order = std::vector<std::uint32_t>(ties.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
    return ties[x].total() > ties[y].total();
  });
  std::iota(parent.begin(), parent.end(), 0u);
  auto size = std::vector<std::uint32_t>(kits.size(), 1);
  auto bridges = std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t>{};
  for (auto again = true; again;) {
    again = false;
    bridges.clear();
    for (const auto index : order) {
      const auto a = root(ties[index].a);
      const auto b = root(ties[index].b);
      if (a == b) continue;
      const auto pair = std::minmax(a, b);
      const auto seen = ++bridges[{pair.first, pair.second}];
      if (std::min(size[a], size[b]) >= 4 && seen < 2) continue;
      const auto into = std::min(a, b);
      const auto from = std::max(a, b);
      parent[from] = into;
      size[into] += size[from];
      again = true;
    }
  }
  auto groups = std::map<std::uint32_t, std::vector<std::uint32_t>>{};
  for (auto k = std::uint32_t{0}; k < kits.size(); ++k) groups[root(k)].push_back(k);
  auto out = std::vector<std::vector<std::uint32_t>>{};
  for (auto& [first, members] : groups) out.push_back(std::move(members));
  return out;
}

}  // namespace serjeant::campaign

#include "campaign/kits.h"

#include <algorithm>
#include <map>
#include <set>

namespace serjeant::campaign {
namespace {

constexpr auto kBands = std::size_t{32};
constexpr auto kRows = std::size_t{4};
constexpr auto kLeastShingles = std::uint32_t{8};
constexpr auto kLikeEnough = std::uint32_t{600};
constexpr auto kNeighbours = std::size_t{4};  // compared per bucket and kit

auto band_key(const mail::TextSignature& text, std::size_t band) -> std::uint64_t {
  auto key = std::uint64_t{0xcbf29ce484222325} + band;
  for (auto row = std::size_t{0}; row < kRows; ++row)
    key = (key ^ text[band * kRows + row]) * std::uint64_t{0x100000001b3};
  return key;
}

auto likeness(const Mail& a, const Mail& b) -> std::uint32_t {
  auto equal = std::uint32_t{0};
  for (auto i = std::size_t{0}; i < a.text.size(); ++i) equal += a.text[i] == b.text[i] ? 1u : 0u;
  return equal * 1000 / static_cast<std::uint32_t>(a.text.size());
}

// What a mail was cast from: its skeleton and the patterns of what it loads; of
// mails that load nothing, the patterns of its links; of plain texts, nothing,
// so that each stands alone until texts are compared.
auto mould_of(const Mails& mails, std::uint32_t index) -> std::vector<std::uint32_t> {
  const auto& mail = mails.mails()[index];
  auto loads = std::vector<std::uint32_t>{};
  auto links = std::vector<std::uint32_t>{};
  auto skeleton = std::vector<std::uint32_t>{};
  for (const auto number : mail.features) {
    const auto& feature = mails.features()[number];
    if (feature.shared) continue;
    if (feature.text.starts_with("open-template:") && mails.rarity(number) > 2)
      loads.push_back(number);
    else if (feature.text.starts_with("link-template:") && mails.rarity(number) > 2)
      links.push_back(number);
    else if (feature.family == Family::kDom)
      skeleton.push_back(number);
  }
  auto mould = loads.empty() ? links : loads;
  if (mould.empty()) return {};
  mould.insert(mould.end(), skeleton.begin(), skeleton.end());
  return mould;
}

void describe(const Mails& mails, Kit& kit) {
  auto counts = std::map<std::uint32_t, std::uint32_t>{};
  auto recipients = std::set<std::uint32_t>{};
  auto days = std::set<std::int32_t>{};
  for (const auto index : kit.mails) {
    const auto& mail = mails.mails()[index];
    for (const auto number : mail.features) ++counts[number];
    recipients.insert(mail.recipients.begin(), mail.recipients.end());
    if (mail.basis != TimeBasis::kNone) days.insert(static_cast<std::int32_t>(mail.at / kDay));
  }
  for (const auto& [number, count] : counts)
    if (std::size_t{count} * 3 >= kit.mails.size()) kit.features.emplace_back(number, count);
  kit.recipients.assign(recipients.begin(), recipients.end());
  kit.days.assign(days.begin(), days.end());
}

// Mails whose text resembles another's, so that a plain one may join.
auto resembling(const Mails& mails) -> std::set<std::uint32_t> {
  auto first = std::unordered_map<std::uint64_t, std::uint32_t>{};
  auto out = std::set<std::uint32_t>{};
  for (auto i = std::uint32_t{0}; i < mails.mails().size(); ++i) {
    const auto& mail = mails.mails()[i];
    if (mail.shingles < kLeastShingles || mail.internal) continue;
    for (auto band = std::size_t{0}; band < kBands; ++band) {
      const auto [at, fresh] = first.emplace(band_key(mail.text, band), i);
      if (fresh || likeness(mails.mails()[at->second], mail) < kLikeEnough) continue;
      out.insert(at->second);
      out.insert(i);
    }
  }
  return out;
}

}  // namespace

auto Kit::count(std::uint32_t feature) const -> std::uint32_t {
  const auto at = std::lower_bound(features.begin(), features.end(), std::pair{feature, 0u});
  return at != features.end() && at->first == feature ? at->second : 0;
}

auto make_kits(const Mails& mails) -> std::vector<Kit> {
  const auto alike = resembling(mails);
  auto by_mould = std::map<std::vector<std::uint32_t>, std::vector<std::uint32_t>>{};
  auto kits = std::vector<Kit>{};
  for (auto i = std::uint32_t{0}; i < mails.mails().size(); ++i) {
    const auto& mail = mails.mails()[i];
    if (mail.internal) continue;
    auto mould = mould_of(mails, i);
    if (!mould.empty())
      by_mould[std::move(mould)].push_back(i);
    else if (mail.active || alike.contains(i))
      kits.push_back({{i}, {}, {}, {}});
  }
  for (auto& [mould, members] : by_mould) kits.push_back({std::move(members), {}, {}, {}});
  std::sort(kits.begin(), kits.end(),
            [](const Kit& a, const Kit& b) { return a.mails.front() < b.mails.front(); });
  for (auto& kit : kits) describe(mails, kit);
  return kits;
}

auto text_ties(const Mails& mails, const std::vector<Kit>& kits) -> std::vector<TextTie> {
  // Per bucket, the last few kits seen; a mould that repeats itself fills no bucket.
  auto buckets =
      std::unordered_map<std::uint64_t, std::vector<std::pair<std::uint32_t, std::uint32_t>>>{};
  auto best = std::map<std::pair<std::uint32_t, std::uint32_t>, TextTie>{};
  for (auto k = std::uint32_t{0}; k < kits.size(); ++k)
    for (const auto index : kits[k].mails) {
      const auto& mail = mails.mails()[index];
      if (mail.shingles < kLeastShingles) continue;
      for (auto band = std::size_t{0}; band < kBands; ++band) {
        auto& bucket = buckets[band_key(mail.text, band)];
        auto known = false;
        for (const auto& [other_kit, other] : bucket) {
          known = known || other_kit == k;
          if (other_kit == k) continue;
          const auto alike = likeness(mails.mails()[other], mail);
          if (alike < kLikeEnough) continue;
          auto& tie = best[{other_kit, k}];
          if (alike > tie.likeness) tie = {other_kit, k, alike, other, index};
        }
        if (!known && bucket.size() < kNeighbours) bucket.emplace_back(k, index);
      }
    }
  auto out = std::vector<TextTie>{};
  for (const auto& [pair, tie] : best) out.push_back(tie);
  return out;
}

}  // namespace serjeant::campaign

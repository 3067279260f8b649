#include "attribute/features.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "attribute/measures.h"

namespace serjeant::neutral {
namespace {

constexpr auto kFading = 60.0;  // months
constexpr auto kRecent = 24.0;  // months
constexpr auto kNearestScale = 10.0;

// -log(1 + groups that score higher), so that the first has 0.
auto place_of(const Scores& scores, const std::vector<Number>& groups, Number g) -> double {
  const auto above = std::count_if(groups.begin(), groups.end(),
                                   [&](Number h) { return scores[h] > scores[g] + kTie; });
  return -std::log1p(static_cast<double>(above));
}

struct Hits {
  Scores loud_software, loud_techniques, quiet;
};

auto hits_of(const Profiles& profiles, std::span<const Number> items) -> Hits {
  const auto n = profiles.library().groups.size();
  auto out = Hits{Scores(n), Scores(n), Scores(n)};
  for (const auto item : items) {
    const auto p0 = profiles.background(item);
    const auto hit = std::log((1 + 2 * p0) / (3 * p0));
    auto& into = profiles.spread(item) > kLoudSpread     ? out.quiet
                 : profiles.library().is_technique[item] ? out.loud_techniques
                                                         : out.loud_software;
    profiles.bearers(item).each([&](Number g) { into[g] += hit; });
  }
  return out;
}

}  // namespace

Describer::Describer(const Library& library)
    : library_(library), brought_by_(library.items.size()), family_of_(library.items.size()) {
  for (auto s = Number{0}; s < library.implies.size(); ++s)
    for (const auto technique : library.implies[s]) brought_by_[technique].push_back(s);
  auto by_parent = std::map<std::string, std::vector<Number>, std::less<>>{};
  for (auto i = Number{0}; i < library.items.size(); ++i)
    if (library.is_technique[i])
      by_parent[library.items[i].substr(0, library.items[i].find('.'))].push_back(i);
  for (auto& [parent, members] : by_parent) {
    for (const auto member : members) family_of_[member] = families_.size();
    families_.push_back(std::move(members));
  }
}

auto Describer::describe(const Profiles& profiles, std::span<const Number> items, Month month) const
    -> Described {
  auto out = Described{profiles.active(), {}};
  const auto n = library_.groups.size();
  auto techniques = std::vector<Number>{}, software = std::vector<Number>{};
  auto rarity = 0.0, new_techniques = 0.0, new_software = 0.0;
  for (const auto item : items) {
    const auto is_technique = library_.is_technique[item];
    (is_technique ? techniques : software).push_back(item);
    rarity += profiles.idf(item);
    if (profiles.spread(item) == 0) (is_technique ? new_techniques : new_software) += 1;
  }
  const auto by_techniques = profiles.scores(techniques, Scorer::kRatio);
  const auto by_software = profiles.scores(software, Scorer::kRatio);
  const auto by_bm25 = profiles.scores(items, Scorer::kBm25);
  const auto silence = profiles.distance_in_time(month);
  const auto recent = profiles.reports_around(month, kRecent);
  const auto hits = hits_of(profiles, items);
  auto nearest = Scores(n), in_time = Scores(n), implied = Scores(n), family = Scores(n);
  for (const auto& one : profiles.likenesses(items)) {
    const auto cosine = kNearestScale * one.cosine;
    const auto faded = cosine * std::exp(-Profiles::months_between(one.month, month) / kFading);
    nearest[one.group] = std::max(nearest[one.group], cosine);
    in_time[one.group] = std::max(in_time[one.group], faded);
  }
  for (const auto item : techniques) {
    auto relatives = Bits(n), brought = Bits(n);
    for (const auto other : families_[family_of_[item]]) relatives.add(profiles.bearers(other));
    relatives.take_away(profiles.bearers(item));
    relatives.each([&](Number g) { family[g] += 1; });
    for (const auto source : brought_by_[item]) brought.add(profiles.bearers(source));
    brought.take_away(profiles.bearers(item));
    const auto spread = static_cast<double>(brought.count() + profiles.spread(item)) + 0.5;
    const auto worth =
        -std::log(std::min(1.0, spread / (static_cast<double>(profiles.groups()) + 1)));
    brought.each([&](Number g) { implied[g] += worth; });
  }
  const auto count = static_cast<double>(std::max<std::size_t>(1, items.size()));
  out.rows.assign((out.groups.size() + 1) * kWidth, 0.0);
  auto* row = out.rows.data();
  for (const auto g : out.groups) {
    const auto loud = hits.loud_software[g] + hits.loud_techniques[g];
    const auto place_quiet = place_of(hits.quiet, out.groups, g);
    const auto values = std::array<double, kCandidateFeatures>{
        by_techniques[g],
        by_software[g],
        by_bm25[g],
        std::log(std::max(1.0, static_cast<double>(profiles.size_of(g)))),
        nearest[g],
        std::log(std::max(1.0, silence[g])),
        hits.loud_software[g],
        hits.loud_techniques[g],
        hits.quiet[g],
        place_of(by_bm25, out.groups, g),
        place_of(nearest, out.groups, g),
        in_time[g],
        implied[g],
        family[g],
        by_techniques[g] / std::sqrt(count),
        std::log(std::max(1.0, static_cast<double>(profiles.reports_of(g)))),
        std::log1p(recent[g]),
        std::sqrt(loud * hits.quiet[g]),
        place_quiet,
        loud * place_quiet};
    std::copy(values.begin(), values.end(), row);
    row += kWidth;
  }
  const auto question =
      std::array<double, kQuestionNames.size()>{1,
                                                std::log(count),
                                                rarity / count,
                                                new_techniques,
                                                new_software,
                                                static_cast<double>(software.size())};
  std::copy(question.begin(), question.end(), row + kCandidateFeatures);
  return out;
}

}  // namespace serjeant::neutral

#include "attribute/likelihood.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/text.h"

namespace serjeant {
namespace {

auto upper(std::string_view text) -> std::string {
  auto out = std::string(text);
  for (auto& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

auto all_sources(const Knowledge& knowledge) -> double {
  auto total = 0.0;
  for (const auto& group : knowledge.groups) total += static_cast<double>(group.sources.size());
  return total;
}

auto saturated(double sum) -> double {
  if (std::abs(sum) <= kSaturation) return sum;
  return std::copysign(kSaturation + std::sqrt(std::abs(sum) - kSaturation), sum);
}

// Items that one rule reported together stand on the same bytes.
void find_dependence(std::vector<Item>& items) {
  auto parent = std::vector<std::size_t>(items.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t at) {
    while (parent[at] != at) at = parent[at] = parent[parent[at]];
    return at;
  };
  auto first_of_rule = std::map<std::string, std::size_t>{};
  for (auto i = std::size_t{0}; i < items.size(); ++i)
    for (const auto& rule : items[i].observed->rules) {
      const auto [at, fresh] = first_of_rule.emplace(rule, i);
      if (!fresh) parent[root(i)] = root(at->second);
    }
  for (auto i = std::size_t{0}; i < items.size(); ++i) items[i].group_of_dependence = root(i);
}

}  // namespace

auto make_items(const Knowledge& knowledge, std::span<const ObservedTechnique> observed)
    -> std::vector<Item> {
  auto by_technique = std::map<std::string, const ObservedTechnique*>{};
  for (const auto& seen : observed) {
    auto id = upper(seen.id);
    const auto moved = std::lower_bound(
        knowledge.renumbered.begin(), knowledge.renumbered.end(), id,
        [](const auto& pair, const std::string& wanted) { return pair.first < wanted; });
    if (moved != knowledge.renumbered.end() && moved->first == id) id = moved->second;
    const auto known = std::lower_bound(
        knowledge.techniques.begin(), knowledge.techniques.end(), id,
        [](const Technique& t, const std::string& wanted) { return t.id < wanted; });
    if (known != knowledge.techniques.end() && known->id == id) by_technique.emplace(id, &seen);
  }
  auto out = std::vector<Item>{};
  for (const auto& [id, seen] : by_technique) {
    auto item = Item{};
    item.technique = id;
    item.observed = seen;
    auto builder = IdBuilder("item-of-evidence");
    builder.add(id);
    for (const auto& finding : seen->findings) builder.add(finding);
    item.id = builder.finish();
    for (const auto& group : knowledge.groups) {
      const auto has = std::any_of(group.uses.begin(), group.uses.end(), [&](const GroupUse& use) {
        return use.technique == item.technique;
      });
      item.has.push_back(has);
      item.df += has ? 1 : 0;
    }
    item.loud = item.df < kQuietSpread;
    out.push_back(std::move(item));
  }
  find_dependence(out);
  return out;
}

auto group_prior(const Knowledge& knowledge) -> double {
  return (1 - kUnknownPrior - kFramedPrior) / static_cast<double>(knowledge.groups.size());
}

auto scapegoat_share(const Knowledge& knowledge, std::size_t g) -> double {
  const auto n = static_cast<double>(knowledge.groups.size());
  const auto total = all_sources(knowledge);
  const auto fame =
      total > 0 ? static_cast<double>(knowledge.groups[g].sources.size()) / total : 1 / n;
  return 0.5 / n + 0.5 * fame;
}

auto ratio_of(const Knowledge& knowledge, const Item& item, std::size_t g, double r) -> Ratio {
  const auto n = static_cast<double>(knowledge.groups.size());
  auto out = Ratio{};
  out.p0 = (static_cast<double>(item.df) + 0.5) / (n + 1);
  out.p1 = ((item.has[g] ? 1.0 : 0.0) + kSmoothing * out.p0) / (1 + kSmoothing);
  out.raw = std::log(out.p1 / out.p0);
  out.s = scapegoat_share(knowledge, g);
  out.e = out.p0;
  const auto if_so = r * ((1 - kPlanted) * out.p1 + kPlanted * out.p0) + (1 - r) * out.e;
  const auto if_not = r * ((1 - kPlanted) * out.p0 + kPlanted * out.s) + (1 - r) * out.e;
  // A technique outside of a profile says nothing: profiles are what reports
  // mention, not what groups do, and our rules do not see every technique.
  out.lr = item.has[g] ? std::log(if_so / if_not) : 0.0;
  return out;
}

auto weights_within_groups(const std::vector<Item>& items, const std::vector<double>& logs,
                           std::size_t left_out) -> std::vector<double> {
  auto strongest = std::map<std::size_t, std::size_t>{};
  for (auto i = std::size_t{0}; i < items.size(); ++i) {
    if (i == left_out) continue;
    const auto [at, fresh] = strongest.emplace(items[i].group_of_dependence, i);
    if (!fresh && std::abs(logs[i]) > std::abs(logs[at->second])) at->second = i;
  }
  auto out = std::vector<double>(items.size(), 0.0);
  for (auto i = std::size_t{0}; i < items.size(); ++i) {
    if (i == left_out) continue;
    out[i] = strongest[items[i].group_of_dependence] == i ? 1.0 : kWithinGroup;
  }
  return out;
}

auto Posteriors::best() const -> std::size_t {
  return static_cast<std::size_t>(std::max_element(group.begin(), group.end()) - group.begin());
}

auto posteriors(const Knowledge& knowledge, const std::vector<Item>& items, Setting setting)
    -> Posteriors {
  const auto count = knowledge.groups.size();
  auto out = Posteriors{std::vector<double>(count), std::vector<double>(count), kUnknownPrior};
  auto total = out.unknown;
  for (auto g = std::size_t{0}; g < count; ++g) {
    auto logs = std::vector<double>(items.size(), 0.0);
    auto loud = std::vector<double>(items.size(), 0.0);
    for (auto i = std::size_t{0}; i < items.size(); ++i) {
      if (setting.quiet_only && items[i].loud) continue;
      logs[i] = ratio_of(knowledge, items[i], g, setting.reliability).lr;
      if (items[i].loud) loud[i] = logs[i];
    }
    const auto sum = [&](const std::vector<double>& values) {
      const auto weights = weights_within_groups(items, values, setting.left_out);
      return saturated(setting.discount *
                       std::inner_product(values.begin(), values.end(), weights.begin(), 0.0));
    };
    out.group[g] = group_prior(knowledge) * std::exp(sum(logs));
    // Framed: the loud items as if the group had done it, the quiet ones as background.
    out.framed[g] = kFramedPrior * scapegoat_share(knowledge, g) * std::exp(sum(loud));
    total += out.group[g] + out.framed[g];
  }
  for (auto g = std::size_t{0}; g < count; ++g) {
    out.group[g] /= total;
    out.framed[g] /= total;
  }
  out.unknown /= total;
  return out;
}

}  // namespace serjeant

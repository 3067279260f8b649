#include "attribute/likelihood.h"

#include <algorithm>
#include <cmath>
#include <limits>
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
                           const std::vector<std::size_t>& left_out) -> std::vector<double> {
  const auto is_out = [&](std::size_t i) {
    return std::find(left_out.begin(), left_out.end(), i) != left_out.end();
  };
  auto strongest = std::map<std::size_t, std::size_t>{};
  for (auto i = std::size_t{0}; i < items.size(); ++i) {
    if (is_out(i)) continue;
    const auto [at, fresh] = strongest.emplace(items[i].group_of_dependence, i);
    if (!fresh && std::abs(logs[i]) > std::abs(logs[at->second])) at->second = i;
  }
  auto out = std::vector<double>(items.size(), 0.0);
  for (auto i = std::size_t{0}; i < items.size(); ++i) {
    if (is_out(i)) continue;
    out[i] = strongest[items[i].group_of_dependence] == i ? 1.0 : kWithinGroup;
  }
  return out;
}

namespace {

// Groups against each other with some items left out. Their priors are equal,
// so the sums alone decide.
class Contest {
 public:
  Contest(const Knowledge& knowledge, const std::vector<Item>& items) : items_(items) {
    for (auto g = std::size_t{0}; g < knowledge.groups.size(); ++g) {
      auto& row = logs_.emplace_back();
      for (const auto& item : items) row.push_back(ratio_of(knowledge, item, g, kReliability).lr);
    }
  }

  auto logs(std::size_t g) const -> const std::vector<double>& { return logs_[g]; }
  auto first(const std::vector<std::size_t>& left_out) const -> std::size_t {
    const auto sums = sums_without(left_out);
    return static_cast<std::size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin());
  }
  // By how much group `g` is ahead of the best of the others.
  auto lead(std::size_t g, const std::vector<std::size_t>& left_out) const -> double {
    const auto sums = sums_without(left_out);
    auto best = std::numeric_limits<double>::lowest();
    for (auto other = std::size_t{0}; other < sums.size(); ++other)
      if (other != g) best = std::max(best, sums[other]);
    return sums[g] - best;
  }

 private:
  auto sums_without(const std::vector<std::size_t>& left_out) const -> std::vector<double> {
    auto out = std::vector<double>{};
    for (const auto& row : logs_) {
      const auto weights = weights_within_groups(items_, row, left_out);
      out.push_back(std::inner_product(row.begin(), row.end(), weights.begin(), 0.0));
    }
    return out;
  }

  const std::vector<Item>& items_;
  std::vector<std::vector<double>> logs_;
};

}  // namespace

auto flipping_set(const Knowledge& knowledge, const std::vector<Item>& items)
    -> std::vector<std::size_t> {
  constexpr auto kMost = std::size_t{16};
  const auto contest = Contest(knowledge, items);
  const auto top = contest.first({});
  auto order = std::vector<std::size_t>(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return contest.logs(top)[a] > contest.logs(top)[b];
  });
  const auto flips = [&](const std::vector<std::size_t>& out) { return contest.first(out) != top; };
  const auto n = std::min(kMost, order.size());
  auto set = std::vector<std::size_t>{};
  const auto any_of_size = [&](std::size_t size) {
    if (size >= items.size()) return false;  // something must be left to say who is first
    // All subsets of that size, in the order of their members.
    auto at = std::vector<std::size_t>(size);
    std::iota(at.begin(), at.end(), std::size_t{0});
    while (size <= n) {
      set.clear();
      for (const auto place : at) set.push_back(order[place]);
      if (flips(set)) return true;
      auto i = size;
      while (i > 0 && at[i - 1] == n - size + i - 1) --i;
      if (i == 0) return false;
      ++at[i - 1];
      for (auto j = i; j < size; ++j) at[j] = at[j - 1] + 1;
    }
    return false;
  };
  auto found = any_of_size(1) || any_of_size(2) || any_of_size(3);
  if (!found) set.clear();
  while (!found && set.size() + 1 < items.size()) {
    auto least = std::numeric_limits<double>::max();
    auto next = std::size_t{0};
    for (auto i = std::size_t{0}; i < items.size(); ++i) {
      if (std::find(set.begin(), set.end(), i) != set.end()) continue;
      set.push_back(i);
      const auto lead = contest.lead(top, set);
      set.pop_back();
      if (lead < least) {
        least = lead;
        next = i;
      }
    }
    set.push_back(next);
    found = flips(set);
  }
  if (!found) set.clear();
  std::sort(set.begin(), set.end());
  return set;
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

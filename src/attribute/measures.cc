#include "attribute/measures.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace serjeant::neutral {

auto rank_of(std::span<const double> scores, std::span<const Number> groups, Number truth)
    -> double {
  auto better = 0.0, level = 0.0;
  auto found = false;
  const auto own = scores[truth];
  for (const auto g : groups) {
    found = found || g == truth;
    if (scores[g] > own + kTie)
      better += 1;
    else if (std::abs(scores[g] - own) <= kTie)
      level += 1;
  }
  return found ? better + (level + 1) / 2 : 1e6;
}

auto rank_of_best(std::span<const double> scores, std::span<const Number> groups,
                  std::span<const Number> truths) -> double {
  auto best = 1e6;
  for (const auto truth : truths) best = std::min(best, rank_of(scores, groups, truth));
  return best;
}

auto top_of(std::span<const double> scores, std::span<const Number> groups) -> Number {
  auto best = -1e300;
  for (const auto g : groups) best = std::max(best, scores[g]);
  for (const auto g : groups)
    if (scores[g] >= best - kTie) return g;
  return kNone;
}

auto summary_of(std::span<const double> ranks) -> RankSummary {
  auto out = RankSummary{};
  out.n = ranks.size();
  for (const auto rank : ranks) {
    out.top1 += rank < 1.5 ? 1 : 0;
    out.top3 += rank <= 3 ? 1 : 0;
    out.top5 += rank <= 5 ? 1 : 0;
    out.mrr += 1 / rank;
  }
  for (auto* share : {&out.top1, &out.top3, &out.top5, &out.mrr})
    *share /= std::max(1.0, static_cast<double>(out.n));
  return out;
}

auto jackknife(std::span<const double> ranks, std::span<const Number> groups, double bound)
    -> double {
  struct Count {
    double hits = 0, n = 0;
  };
  auto by_group = std::map<Number, Count>{};
  auto all = Count{};
  for (auto i = std::size_t{0}; i < ranks.size(); ++i) {
    const auto hit = bound == 1.5 ? ranks[i] < bound : ranks[i] <= bound;
    auto& count = by_group[groups[i]];
    count.hits += hit ? 1 : 0;
    count.n += 1;
    all.hits += hit ? 1 : 0;
    all.n += 1;
  }
  if (by_group.size() < 2) return 0;
  const auto k = static_cast<double>(by_group.size());
  auto mean = 0.0, squares = 0.0;
  const auto without = [&](const Count& c) { return (all.hits - c.hits) / (all.n - c.n); };
  for (const auto& [group, count] : by_group) mean += without(count) / k;
  for (const auto& [group, count] : by_group) squares += std::pow(without(count) - mean, 2);
  return std::sqrt((k - 1) / k * squares);
}

auto proper_scores(std::span<const Judged> judged) -> Proper {
  auto out = Proper{};
  out.n = judged.size();
  out.bins.resize(10);
  const auto n = std::max(1.0, static_cast<double>(out.n));
  for (const auto& one : judged) {
    const auto of_truth = one.truth == kNone ? one.unknown : one.group[one.truth];
    out.log_loss -= std::log(std::max(of_truth, 1e-12)) / n;
    auto squares = one.open ? one.unknown * one.unknown : 0.0;
    for (const auto g : one.groups) squares += one.group[g] * one.group[g];
    out.brier += (squares - 2 * of_truth + 1) / n;
    // "unknown" comes after every "G0000": it wins no tie.
    auto top = top_of(one.group, one.groups);
    auto highest = top == kNone ? 0.0 : one.group[top];
    if (one.open && one.unknown > highest + kTie) {
      top = kNone;
      highest = one.unknown;
    }
    auto& bin = out.bins[std::min<std::size_t>(9, static_cast<std::size_t>(highest * 10))];
    ++bin.n;
    bin.p += highest;
    bin.right += top == one.truth ? 1 : 0;
    out.accuracy += top == one.truth ? 1 / n : 0;
  }
  for (const auto& bin : out.bins) out.ece += std::abs(bin.p - static_cast<double>(bin.right)) / n;
  return out;
}

auto auroc(std::vector<double> positive, std::vector<double> negative) -> double {
  if (positive.empty() || negative.empty()) return 0;
  std::sort(positive.begin(), positive.end());
  std::sort(negative.begin(), negative.end());
  auto sum = 0.0;
  auto low = std::size_t{0}, high = std::size_t{0};
  for (const auto x : positive) {
    while (low < negative.size() && negative[low] < x - kTie) ++low;
    high = std::max(high, low);
    while (high < negative.size() && negative[high] <= x + kTie) ++high;
    sum += static_cast<double>(low) + 0.5 * static_cast<double>(high - low);
  }
  return sum / (static_cast<double>(positive.size()) * static_cast<double>(negative.size()));
}

auto cllr_of(std::span<const double> target, std::span<const double> other) -> Cost {
  const auto bits = [](double x) { return std::log2(1 + std::exp(std::min(700.0, x))); };
  const auto nt = static_cast<double>(target.size()), no = static_cast<double>(other.size());
  auto out = Cost{};
  if (target.empty() || other.empty()) return out;
  for (const auto x : target) out.cllr += 0.5 * bits(-x) / nt;
  for (const auto x : other) out.cllr += 0.5 * bits(x) / no;
  struct Point {
    double at;
    bool hit;
  };
  auto points = std::vector<Point>{};
  for (const auto x : target) points.push_back({x, true});
  for (const auto x : other) points.push_back({x, false});
  std::sort(points.begin(), points.end(), [](Point a, Point b) { return a.at < b.at; });
  struct Pool {
    double hits, n;
  };
  auto pools = std::vector<Pool>{};
  for (auto i = std::size_t{0}; i < points.size();) {
    auto j = i;
    auto hits = 0.0;
    while (j < points.size() && points[j].at <= points[i].at + kTie) hits += points[j++].hit;
    pools.push_back({hits, static_cast<double>(j - i)});
    i = j;
    while (pools.size() > 1) {
      auto& low = pools[pools.size() - 2];
      const auto& high = pools.back();
      if (low.hits * high.n < high.hits * low.n) break;
      low.hits += high.hits;
      low.n += high.n;
      pools.pop_back();
    }
  }
  for (const auto& pool : pools) {
    const auto misses = pool.n - pool.hits;
    if (pool.hits > 0)
      out.least += 0.5 * pool.hits / nt * std::log2(1 + (misses / no) / (pool.hits / nt));
    if (misses > 0)
      out.least += 0.5 * misses / no * std::log2(1 + (pool.hits / nt) / (misses / no));
  }
  return out;
}

auto gate_at(std::span<const Judged> judged, double bound) -> Gate {
  auto out = Gate{};
  out.of = judged.size();
  auto right = 0.0, wrong_unknown = 0.0, knowable = 0.0;
  for (const auto& one : judged) {
    knowable += one.truth != kNone ? 1 : 0;
    const auto top = top_of(one.group, one.groups);
    if (top == kNone || one.group[top] < bound) continue;
    ++out.named;
    right += top == one.truth ? 1 : 0;
    wrong_unknown += one.truth == kNone ? 1 : 0;
  }
  const auto unknown = static_cast<double>(out.of) - knowable;
  out.right_of_knowable = right / std::max(1.0, knowable);
  out.precision = right / std::max(1.0, static_cast<double>(out.named));
  out.false_accusations = wrong_unknown / std::max(1.0, unknown);
  return out;
}

}  // namespace serjeant::neutral

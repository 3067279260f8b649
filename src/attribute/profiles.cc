#include "attribute/profiles.h"

#include <algorithm>
#include <cmath>

namespace serjeant::neutral {
namespace {

constexpr auto kSmooth = 2.0;               // weight of the background in the log-LR
constexpr auto kTermCeiling = 1.2;          // BM25 k1
constexpr auto kLengthShare = 0.75;         // BM25 b
constexpr auto kBackgroundShare = 0.3;      // of the naive Bayes mixture
constexpr auto kBayesVocabulary = 350.0;    // smoothing of its background
constexpr auto kNats = 4.0;                 // saturation
constexpr auto kLeast = -1.0, kMost = 1.5;  // of one term of the capped scorer

auto square(double x) -> double { return x * x; }

}  // namespace

auto saturated(double sum) -> double {
  if (std::abs(sum) <= kNats) return sum;
  return std::copysign(kNats + std::sqrt(std::abs(sum) - kNats), sum);
}

Profiles::Profiles(const Library& library, std::span<const Report> reports, bool with_software)
    : library_(library),
      reports_(reports),
      group_count_(library.groups.size()),
      items_(reports.size()),
      containing_(library.items.size()),
      in_(reports.size()),
      counts_(library.items.size() * library.groups.size()),
      spreads_(library.items.size()),
      sizes_(group_count_),
      documents_(group_count_),
      profiles_(group_count_, Bits(library.items.size())),
      bearers_(library.items.size(), Bits(group_count_)),
      norms_(reports.size()) {
  for (auto r = Number{0}; r < reports_.size(); ++r) {
    for (const auto item : reports_[r].items)
      if (with_software || library.is_technique[item]) {
        items_[r].push_back(item);
        containing_[item].push_back(r);
      }
    if (!items_[r].empty()) put(r, true);
  }
  settle();
}

void Profiles::put(Number report, bool in) {
  const auto group = reports_[report].group;
  in_[report] = in;
  documents_[group] += in ? 1u : ~0u;
  for (const auto item : items_[report]) {
    auto& count = counts_[item * group_count_ + group];
    if (in ? count++ != 0 : --count != 0) continue;
    if (in) {
      profiles_[group].set(item);
      bearers_[item].set(group);
    } else {
      profiles_[group].clear(item);
      bearers_[item].clear(group);
    }
    spreads_[item] += in ? 1u : ~0u;
    sizes_[group] += in ? 1u : ~0u;
    total_ += in ? 1u : ~std::uint64_t{0};
  }
}

void Profiles::settle() {
  active_.clear();
  for (auto g = Number{0}; g < group_count_; ++g)
    if (documents_[g] > 0) active_.push_back(g);
  const auto n = static_cast<double>(active_.size());
  average_ = static_cast<double>(total_) / std::max(1.0, n);
  idf_of_spread_.resize(active_.size() + 1);
  for (auto df = std::size_t{0}; df < idf_of_spread_.size(); ++df)
    idf_of_spread_[df] = std::log((n + 1) / (static_cast<double>(df) + 0.5));
  for (auto r = std::size_t{0}; r < items_.size(); ++r) {
    if (!in_[r]) continue;
    auto sum = 0.0;
    for (const auto item : items_[r]) sum += square(idf(item));
    norms_[r] = std::sqrt(sum);
  }
}

auto Profiles::scores(std::span<const Number> query, Scorer by) const -> Scores {
  switch (by) {
    case Scorer::kSize: {
      auto out = Scores(group_count_);
      for (const auto g : active_) out[g] = sizes_[g];
      return out;
    }
    case Scorer::kJaccard:
      return jaccard(query);
    case Scorer::kTfIdf:
      return tf_idf(query);
    case Scorer::kBayes:
      return bayes(query);
    case Scorer::kRatio:
      return ratio(query);
    case Scorer::kBm25:
      return bm25(query);
    case Scorer::kNearest:
      return nearest(query);
    case Scorer::kCapped:
      return capped(query);
  }
  return {};
}

auto Profiles::jaccard(std::span<const Number> query) const -> Scores {
  auto out = Scores(group_count_);
  for (const auto item : query) bearers_[item].each([&](Number g) { out[g] += 1; });
  for (const auto g : active_) out[g] /= static_cast<double>(query.size() + sizes_[g]) - out[g];
  return out;
}

auto Profiles::tf_idf(std::span<const Number> query) const -> Scores {
  auto out = Scores(group_count_);
  auto norm = 0.0;
  for (const auto item : query) {
    const auto weight = square(idf(item));
    norm += weight;
    bearers_[item].each([&](Number g) { out[g] += weight; });
  }
  for (const auto g : active_) {
    if (out[g] == 0) continue;
    auto own = 0.0;
    profiles_[g].each([&](Number item) { own += square(idf(item)); });
    out[g] /= std::sqrt(own * norm + 1e-12);
  }
  return out;
}

auto Profiles::bayes(std::span<const Number> query) const -> Scores {
  auto out = Scores(group_count_, std::log(kBackgroundShare) * static_cast<double>(query.size()));
  for (const auto item : query) {
    const auto background = (static_cast<double>(spreads_[item]) + 0.5) /
                            (static_cast<double>(total_) + kBayesVocabulary);
    bearers_[item].each([&](Number g) {
      const auto own = (1 - kBackgroundShare) / static_cast<double>(sizes_[g]);
      out[g] +=
          std::log((own + kBackgroundShare * background) / background) - std::log(kBackgroundShare);
    });
  }
  return out;
}

auto Profiles::ratio(std::span<const Number> query) const -> Scores {
  const auto miss = std::log(kSmooth / (1 + kSmooth));
  auto out = Scores(group_count_, miss * static_cast<double>(query.size()));
  for (const auto item : query) {
    const auto p0 = background(item);
    const auto hit = std::log((1 + kSmooth * p0) / ((1 + kSmooth) * p0));
    bearers_[item].each([&](Number g) { out[g] += hit - miss; });
  }
  return out;
}

auto Profiles::bm25(std::span<const Number> query) const -> Scores {
  auto out = Scores(group_count_);
  for (const auto item : query) {
    const auto weight = idf(item) * (kTermCeiling + 1);
    bearers_[item].each([&](Number g) {
      const auto count = static_cast<double>(counts_[item * group_count_ + g]);
      const auto length = 1 - kLengthShare + kLengthShare * sizes_[g] / average_;
      out[g] += weight * count / (count + kTermCeiling * length);
    });
  }
  return out;
}

auto Profiles::likenesses(std::span<const Number> query) const -> std::vector<Likeness> {
  auto common = std::vector<double>(items_.size());
  auto norm = 0.0;
  for (const auto item : query) {
    const auto weight = square(idf(item));
    norm += weight;
    for (const auto r : containing_[item]) common[r] += weight;
  }
  norm = std::sqrt(norm);
  auto out = std::vector<Likeness>{};
  for (auto r = std::size_t{0}; r < common.size(); ++r)
    if (in_[r] && common[r] > 0)
      out.push_back({reports_[r].group, common[r] / (norms_[r] * norm), reports_[r].month});
  return out;
}

auto Profiles::nearest(std::span<const Number> query) const -> Scores {
  auto out = Scores(group_count_);
  for (const auto& one : likenesses(query)) out[one.group] = std::max(out[one.group], one.cosine);
  return out;
}

auto Profiles::capped(std::span<const Number> query) const -> Scores {
  auto techniques = Scores(group_count_), software = Scores(group_count_);
  const auto miss = std::max(kLeast, std::log(kSmooth / (1 + kSmooth)));
  for (const auto item : query) {
    const auto p0 = background(item);
    const auto hit = std::min(kMost, std::log((1 + kSmooth * p0) / ((1 + kSmooth) * p0)));
    auto& into = library_.is_technique[item] ? techniques : software;
    for (const auto g : active_) into[g] += miss;
    bearers_[item].each([&](Number g) { into[g] += hit - miss; });
  }
  auto out = Scores(group_count_);
  for (const auto g : active_) out[g] = saturated(techniques[g]) + saturated(software[g]);
  return out;
}

auto Profiles::months_between(Month a, Month b) -> double {
  return a.known() && b.known() ? std::abs(static_cast<double>(a.number - b.number)) : kUndated;
}

auto Profiles::distance_in_time(Month month) const -> Scores {
  auto out = Scores(group_count_, kNoReport);
  for (auto r = std::size_t{0}; r < reports_.size(); ++r) {
    if (!in_[r]) continue;
    auto& nearest = out[reports_[r].group];
    nearest = std::min(nearest, months_between(reports_[r].month, month));
  }
  return out;
}

auto Profiles::reports_around(Month month, double months) const -> Scores {
  auto out = Scores(group_count_);
  for (auto r = std::size_t{0}; r < reports_.size(); ++r)
    if (in_[r] && months_between(reports_[r].month, month) <= months) out[reports_[r].group] += 1;
  return out;
}

}  // namespace serjeant::neutral

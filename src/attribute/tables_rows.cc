#include "attribute/tables_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attribute/measures.h"
#include "attribute/tables.h"

namespace serjeant::neutral {
namespace {

auto question_of(const Profiles& profiles, const std::vector<Number>& query) -> Question {
  auto techniques = std::vector<Number>{}, software = std::vector<Number>{};
  for (const auto item : query)
    (profiles.library().is_technique[item] ? techniques : software).push_back(item);
  const auto t = profiles.scores(techniques, Scorer::kRatio);
  const auto s = profiles.scores(software, Scorer::kRatio);
  const auto b = profiles.scores(query, Scorer::kBm25);
  const auto k = profiles.scores(query, Scorer::kNearest);
  auto out = Question{profiles.active(), {}, query.size()};
  for (const auto g : out.groups)
    out.features.push_back({t[g], s[g], b[g], std::log(profiles.size_of(g)), 10 * k[g]});
  return out;
}

auto fall_on_quiet(const Profiles& profiles, const std::vector<Number>& query, Number top)
    -> std::optional<double> {
  auto quiet = std::vector<Number>{};
  for (const auto item : query)
    if (profiles.spread(item) > kLoudSpread) quiet.push_back(item);
  if (quiet.empty()) return std::nullopt;
  const auto scores = profiles.scores(quiet, Scorer::kBm25);
  return (rank_of(scores, profiles.active(), top) - 1) / static_cast<double>(profiles.groups());
}

auto concentration_of(const Profiles& profiles, const std::vector<Number>& query, Number top)
    -> double {
  auto weights = std::vector<double>{};
  for (const auto item : query)
    if (profiles.has(top, item)) weights.push_back(profiles.idf(item));
  std::sort(weights.rbegin(), weights.rend());
  auto all = 0.0, three = 0.0;
  for (auto i = std::size_t{0}; i < weights.size(); ++i) {
    all += weights[i];
    if (i < 3) three += weights[i];
  }
  return three / std::max(1e-9, all);
}

// The framed group and its items in the order in which they are planted.
auto planted_items(const Profiles& profiles, const PublishedCase& one, Kind kind)
    -> std::pair<Number, std::vector<Number>> {
  const auto& library = profiles.library();
  auto pool = std::vector<Number>{};
  for (const auto g : profiles.active())
    if (g != one.group && profiles.size_of(g) >= 10) pool.push_back(g);
  if (kind == kUsual) {
    std::stable_sort(pool.begin(), pool.end(), [&](Number a, Number b) {
      return profiles.reports_of(a) > profiles.reports_of(b);
    });
    pool.resize(std::min<std::size_t>(10, pool.size()));
    std::sort(pool.begin(), pool.end());
  }
  if (pool.empty()) return {kNone, {}};
  const auto framed = pool[choice_of(one.id, "framed") % pool.size()];
  struct Candidate {
    double key;
    Number item;
  };
  auto own = std::vector<Candidate>{};
  profiles.profile(framed).each([&](Number item) {
    if (std::binary_search(one.items.begin(), one.items.end(), item)) return;
    const auto key = kind == kRandom ? static_cast<double>(choice_of(one.id, library.items[item]))
                                     : -std::round(profiles.idf(item) * 1e9);
    own.push_back({key, item});
  });
  std::sort(own.begin(), own.end(), [](Candidate a, Candidate b) {
    return a.key != b.key ? a.key < b.key : a.item < b.item;
  });
  auto items = std::vector<Number>{};
  for (auto i = std::size_t{0}; i < std::min<std::size_t>(10, own.size()); ++i)
    items.push_back(own[i].item);
  return {framed, items};
}

auto with(const std::vector<Number>& query, const std::vector<Number>& extra, std::size_t k)
    -> std::vector<Number> {
  auto out = query;
  out.insert(out.end(), extra.begin(),
             extra.begin() + static_cast<std::ptrdiff_t>(std::min(k, extra.size())));
  std::sort(out.begin(), out.end());
  return out;
}

auto bucket_of(std::uint32_t spread) -> const char* {
  return spread == 0    ? "0"
         : spread <= 1  ? "1"
         : spread <= 4  ? "2-4"
         : spread <= 14 ? "5-14"
         : spread <= 39 ? "15-39"
                        : "40+";
}

auto detection_of(const Profiles& profiles, const std::vector<Number>& query, Number top)
    -> Detection {
  return {false, fall_on_quiet(profiles, query, top), concentration_of(profiles, query, top)};
}

void fill_known(const Profiles& profiles, CaseRow& row) {
  const auto& one = *row.one;
  const auto& query = one.items;
  row.closed = question_of(profiles, query);
  for (const auto item : query) {
    const auto n = profiles.spread(item);
    const auto has = profiles.has(one.group, item);
    row.items.emplace_back(
        fmt::format("{}:{}", profiles.library().items[item].substr(0, 1), bucket_of(n)), has,
        n - (has ? 1 : 0), static_cast<std::uint32_t>(profiles.groups()) - 1);
  }
  const auto plain = profiles.scores(query, Scorer::kBm25);
  const auto top = top_of(plain, profiles.active());
  row.honest = detection_of(profiles, query, top);
  row.honest_right = top == one.group;
  for (auto kind = 0; kind < kKinds; ++kind) {
    const auto at = static_cast<std::size_t>(kind);
    const auto [framed, items] = planted_items(profiles, one, static_cast<Kind>(kind));
    row.framed[at] = framed;
    if (framed == kNone) continue;
    for (const auto k : kDepths) {
      if (kind == kRandom && (k == 0 || k == 2)) continue;
      const auto mixed = with(query, items, k);
      auto& outcome = row.planted[at][k];
      for (auto s = std::size_t{0}; s < kPlainScorers.size(); ++s) {
        const auto scores = profiles.scores(mixed, kPlainScorers[s].first);
        outcome.ranks[s] = {rank_of(scores, profiles.active(), one.group),
                            rank_of(scores, profiles.active(), framed)};
        if (kPlainScorers[s].first != Scorer::kBm25 || k == 0 || k == 10) continue;
        const auto first = top_of(scores, profiles.active());
        outcome.detection = detection_of(profiles, mixed, first);
        outcome.detection.framed_first = first == framed;
      }
      if (kind != kRandom && k != 0 && k != 10) outcome.question = question_of(profiles, mixed);
    }
  }
  for (auto i = std::size_t{0}; i < query.size() && !row.flips; ++i) {
    if (!profiles.has(top, query[i])) continue;
    auto rest = query;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    row.flips = top_of(profiles.scores(rest, Scorer::kBm25), profiles.active()) != top;
  }
}

void fill_unknown(const Profiles& profiles, CaseRow& row) {
  row.open = question_of(profiles, row.one->items);
  for (const auto kind : {kRare, kUsual}) {
    const auto [framed, items] = planted_items(profiles, *row.one, kind);
    if (framed == kNone) continue;
    for (const auto k : {std::size_t{1}, std::size_t{3}}) {
      const auto mixed = with(row.one->items, items, k);
      const auto top = top_of(profiles.scores(mixed, Scorer::kBm25), profiles.active());
      row.planted_unknown[kind][k] = {framed, top, fall_on_quiet(profiles, mixed, top),
                                      question_of(profiles, mixed)};
    }
  }
}

}  // namespace

auto make_rows(const Library& library) -> std::vector<CaseRow> {
  auto profiles = Profiles(library, library.newest(), true);
  auto out = std::vector<CaseRow>{};
  for (const auto& one : library.cases) {
    auto row = CaseRow{};
    row.one = &one;
    row.fold = fold_of(library.groups[one.group]);
    const auto drop = [&](const Report& r) {
      return r.source == one.source ||
             (r.month.known() && std::abs(r.month.number - one.month.number) <= kWindow);
    };
    profiles.leave_out(drop);
    row.known = profiles.size_of(one.group) >= kLeastItems;
    if (row.known) fill_known(profiles, row);
    profiles.leave_out([&](const Report& r) { return drop(r) || r.group == one.group; });
    fill_unknown(profiles, row);
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace serjeant::neutral

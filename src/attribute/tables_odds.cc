#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "attribute/logit.h"
#include "attribute/measures.h"
#include "attribute/profiles.h"
#include "attribute/tables.h"
#include "attribute/tables_rows.h"

namespace serjeant::neutral {
namespace {

constexpr auto kPenalty = 0.01;

// Which of the five features a version of the stack uses, as rows of a logit.
enum class Version { kNaive, kTwo, kFull };

auto width_of(Version version, bool open) -> std::size_t {
  const auto own = version == Version::kNaive ? 1u : version == Version::kTwo ? 2u : kFeatures;
  return own + (open ? 2u : 0u);
}

auto features_of(const Question& question, Version version, bool open) -> std::vector<double> {
  auto out = std::vector<double>{};
  for (const auto& f : question.features) {
    if (version == Version::kNaive)
      out.push_back(f[0] + f[1]);
    else
      out.insert(out.end(), f.begin(), f.begin() + (version == Version::kTwo ? 2 : 5));
    if (open) out.insert(out.end(), {0.0, 0.0});
  }
  if (open) {
    out.resize(out.size() + width_of(version, false));
    out.insert(out.end(), {1.0, std::log(static_cast<double>(question.items))});
  }
  return out;
}

struct Asked {
  std::size_t row = 0;
  Number truth = kNone;
  Choice choice;
};

auto ask(const std::vector<CaseRow>& rows, Version version, bool open) -> std::vector<Asked> {
  auto out = std::vector<Asked>{};
  for (auto r = std::size_t{0}; r < rows.size(); ++r) {
    const auto& row = rows[r];
    if (row.known) {
      const auto& groups = row.closed.groups;
      const auto at = std::lower_bound(groups.begin(), groups.end(), row.one->group);
      out.push_back({r,
                     row.one->group,
                     {features_of(row.closed, version, open),
                      static_cast<std::size_t>(at - groups.begin()), 1}});
    }
    if (open)
      out.push_back({r, kNone, {features_of(row.open, version, true), row.open.groups.size(), 1}});
  }
  return out;
}

auto judge(const Question& question, const std::vector<double>& features,
           const std::vector<double>& weights, bool open, std::size_t groups) -> Judged {
  const auto p = softmax(utilities_of(features, weights));
  auto out = Judged{};
  out.groups = question.groups;
  out.group.resize(groups);
  for (auto i = std::size_t{0}; i < question.groups.size(); ++i)
    out.group[question.groups[i]] = p[i];
  out.open = open;
  if (open) out.unknown = p.back();
  return out;
}

using Weights = std::array<std::vector<double>, kFolds>;

struct CrossFitted {
  std::vector<Judged> judged;
  Weights weights;
};

auto cross_fit(const Library& library, const std::vector<CaseRow>& rows, Version version, bool open)
    -> CrossFitted {
  const auto asked = ask(rows, version, open);
  auto out = CrossFitted{};
  auto start = std::vector<double>{};
  for (auto k = std::size_t{0}; k < kFolds; ++k) {
    auto choices = std::vector<const Choice*>{};
    for (const auto& one : asked)
      if (rows[one.row].fold != k) choices.push_back(&one.choice);
    start = fit_logit(choices, width_of(version, open), kPenalty, start);
    out.weights[k] = start;
  }
  for (const auto& one : asked) {
    const auto& row = rows[one.row];
    auto judged = judge(one.truth == kNone ? row.open : row.closed, one.choice.features,
                        out.weights[row.fold], open, library.groups.size());
    judged.truth = one.truth;
    judged.case_index = one.row;
    out.judged.push_back(std::move(judged));
  }
  return out;
}

auto count(std::size_t n) -> Figure { return static_cast<std::int64_t>(n); }

auto proper_figures(const Proper& p) -> std::vector<std::pair<std::string, Figure>> {
  return {{"n", count(p.n)},
          {"acc", p.accuracy},
          {"logloss", p.log_loss},
          {"brier", p.brier},
          {"ece", p.ece}};
}

void weight_rows(const std::string& name, const Weights& weights, Figures& out) {
  for (auto k = std::size_t{0}; k < kFolds; ++k) {
    auto figures = std::vector<std::pair<std::string, Figure>>{};
    for (auto i = std::size_t{0}; i < weights[k].size(); ++i)
      figures.emplace_back(std::to_string(i), weights[k][i]);
    out.push_back({"E", fmt::format("{}/w{}", name, k), std::move(figures)});
  }
}

void item_table(const std::vector<CaseRow>& rows, Figures& out) {
  struct Tally {
    double has = 0, n = 0, other = 0, of = 0;
  };
  auto tallies = std::map<std::string, Tally>{};
  for (const auto& row : rows)
    for (const auto& [bucket, has, other, n] : row.items) {
      auto& tally = tallies[bucket];
      tally.has += has ? 1 : 0;
      tally.n += 1;
      tally.other += other;
      tally.of += n;
    }
  for (const auto& [bucket, t] : tallies) {
    const auto yes = (t.has + .5) / (t.n + 1), no = (t.other + .5) / (t.of + 1);
    out.push_back({"D",
                   bucket,
                   {{"items", static_cast<std::int64_t>(t.n)},
                    {"p_true", yes},
                    {"p_other", no},
                    {"lr_match", yes / no},
                    {"lr_no_match", (1 - yes) / (1 - no)}}});
  }
}

void country_table(const Library& library, const std::vector<Judged>& judged, Figures& out) {
  const auto& country = library.country;
  auto n = 0.0, group = 0.0, by_top = 0.0, by_sum = 0.0;
  auto truths = std::map<std::string, std::size_t>{};
  auto bins = std::map<std::size_t, std::vector<std::pair<double, bool>>>{};
  for (const auto& one : judged) {
    const auto& truth = country[one.truth];
    if (truth.empty()) continue;
    n += 1;
    ++truths[truth];
    const auto top = top_of(one.group, one.groups);
    group += top == one.truth ? 1 : 0;
    by_top += country[top] == truth ? 1 : 0;
    auto sums = std::map<std::string, double>{};
    for (const auto g : one.groups)
      if (!country[g].empty()) sums[country[g]] += one.group[g];
    auto most = 0.0;
    for (const auto& [name, p] : sums) most = std::max(most, p);
    const auto best = std::find_if(sums.begin(), sums.end(),
                                   [&](const auto& entry) { return entry.second >= most - kTie; });
    const auto right = best->first == truth;
    by_sum += right ? 1 : 0;
    bins[std::min<std::size_t>(9, static_cast<std::size_t>(most * 10))].emplace_back(most, right);
  }
  if (n == 0) return;
  auto largest = std::size_t{0};
  for (const auto& [name, cases] : truths) largest = std::max(largest, cases);
  out.push_back({"G",
                 "roll-up",
                 {{"n", static_cast<std::int64_t>(n)},
                  {"group_top1", group / n},
                  {"country_by_top1", by_top / n},
                  {"country_by_sum", by_sum / n},
                  {"largest_country", static_cast<double>(largest) / n}}});
  for (const auto& [bin, members] : bins) {
    auto p = 0.0, right = 0.0;
    for (const auto& [value, hit] : members) {
      p += value;
      right += hit ? 1 : 0;
    }
    const auto size = static_cast<double>(members.size());
    out.push_back({"G",
                   fmt::format("bin{}", bin),
                   {{"n", count(members.size())}, {"mean_p", p / size}, {"acc", right / size}}});
  }
}

void closed_tables(const Library& library, const std::vector<CaseRow>& rows, Figures& out) {
  const auto plain = ask(rows, Version::kNaive, false);
  auto judged = std::vector<Judged>{};
  for (const auto& one : plain) {
    judged.push_back(
        judge(rows[one.row].closed, one.choice.features, {1.0}, false, library.groups.size()));
    judged.back().truth = one.truth;
  }
  out.push_back({"E", "closed/product of LRs", proper_figures(proper_scores(judged))});
  for (const auto& [version, name] :
       {std::pair<Version, std::string>{Version::kNaive, "closed/one discount"},
        {Version::kTwo, "closed/two discounts"},
        {Version::kFull, "closed/full stack"}}) {
    const auto fitted = cross_fit(library, rows, version, false);
    out.push_back({"E", name, proper_figures(proper_scores(fitted.judged))});
    auto ranks = std::vector<double>{};
    for (const auto& one : fitted.judged)
      ranks.push_back(rank_of(one.group, one.groups, one.truth));
    const auto s = summary_of(ranks);
    out.push_back({"E",
                   name + "/rank",
                   {{"n", count(s.n)},
                    {"top1", s.top1},
                    {"top3", s.top3},
                    {"top5", s.top5},
                    {"mrr", s.mrr}}});
    weight_rows(name, fitted.weights, out);
    if (version == Version::kFull) country_table(library, fitted.judged, out);
    if (version != Version::kTwo) continue;
    auto beta = std::array<double, 2>{};
    for (const auto& w : fitted.weights)
      for (const auto i : {0u, 1u}) beta[i] += w[i] / kFolds;
    for (const auto& [label, a, b] :
         {std::tuple<const char*, double, double>{"product of LRs", 1, 1},
          {"two discounts", beta[0], beta[1]}}) {
      auto target = std::vector<double>{}, other = std::vector<double>{};
      for (const auto& row : rows) {
        if (!row.known) continue;
        for (auto i = std::size_t{0}; i < row.closed.groups.size(); ++i) {
          const auto& f = row.closed.features[i];
          (row.closed.groups[i] == row.one->group ? target : other).push_back(a * f[0] + b * f[1]);
        }
      }
      const auto cost = cllr_of(target, other);
      out.push_back(
          {"E", std::string("Cllr/") + label, {{"cllr", cost.cllr}, {"min_cllr", cost.least}}});
    }
  }
}

auto open_tables(const Library& library, const std::vector<CaseRow>& rows, Figures& out)
    -> Weights {
  auto weights = Weights{};
  for (const auto& [version, name] :
       {std::pair<Version, std::string>{Version::kTwo, "open/two discounts"},
        {Version::kFull, "open/full stack"}}) {
    const auto fitted = cross_fit(library, rows, version, true);
    weights = fitted.weights;
    const auto proper = proper_scores(fitted.judged);
    out.push_back({"E", name, proper_figures(proper)});
    weight_rows(name, fitted.weights, out);
    auto known = std::vector<double>{}, unknown = std::vector<double>{};
    for (const auto& one : fitted.judged)
      (one.truth == kNone ? unknown : known).push_back(1 - one.unknown);
    out.push_back({"E",
                   name + "/unknown",
                   {{"known", count(known.size())},
                    {"unknown", count(unknown.size())},
                    {"auroc", auroc(known, unknown)}}});
    for (auto i = std::size_t{0}; i < proper.bins.size(); ++i) {
      const auto& bin = proper.bins[i];
      if (bin.n == 0) continue;
      const auto n = static_cast<double>(bin.n);
      out.push_back({"E",
                     fmt::format("{}/bin{}", name, i),
                     {{"n", static_cast<std::int64_t>(bin.n)},
                      {"mean_p", bin.p / n},
                      {"acc", static_cast<double>(bin.right) / n}}});
    }
    for (const auto* bound : {"0.3", "0.5", "0.8", "0.9", "0.95"}) {
      const auto gate = gate_at(fitted.judged, std::stod(bound));
      out.push_back({"E",
                     fmt::format("{}/gate{}", name, bound),
                     {{"named", count(gate.named)},
                      {"of", count(gate.of)},
                      {"knowable_named", gate.right_of_knowable},
                      {"precision", gate.precision},
                      {"false_accusations", gate.false_accusations}}});
    }
  }
  return weights;
}

// What the full stack names, and how much of that was planted.
void named_tables(const Library& library, const std::vector<CaseRow>& rows, const Weights& weights,
                  double threshold, Figures& out) {
  const auto posterior = [&](const CaseRow& row, Question question, std::size_t items) {
    question.items = items;
    return judge(question, features_of(question, Version::kFull, true), weights[row.fold], true,
                 library.groups.size());
  };
  const auto known = static_cast<double>(
      std::count_if(rows.begin(), rows.end(), [](const CaseRow& r) { return r.known; }));
  for (const auto kind : {kRare, kUsual})
    for (const auto k : {1u, 2u, 3u, 5u})
      for (const auto* bound : {"0.5", "0.9"}) {
        auto named = 0.0, framed = 0.0, truly = 0.0, flagged = 0.0;
        for (const auto& row : rows) {
          if (!row.known || row.framed[kind] == kNone) continue;
          const auto& outcome = row.planted[kind].at(k);
          const auto p = posterior(row, outcome.question, row.one->items.size() + k);
          const auto top = top_of(p.group, p.groups);
          if (p.group[top] < std::stod(bound)) continue;
          named += 1;
          truly += top == row.one->group ? 1 : 0;
          if (top != row.framed[kind]) continue;
          framed += 1;
          const auto& d = outcome.detection;
          flagged += d.framed_first && d.fall && *d.fall > threshold ? 1 : 0;
        }
        out.push_back({"F",
                       fmt::format("gated/{}/k={}/p>={}", kKindNames[kind], k, bound),
                       {{"named", static_cast<std::int64_t>(named)},
                        {"framed", framed / known},
                        {"true", truly / known},
                        {"framed_of_named", framed / std::max(1.0, named)},
                        {"framed_after_loud_quiet", (framed - flagged) / known}}});
      }
  const auto all = static_cast<double>(rows.size());
  for (const auto kind : {kRare, kUsual})
    for (const auto k : {1u, 3u})
      for (const auto* bound : {"0.5", "0.9"}) {
        auto named = 0.0, framed = 0.0, flagged = 0.0;
        for (const auto& row : rows) {
          const auto at = row.planted_unknown[kind].find(k);
          if (at == row.planted_unknown[kind].end()) continue;
          const auto& outcome = at->second;
          const auto p = posterior(row, outcome.question, row.one->items.size() + k);
          const auto top = top_of(p.group, p.groups);
          if (p.group[top] < std::stod(bound)) continue;
          named += 1;
          if (top != outcome.framed) continue;
          framed += 1;
          flagged += outcome.bm25_top == top && outcome.fall && *outcome.fall > threshold ? 1 : 0;
        }
        out.push_back(
            {"F",
             fmt::format("gated, true actor unknown/{}/k={}/p>={}", kKindNames[kind], k, bound),
             {{"named", static_cast<std::int64_t>(named)},
              {"framed", framed / all},
              {"framed_after_loud_quiet", (framed - flagged) / all}}});
      }
}

void planted_tables(const Library& library, const std::vector<CaseRow>& rows,
                    const Weights& weights, Figures& out) {
  for (auto kind = std::size_t{0}; kind < kKinds; ++kind)
    for (const auto k : kDepths)
      for (auto s = std::size_t{0}; s < kPlainScorers.size(); ++s) {
        auto n = 0.0, true1 = 0.0, true5 = 0.0, framed1 = 0.0;
        for (const auto& row : rows) {
          const auto at = row.planted[kind].find(k);
          if (at == row.planted[kind].end()) continue;
          const auto [truth, framed] = at->second.ranks[s];
          n += 1;
          true1 += truth < 1.5 ? 1 : 0;
          true5 += truth <= 5 ? 1 : 0;
          framed1 += framed < 1.5 ? 1 : 0;
        }
        if (n == 0) continue;
        out.push_back({"F",
                       fmt::format("{}/k={}/{}", kKindNames[kind], k, kPlainScorers[s].second),
                       {{"n", static_cast<std::int64_t>(n)},
                        {"true1", true1 / n},
                        {"true5", true5 / n},
                        {"framed1", framed1 / n}}});
      }
  auto falls = std::vector<double>{}, shares = std::vector<double>{};
  for (const auto& row : rows)
    if (row.known && row.honest_right && row.honest.fall) {
      falls.push_back(*row.honest.fall);
      shares.push_back(row.honest.concentration);
    }
  if (falls.empty()) return;
  std::sort(falls.begin(), falls.end());
  const auto threshold = falls[std::min(
      falls.size() - 1, static_cast<std::size_t>(.9 * static_cast<double>(falls.size())))];
  for (const auto kind : {kRare, kUsual})
    for (const auto k : {1u, 2u, 3u, 5u}) {
      auto framed = std::vector<double>{}, concentrated = std::vector<double>{};
      for (const auto& row : rows) {
        const auto at = row.planted[kind].find(k);
        if (at == row.planted[kind].end()) continue;
        const auto& d = at->second.detection;
        if (!d.framed_first || !d.fall) continue;
        framed.push_back(*d.fall);
        concentrated.push_back(d.concentration);
      }
      const auto caught = std::count_if(framed.begin(), framed.end(),
                                        [&](double fall) { return fall > threshold; });
      out.push_back({"F",
                     fmt::format("loud-quiet/{}/k={}", kKindNames[kind], k),
                     {{"framed", count(framed.size())},
                      {"honest", count(falls.size())},
                      {"auroc", auroc(framed, falls)},
                      {"threshold", threshold},
                      {"caught", static_cast<double>(caught) /
                                     std::max(1.0, static_cast<double>(framed.size()))},
                      {"auroc_concentration", auroc(concentrated, shares)}}});
    }
  named_tables(library, rows, weights, threshold, out);
  auto n = 0.0, flips = 0.0, right = 0.0, right_flips = 0.0;
  for (const auto& row : rows) {
    if (!row.known) continue;
    n += 1;
    flips += row.flips ? 1 : 0;
    right += row.honest_right ? 1 : 0;
    right_flips += row.honest_right && row.flips ? 1 : 0;
  }
  out.push_back({"F",
                 "fragility (BM25 top-1 flips when one item is removed)",
                 {{"n", static_cast<std::int64_t>(n)},
                  {"all", flips / std::max(1.0, n)},
                  {"right", right_flips / std::max(1.0, right)},
                  {"wrong", (flips - right_flips) / std::max(1.0, n - right)}}});
}

}  // namespace

void odds_tables(const Library& library, Figures& out) {
  if (library.cases.empty()) return;
  const auto rows = make_rows(library);
  auto groups = std::set<Number>{}, of_cases = std::set<Number>{};
  for (const auto& report : library.newest()) groups.insert(report.group);
  for (const auto& row : rows) of_cases.insert(row.one->group);
  out.push_back(
      {"0",
       "data",
       {{"cases", count(rows.size())},
        {"case_groups", count(of_cases.size())},
        {"documents", count(library.newest().size())},
        {"groups", count(groups.size())},
        {"campaigns", count(library.campaigns.size())},
        {"attributed", static_cast<std::int64_t>(std::count_if(
                           library.campaigns.begin(), library.campaigns.end(),
                           [](const PublishedCampaign& c) { return !c.groups.empty(); }))}}});
  out.push_back(
      {"0",
       "pm6",
       {{"rows", count(rows.size())},
        {"known", static_cast<std::int64_t>(std::count_if(
                      rows.begin(), rows.end(), [](const CaseRow& r) { return r.known; }))}}});
  item_table(rows, out);
  closed_tables(library, rows, out);
  const auto weights = open_tables(library, rows, out);
  planted_tables(library, rows, weights, out);
}

}  // namespace serjeant::neutral

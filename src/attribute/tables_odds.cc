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

namespace serjeant::neutral {
namespace {

constexpr auto kWindow = 6;
constexpr auto kLeastItems = 3u;
constexpr auto kPenalty = 0.01;
constexpr auto kQuietSpread = 4u;  // an item of more groups than this is quiet
constexpr auto kFeatures = std::size_t{5};
constexpr auto kDepths = std::array<std::size_t, 6>{0, 1, 2, 3, 5, 10};
constexpr auto kPlainScorers = std::array<std::pair<Scorer, const char*>, 3>{
    {{Scorer::kRatio, "llr"}, {Scorer::kBm25, "bm25"}, {Scorer::kCapped, "capped"}}};

using Features = std::vector<std::array<double, kFeatures>>;  // by place in `groups`

// What the stack is asked: candidates with their features, and which is right.
struct Question {
  std::vector<Number> groups;
  Features features;
  std::size_t items = 0;
};

// How a mixture behaves when it is asked about an answer that was planted.
struct Detection {
  bool framed_first = false;
  std::optional<double> fall;  // share of groups above the top one on quiet items alone
  double concentration = 0;    // share of the top group's support in three items
};

struct PlantedOutcome {
  std::array<std::pair<double, double>, 3> ranks;  // of the true and the framed group, by scorer
  Detection detection;
  Question question;
};

enum Kind { kRare, kRandom, kUsual, kKinds };
constexpr const char* kKindNames[] = {"rare", "random", "rare-usual"};

struct PlantedUnknown {
  Number framed = kNone, bm25_top = kNone;
  std::optional<double> fall;
  Question question;
};

struct CaseRow {
  const PublishedCase* one = nullptr;
  std::size_t fold = 0;
  bool known = false;
  Question closed, open;
  std::vector<std::tuple<std::string, bool, std::uint32_t, std::uint32_t>> items;
  Detection honest;
  bool honest_right = false, flips = false;
  std::array<Number, kKinds> framed{};
  std::array<std::map<std::size_t, PlantedOutcome>, kKinds> planted;
  std::array<std::map<std::size_t, PlantedUnknown>, kKinds> planted_unknown;
};

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
    if (profiles.spread(item) > kQuietSpread) quiet.push_back(item);
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

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "attribute/measures.h"
#include "attribute/profiles.h"
#include "attribute/tables.h"
#include "core/json.h"

namespace serjeant::neutral {
namespace {

constexpr auto kScorers =
    std::array<std::pair<Scorer, const char*>, 7>{{{Scorer::kSize, "size"},
                                                   {Scorer::kJaccard, "jaccard"},
                                                   {Scorer::kTfIdf, "tfidf"},
                                                   {Scorer::kBayes, "nb"},
                                                   {Scorer::kRatio, "llr"},
                                                   {Scorer::kBm25, "bm25"},
                                                   {Scorer::kNearest, "knn"}}};
using Ranks = std::array<std::vector<double>, kScorers.size()>;

auto summary_figures(std::span<const double> ranks) -> std::vector<std::pair<std::string, Figure>> {
  const auto s = summary_of(ranks);
  auto out = std::vector<std::pair<std::string, Figure>>{{"n", static_cast<std::int64_t>(s.n)}};
  if (s.n > 0)
    for (const auto& [name, value] : {std::pair<const char*, double>{"top1", s.top1},
                                      {"top3", s.top3},
                                      {"top5", s.top5},
                                      {"mrr", s.mrr}})
      out.emplace_back(name, value);
  return out;
}

auto techniques_of(const Library& library, const std::vector<Number>& items)
    -> std::vector<Number> {
  auto out = std::vector<Number>{};
  for (const auto item : items)
    if (library.is_technique[item]) out.push_back(item);
  return out;
}

auto holds(const std::vector<Number>& sorted, Number value) -> bool {
  return std::binary_search(sorted.begin(), sorted.end(), value);
}

void rank_all(const Profiles& profiles, const std::vector<Number>& query,
              std::span<const Number> truths, Ranks& into) {
  for (auto s = std::size_t{0}; s < kScorers.size(); ++s)
    into[s].push_back(
        rank_of_best(profiles.scores(query, kScorers[s].first), profiles.active(), truths));
}

auto near_in_time(const Report& report, Month month) -> bool {
  return report.month.known() && std::abs(report.month.number - month.number) <= kWindow;
}

struct Setting {
  const char* name;
  bool (*keep)(const Report&, const PublishedCase&);
};
constexpr auto kSettings = std::array<Setting, 4>{
    {{"plain", [](const Report&, const PublishedCase&) { return true; }},
     {"pm6", [](const Report& r, const PublishedCase& c) { return !near_in_time(r, c.month); }},
     {"pm6+publisher",
      [](const Report& r, const PublishedCase& c) {
        return !near_in_time(r, c.month) && r.publisher != c.publisher;
      }},
     {"before", [](const Report& r, const PublishedCase& c) {
        return r.month.known() && r.month.stamp < c.month.stamp;
      }}}};

}  // namespace

void campaign_table(const Library& library, Figures& out) {
  for (const auto leak : {false, true})
    for (const auto with_software : {false, true}) {
      auto profiles = Profiles(library, library.newest(), with_software);
      auto ranks = Ranks{};
      for (const auto& campaign : library.campaigns) {
        const auto techniques = techniques_of(library, campaign.items);
        if (campaign.groups.empty() || techniques.empty()) continue;
        profiles.leave_out(
            [&](const Report& r) { return !leak && holds(campaign.sources, r.source); });
        rank_all(profiles, with_software ? campaign.items : techniques, campaign.groups, ranks);
      }
      for (auto s = std::size_t{0}; s < kScorers.size(); ++s)
        out.push_back({"A",
                       fmt::format("{}/{}/{}", leak ? "leak" : "clean", with_software ? "TS" : "T",
                                   kScorers[s].second),
                       summary_figures(ranks[s])});
    }
}

void case_table(const Library& library, Figures& out) {
  for (const auto& setting : kSettings)
    for (const auto with_software : {false, true}) {
      auto profiles = Profiles(library, library.newest(), with_software);
      auto everything = Profiles(library, library.newest(), true);
      auto ranks = Ranks{};
      auto groups = std::vector<Number>{};
      for (const auto& one : library.cases) {
        const auto drop = [&](const Report& r) {
          return r.source == one.source || !setting.keep(r, one);
        };
        // Whether a group is known is asked of all its items, in either mode.
        everything.leave_out(drop);
        if (everything.size_of(one.group) < kLeastItems) continue;
        profiles.leave_out(drop);
        if (profiles.reports_of(one.group) == 0) continue;
        groups.push_back(one.group);
        rank_all(profiles, with_software ? one.items : techniques_of(library, one.items),
                 std::span(&one.group, 1), ranks);
      }
      for (auto s = std::size_t{0}; s < kScorers.size(); ++s) {
        auto figures = summary_figures(ranks[s]);
        if (kScorers[s].first == Scorer::kBm25 && !groups.empty()) {
          figures.emplace_back("se_top1", jackknife(ranks[s], groups, 1.5));
          figures.emplace_back("se_top5", jackknife(ranks[s], groups, 5));
        }
        out.push_back(
            {"B",
             fmt::format("{}/{}/{}", setting.name, with_software ? "TS" : "T", kScorers[s].second),
             std::move(figures)});
      }
    }
}

void release_table(const Library& library, Figures& out) {
  auto place = std::map<std::string, std::size_t, std::less<>>{};
  for (const auto& release : library.releases) place.emplace(release.version, place.size());
  const auto place_of = [&](const std::string& version) {
    const auto at = place.find(version);
    return at == place.end() ? std::size_t{0} : at->second;
  };
  // The last two releases have too few later cases to say anything.
  for (auto v = std::size_t{0}; v + 2 < library.releases.size(); ++v) {
    const auto& release = library.releases[v];
    const auto reports = library.reports.find(release.version);
    if (reports == library.reports.end()) continue;
    const auto profiles = Profiles(library, reports->second, true);
    auto ranks = Ranks{};
    auto known = std::int64_t{0}, unknown = std::int64_t{0};
    for (const auto& one : library.cases) {
      if (place_of(one.first_cited) <= v || one.month.stamp < release.released.stamp) continue;
      if (profiles.reports_of(one.group) == 0) {
        ++unknown;
        continue;
      }
      ++known;
      rank_all(profiles, one.items, std::span(&one.group, 1), ranks);
    }
    out.push_back(
        {"C",
         release.version + "/counts",
         {{"known", known},
          {"unknown", unknown},
          {"unknown_share", static_cast<double>(unknown) /
                                static_cast<double>(std::max(std::int64_t{1}, known + unknown))}}});
    for (auto s = std::size_t{0}; s < kScorers.size(); ++s)
      out.push_back({"C", release.version + "/" + kScorers[s].second, summary_figures(ranks[s])});
  }
  for (const auto* version : {"13.1", "14.1"}) {
    const auto reports = library.reports.find(version);
    if (reports == library.reports.end() || !place.contains(version)) continue;
    const auto& old = library.releases[place_of(version)].attributed_campaigns;
    const auto profiles = Profiles(library, reports->second, true);
    for (const auto clean : {false, true}) {
      auto ranks = Ranks{};
      for (const auto& campaign : library.campaigns) {
        if (campaign.groups.empty() ||
            std::find(old.begin(), old.end(), campaign.id) != old.end() ||
            techniques_of(library, campaign.items).empty())
          continue;
        auto groups = std::vector<Number>{};
        for (const auto g : campaign.groups)
          if (profiles.reports_of(g) > 0) groups.push_back(g);
        if (groups.empty()) continue;
        const auto cites = [&](const Report& r) {
          return holds(campaign.sources, r.source) && holds(groups, r.group);
        };
        if (clean && std::any_of(reports->second.begin(), reports->second.end(), cites)) continue;
        rank_all(profiles, campaign.items, groups, ranks);
      }
      for (auto s = std::size_t{0}; s < kScorers.size(); ++s) {
        const auto by = kScorers[s].first;
        if (by != Scorer::kJaccard && by != Scorer::kRatio && by != Scorer::kBm25) continue;
        out.push_back({"C",
                       fmt::format("campaigns after {}/{}/{}", version, clean ? "clean" : "all",
                                   kScorers[s].second),
                       summary_figures(ranks[s])});
      }
    }
  }
}

void toy_table(const Library& library, Figures& out) {
  // Behaviour that was described in public of mails with tracking links; the
  // right answer to it is that nobody can be named.
  auto query = std::vector<Number>{};
  const auto profiles = Profiles(library, library.newest(), true);
  auto spread = std::vector<std::pair<std::string, Figure>>{};
  for (const auto* id : {"T1598", "T1598.003", "T1566.002", "T1589.002", "T1114.002", "T1567.002",
                         "T1583.001", "T1584.008"}) {
    const auto item = library.item(id);
    if (item == kNone) continue;
    query.push_back(item);
    spread.emplace_back(id, static_cast<std::int64_t>(profiles.spread(item)));
  }
  std::sort(query.begin(), query.end());
  const auto truth = library.group("G0128");
  if (truth == kNone) return;
  for (const auto& [by, name] : {std::pair<Scorer, const char*>{Scorer::kBm25, "bm25"},
                                 {Scorer::kRatio, "llr"},
                                 {Scorer::kNearest, "knn"}}) {
    const auto scores = profiles.scores(query, by);
    auto order = profiles.active();
    std::stable_sort(order.begin(), order.end(),
                     [&](Number a, Number b) { return scores[a] > scores[b]; });
    auto first = std::vector<std::string>{};
    for (auto i = std::size_t{0}; i < std::min<std::size_t>(6, order.size()); ++i)
      first.push_back(library.groups[order[i]]);
    out.push_back({"H",
                   name,
                   {{"rank_G0128", rank_of(scores, profiles.active(), truth)},
                    {"top", fmt::format("{}", fmt::join(first, " "))}}});
  }
  out.push_back({"H", "df", std::move(spread)});
}

auto figures_json(const Figures& figures) -> std::string {
  auto tables = std::vector<std::string>{};
  for (const auto& row : figures)
    if (std::find(tables.begin(), tables.end(), row.table) == tables.end())
      tables.push_back(row.table);
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object().key("figures").begin_object();
  for (const auto& table : tables) {
    json.key(table).begin_object();
    for (const auto& row : figures) {
      if (row.table != table) continue;
      json.key(row.row).begin_object();
      for (const auto& [name, figure] : row.figures) {
        json.key(name);
        if (const auto* number = std::get_if<double>(&figure))
          json.raw(fmt::format("{:.4f}", *number));
        else if (const auto* count = std::get_if<std::int64_t>(&figure))
          json.number(*count);
        else
          json.text(std::get<std::string>(figure));
      }
      json.end_object();
    }
    json.end_object();
  }
  json.end_object().end_object();
  return out + "\n";
}

}  // namespace serjeant::neutral

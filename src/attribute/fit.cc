#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "attribute/answers.h"
#include "attribute/logit.h"
#include "attribute/parameters.h"

namespace serjeant::neutral {
namespace {

constexpr auto kPenalty = 0.1;
constexpr auto kPlantedWeight = 0.2;  // of a question with planted items beside an honest one
constexpr auto kLeastCases = std::size_t{50};
// Interactions that only the wary weights use: where a few rare items stand
// against the rest.
constexpr auto kFirstWary = std::size_t{17};
static_assert(kFeatureNames[kFirstWary] == "loud-and-quiet");

struct Example {
  Choice honest, wary;
  bool planted = false;
  FoldSet folds = 0;
};

auto compact(const Described& described, bool wary) -> std::vector<double> {
  auto out = std::vector<double>{};
  for (auto r = std::size_t{0}; r < described.rows.size() / kWidth; ++r)
    for (auto c = std::size_t{0}; c < kWidth; ++c)
      if (wary || c < kFirstWary || c >= kCandidateFeatures)
        out.push_back(described.rows[r * kWidth + c]);
  return out;
}

auto widen(const std::vector<double>& narrow_weights) -> std::vector<double> {
  auto out = narrow_weights;
  out.insert(out.begin() + kFirstWary, kCandidateFeatures - kFirstWary, 0.0);
  return out;
}

// The answer is the case's group, or unknown where that was taken out.
auto examples_of(const Library& library, Parameters& parameters) -> std::vector<Example> {
  auto case_of = std::map<std::string_view, const PublishedCase*>{};
  for (const auto& one : library.cases) case_of.emplace(one.id, &one);
  auto out = std::vector<Example>{};
  auto answerer = Answerer(library, library.newest(), parameters);
  for (const auto& trial : library.trials) {
    const auto found = case_of.find(trial.case_id);
    if (found == case_of.end()) continue;
    const auto& described = answerer.describe(trial);
    const auto truth = found->second->group;
    const auto at = std::lower_bound(described.groups.begin(), described.groups.end(), truth);
    const auto known = at != described.groups.end() && *at == truth;
    if (!known && trial.group == kNone) continue;
    auto example = Example{};
    example.planted = trial.name.find('/') != std::string::npos;
    example.folds = FoldSet{1} << fold_of(library.groups[truth]);
    const auto right = static_cast<std::size_t>(at - described.groups.begin());
    example.wary = {compact(described, true), known ? right : described.groups.size(),
                    example.planted ? kPlantedWeight : 1};
    if (!example.planted) example.honest = {compact(described, false), example.wary.right, 1};
    ++(example.planted ? parameters.planted : parameters.questions);
    out.push_back(std::move(example));
  }
  return out;
}

}  // namespace

auto fit_parameters(const Library& library) -> Result<Parameters> {
  auto out = Parameters{};
  out.data = library.digest;
  out.cases = static_cast<std::int64_t>(library.cases.size());
  for (const auto& [version, reports] : library.reports)
    if (&reports == &library.newest()) out.release = version;
  for (const auto& report : library.newest()) out.newest = std::max(out.newest, report.month.stamp);
  const auto examples = examples_of(library, out);
  if (library.cases.size() < kLeastCases || out.questions == 0 || out.planted == 0)
    return fail(Code::kMalformed,
                "too few cases to learn from: 50 at least, with their trials, some of them with "
                "planted items");
  auto honest = std::vector<double>{}, wary = std::vector<double>{};
  for (auto left_out = FoldSet{0}; left_out < kAllFolds; ++left_out) {
    auto plain = std::vector<const Choice*>{}, all = std::vector<const Choice*>{};
    for (const auto& example : examples) {
      if ((example.folds & left_out) != 0) continue;
      all.push_back(&example.wary);
      if (!example.planted) plain.push_back(&example.honest);
    }
    auto set = WeightSet{};
    set.left_out = left_out;
    // The first set is of all data and a good start for the others.
    set.honest = fit_logit(plain, kWidth - (kCandidateFeatures - kFirstWary), kPenalty, honest);
    set.wary = fit_logit(all, kWidth, kPenalty, wary);
    if (left_out == 0) {
      honest = set.honest;
      wary = set.wary;
    }
    set.honest = widen(set.honest);
    out.sets.push_back(std::move(set));
  }
  return out;
}

}  // namespace serjeant::neutral

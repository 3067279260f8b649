#include "attribute/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "attribute/logit.h"
#include "attribute/measures.h"
#include "core/json.h"

namespace serjeant::neutral {
namespace {

constexpr auto kLeastWritten = 1e-7;

// Place of the likeliest group; `unknown`, the last, is not asked.
auto first_of(const std::vector<double>& posterior) -> std::size_t {
  return static_cast<std::size_t>(
      std::max_element(posterior.begin(), posterior.end() - 1,
                       [](double a, double b) { return a < b - kTie; }) -
      posterior.begin());
}

}  // namespace

Answerer::Answerer(const Library& library, std::span<const Report> reports,
                   const Parameters& parameters)
    : library_(library),
      reports_(reports),
      parameters_(parameters),
      describer_(library),
      profiles_(library, reports, true) {}

auto Answerer::folds_of(const Trial& trial) const -> FoldSet {
  auto out = FoldSet{0};
  const auto leave_out = [&](Number g) { out |= FoldSet{1} << fold_of(library_.groups[g]); };
  if (trial.group != kNone) leave_out(trial.group);
  if (trial.source != kNone)
    for (const auto& report : reports_)
      if (report.source == trial.source) leave_out(report.group);
  return out;
}

void Answerer::set_knowledge(const Trial& trial) {
  // The trials of one case follow each other; most ask of the same knowledge.
  if (set_ && standing_.source == trial.source && standing_.group == trial.group &&
      standing_.window == trial.window && standing_.month.number == trial.month.number &&
      standing_.month.known() == trial.month.known())
    return;
  profiles_.leave_out([&](const Report& r) {
    return (trial.source != kNone && r.source == trial.source) ||
           (trial.group != kNone && r.group == trial.group) ||
           (r.month.known() && trial.month.known() &&
            std::abs(r.month.number - trial.month.number) <= trial.window);
  });
  standing_ = trial;
  set_ = true;
}

auto Answerer::describe(const Trial& trial) -> const Described& {
  set_knowledge(trial);
  return described_ = describer_.describe(profiles_, trial.items, trial.month);
}

auto Answerer::posterior_of(const Described& described, FoldSet left_out,
                            std::vector<double> WeightSet::*weights) const -> std::vector<double> {
  if (left_out != 0 && left_out != kAllFolds)
    return softmax(utilities_of(described.rows, parameters_.without(left_out).*weights));
  auto utilities = std::vector<double>{};
  for (auto k = std::size_t{0}; k < kFolds; ++k) {
    const auto fold = FoldSet{1} << k;
    const auto of_fold = utilities_of(described.rows, parameters_.without(fold).*weights);
    utilities.resize(of_fold.size());
    for (auto i = std::size_t{0}; i < described.groups.size(); ++i)
      if (fold_of(library_.groups[described.groups[i]]) == k) utilities[i] = of_fold[i];
    utilities.back() += of_fold.back() / static_cast<double>(kFolds);
  }
  return softmax(utilities);
}

auto Answerer::may_be_named(const Trial& trial, const Answer& answer, FoldSet left_out) -> bool {
  const auto bounds = NamingBounds{};
  const auto at = first_of(answer.honest);
  if (answer.groups[at] != answer.first || first_of(answer.wary) != at ||
      answer.honest[at] < bounds.honest || answer.wary[at] < bounds.wary)
    return false;
  auto support = std::vector<Number>{};
  for (const auto item : trial.items)
    if (profiles_.has(answer.first, item)) support.push_back(item);
  // Techniques alone name nobody, however many; nor do so few items that as many
  // planted ones would have sufficed.
  if (support.size() <= bounds.taken ||
      std::all_of(support.begin(), support.end(),
                  [&](Number item) { return library_.is_technique[item]; }))
    return false;
  std::stable_sort(support.begin(), support.end(),
                   [&](Number a, Number b) { return profiles_.spread(a) < profiles_.spread(b); });
  support.resize(std::min(support.size(), bounds.taken));
  auto rest = trial;
  std::erase_if(rest.items, [&](Number item) {
    return std::find(support.begin(), support.end(), item) != support.end();
  });
  return posterior_of(describe(rest), left_out, &WeightSet::honest)[at] >= bounds.remaining;
}

auto Answerer::answer(const Trial& trial) -> Answer {
  const auto& described = describe(trial);
  const auto left_out = folds_of(trial);
  auto out = Answer{};
  out.groups = described.groups;
  out.honest = posterior_of(described, left_out, &WeightSet::honest);
  out.wary = posterior_of(described, left_out, &WeightSet::wary);
  for (auto i = std::size_t{0}; i < out.honest.size(); ++i)
    out.posterior.push_back((1 - kWaryShare) * out.honest[i] + kWaryShare * out.wary[i]);
  if (out.groups.empty()) return out;
  const auto at = first_of(out.posterior);
  out.first = out.groups[at];
  out.doubt = std::log(std::max(out.honest[at], 1e-9) / std::max(out.wary[at], 1e-9));
  if (may_be_named(trial, out, left_out)) out.named = out.first;
  return out;
}

auto answer_line(const Library& library, const Trial& trial, const Answer& answer) -> std::string {
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object();
  json.field("trial", std::string_view(trial.name));
  json.field("case_id", std::string_view(trial.case_id));
  json.key("posterior").begin_object();
  auto order = std::vector<std::size_t>{};
  auto unknown = answer.posterior.back();
  for (auto i = std::size_t{0}; i < answer.groups.size(); ++i)
    if (answer.posterior[i] >= kLeastWritten)
      order.push_back(i);
    else
      unknown += answer.posterior[i];
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return answer.posterior[a] > answer.posterior[b];
  });
  for (const auto i : order)
    json.key(library.groups[answer.groups[i]]).raw(fmt::format("{:.8f}", answer.posterior[i]));
  json.key("unknown").raw(fmt::format("{:.8f}", unknown));
  json.end_object();
  json.key("named");
  if (answer.named == kNone)
    json.null();
  else
    json.text(library.groups[answer.named]);
  json.key("doubt").raw(fmt::format("{:.3f}", answer.doubt));
  json.end_object();
  return out + "\n";
}

auto answer_trials(const Library& library, const Parameters& parameters) -> Result<std::string> {
  auto answerers = std::map<std::string, std::unique_ptr<Answerer>, std::less<>>{};
  auto out = std::string{};
  for (const auto& trial : library.trials) {
    auto& answerer = answerers[trial.version];
    if (!answerer) {
      const auto reports = library.reports.find(trial.version);
      if (!trial.version.empty() && reports == library.reports.end())
        return fail(Code::kNotFound, fmt::format("a question asks for release '{}', of which there "
                                                 "is no kb/kb-{}.jsonl",
                                                 trial.version, trial.version));
      answerer = std::make_unique<Answerer>(
          library, trial.version.empty() ? library.newest() : reports->second, parameters);
    }
    out += answer_line(library, trial, answerer->answer(trial));
  }
  return out;
}

}  // namespace serjeant::neutral

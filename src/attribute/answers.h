#pragma once

#include <string>
#include <vector>

#include "attribute/features.h"
#include "attribute/parameters.h"

// Answers to ready questions: a posterior over the groups known and `unknown`,
// and a name only where every condition for naming holds (docs/attribution.md).
namespace serjeant::neutral {

// Share of the wary view in the posterior: how often a published case is taken
// to hold planted items. A judgement; it costs .001 of log-loss (decision 0151).
constexpr auto kWaryShare = 0.1;

// Conditions for naming, judged on the development cases (decision 0151). A
// name needs all of them, and support by software: techniques alone name nobody.
struct NamingBounds {
  double honest = 0.70;      // least posterior by the honest weights
  double wary = 0.45;        // least posterior by the wary ones, where it must be first too
  std::size_t taken = 3;     // this many of its rarest items taken away ...
  double remaining = 0.002;  // ... must leave this posterior
};

struct Answer {
  std::vector<Number> groups;        // ascending
  std::vector<double> posterior;     // by place in `groups`, then `unknown`; sums to 1
  std::vector<double> honest, wary;  // what it is mixed from
  Number first = kNone;              // likeliest group; ties to the smaller
  Number named = kNone;
  // Nats by which the honest weights believe the first group more than the wary
  // ones do: high where the support is of the kind that can be planted.
  double doubt = 0;
};

class Answerer {
 public:
  // All three must outlive this.
  Answerer(const Library& library, std::span<const Report> reports, const Parameters& parameters);

  // The weights are of folds without the groups that the dropped source speaks
  // of and without the dropped group. If that leaves none out, each group is
  // scored by weights that its own cases had no part in.
  auto answer(const Trial& trial) -> Answer;

  // The folds that the weights for `trial` must not have seen.
  auto folds_of(const Trial& trial) const -> FoldSet;
  // The features, for fitting; valid until the next call.
  auto describe(const Trial& trial) -> const Described&;

 private:
  void set_knowledge(const Trial& trial);
  auto may_be_named(const Trial& trial, const Answer& answer, FoldSet left_out) -> bool;
  auto posterior_of(const Described& described, FoldSet left_out,
                    std::vector<double> WeightSet::*weights) const -> std::vector<double>;

  const Library& library_;
  std::span<const Report> reports_;
  const Parameters& parameters_;
  Describer describer_;
  Profiles profiles_;
  Trial standing_;  // whose knowledge the profiles hold now
  bool set_ = false;
  Described described_;
};

// One line of JSON for a trial and its answer, with its newline: posterior, name
// or null, and doubt to three places. Posteriors
// below 1e-7 are left out and counted to `unknown`, so that the line still sums
// to 1.
auto answer_line(const Library& library, const Trial& trial, const Answer& answer) -> std::string;

// All trials of `library` in their order. Fails if a trial asks for a release
// that is not there.
auto answer_trials(const Library& library, const Parameters& parameters) -> Result<std::string>;

}  // namespace serjeant::neutral

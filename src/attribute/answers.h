#pragma once

#include <string>
#include <vector>

#include "attribute/features.h"
#include "attribute/parameters.h"

// Answers to ready questions: a posterior over the groups known and `unknown`,
// and a name only where every condition for naming holds (docs/attribution.md).
namespace serjeant::neutral {

// Conditions for naming. Judged on the development cases; a name needs all.
struct NamingBounds {
  double honest = 0.50;  // least posterior
  double wary = 0.64;    // least posterior where planting is expected
};

struct Answer {
  std::vector<Number> groups;     // ascending
  std::vector<double> posterior;  // by place in `groups`, then `unknown`; sums to 1
  std::vector<double> wary;       // the same by the wary weights
  Number first = kNone;           // likeliest group; ties to the smaller
  Number named = kNone;
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

// One line of JSON for a trial and its answer, with its newline. Posteriors
// below 1e-7 are left out and counted to `unknown`, so that the line still sums
// to 1.
auto answer_line(const Library& library, const Trial& trial, const Answer& answer) -> std::string;

// All trials of `library` in their order. Fails if a trial asks for a release
// that is not there.
auto answer_trials(const Library& library, const Parameters& parameters) -> Result<std::string>;

}  // namespace serjeant::neutral

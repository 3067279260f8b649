#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "attribute/features.h"

// The weights of the stack, learned from published cases, and what they were
// learned from. There is a set for every choice of folds that are left out, so
// that a question can be answered without weights that have seen its group.
namespace serjeant::neutral {

using FoldSet = std::uint32_t;  // bit k = fold k
constexpr auto kAllFolds = FoldSet{(1u << kFolds) - 1};

struct WeightSet {
  FoldSet left_out = 0;
  // `honest` is fitted to questions as they were published; `wary` to those and
  // to the same with planted items, so that it is slow to believe a few rare ones.
  std::vector<double> honest, wary;  // kWidth each
};

struct Parameters {
  std::string data;         // SHA-256 over the folder, as in Library::digest
  std::string release;      // of the knowledge
  std::int32_t newest = 0;  // stamp of the newest dated report
  std::int64_t cases = 0, questions = 0, planted = 0;
  std::vector<WeightSet> sets;  // by `left_out`: every choice but all folds

  auto without(FoldSet folds) const -> const WeightSet&;  // folds != kAllFolds
};

// One JSON object; rows of weights in the order of kFeatureNames and
// kQuestionNames, which are written with them. Numbers in the shortest spelling
// that reads back the same. Reading fails if a set or a weight is missing, or
// if the names are not those of this program.
auto write_parameters(const Parameters& parameters) -> std::string;
auto read_parameters(std::string_view json) -> Result<Parameters>;
// Those that the program was built with.
auto built_in_parameters() -> Result<Parameters>;

// Learns all sets from `library`, which must hold cases and their trials. Fails
// if it has too few. Takes about a minute on one core for 4,000 trials; the same
// library gives the same bytes.
auto fit_parameters(const Library& library) -> Result<Parameters>;

}  // namespace serjeant::neutral

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "store/case_reader.h"

// Compares a case with the truth of an exercise, measure by measure.
namespace serjeant {

// One line of the score. A measure that the evidence in the case cannot answer
// has no value, and `detail` says why.
struct Measure {
  enum class State { kFailed, kPassed, kNotTestable };
  std::string name;
  std::string value;  // JSON number, or "null"
  std::string bar;    // in words, as docs/exercise.md lists them
  State state = State::kNotTestable;
  std::string detail;  // JSON object: counts, and "worst": misses with locators
};

struct ScoreReport {
  std::vector<Measure> measures;
  auto ok() const -> bool;             // no measure failed
  auto ndjson() const -> std::string;  // {"measure","value","bar","ok","detail"} a line
};

// `truth` is the folder truth/ of an exercise; the evidence beside it is read
// where a name can only be made from bytes (the ids of mails). Fails if the
// folder is not of a truth this build understands, or a file cannot be read.
auto score_case(const CaseReader& reader, const std::string& truth) -> Result<ScoreReport>;

}  // namespace serjeant

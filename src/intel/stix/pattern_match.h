#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/value.h"
#include "intel/stix/moment.h"
#include "intel/stix/pattern.h"

// Matching of patterns against observations (STIX 2.1, section 9.3): which
// observations can be bound to the pattern's brackets, no instance of one twice,
// so that all operators and qualifiers hold.
namespace serjeant::stix {

// Something that was seen, once or several times, within an interval.
struct Observation {
  Value record;                // the observed-data object
  std::vector<Value> objects;  // what was observed
  // Where references lead: a bundle's array of objects, or the `objects`
  // dictionary of STIX 2.0, whose keys are the ids.
  Value surroundings;
  Moment first, last;
  std::uint64_t count = 1;  // number_observed
};

// Observations of a list of observed-data (2.0) and bundles (2.1), in order. Fails
// if one has no right times or a number_observed below 1.
auto read_observations(Value list) -> Result<std::vector<Observation>>;

enum class MatchVerdict : std::uint8_t {
  kMatch,
  kNoMatch,
  kError,      // the pattern cannot be evaluated; `why` says it
  kUndecided,  // the work would have been too much
};
struct MatchOutcome {
  MatchVerdict verdict = MatchVerdict::kNoMatch;
  std::string why = {};
  // Indices of the observations bound first, in order, each once.
  std::vector<std::uint32_t> bound = {};
};

struct MatchLimits {
  std::uint64_t steps = 4'000'000;  // bindings looked at, each a fraction of a microsecond
};

// Values in the observations must outlive the call; nothing is kept. Memory is
// bounded by the limits too.
auto match_pattern(const Pattern& pattern, const std::vector<Observation>& observations,
                   MatchLimits limits = {}) -> MatchOutcome;

}  // namespace serjeant::stix

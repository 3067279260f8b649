#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "detect/matcher.h"

// Judges test vectors of the rule language: one JSON object a line with `id`,
// `kind` (rule, correlation, filter, route), rules as YAML text, events, and
// what is expected (docs/rules.md, "Vectors"). For conformance tests; the
// program runs them by `serjeant detect --vectors FILE`.
namespace serjeant {

struct VectorCounts {
  std::size_t agreed = 0;
  std::size_t differed = 0;
  std::size_t unreadable = 0;  // lines that are no vector
};

// Appends a line for each vector: `ok ID`, or `differs ID: expected .., got ..`.
auto run_vectors(std::string_view ndjson, std::string& out, Engine engine = Engine::kBoth)
    -> VectorCounts;

}  // namespace serjeant

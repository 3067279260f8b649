#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Judges test vectors of STIX: one JSON object a line with `id`, `input`, `op` or
// `options` where needed, and `expect` (docs/formats/stix.md, "Vectors"). What a
// vector asks is told by the begin of its id. For conformance tests; the program
// runs them by `serjeant intel vectors FILE`.
namespace serjeant::stix {

struct VectorCounts {
  std::size_t agreed = 0;
  std::size_t differed = 0;
  std::size_t unjudged = 0;  // ask for what is not built, or are no vectors
};

// Appends a line for each vector: `ok ID`, `differs ID: expected .., got ..`, or
// `unjudged ID`.
auto run_vectors(std::string_view ndjson, std::string& out) -> VectorCounts;

}  // namespace serjeant::stix

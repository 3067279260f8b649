#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "intel/knowledge.h"
#include "store/case_writer.h"

// Who did it: rival hypotheses with graded odds, `unknown` always among them.
namespace serjeant {

// A technique that findings of this case show.
struct ObservedTechnique {
  std::string id;                  // as the rule tags it: "T1114.003"
  std::uint64_t count = 0;         // findings
  std::vector<Id> findings;        // some of them, for the claim's evidence
  std::vector<Span> spans;         // of those findings, same order
  std::vector<std::string> rules;  // titles of the rules that said so, sorted, each once
  MaybeTime first, last;
};

struct AttributeSummary {
  std::uint64_t hypotheses = 0;
  std::string top;  // name of the strongest hypothesis, for the terminal
  std::int64_t posterior = 0;
  bool named = false;
  std::string sentence;  // what may be said at this strength
};

// Adds items of evidence, hypotheses, factors, assessments and sensitivity to
// `out`. Without knowledge, or without an observed technique that it knows, no
// question is asked and nothing is added.
auto attribute(const Knowledge* knowledge, std::span<const ObservedTechnique> observed,
               CaseWriter& out) -> Result<AttributeSummary>;

}  // namespace serjeant

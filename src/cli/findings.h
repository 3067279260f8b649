#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "attribute/attribute.h"
#include "cli/inputs.h"
#include "detect/matcher.h"
#include "store/case_writer.h"
#include "store/runs.h"

// Findings on their way from the workers' runs into the case.
namespace serjeant::cli {

struct Counts {
  std::uint64_t findings = 0, repeats = 0, rules_loaded = 0, rules_rejected = 0;
  std::map<std::uint32_t, std::uint64_t> by_rule;  // index into the rule set
};

// The key under which a worker leaves a finding: what one record that was
// exported twice says twice lies side by side.
auto finding_key(const Finding& finding, const Event& event) -> std::string;
auto match_key(const BaseMatch& match) -> std::string;
void encode_match(const BaseMatch& match, std::string& out);
auto decode_match(std::string_view bytes, BaseMatch& out) -> bool;

// Enters rules, findings (those of correlations too) and the events that they
// cite. Gives the techniques that the rules' tags name, sorted.
auto write_findings(const Inputs& inputs, const RuleSet& rules,
                    const std::vector<std::string>& runs, Counts& counts, CaseWriter& out)
    -> Result<std::vector<ObservedTechnique>>;

}  // namespace serjeant::cli

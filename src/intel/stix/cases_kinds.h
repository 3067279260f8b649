#pragma once

#include <string>

#include "core/result.h"
#include "core/value.h"
#include "intel/stix/cases.h"

// The answers to questions of one subject each; `cases.cc` chooses among them.
namespace serjeant::stix {

auto answer_pattern_valid(const CaseFile& file, Value question) -> Result<std::string>;
auto answer_pattern_inspect(const CaseFile& file, Value question) -> Result<std::string>;
auto answer_pattern_match(const CaseFile& file, Value question) -> Result<std::string>;
auto answer_pattern_equivalence(const CaseFile& file, Value question) -> Result<std::string>;

auto answer_validate(const CaseFile& file, Value question) -> Result<std::string>;

}  // namespace serjeant::stix

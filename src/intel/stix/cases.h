#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/value.h"
#include "intel/stix/validate.h"

// Ready questions about STIX, as conformance vectors put them: one JSON object a
// line with `id`, `input` and, where they are needed, `op` and `options`. What
// the kinds of questions are, and what is answered, is told in docs/formats/stix.md.
namespace serjeant::stix {

// What the answers to questions of one file need to know besides them.
struct CaseFile {
  std::string kind;         // "jcs-own", "pattern-match", ...: the file's name without its end
  Value observations = {};  // for pattern-match: object of lists of observed-data or bundles
  // For the validator: what `options.schema_dir` stands for, of 2.0 and 2.1.
  UserSchemas schemas_20 = {}, schemas_21 = {};
};

// Answers one question with a JSON object of the shape of the vectors' `expect`.
// Fails if the kind is unknown or the question is not of its form.
auto answer_case(const CaseFile& file, Value question) -> Result<std::string>;
// Does the program know questions of this kind?
auto knows_case_kind(std::string_view kind) -> bool;

}  // namespace serjeant::stix

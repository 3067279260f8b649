#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "store/case_reader.h"

namespace serjeant {

// One topic of a case as rows of named cells, for tables on a terminal, for
// CSV, and (`json`) as NDJSON with keys in a fixed order.
// Topics here: summary, sources, findings, persons, campaigns, hypotheses,
// claims, timeline; expose/show.h has accounts, sessions, items, coverage.
auto show_topics() -> const std::vector<std::string_view>&;
auto show_json(const CaseReader& reader, std::string_view topic, std::string& out) -> Result<>;
// The first row is the head.
auto show_table(const CaseReader& reader, std::string_view topic)
    -> Result<std::vector<std::vector<std::string>>>;

}  // namespace serjeant

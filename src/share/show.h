#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "store/case_reader.h"

namespace serjeant {

// One topic of a case as rows of named cells, for tables on a terminal, for
// CSV, and (`json`) as NDJSON with keys in a fixed order.
// expose/show.h tells accounts, sessions, items and coverage as NDJSON in full.
auto show_topics() -> const std::vector<std::string_view>&;
auto show_json(const CaseReader& reader, std::string_view topic, std::string& out) -> Result<>;
// The first row is the head, also of a topic that has no rows. Tables for people
// leave out ids, hashes and what else only a program can use.
enum class ForWhom { kPeople, kPrograms };
auto show_table(const CaseReader& reader, std::string_view topic, ForWhom whom)
    -> Result<std::vector<std::vector<std::string>>>;

}  // namespace serjeant

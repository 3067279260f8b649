#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"
#include "expose/expose.h"
#include "store/case_writer.h"

namespace serjeant::cli {

// Who is who, from a CSV with the columns person, address, kind (work or
// private), role, organisation, group, from, to; only person and address are
// needed, others may be absent or in any order. Names stay in the file: a
// person is a pseudonym made from the name and the organisation.
// Fails if the bytes are no such table.
auto read_roster(std::string_view bytes, std::uint32_t source) -> Result<std::vector<RosterEntry>>;

// Adds person and person_role rows.
void write_roster(const std::vector<RosterEntry>& roster, CaseWriter& out);

}  // namespace serjeant::cli

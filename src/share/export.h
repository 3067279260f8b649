#pragma once

#include <string>

#include "core/result.h"
#include "store/case_reader.h"

namespace serjeant {

// A STIX 2.1 bundle of the case (OASIS, 10 June 2021): identities, campaigns,
// infrastructure, indicators, observed data, sightings, reports, notes and
// opinions, each with its TLP marking; ids are UUIDv5 of content, so the same
// case gives the same bytes.
auto export_stix(const CaseReader& reader) -> Result<std::string>;

// An ATT&CK Navigator layer (format 4.5) of the techniques observed.
auto export_navigator(const CaseReader& reader) -> Result<std::string>;

// Hosts and addresses of campaigns and takeovers, one a line with a comment
// that says why; never those of shared services or of the evidence's own house.
auto export_blocklist(const CaseReader& reader) -> Result<std::string>;

// One CSV file a topic (RFC 4180, UTF-8) into `folder`, which is made if absent.
// Cells that a spreadsheet would run are defused by an apostrophe.
auto export_csv(const CaseReader& reader, const std::string& folder) -> Result<>;

}  // namespace serjeant

#pragma once

#include <vector>

#include "share/citations.h"
#include "share/html.h"
#include "share/picture.h"
#include "store/case_reader.h"

// The chapters of the dossier, one function each. What is too long for a page is
// cut with its count and the command that shows the rest.
namespace serjeant {

struct Page {
  const CaseReader& reader;
  Citations& citations;
  Html& html;
};

auto write_summary(Page& page) -> Result<>;
auto write_timeline(Page& page) -> Result<>;
auto write_campaigns(Page& page) -> Result<>;
auto write_targets(Page& page) -> Result<>;
auto write_accounts(Page& page) -> Result<>;
auto write_verdicts(Page& page) -> Result<>;
auto write_items(Page& page) -> Result<>;
auto write_hypotheses(Page& page) -> Result<>;
auto write_claims(Page& page) -> Result<>;
auto write_coverage(Page& page) -> Result<>;
auto write_findings(Page& page) -> Result<>;

// The rungs of exposure.md section 7, T0 to T9.
auto rung_name(std::int64_t stage) -> std::string_view;

}  // namespace serjeant

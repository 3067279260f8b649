#pragma once

#include "exercise/mailplan.h"
#include "exercise/story.h"
#include "exercise/ualgen.h"

namespace serjeant::exercise {

// P/trace/YYYY-MM.csv: Get-MessageTrace as CSV, a row a recipient, UTC, of one
// month of the 180 days (0 = November 2020).
constexpr auto kTraceMonths = 6u;
auto write_trace(const World& world, const MailPlan& plan, const StoryLine& story,
                 std::uint32_t month, const std::string& dir) -> Result<LogTruth>;

}  // namespace serjeant::exercise

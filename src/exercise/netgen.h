#pragma once

#include <vector>

#include "exercise/facts.h"
#include "exercise/story.h"
#include "exercise/ualgen.h"

namespace serjeant::exercise {

// P/proxy/YYYY-MM.log: the web proxy of the house, W3C extended log file
// format, UTC. P/dns/YYYY-MM.log: its resolver as Zeek sees it, JSON lines.
constexpr auto kNetMonths = 6u;
auto write_proxy(const World& world, const MailPlan& plan, const std::vector<Opening>& openings,
                 std::uint32_t month, const std::string& dir) -> Result<LogTruth>;
auto write_names(const World& world, const MailPlan& plan, const std::vector<Opening>& openings,
                 std::uint32_t month, const std::string& dir) -> Result<LogTruth>;

}  // namespace serjeant::exercise

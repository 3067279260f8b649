#pragma once

#include <string>

#include "exercise/mailplan.h"
#include "exercise/world.h"

namespace serjeant::exercise {

// P/roster.csv: person,address,kind,role,organisation,group,from,to,source
auto write_roster(const World& world, const std::string& dir) -> Result<ExerciseFile>;
// Message lists of the victim's mailbox: what lies in which folder.
auto write_inventory(const World& world, const MailPlan& plan, const std::string& dir)
    -> Result<ExerciseFile>;
// tables/networks.csv (network to AS number, country, use) and tables/egress.csv.
auto write_networks(const std::string& dir) -> Result<ExerciseFile>;
auto write_egress(const std::string& dir) -> Result<ExerciseFile>;

}  // namespace serjeant::exercise

#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace serjeant::cli {

// Writes into the case's custody log that we did `act` to it now, and renews
// its seal. The one place of the program that asks the clock and the user's name
// for something that is kept; it stands outside the sealed bytes.
auto note_custody(const std::string& case_path, std::string_view act) -> Result<>;

}  // namespace serjeant::cli

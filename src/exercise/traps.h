#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace serjeant::exercise {

// Which traps are laid. All are on by default; `--without NAME` takes one out.
struct Traps {
  bool utf16 = true;
  bool key_case = true;
  bool v6_port = true;
  bool provider_addresses = true;
  bool export_limit = true;
  bool repeats = true;
  bool throttle = true;
  bool hole = true;
  bool wide_record = true;
  bool lost_index = true;
  bool shared_egress = true;
  bool cgnat = true;
  bool shared_address = true;
  bool roaming = true;
  bool right_password = true;
  bool aliases = true;
  bool resent_ids = true;
  bool damage = true;
};

// Fails on a name that is not known, and says which is nearest.
auto traps_without(const std::vector<std::string>& names) -> Result<Traps>;

}  // namespace serjeant::exercise

#pragma once

#include <cstdint>
#include <string_view>

#include "shape/event.h"

namespace serjeant::m365 {

// What an operation of the audit log is in OCSF's vocabulary and what kind of
// thing its object is.
struct Act {
  std::uint32_t class_uid = 0;
  std::uint16_t activity_id = 0;
  ObjectKind object = ObjectKind::kNone;
};

// `operation` as the log writes it; `record_type` its number, or -1.
auto act_of(std::string_view operation, std::string_view workload, int record_type) -> Act;

}  // namespace serjeant::m365

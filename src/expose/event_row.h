#pragma once

#include "shape/event.h"
#include "store/rows.h"

namespace serjeant {

// The case's row of an event that something cites: the whole spine, and the
// native fields as a JSON object. The event's `eid` is its key.
auto to_event_row(const Event& event) -> EventRow;

}  // namespace serjeant

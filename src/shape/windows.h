#pragma once

#include <string_view>

#include "core/arena.h"
#include "core/value.h"
#include "shape/event.h"

// Records of the Windows event log, whatever wrote them: the EVTX reader and
// evtx_dump (`Event/System/#attributes`, with or without attributes apart),
// XML exports, Winlogbeat (`winlog.*`), NXLog and other flat forms. One place
// knows where each keeps its parts; the spine here and the rules' names in
// detect/ both ask it (docs/formats/windows-event.md).
namespace serjeant::windows {

// Empty values where a record does not have the part.
struct Parts {
  Value root;       // everything
  Value data;       // EventData
  Value user_data;  // the one element in UserData
  Value system;     // System, if it is an object of its own
  Value winlog;     // Winlogbeat's object
};
auto parts_of(Value record) -> Parts;

// An element with attributes is an object with the members `#attributes` and
// `#text`: its text. Anything else is itself.
auto unwrap(Value value) -> Value;

// A value of System by the name that rules use: "Channel", "EventID", or
// element and attribute with a bar between ("Provider_Name"). Still wrapped.
auto system_value(const Parts& parts, std::string_view name) -> Value;

// Fills the spine, but for the time and what a profile states. Text points into
// the record, into `arena`, or to constants.
void fill_spine(Value record, Arena& arena, Event& event);

}  // namespace serjeant::windows

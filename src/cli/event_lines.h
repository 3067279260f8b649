#pragma once

#include "cli/terminal.h"
#include "core/json.h"
#include "seal/evidence.h"
#include "shape/event.h"

namespace serjeant::cli {

// {"path","sha256","offset","length"} under the key "source".
void write_place(JsonWriter& json, const Source& source, const Span& span);

// An event as `read` and `search` print it, one line.
void write_event_line(const Event& event, const Source& source, bool spine_only, Output& out);

// Says on standard error what of the evidence was refused or is damaged; true if
// nothing was.
auto tell_unread(const Evidence& evidence) -> bool;

}  // namespace serjeant::cli

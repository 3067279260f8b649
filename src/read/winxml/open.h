#pragma once

#include <memory>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// Windows events as XML: one after another, with or without `<Events>` around
// them, as Event Viewer, wevtutil and PowerShell write them. Format "winxml".
// Records have evtx_dump's form: attributes as `#attributes`, the text beside
// them as `#text`, `<Data Name="X">` under the name X. Null if the source does
// not begin with `<`, or no `<Event>` with a `<System>` stands near its begin.
auto open_winxml_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

#pragma once

#include <memory>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// Logs of the Linux audit daemon. Format "auditd". Lines of one event, which
// stand in a row and have one time and serial number, are one record: fields
// under their own names, those that occur more than once as lists, `time` and
// `serial` from the event's stamp. Null if the first lines are not of that kind.
auto open_auditd_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

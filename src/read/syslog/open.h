#pragma once

#include <memory>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// Syslog in files: RFC 5424, RFC 3164 and the lines that daemons write from it,
// with or without priority, with ISO times or those of RFC 3164. Format
// "syslog". Null if most of the first lines are not of that kind.
auto open_syslog_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

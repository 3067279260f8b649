#pragma once

#include <memory>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// W3C extended log files: IIS, and Exchange's logs of the same kind with
// commas. Null if no `#Fields:` line stands near the begin.
auto open_w3c_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

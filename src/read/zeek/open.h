#pragma once

#include <memory>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// Zeek's ASCII logs with `#separator` and `#fields` headers. Format "zeek".
// Types come from `#types`; sets and vectors become lists; `#path` becomes the
// member `_path`, as Zeek's own JSON writer names it. Null if no such header
// stands at the begin.
auto open_zeek_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

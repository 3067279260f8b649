#pragma once

#include <memory>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// Access logs of Apache, nginx, Tomcat and others: the common and the combined
// format, also with a host before and further values behind. Null if the first
// lines are not of that kind.
auto open_access_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// Logs of lines whose grammar a built-in source profile gives as regular
// expressions (`lines:` in src/shape/profiles, docs/formats/lines.md). Format
// "lines"; the first column is "profile:NAME". Null if no profile's patterns
// match two thirds of the first lines.
auto open_patterned_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

// What is wrong with a pattern of a profile; empty: nothing.
auto pattern_flaw(std::string_view pattern) -> std::string;

}  // namespace serjeant

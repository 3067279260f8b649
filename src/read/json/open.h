#pragma once

#include <memory>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// JSON objects, one a line (NDJSON, JSON Lines) or in a document: a top-level
// array, an object that wraps one, several such documents one after another,
// or a single object. `sample` is the begin of the text as UTF-8, without its
// byte-order mark. Null if it is not JSON.
auto open_json_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

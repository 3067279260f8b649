#pragma once

#include <memory>

#include "read/record.h"
#include "read/source_text.h"

namespace serjeant {

// Delimited text: comma, semicolon, tab or bar, found by which of them cuts the
// first rows into the same number of cells. Null if no delimiter makes a table
// of at least two columns: prose is not eaten.
auto open_csv_reader(const SourceText& text, std::string_view sample, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

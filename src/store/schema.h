#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "store/database.h"

// The schema script (casefile.sql), compiled in.
namespace serjeant {

constexpr auto kApplicationId = 0x534A5431;  // 'SJT1'
constexpr auto kSchemaVersion = 1;

// The script in two parts, which are run before and after the rows: tables,
// then indexes and views. Building an index over rows that are there is a
// sort; keeping it while rows come in another order is a search a row.
auto schema_tables() -> std::string_view;
auto schema_rest() -> std::string_view;

// The views that are empty in a valid case, in the order of the script.
auto invariant_views(const Database& database) -> Result<std::vector<std::string>>;

// All that SQLite keeps of a schema (type, name, statement), one text. Two
// files are of one schema if and only if this is equal.
auto schema_text(const Database& database) -> Result<std::string>;

// foreign_key_check as one sentence about the first row at fault; empty: none.
auto foreign_key_fault(const Database& database) -> Result<std::string>;
auto integrity_fault(const Database& database) -> Result<std::string>;
// What the view holds, as one sentence about its first row; empty: nothing.
auto view_fault(const Database& database, std::string_view view) -> Result<std::string>;

}  // namespace serjeant

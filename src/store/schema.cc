#include "store/schema.h"

#include <fmt/core.h>

#include "core/check.h"
#include "core/text.h"
#include "store/casefile.h"

namespace serjeant {

namespace {

auto script() -> std::string_view { return SJ_CASEFILE[0].second; }

auto first_index() -> std::size_t {
  const auto at = script().find("CREATE INDEX");
  SJ_CHECK(at != std::string_view::npos);
  return at;
}

// A value for a message: keys are blobs, shown in hex.
auto shown(const Statement& row, int column) -> std::string {
  switch (row.kind(column)) {
    case 'n':
      return "null";
    case 'i':
      return fmt::format("{}", row.integer(column));
    case 'b':
      return hex(row.bytes(column));
    default:
      return printable(row.bytes(column));
  }
}

}  // namespace

auto schema_tables() -> std::string_view { return script().substr(0, first_index()); }
auto schema_rest() -> std::string_view { return script().substr(first_index()); }

auto invariant_views(const Database& database) -> Result<std::vector<std::string>> {
  SJ_TRY(auto statement, database.prepare("SELECT name FROM sqlite_schema WHERE type='view' AND "
                                          "name LIKE 'bad~_%' ESCAPE '~' ORDER BY rowid"));
  auto out = std::vector<std::string>();
  while (true) {
    SJ_TRY(const auto any, statement.step());
    if (!any) return out;
    out.emplace_back(statement.bytes(0));
  }
}

auto schema_text(const Database& database) -> Result<std::string> {
  SJ_TRY(auto statement,
         database.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2"));
  auto out = std::string();
  while (true) {
    SJ_TRY(const auto any, statement.step());
    if (!any) return out;
    for (auto column = 0; column < 4; ++column) {
      out += statement.bytes(column);
      out += '\0';
    }
  }
}

auto foreign_key_fault(const Database& database) -> Result<std::string> {
  SJ_TRY(auto statement, database.prepare("PRAGMA foreign_key_check"));
  SJ_TRY(const auto any, statement.step());
  if (!any) return std::string();
  return fmt::format("a row of {} refers to a row of {} that is not there",
                     printable(statement.bytes(0)), printable(statement.bytes(2)));
}

auto integrity_fault(const Database& database) -> Result<std::string> {
  SJ_TRY(auto statement, database.prepare("PRAGMA integrity_check(1)"));
  SJ_TRY(const auto any, statement.step());
  if (!any) return std::string("no answer");
  if (statement.bytes(0) == "ok") return std::string();
  return printable(statement.bytes(0));
}

auto view_fault(const Database& database, std::string_view view) -> Result<std::string> {
  SJ_TRY(auto statement, database.prepare(fmt::format("SELECT * FROM {} LIMIT 1", view)));
  SJ_TRY(const auto any, statement.step());
  if (!any) return std::string();
  auto out = std::string();
  for (auto column = 0; column < statement.columns(); ++column)
    out += fmt::format("{}{} {}", column == 0 ? "" : ", ", statement.name(column),
                       shown(statement, column));
  return out;
}

}  // namespace serjeant

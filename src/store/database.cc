#include "store/database.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <cstring>
#include <utility>

#include "core/check.h"
#include "core/narrow.h"
#include "core/text.h"

namespace serjeant {

namespace {

auto raw(void* statement) -> sqlite3_stmt* { return static_cast<sqlite3_stmt*>(statement); }
auto db(void* handle) -> sqlite3* { return static_cast<sqlite3*>(handle); }

auto error_of(sqlite3* handle, const std::string& path) -> Error {
  const auto shown = printable(path);
  const auto extended = sqlite3_extended_errcode(handle);
  switch (extended & 0xff) {
    case SQLITE_FULL:
      return {Code::kIo, fmt::format("cannot write {}: the disk is full", shown), path};
    case SQLITE_CORRUPT:
      return {Code::kMalformed, fmt::format("{} is damaged", shown), path};
    case SQLITE_NOTADB:
      return {Code::kMalformed, fmt::format("{} is not a case file", shown), path};
    case SQLITE_NOMEM:
      return {Code::kTooLarge, fmt::format("not enough memory for {}", shown), path};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: {
      const auto system = sqlite3_system_errno(handle);
      const auto act = extended == SQLITE_IOERR_READ || extended == SQLITE_IOERR_SHORT_READ
                           ? std::string_view("read")
                       : (extended & 0xff) == SQLITE_CANTOPEN ? std::string_view("open")
                                                              : std::string_view("write");
      return {Code::kIo,
              fmt::format("cannot {} {}: {}", act, shown,
                          system != 0 ? std::strerror(system) : sqlite3_errmsg(handle)),
              path};
    }
    default:
      return {Code::kInternal, fmt::format("{} ({})", sqlite3_errmsg(handle), shown), path};
  }
}

// A path as the path part of a URI (RFC 3986): everything but plain letters,
// digits and a few marks is escaped.
auto uri_of(const std::string& path, std::string_view query) -> std::string {
  auto uri = std::string("file:");
  if (path.starts_with("//")) uri += "//";  // else the first part would be read as a host
  for (const auto byte : path) {
    const auto plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == '/' || byte == '.' || byte == '-' ||
                       byte == '_';
    if (plain) {
      uri += byte;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  uri += query;
  return uri;
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), path_(std::move(other.path_)) {}
auto Statement::operator=(Statement&& other) noexcept -> Statement& {
  std::swap(statement_, other.statement_);
  std::swap(path_, other.path_);
  return *this;
}
Statement::~Statement() { sqlite3_finalize(raw(statement_)); }

void Statement::bind_null(int at) {
  SJ_CHECK(sqlite3_bind_null(raw(statement_), at + 1) == SQLITE_OK);
}
void Statement::bind(int at, std::int64_t value) {
  SJ_CHECK(sqlite3_bind_int64(raw(statement_), at + 1, value) == SQLITE_OK);
}
void Statement::bind_text(int at, std::string_view text) {
  // A null pointer would bind NULL.
  const auto* const data = text.data() != nullptr ? text.data() : "";
  SJ_CHECK(sqlite3_bind_text(raw(statement_), at + 1, data, narrow<int>(text.size()),
                             SQLITE_STATIC) == SQLITE_OK);
}
void Statement::bind_blob(int at, std::string_view bytes) {
  const auto* const data = bytes.data() != nullptr ? bytes.data() : "";
  SJ_CHECK(sqlite3_bind_blob(raw(statement_), at + 1, data, narrow<int>(bytes.size()),
                             SQLITE_STATIC) == SQLITE_OK);
}

auto Statement::step() -> Result<bool> {
  const auto code = sqlite3_step(raw(statement_));
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected<Error>(error_of(sqlite3_db_handle(raw(statement_)), path_));
}

auto Statement::run() -> Result<> {
  auto row = step();
  while (row && *row) row = step();
  reset();
  if (!row) return tl::unexpected<Error>(std::move(row).error());
  return {};
}

void Statement::reset() { sqlite3_reset(raw(statement_)); }

auto Statement::columns() const -> int { return sqlite3_column_count(raw(statement_)); }
auto Statement::name(int column) const -> std::string_view {
  const auto* const name = sqlite3_column_name(raw(statement_), column);
  return name != nullptr ? name : "";
}
auto Statement::kind(int column) const -> char {
  switch (sqlite3_column_type(raw(statement_), column)) {
    case SQLITE_INTEGER:
      return 'i';
    case SQLITE_TEXT:
      return 't';
    case SQLITE_BLOB:
      return 'b';
    case SQLITE_FLOAT:
      return 'r';
    default:
      return 'n';
  }
}
auto Statement::integer(int column) const -> std::int64_t {
  return sqlite3_column_int64(raw(statement_), column);
}
auto Statement::bytes(int column) const -> std::string_view {
  const auto* const data = sqlite3_column_blob(raw(statement_), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(raw(statement_), column))};
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}
auto Database::operator=(Database&& other) noexcept -> Database& {
  std::swap(handle_, other.handle_);
  std::swap(path_, other.path_);
  return *this;
}
Database::~Database() { sqlite3_close_v2(db(handle_)); }

auto Database::open_as(const std::string& uri, const std::string& path, int flags)
    -> Result<Database> {
  sqlite3* handle = nullptr;
  const auto code = sqlite3_open_v2(uri.c_str(), &handle, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  auto out = Database(handle, path);
  if (handle == nullptr) return fail(Code::kTooLarge, "not enough memory for a database", path);
  if (code != SQLITE_OK) return tl::unexpected<Error>(error_of(handle, path));
  return out;
}

auto Database::create(const std::string& path, const std::string& temporary) -> Result<Database> {
  // Global in SQLite; set before the connection exists, and one case is
  // written at a time.
  sqlite3_free(std::exchange(sqlite3_temp_directory, nullptr));
  sqlite3_temp_directory = sqlite3_mprintf("%s", temporary.c_str());
  return open_as(path, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

auto Database::open(const std::string& path) -> Result<Database> {
  SJ_TRY(auto out,
         open_as(uri_of(path, "?immutable=1"), path, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI));
  // The file may come from anybody: its schema gets no say beyond tables and views.
  auto* const handle = db(out.handle_);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  SJ_DO(out.run("PRAGMA cell_size_check=1; PRAGMA temp_store=MEMORY; PRAGMA query_only=1;"));
  return out;
}

auto Database::in_memory() -> Result<Database> {
  return open_as(":memory:", ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY);
}

auto Database::run(std::string_view sql) const -> Result<> {
  while (!sql.empty()) {
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    if (sqlite3_prepare_v2(db(handle_), sql.data(), narrow<int>(sql.size()), &prepared, &rest) !=
        SQLITE_OK)
      return tl::unexpected<Error>(error_of(db(handle_), path_));
    const auto taken = static_cast<std::size_t>(rest - sql.data());
    sql.remove_prefix(taken);
    if (prepared == nullptr) {  // white space or a comment
      if (taken == 0) break;
      continue;
    }
    auto statement = Statement(prepared, path_);
    SJ_DO(statement.run());
  }
  return {};
}

auto Database::prepare(std::string_view sql) const -> Result<Statement> {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(db(handle_), sql.data(), narrow<int>(sql.size()), &prepared, nullptr) !=
      SQLITE_OK)
    return tl::unexpected<Error>(error_of(db(handle_), path_));
  return Statement(prepared, path_);
}

auto Database::close() -> Result<> {
  if (sqlite3_close(db(handle_)) != SQLITE_OK)
    return tl::unexpected<Error>(error_of(db(handle_), path_));
  handle_ = nullptr;
  return {};
}

auto Database::version() -> std::string_view { return sqlite3_libversion(); }

}  // namespace serjeant

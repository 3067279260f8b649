#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

// SQLite behind values and Results; the only file that sees its header is
// database.cc. Errors: kIo (disk full, refused, I/O), kMalformed (the file is
// damaged or not a database), kInternal (everything else: the SQL is ours).
namespace serjeant {

// A prepared statement. Parameters and columns count from 0.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  auto operator=(Statement&& other) noexcept -> Statement&;
  ~Statement();

  void bind_null(int at);
  void bind(int at, std::int64_t value);
  void bind_text(int at, std::string_view text);  // must live until `step` or `run` is over
  void bind_blob(int at, std::string_view bytes);

  auto step() -> Result<bool>;  // is there a row?
  auto run() -> Result<>;       // to the end, and ready for other parameters
  void reset();

  auto columns() const -> int;
  auto name(int column) const -> std::string_view;
  auto kind(int column) const -> char;  // 'n' null, 'i' integer, 't' text, 'b' blob, 'r' real
  auto integer(int column) const -> std::int64_t;    // 0 if null
  auto bytes(int column) const -> std::string_view;  // text or blob; until the next step

 private:
  friend class Database;
  Statement(void* statement, const std::string& path) : statement_(statement), path_(path) {}
  void* statement_ = nullptr;
  std::string path_;
};

class Database {
 public:
  // A new, empty file for writing. What SQLite must put aside goes to
  // `temporary`, not to the system's folder, since evidence is in it.
  static auto create(const std::string& path, const std::string& temporary) -> Result<Database>;
  // Read-only, as a file that nobody changes: nothing is written beside it.
  static auto open(const std::string& path) -> Result<Database>;
  static auto in_memory() -> Result<Database>;
  Database(Database&& other) noexcept;
  auto operator=(Database&& other) noexcept -> Database&;
  ~Database();

  auto run(std::string_view sql) const -> Result<>;  // one or more statements
  auto prepare(std::string_view sql) const -> Result<Statement>;
  auto close() -> Result<>;
  auto path() const -> const std::string& { return path_; }

  static auto version() -> std::string_view;  // of the library

 private:
  Database(void* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  static auto open_as(const std::string& uri, const std::string& path, int flags)
      -> Result<Database>;
  void* handle_ = nullptr;
  std::string path_;
};

}  // namespace serjeant

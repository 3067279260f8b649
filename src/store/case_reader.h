#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/result.h"
#include "core/sha256.h"

// Reads a sealed case. A thin, typed way to run SQL over the fixed schema: the
// stages that read a case know its tables.
namespace serjeant {

class CaseReader;

// One row of a query. Columns count from 0; text and blob views are valid until
// the next row.
class Row {
 public:
  auto is_null(int column) const -> bool;
  auto integer(int column) const -> std::int64_t;   // 0 for NULL
  auto text(int column) const -> std::string_view;  // "" for NULL
  auto blob(int column) const -> std::string_view;  // "" for NULL
  auto id(int column) const -> Id;                  // empty for NULL
  auto size() const -> int;                         // columns
  auto name(int column) const -> std::string_view;
  auto kind(int column) const -> char;  // 'n' null, 'i' integer, 't' text, 'b' blob

 private:
  friend class CaseReader;
  explicit Row(void* statement) : statement_(statement) {}
  void* statement_;
};

// A bound value of a query; what it points to must live until the query is over.
class Bind {
 public:
  Bind(std::int64_t value) : integer_(value) {}                    // NOLINT: meant to convert
  Bind(std::string_view text) : text_(text), kind_('t') {}         // NOLINT
  Bind(const std::string& text) : text_(text), kind_('t') {}       // NOLINT
  Bind(const char* text) : text_(text), kind_('t') {}              // NOLINT
  Bind(const Id& id) : text_(id.view()), kind_('b') {}             // NOLINT
  Bind(const Digest& digest) : text_(view(digest)), kind_('b') {}  // NOLINT

 private:
  friend class CaseReader;
  std::int64_t integer_ = 0;
  std::string_view text_;
  char kind_ = 'i';
};

class CaseReader {
 public:
  // Fails with a message that says which of these it is: no such file, not a
  // case (no SQLite file, another application id), made by a newer schema,
  // cut short, damaged. Looks at every page (about 0.3 s for 100 MB) unless told
  // that the caller has just made the file.
  enum class Pages : std::uint8_t { kCheck, kTrust };
  static auto open(const std::string& path, Pages pages = Pages::kCheck) -> Result<CaseReader>;
  CaseReader(CaseReader&&) noexcept;
  auto operator=(CaseReader&&) noexcept -> CaseReader&;
  ~CaseReader();

  // Runs a SELECT and calls `each` per row. The SQL is ours, so an error is an
  // error of the file.
  auto query(std::string_view sql, std::initializer_list<Bind> binds,
             const std::function<void(const Row&)>& each) const -> Result<>;
  auto query(std::string_view sql, const std::function<void(const Row&)>& each) const -> Result<> {
    return query(sql, {}, each);
  }
  // First column of the first row; 0 if there is none.
  auto number(std::string_view sql, std::initializer_list<Bind> binds = {}) const
      -> Result<std::int64_t>;

  auto path() const -> const std::string&;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  explicit CaseReader(std::unique_ptr<Impl> impl);
};

}  // namespace serjeant

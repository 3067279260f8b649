#include "store/case_reader.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "core/check.h"
#include "core/file.h"
#include "core/text.h"
#include "store/database.h"
#include "store/schema.h"

namespace serjeant {

namespace {

auto of(void* statement) -> const Statement& { return *static_cast<const Statement*>(statement); }

}  // namespace

auto Row::is_null(int column) const -> bool { return of(statement_).kind(column) == 'n'; }
auto Row::integer(int column) const -> std::int64_t { return of(statement_).integer(column); }
auto Row::text(int column) const -> std::string_view { return of(statement_).bytes(column); }
auto Row::blob(int column) const -> std::string_view { return of(statement_).bytes(column); }
auto Row::id(int column) const -> Id {
  const auto bytes = of(statement_).bytes(column);
  return bytes.size() >= 16 ? id_from_bytes(bytes) : Id{};
}
auto Row::size() const -> int { return of(statement_).columns(); }
auto Row::name(int column) const -> std::string_view { return of(statement_).name(column); }
auto Row::kind(int column) const -> char { return of(statement_).kind(column); }

struct CaseReader::Impl {
  Database database;
  std::string path;
};

CaseReader::CaseReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CaseReader::CaseReader(CaseReader&&) noexcept = default;
auto CaseReader::operator=(CaseReader&&) noexcept -> CaseReader& = default;
CaseReader::~CaseReader() = default;

namespace {

// The first 100 bytes of a SQLite file (sqlite.org/fileformat2.html, section
// 1.3): enough to say in plain words why a file cannot be a case of ours.
auto check_header(const std::string& path) -> Result<> {
  const auto shown = printable(path);
  const auto fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return tl::unexpected<Error>(io_error("open", path));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return tl::unexpected<Error>(io_error("examine", path));
  if (!S_ISREG(status.st_mode))
    return fail(Code::kUnsupported, fmt::format("{} is not a file", shown), path);
  if (status.st_size == 0)
    return fail(Code::kMalformed, fmt::format("{} is empty, so it is no case file", shown), path);
  auto head = std::array<unsigned char, 100>{};
  const auto got = ::pread(fd.get(), head.data(), head.size(), 0);
  if (got < 0) return tl::unexpected<Error>(io_error("read", path));
  const auto text =
      std::string_view(reinterpret_cast<const char*>(head.data()), static_cast<std::size_t>(got));
  constexpr auto kMagic = std::string_view("SQLite format 3\0", 16);
  if (!text.starts_with(kMagic.substr(0, text.size())) || text.size() < kMagic.size())
    return fail(Code::kMalformed, fmt::format("{} is not a case file", shown), path);
  if (text.size() < head.size())
    return fail(Code::kMalformed, fmt::format("{} is cut short", shown), path);
  const auto number = [&](std::size_t at) {
    return std::uint32_t{head[at]} << 24 | std::uint32_t{head[at + 1]} << 16 |
           std::uint32_t{head[at + 2]} << 8 | std::uint32_t{head[at + 3]};
  };
  if (number(68) != kApplicationId)
    return fail(Code::kMalformed,
                fmt::format("{} is an SQLite file, but not a case of ours", shown), path);
  const auto version = number(60);
  if (version > kSchemaVersion)
    return fail(
        Code::kUnsupported,
        fmt::format("{} was made by a newer Serjeant (schema {}; this build reads up to {})", shown,
                    version, kSchemaVersion),
        path);
  if (version == 0)
    return fail(Code::kMalformed, fmt::format("{} is damaged: it has no schema number", shown),
                path);
  const auto page = std::uint64_t{head[16]} << 8 | head[17];
  const auto expected = (page == 1 ? 65536 : page) * number(28);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < expected)
    return fail(Code::kMalformed,
                fmt::format("{} is cut short: {} of {} bytes are there", shown, size, expected),
                path);
  if (size > expected)
    return fail(Code::kMalformed,
                fmt::format("{} is damaged: {} bytes too many", shown, size - expected), path);
  return {};
}

// A file with our application id and other tables, views or triggers is not
// trusted to mean what ours mean.
auto check_schema(const Database& database, const std::string& path) -> Result<> {
  SJ_TRY(const auto model, Database::in_memory());
  SJ_DO(model.run(schema_tables()));
  SJ_DO(model.run(schema_rest()));
  SJ_TRY(const auto ours, schema_text(model));
  SJ_TRY(const auto theirs, schema_text(database));
  if (ours != theirs)
    return fail(Code::kMalformed,
                fmt::format("{} is damaged or forged: its tables are not those of schema {}",
                            printable(path), kSchemaVersion),
                path);
  return {};
}

// Every page and every row in it, but not whether indexes agree: about 0.3 s
// for 100 MB, so that a damaged case is refused at the door.
auto check_pages(const Database& database, const std::string& path) -> Result<> {
  SJ_TRY(auto statement, database.prepare("PRAGMA quick_check(1)"));
  SJ_TRY(const auto any, statement.step());
  if (any && statement.bytes(0) == "ok") return {};
  return fail(Code::kMalformed, fmt::format("{} is damaged", printable(path)), path);
}

}  // namespace

auto CaseReader::open(const std::string& path, Pages pages) -> Result<CaseReader> {
  SJ_DO(check_header(path));
  auto opened = [&]() -> Result<CaseReader> {
    SJ_TRY(auto database, Database::open(path));
    SJ_DO(check_schema(database, path));
    if (pages == Pages::kCheck) SJ_DO(check_pages(database, path));
    auto reader = CaseReader(std::make_unique<Impl>(Impl{std::move(database), path}));
    SJ_TRY(const auto runs, reader.number("SELECT count(*) FROM run"));
    if (runs != 1)
      return fail(Code::kMalformed,
                  fmt::format("{} is damaged: it was never sealed", printable(path)), path);
    return reader;
  }();
  // Whatever SQLite dislikes about our fixed statements is the file's fault.
  if (!opened && opened.error().code == Code::kInternal)
    return fail(Code::kMalformed,
                fmt::format("{} is damaged: {}", printable(path), opened.error().message), path);
  return opened;
}

auto CaseReader::query(std::string_view sql, std::initializer_list<Bind> binds,
                       const std::function<void(const Row&)>& each) const -> Result<> {
  SJ_TRY(auto statement, impl_->database.prepare(sql));
  auto at = 0;
  for (const auto& bind : binds) {
    if (bind.kind_ == 'i') {
      statement.bind(at, bind.integer_);
    } else if (bind.kind_ == 't') {
      statement.bind_text(at, bind.text_);
    } else {
      statement.bind_blob(at, bind.text_);
    }
    ++at;
  }
  const auto row = Row(&statement);
  while (true) {
    SJ_TRY(const auto any, statement.step());
    if (!any) return {};
    each(row);
  }
}

auto CaseReader::number(std::string_view sql, std::initializer_list<Bind> binds) const
    -> Result<std::int64_t> {
  auto out = std::int64_t{0};
  auto first = true;
  SJ_DO(query(sql, binds, [&](const Row& row) {
    if (std::exchange(first, false)) out = row.integer(0);
  }));
  return out;
}

auto CaseReader::path() const -> const std::string& { return impl_->path; }

}  // namespace serjeant

#include "store/case_writer.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <utility>

#include "core/file.h"
#include "core/text.h"
#include "store/case_writer_impl.h"
#include "store/custody.h"
#include "store/database.h"
#include "store/hash_file.h"
#include "store/schema.h"

// The way of a row: `add` encodes it (case_rows.cc), full memory spills it as a
// sorted run (runs.cc), `seal` merges the runs of each table, settles rows of
// one key and inserts what is left in key order into a scratch file. The
// scratch file is checked, and VACUUM INTO makes the sealed one of it, whose
// bytes depend on the rows alone (docs/decisions/0060-same-rows-same-bytes.md).
namespace serjeant {

auto case_key(const Frame& frame) -> Digest {
  auto hash = Sha256();
  return hash.add(view(frame.evidence_root))
      .add(view(frame.intel_root))
      .add(view(frame.config_root))
      .add(frame.build_id)
      .finish();
}

void CaseWriter::Impl::push(Table table) {
  if (error) return;
  unit.add(static_cast<std::size_t>(table), builder.key(), builder.value());
  if (unit.bytes() >= memory) spill();
}

void CaseWriter::Impl::name_org(std::string_view name) {
  if (name.empty()) return;
  row().key_text(name).text("");
  push(Table::kOrg);
}

void CaseWriter::Impl::spill() {
  auto path = fmt::format("{}/rows-{}.run", work_dir, runs.size());
  const auto written = unit.write(path);
  if (!written) {
    error = written.error();
    return;
  }
  runs.push_back(std::move(path));
}

void CaseWriter::Impl::remove_runs() {
  for (const auto& path : runs) ::unlink(path.c_str());
  runs.clear();
}

CaseWriter::CaseWriter(std::string work_dir, std::uint64_t memory)
    : impl_(std::make_unique<Impl>(std::move(work_dir), memory)) {}
CaseWriter::~CaseWriter() { impl_->remove_runs(); }

namespace {

// A file that must not outlive its use, nor must what SQLite puts beside it
// (which it leaves there when its own write fails).
class Scratch {
 public:
  explicit Scratch(std::string path) : path_(std::move(path)) { remove(); }
  ~Scratch() { remove(); }
  Scratch(const Scratch&) = delete;
  auto operator=(const Scratch&) -> Scratch& = delete;
  auto path() const -> const std::string& { return path_; }

 private:
  void remove() const {
    ::unlink(path_.c_str());
    ::unlink((path_ + "-journal").c_str());
  }
  std::string path_;
};

// Inserts the rows of one table.
class Inserter {
 public:
  static auto prepare(const Database& database, Table table) -> Result<Inserter> {
    const auto& of = spec(table);
    // The writer itself makes the number of an organisation, and the links of
    // the chain of custody.
    const auto columns = of.rules.size() + (table == Table::kOrg       ? 1
                                            : table == Table::kCustody ? 2
                                                                       : 0);
    auto sql = fmt::format("INSERT INTO {} VALUES(?", of.name);
    for (auto i = std::size_t{1}; i < columns; ++i) sql += ",?";
    sql += ')';
    SJ_TRY(auto statement, database.prepare(sql));
    return Inserter(std::move(statement));
  }

  auto insert(const std::vector<Cell>& cells,
              const std::unordered_map<std::string, std::int64_t>& orgs, int first = 0)
      -> Result<> {
    for (const auto& cell : cells) {
      switch (cell.type) {
        case Cell::Type::kNull:
          statement_.bind_null(first);
          break;
        case Cell::Type::kInteger:
          statement_.bind(first, cell.number);
          break;
        case Cell::Type::kText:
          statement_.bind_text(first, cell.text);
          break;
        case Cell::Type::kBlob:
          statement_.bind_blob(first, cell.text);
          break;
        case Cell::Type::kOrg:
          statement_.bind(first, orgs.at(std::string(cell.text)));
          break;
      }
      ++first;
    }
    return statement_.run();
  }
  auto statement() -> Statement& { return statement_; }

 private:
  explicit Inserter(Statement statement) : statement_(std::move(statement)) {}
  Statement statement_;
};

class Loader {
 public:
  Loader(const Database& database, const std::vector<std::string>& runs)
      : database_(database), runs_(runs) {}

  auto load() -> Result<> {
    for (auto i = std::size_t{0}; i < kTables; ++i) SJ_DO(load(static_cast<Table>(i)));
    return {};
  }

 private:
  auto load(Table table) -> Result<>;
  auto insert(Table table, Inserter& into, std::vector<Cell>& cells) -> Result<>;

  const Database& database_;
  const std::vector<std::string>& runs_;
  std::unordered_map<std::string, std::int64_t> orgs_;
  Digest chain_{};  // of the last handover
};

// Walks the merged rows; those of one key stand side by side.
auto Loader::load(Table table) -> Result<> {
  const auto columns = spec(table).rules.size();
  SJ_TRY(auto merge, Merge::open(runs_, static_cast<std::size_t>(table)));
  SJ_TRY(auto into, Inserter::prepare(database_, table));
  auto held_key = std::string(), held_bytes = std::string();
  auto held = std::vector<Cell>(), more = std::vector<Cell>();
  auto others = std::deque<std::string>();  // bytes that cells taken over point into
  auto any = false;
  auto key = std::string_view(), value = std::string_view();
  while (merge.next(key, value)) {
    const auto same = any && key == held_key;
    if (same && value == held_bytes && table != Table::kEntity) continue;
    if (same) {
      others.emplace_back(value);
      if (!decode_cells(others.back(), columns, more))
        return fail(Code::kMalformed, "a work file is damaged");
      combine(spec(table), held, more);
      // Numbers only may be taken from a row, which then is not kept.
      const auto& kept = others.back();
      const auto points = std::any_of(held.begin(), held.end(), [&](const Cell& cell) {
        return cell.text.data() >= kept.data() && cell.text.data() < kept.data() + kept.size();
      });
      if (!points) others.pop_back();
      continue;
    }
    if (any) SJ_DO(insert(table, into, held));
    others.clear();
    any = true;
    held_key = key;
    held_bytes = value;
    if (!decode_cells(held_bytes, columns, held))
      return fail(Code::kMalformed, "a work file is damaged");
  }
  if (const auto* const error = merge.error()) return tl::unexpected<Error>(*error);
  if (any) SJ_DO(insert(table, into, held));
  return {};
}

auto Loader::insert(Table table, Inserter& into, std::vector<Cell>& cells) -> Result<> {
  auto first = 0;
  auto unnamed = std::string();
  if (table == Table::kOrg) {
    const auto id = static_cast<std::int64_t>(orgs_.size()) + 1;
    orgs_.emplace(cells[0].text, id);
    into.statement().bind(0, id);
    first = 1;
    if (cells[1].text.empty()) cells[1].text = "unknown";
  }
  if (table == Table::kEntity && cells[1].text.empty()) {
    // An account that no stage could name: it goes by its id, at the default
    // marking, since nothing says how open its name may be.
    unnamed = hex(cells[0].text);
    cells[1].text = "account";
    cells[2].text = unnamed;
    cells[5].number = static_cast<std::int64_t>(Tlp::kAmber);
  }
  const auto prev = chain_;
  if (table == Table::kCustody) {
    chain_ = declared_hash(cells[0].number, cells[1].number, cells[2].text, cells[3].text,
                           cells[4].text, cells[5].text, prev);
    into.statement().bind_blob(6, view(prev));
    into.statement().bind_blob(7, view(chain_));
  }
  auto done = into.insert(cells, orgs_, first);
  if (!done && done.error().code == Code::kInternal) {
    const auto& key = cells[0];
    return fail(
        Code::kInternal,
        fmt::format("a row of {} was refused: {} (key {})", spec(table).name, done.error().message,
                    key.type == Cell::Type::kInteger ? fmt::format("{}", key.number)
                    : key.type == Cell::Type::kBlob  ? hex(key.text)
                                                     : printable(key.text)));
  }
  return done;
}

auto write_run_row(const Database& database, const Frame& frame) -> Result<> {
  SJ_TRY(auto statement, database.prepare("INSERT INTO run VALUES(1,?,?,?,?,?,?,?)"));
  const auto key = case_key(frame);
  statement.bind_blob(0, view(key));
  statement.bind_text(1, frame.build_id);
  statement.bind_text(2, Database::version());
  statement.bind_blob(3, view(frame.evidence_root));
  statement.bind_blob(4, view(frame.intel_root));
  statement.bind_blob(5, view(frame.config_root));
  statement.bind(6, static_cast<std::int64_t>(frame.tlp));
  return statement.run();
}

auto check(const Database& database) -> Result<> {
  SJ_TRY(const auto views, invariant_views(database));
  for (const auto& name : views) {
    SJ_TRY(const auto fault, view_fault(database, name));
    if (!fault.empty())
      return fail(Code::kInternal, fmt::format("the case breaks {}: {}", name, fault));
  }
  SJ_TRY(const auto foreign, foreign_key_fault(database));
  if (!foreign.empty()) return fail(Code::kInternal, fmt::format("in the case {}", foreign));
  SJ_TRY(const auto integrity, integrity_fault(database));
  if (!integrity.empty())
    return fail(Code::kInternal, fmt::format("the case came out damaged: {}", integrity));
  return {};
}

auto quoted(const std::string& text) -> std::string {
  auto out = std::string("'");
  for (const auto byte : text) {
    if (byte == '\'') out += '\'';
    out += byte;
  }
  return out + '\'';
}

// The scratch file needs no journal: if anything fails, it is thrown away.
constexpr auto kScratchSettings = std::string_view(
    "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA secure_delete=OFF; PRAGMA cache_size=-8192; PRAGMA temp_store=FILE;"
    "PRAGMA foreign_keys=OFF;");

auto fill(const Database& database, const Frame& frame, const std::vector<std::string>& runs)
    -> Result<> {
  SJ_DO(database.run(kScratchSettings));
  SJ_DO(database.run(schema_tables()));
  SJ_DO(database.run("BEGIN"));
  SJ_DO(write_run_row(database, frame));
  SJ_DO(Loader(database, runs).load());
  SJ_DO(database.run("COMMIT"));
  SJ_DO(database.run(schema_rest()));
  return {};
}

}  // namespace

// The runs go with the attempt to seal, however it ends.
struct CaseWriter::Runs {
  explicit Runs(Impl& of) : impl(of) {}
  ~Runs() { impl.remove_runs(); }
  Runs(const Runs&) = delete;
  auto operator=(const Runs&) -> Runs& = delete;
  Impl& impl;
};

auto CaseWriter::seal(const Frame& frame, const std::string& path) -> Result<SealInfo> {
  if (impl_->built_in_rules && !impl_->built_in_intel) {
    auto built_in = IntelRow();
    built_in.kind = "rules";
    built_in.name = "serjeant";
    built_in.version = frame.build_id;
    built_in.publisher = "Serjeant";
    built_in.licence = "Apache-2.0";
    built_in.grade = "A1";
    add(std::move(built_in));
  }
  if (!impl_->error && impl_->unit.bytes() > 0) impl_->spill();
  const auto runs = Runs(*impl_);
  if (impl_->error) return tl::unexpected<Error>(*impl_->error);

  const auto scratch = Scratch(impl_->work_dir + "/scratch.sjt");
  const auto sealed = Scratch(impl_->work_dir + "/sealed.sjt");
  SJ_TRY(auto database, Database::create(scratch.path(), impl_->work_dir));
  SJ_DO(fill(database, frame, impl_->runs));
  SJ_DO(check(database));
  // The schema cookie counts the statements that made the file; a fixed one
  // takes that count out of the sealed bytes. The sealed file inherits
  // secure_delete: without it the free space of its pages keeps what stood
  // there while the pages were filled.
  SJ_DO(database.run("PRAGMA schema_version=1000; PRAGMA secure_delete=ON"));
  auto vacuumed = database.run("VACUUM INTO " + quoted(sealed.path()));
  if (!vacuumed) {
    vacuumed.error().where = path;
    return tl::unexpected<Error>(std::move(vacuumed).error());
  }
  SJ_DO(database.close());

  auto info = SealInfo();
  info.case_key = case_key(frame);
  SJ_TRY(const auto hashed, hash_file(sealed.path(), true));
  info.sha256 = hashed.sha256;
  info.bytes = hashed.bytes;
  if (::rename(sealed.path().c_str(), path.c_str()) != 0)
    return tl::unexpected<Error>(io_error("write", path));
  SJ_DO(flush_folder_of(path));
  return info;
}

}  // namespace serjeant

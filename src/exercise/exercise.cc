#include "exercise/exercise.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <system_error>

#include "core/pool.h"
#include "core/text.h"
#include "exercise/entragen.h"
#include "exercise/facts.h"
#include "exercise/life.h"
#include "exercise/mailgen.h"
#include "exercise/mailplan.h"
#include "exercise/netgen.h"
#include "exercise/out.h"
#include "exercise/roster.h"
#include "exercise/story.h"
#include "exercise/tracegen.h"
#include "exercise/truth.h"
#include "exercise/ualgen.h"
#include "exercise/world.h"

namespace serjeant {
namespace {

using namespace exercise;

// What one file of the evidence gave.
struct Piece {
  LogTruth log;
  std::vector<MailTruth> mails;
  bool is_log = false;
};
using Work = std::function<Result<Piece>()>;

auto check_folder(const std::string& dir) -> Result<> {
  auto error = std::error_code{};
  if (dir.empty()) return fail(Code::kMalformed, "no folder given for the exercise");
  std::filesystem::create_directories(dir, error);
  if (error) return fail(Code::kIo, "cannot make the folder: " + error.message(), dir);
  const auto empty = std::filesystem::is_empty(dir, error);
  if (error) return fail(Code::kIo, "cannot read the folder: " + error.message(), dir);
  if (!empty) {
    return fail(Code::kMalformed, "the folder is not empty; an exercise wants one of its own", dir);
  }
  return {};
}

auto find_size(const std::string& size) -> Result<const Load*> {
  if (const auto* load = find_load(size)) return load;
  if (size == "M" || size == "L") {
    return fail(Code::kUnsupported,
                "size " + size + " comes with the other organisations; this build writes XS and S",
                "--size");
  }
  return fail(Code::kMalformed, "no size is called '" + printable(size) + "'; sizes are XS and S",
              "--size");
}

auto plain(Result<ExerciseFile> file) -> Result<Piece> {
  if (!file) return tl::unexpected<Error>(std::move(file).error());
  auto piece = Piece{};
  piece.log.file = *std::move(file);
  return piece;
}

auto log_piece(Result<LogTruth> log) -> Result<Piece> {
  if (!log) return tl::unexpected<Error>(std::move(log).error());
  auto piece = Piece{};
  piece.log = *std::move(log);
  piece.is_log = true;
  return piece;
}

// Runs all pieces on `jobs` threads; their order in the result is the order given.
auto run_all(const std::vector<Work>& works, std::size_t jobs, Progress& progress)
    -> Result<std::vector<Piece>> {
  auto results = std::vector<Result<Piece>>(works.size());
  progress.begin("writing the exercise", works.size(), "files");
  const auto whole = for_each_index(works.size(), std::max<std::size_t>(jobs, 1),
                                    [&](std::size_t index, std::size_t) {
                                      results[index] = works[index]();
                                      progress.add(1);
                                    });
  progress.end();
  if (!whole) return fail(Code::kIo, "interrupted; the exercise is not whole");
  auto pieces = std::vector<Piece>{};
  for (auto& result : results) {
    if (!result) return tl::unexpected<Error>(std::move(result).error());
    pieces.push_back(*std::move(result));
  }
  return pieces;
}

auto write_manifest(const std::string& dir, ExerciseReport& report) -> Result<> {
  std::sort(report.files.begin(), report.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  auto text = std::string{};
  for (const auto& file : report.files) {
    report.bytes += file.bytes;
    text += file.sha256 + "  " + std::to_string(file.bytes) + "  " + std::to_string(file.rows) +
            "  " + file.path + "\n";
  }
  return write_file(dir + "/MANIFEST", text);
}

template <class Row>
void move_into(std::vector<Row>& to, std::vector<Row>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void collect(std::vector<Piece>& pieces, ExerciseReport& report, Truth& truth) {
  for (auto& piece : pieces) {
    report.files.push_back(piece.log.file);
    report.events += piece.log.distinct;
    if (piece.is_log) report.rows += piece.log.file.rows;
    report.mails += piece.mails.size();
    move_into(truth.events, piece.log.events);
    move_into(truth.gaps, piece.log.gaps);
    move_into(truth.damage, piece.log.damage);
    move_into(truth.persistence, piece.log.persistence);
    move_into(truth.mails, piece.mails);
  }
}

}  // namespace

auto make_exercise(const ExerciseOptions& options, Progress& progress) -> Result<ExerciseReport> {
  SJ_TRY(const auto* load, find_size(options.size));
  SJ_TRY(const auto traps, traps_without(options.without));
  SJ_DO(check_folder(options.dir));

  const auto world = build_world(options.seed, *load, traps);
  const auto plan = plan_mails(world);
  const auto story = write_story(world, plan);
  const auto life = Life{world, story};
  const auto openings = plan_openings(world, plan);
  const auto exports = plan_exports(world);
  const auto& dir = options.dir;

  // The largest files first, so that threads end together.
  auto works = std::vector<Work>{};
  for (const auto& one : exports) {
    works.push_back([&] { return log_piece(write_export(world, story, life, one, dir)); });
  }
  for (const auto& file : plan.files) {
    works.push_back([&]() -> Result<Piece> {
      auto mails = std::vector<MailTruth>{};
      auto piece = plain(write_mail_file(world, plan, file, dir, mails));
      if (piece) piece->mails = std::move(mails);
      return piece;
    });
  }
  for (auto month = 0u; month < kTraceMonths; ++month) {
    works.push_back([&, month] { return log_piece(write_trace(world, plan, story, month, dir)); });
  }
  for (auto month = 0u; month < kNetMonths; ++month) {
    works.push_back(
        [&, month] { return log_piece(write_proxy(world, plan, openings, month, dir)); });
    works.push_back(
        [&, month] { return log_piece(write_names(world, plan, openings, month, dir)); });
  }
  for (const auto log : {DirectoryLog::kInteractive, DirectoryLog::kRefresh,
                         DirectoryLog::kApplications, DirectoryLog::kChanges}) {
    works.push_back([&, log] { return log_piece(write_directory(world, story, life, log, dir)); });
  }
  works.push_back([&] { return plain(write_roster(world, dir)); });
  works.push_back([&] { return plain(write_inventory(world, plan, dir)); });
  works.push_back([&] { return plain(write_networks(dir)); });
  works.push_back([&] { return plain(write_egress(dir)); });
  SJ_TRY(auto pieces, run_all(works, options.jobs, progress));

  auto report = ExerciseReport{};
  auto truth = Truth{};
  truth.seed = options.seed;
  truth.size = options.size;
  truth.without = options.without;
  std::sort(truth.without.begin(), truth.without.end());
  collect(pieces, report, truth);
  add_facts(world, plan, story, openings, truth);
  SJ_TRY(auto answers, write_truth(dir, truth));
  move_into(report.files, answers);
  SJ_DO(write_manifest(dir, report));
  return report;
}

}  // namespace serjeant

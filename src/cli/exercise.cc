#include "exercise/exercise.h"

#include <fmt/format.h>

#include "cli/run.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "core/text.h"
#include "exercise/score.h"
#include "store/case_reader.h"

namespace serjeant::cli {
namespace {

auto options_of(const Arguments& arguments) -> Result<ExerciseOptions> {
  auto out = ExerciseOptions{};
  const auto seed = arguments.one("--seed", "1");
  const auto number = to_uint(seed);
  if (!number)
    return fail(Code::kMalformed, fmt::format("--seed takes a number, not '{}'", printable(seed)));
  out.seed = *number;
  out.size = arguments.one("--size", "XS");
  out.dir = arguments.one("DIR");
  out.without = arguments.all("--without");
  SJ_TRY(out.jobs, jobs_of(arguments));
  return out;
}

}  // namespace

auto run_exercise(const Arguments& arguments) -> int {
  const auto options = options_of(arguments);
  if (!options) return say(options.error());
  auto progress = Progress(!arguments.has("--quiet"));
  const auto report = make_exercise(*options, progress);
  if (!report) return say(report.error());
  if (!arguments.has("--quiet"))
    note(fmt::format("wrote {} files, {}: {} events in {} rows, {} mails", report->files.size(),
                     human_bytes(report->bytes), human_count(report->events),
                     human_count(report->rows), human_count(report->mails)));
  return kDone;
}

auto run_score(const Arguments& arguments) -> int {
  const auto reader = CaseReader::open(arguments.one("CASE"));
  if (!reader) return say(reader.error());
  const auto report = score_case(*reader, arguments.one("TRUTH"));
  if (!report) {
    const auto status = say(report.error());
    if (report.error().where.ends_with("meta.json"))
      note("TRUTH is the folder 'truth' in the folder that 'serjeant exercise' wrote");
    return status;
  }
  auto out = Output{};
  out.text() = report->ndjson();
  if (const auto written = out.finish(); !written) return say(written.error());
  return report->ok() ? kDone : kPartly;
}

}  // namespace serjeant::cli

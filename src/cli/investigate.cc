#include <fmt/core.h>

#include <atomic>

#include "attribute/attribute.h"
#include "campaign/campaign.h"
#include "cli/custody_note.h"
#include "cli/findings.h"
#include "cli/inputs.h"
#include "cli/roster.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "cli/streams.h"
#include "cli/summary.h"
#include "cli/terminal.h"
#include "cli/unit.h"
#include "core/pool.h"
#include "expose/expose.h"
#include "store/work.h"

// The whole journey, one line a stage.
namespace serjeant::cli {
namespace {

constexpr auto kUnitBytes = std::uint64_t{8} << 20;

// The evidence once through read, shape and detect: one file of sorted runs a
// unit. Units of an earlier, interrupted run are kept.
auto run_units(const Work& work, const WorkDir& folder, std::size_t jobs, Progress& progress)
    -> Result<std::vector<std::string>> {
  auto total = std::uint64_t{0};
  for (const auto& unit : work.units) total += unit.bytes;
  progress.begin("reading", total, "B");
  auto workers = std::vector<std::unique_ptr<UnitWorker>>(jobs);
  auto paths = std::vector<std::string>(work.units.size());
  auto outcomes = std::vector<Result<>>(jobs);
  auto failed = std::atomic<bool>{false};
  const auto whole = for_each_index(work.units.size(), jobs, [&](std::size_t index, std::size_t w) {
    paths[index] = folder / fmt::format("{:07}.unit", index);
    if (unit_is_whole(paths[index], kTables)) return progress.add(work.units[index].bytes);
    if (failed) return;
    if (!workers[w]) workers[w] = std::make_unique<UnitWorker>(work);
    outcomes[w] = workers[w]->run(work.units[index], paths[index], progress);
    if (!outcomes[w]) failed = true;
  });
  progress.end();
  for (auto& outcome : outcomes)
    if (!outcome) return tl::unexpected<Error>(std::move(outcome).error());
  if (!whole) return fail(Code::kInternal, "interrupted");
  return paths;
}

// Between stages: was the run stopped by its user?
auto still_wanted() -> Result<> {
  if (interrupted()) return fail(Code::kInternal, "interrupted");
  return {};
}

auto investigate(const Arguments& arguments, Summary& summary) -> Result<> {
  const auto case_path = arguments.one("--case");
  auto progress = Progress(!arguments.has("--quiet"));
  SJ_TRY(const auto jobs, jobs_of(arguments));
  SJ_TRY(const auto lock, lock_case(case_path));

  // Seal: everything that the answer depends on, by its hash.
  SJ_TRY(const auto unpacked, FreshDir::make(work_base(arguments, case_path) + ".unpacked"));
  SJ_TRY(const auto inputs,
         take_inputs(arguments, {.jobs = jobs, .work_dir = unpacked.path()}, progress));
  const auto frame = make_frame(inputs, arguments);
  SJ_TRY(const auto folder, open_work_dir(work_base(arguments, case_path), case_key(frame)));
  if (folder.resumed()) note("going on where an earlier run stopped");

  // Read, shape, detect: each record once.
  SJ_TRY(const auto profiles, profiles_of(arguments));
  SJ_TRY(const auto rules, rules_of(arguments));
  auto work = Work{.evidence = &inputs.evidence,
                   .profiles = &profiles,
                   .rules = rules.get(),
                   .engine = engine_of(arguments),
                   .readers = {},
                   .units = {}};
  plan_units(work, kUnitBytes, inputs);
  SJ_TRY(const auto runs, run_units(work, folder, jobs, progress));

  // Write down what was there and what was found in it.
  // The case is sealed beside where it will stand: a rename does not cross disks.
  SJ_TRY(const auto sealing, FreshDir::make(case_path + ".sealing"));
  auto out = CaseWriter(sealing.path());
  SJ_TRY(const auto totals, source_totals(runs));
  write_sources(inputs, totals, out);
  SJ_DO(write_coverage(inputs, runs, summary, out));
  SJ_TRY(const auto observed, write_findings(inputs, *rules, runs, summary.findings, out));
  SJ_DO(still_wanted());

  // Campaign: which mails belong together.
  progress.begin("gathering mails into campaigns", 0, "mails");
  SJ_TRY(const auto campaigns, find_campaigns(MergedMails(runs), out));
  SJ_DO(still_wanted());

  // Expose: which accounts were entered, what was read, what cannot be known.
  progress.begin("exposure", 0, "events");
  SJ_TRY(const auto roster, roster_of(inputs, out));
  const auto stories = MergedEvents(inputs.evidence, runs, kStories);
  const auto deliveries = MergedEvents(inputs.evidence, runs, kDeliveries);
  const auto fetches = MergedEvents(inputs.evidence, runs, kFetches);
  const auto export_rows = MergedExportRows(runs);
  SJ_TRY(const auto exposed, expose({.by_account = &stories,
                                     .deliveries = &deliveries,
                                     .fetches = &fetches,
                                     .export_rows = &export_rows,
                                     .sources = source_facts(inputs, totals),
                                     .aims = campaigns.aims,
                                     .roster = roster},
                                    out));
  SJ_DO(still_wanted());

  // Attribute: rival hypotheses, as far as there is knowledge to weigh them by.
  progress.begin("hypotheses", 0, "");
  SJ_TRY(const auto knowledge, knowledge_of(inputs, out));
  SJ_TRY(const auto attributed, attribute(knowledge.get(), observed, out));
  SJ_DO(still_wanted());

  // Write the case, whole or not at all.
  progress.begin("sealing", 0, "");
  SJ_TRY(const auto sealed, out.seal(frame, case_path));
  progress.end();
  SJ_DO(note_custody(case_path, "investigate"));
  SJ_DO(folder.remove());
  summary.add(inputs, totals, campaigns, exposed, attributed, knowledge != nullptr, sealed);
  return {};
}

}  // namespace

auto run_investigate(const Arguments& arguments) -> int {
  auto summary = Summary{};
  const auto outcome = investigate(arguments, summary);
  if (!outcome && interrupted()) {
    note(
        "stopped. No case was written; what was there before is untouched. The same command goes "
        "on from here.");
    return kInternal;
  }
  if (!outcome) return say(outcome.error());
  if (!arguments.has("--quiet")) summary.print(arguments.one("--case"));
  return summary.all_read() ? kDone : kPartly;
}

}  // namespace serjeant::cli

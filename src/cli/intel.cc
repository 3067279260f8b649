#include <fmt/core.h>

#include "cli/custody_note.h"
#include "cli/inputs.h"
#include "cli/intel_stix.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "cli/streams.h"
#include "cli/terminal.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "intel/knowledge.h"
#include "intel/report/report.h"
#include "store/work.h"

// `intel`: public knowledge on its own.
namespace serjeant::cli {
namespace {

// A case that holds knowledge and no evidence.
auto import_knowledge(const Arguments& arguments, bool& all_read) -> Result<> {
  const auto case_path = arguments.one("--case");
  if (case_path.empty())
    return fail(Code::kMalformed, "'intel import' needs --case FILE, the file to write");
  auto progress = Progress(!arguments.has("--quiet"));
  SJ_TRY(const auto lock, lock_case(case_path));
  auto wanted = arguments;
  wanted.values["--intel"] = arguments.all("PATH");
  SJ_TRY(const auto unpacked, FreshDir::make(case_path + ".unpacked"));
  SJ_TRY(const auto inputs,
         take_inputs(wanted, {.jobs = 1, .work_dir = unpacked.path()}, progress));
  const auto frame = make_frame(inputs, wanted);
  SJ_TRY(const auto folder, open_work_dir(case_path, case_key(frame)));
  auto out = CaseWriter(folder.path());
  write_sources(inputs, {}, out);
  for (const auto& source : inputs.evidence.sources) {
    if (source.size == 0) continue;
    out.add(CoverageRow{.source = source.id,
                        .off = 0,
                        .len = source.size,
                        .state = 1,
                        .reader = source.container ? "container" : "intel",
                        .records = 1,
                        .faults = source.faults.size(),
                        .why = {}});
    if (source.container) continue;
    SJ_TRY(const auto knowledge, read_knowledge(source.bytes(), source.id, source.name()));
    if (knowledge.objects == 0) {
      SJ_DO(folder.remove());
      return fail(Code::kMalformed, printable(source.name()) + " holds no object of STIX");
    }
    all_read = all_read && knowledge.faults.empty();
    write_knowledge(knowledge, source.id, out);
    auto uses = std::size_t{0};
    for (const auto& group : knowledge.groups) uses += group.uses.size();
    note(fmt::format("{}: {} objects, {} groups, {} techniques, {} uses, version {}",
                     printable(source.name()), human_count(knowledge.objects),
                     knowledge.groups.size(), knowledge.techniques.size(), human_count(uses),
                     printable(knowledge.version)));
    for (const auto& fault : knowledge.faults)
      note(fmt::format("{}: {} at byte {}", printable(source.name()), fault_word(fault.kind),
                       fault.span.offset));
  }
  SJ_TRY(const auto sealed, out.seal(frame, case_path));
  SJ_DO(note_custody(case_path, "intel import"));
  SJ_DO(folder.remove());
  note(fmt::format("wrote {} ({})", printable(case_path), human_bytes(sealed.bytes)));
  return {};
}

// Each report, in the order given: a line of JSON, or what a person wants to know first.
auto read_reports(const Arguments& arguments) -> Result<> {
  auto out = Output{};
  for (const auto& path : arguments.all("PATH")) {
    SJ_TRY(const auto bytes, read_file(path));
    const auto text = report::fold(bytes, report::format_of(path, bytes));
    const auto reading = report::read_report(text);
    if (arguments.has("--json")) {
      auto json = JsonWriter(out.text());
      report::write_report(text, reading, path.substr(path.rfind('/') + 1), json);
      out.text() += '\n';
    } else {
      out.text() +=
          fmt::format("{}: {} claims, {} entities, {} indicators, {} rejected; all are proposals\n",
                      printable(path), reading.claims.size(), reading.entities.size(),
                      reading.indicators.taken.size(), reading.indicators.rejected.size());
      for (const auto& claim : reading.claims)
        out.text() += fmt::format(
            "  {} {} {}: {}\n",
            claim.asserter < 0
                ? "the text"
                : printable(reading.entities[static_cast<std::size_t>(claim.asserter)].name),
            claim.stance, claim.act, printable(text.written(claim.evidence)));
    }
    out.flush_some();
  }
  return out.finish();
}

}  // namespace

auto run_intel(const Arguments& arguments) -> int {
  const auto act = arguments.one("ACT");
  if (act == "import") {
    auto all_read = true;
    const auto outcome = import_knowledge(arguments, all_read);
    return !outcome ? say(outcome.error()) : all_read ? kDone : kPartly;
  }
  if (act == "read") {
    const auto outcome = read_reports(arguments);
    return outcome ? kDone : say(outcome.error());
  }
  if (act == "vectors") return run_stix_act(arguments);
  auto mistake = Diagnostic{};
  mistake.code = "SJ0010";
  mistake.message = fmt::format("'intel' has no act '{}'", printable(act));
  mistake.help = act == "validate" || act == "pattern"
                     ? "validating and patterns come in a later version; this one knows "
                       "'import', 'read' and 'vectors'"
                     : "it knows 'import', 'read' and 'vectors'";
  say(mistake);
  return kUsage;
}

}  // namespace serjeant::cli

#include "share/show.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "cli/run.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "expose/show.h"
#include "seal/evidence.h"
#include "share/dossier.h"
#include "share/export.h"
#include "store/case_reader.h"

// The verbs that look into a case: show, attribute, dossier, export.
namespace serjeant::cli {
namespace {

// Topics that exposure knows how to tell.
using ShowJson = Result<> (*)(const CaseReader&, const LineSink&);
struct ExposeTopic {
  std::string_view name;
  ShowJson json;
};
constexpr auto kExposeTopics = std::to_array<ExposeTopic>({
    {"accounts", show_accounts},
    {"sessions", show_sessions},
    {"items", show_items},
    {"coverage", show_coverage},
});

// What speaks for the likeliest group, and what keeps it from being named.
auto tell_gate(const CaseReader& reader, bool none, Output& out) -> Result<> {
  if (none) {
    out.text() +=
        "Nothing is said of who did it: no knowledge base was given (investigate --intel PATH), or "
        "nothing that was observed is in it.\n";
    return {};
  }
  auto hypothesis = Id{};
  auto name = std::string{}, reasons = std::string{};
  SJ_DO(
      reader.query("SELECT h.id, e.value, a.reasons FROM hypothesis h JOIN assessment a ON "
                   "a.hypothesis=h.id JOIN entity e ON e.id=h.subject WHERE h.kind='group' "
                   "ORDER BY a.posterior, e.value DESC",
                   [&](const Row& row) {
                     hypothesis = row.id(0);
                     name = printable(row.text(1));
                     reasons = row.text(2);
                   }));
  if (name.empty()) return {};
  out.text() +=
      fmt::format("\nWhat weighs most for or against {} (times as likely under it):\n", name);
  auto items = std::vector<std::vector<std::string>>{{"ratio", "observed"}};
  SJ_DO(
      reader.query("SELECT f.lr_used, coalesce(nullif(c.words, ''), c.literal) FROM factor f JOIN "
                   "claim c ON c.id=f.item "
                   "WHERE f.hypothesis=?1 ORDER BY abs(f.lr_used) DESC, c.id LIMIT 10",
                   {hypothesis}, [&](const Row& row) {
                     const auto ratio = std::exp(static_cast<double>(row.integer(0)) / 1e6);
                     items.push_back({fmt::format("{:.2f}", ratio), printable(row.text(1))});
                   }));
  out.text() += table(items, wants_colour(STDOUT_FILENO), terminal_width(STDOUT_FILENO));
  auto arena = Arena{};
  auto document = Document{};
  parse_json(reasons, "", document, arena);
  const auto failed = document.root().find("not_named_because");
  if (!failed) return {};
  out.text() += fmt::format("\n{} is not named, because:\n", name);
  for (const auto why : failed) out.text() += fmt::format("  {}\n", printable(why.text()));
  auto flipping = std::vector<std::string>{};
  for (const auto item : document.root().find("another_first_without"))
    flipping.push_back(printable(item.text()));
  if (!flipping.empty())
    out.text() +=
        fmt::format("Another group would come first without {}.\n", fmt::join(flipping, " and "));
  return {};
}

auto show_topic(const CaseReader& reader, const std::string& topic, bool json, Output& out)
    -> Result<> {
  for (const auto& known : kExposeTopics)
    if (known.name == topic && json) {
      SJ_DO(known.json(reader, [&](std::string_view line) {
        out.text() += line;
        out.text() += '\n';
        out.flush_some();
      }));
      // After the logs and their gaps, the bytes that were not read, and why.
      return topic == "coverage" ? show_json(reader, "unread", out.text()) : Result<>{};
    }
  if (json) return show_json(reader, topic, out.text());
  SJ_TRY(auto rows, show_table(reader, topic, ForWhom::kPeople));
  // A terminal shows what fits; elsewhere only cells without end are cut.
  constexpr auto kWidest = std::size_t{200};
  for (auto& row : rows)
    for (auto& cell : row) cell = clip(printable(cell), kWidest);
  out.text() += table(rows, wants_colour(STDOUT_FILENO), terminal_width(STDOUT_FILENO));
  if (rows.size() <= 1) out.text() += "(none)\n";
  if (topic == "hypotheses") return tell_gate(reader, rows.size() <= 1, out);
  return {};
}

auto show(const Arguments& arguments, const std::string& topic) -> int {
  const auto reader = CaseReader::open(arguments.one("CASE"));
  if (!reader) return say(reader.error());
  auto known = show_topics();
  if (std::find(known.begin(), known.end(), topic) == known.end()) {
    auto mistake = Diagnostic{};
    mistake.code = "SJ0011";
    mistake.message = fmt::format("'show' has no topic '{}'", printable(topic));
    const auto near = nearest_word(topic, known);
    mistake.help =
        near ? fmt::format("did you mean '{}'?", *near) : "'serjeant show --help' lists the topics";
    say(mistake);
    return kUsage;
  }
  auto out = Output{};
  if (const auto shown = show_topic(*reader, topic, arguments.has("--json"), out); !shown)
    return say(shown.error());
  if (const auto written = out.finish(); !written) return say(written.error());
  return kDone;
}

// "incident.sjt" to "incident.html".
auto page_path(const Arguments& arguments) -> std::string {
  const auto given = arguments.one("--output");
  if (!given.empty()) return given;
  auto path = arguments.one("CASE");
  if (path.ends_with(".sjt")) path.resize(path.size() - 4);
  return path + ".html";
}

auto dossier(const Arguments& arguments) -> Result<> {
  SJ_TRY(const auto reader, CaseReader::open(arguments.one("CASE")));
  SJ_TRY(const auto scratch, ScratchDir::make(arguments));
  auto progress = Progress(true);
  auto evidence = Evidence{};
  auto where = std::map<Digest, std::uint32_t>{};
  if (const auto folder = arguments.one("--evidence"); !folder.empty()) {
    SJ_TRY(evidence, take_in({folder}, {.jobs = 2, .work_dir = scratch.path()}, progress));
    for (const auto& source : evidence.sources) where[source.sha256] = source.id;
  }
  SJ_TRY(const auto page,
         make_dossier(reader, [&](const Digest& digest) -> std::optional<std::string_view> {
           const auto found = where.find(digest);
           if (found == where.end()) return std::nullopt;
           return evidence.source(found->second).bytes();
         }));
  const auto path = page_path(arguments);
  SJ_DO(write_file(path, page));
  note(fmt::format("wrote {} ({})", printable(path), human_bytes(page.size())));
  return {};
}

auto export_case(const Arguments& arguments) -> Result<> {
  SJ_TRY(const auto reader, CaseReader::open(arguments.one("CASE")));
  const auto path = arguments.one("--output");
  auto wanted = 0;
  for (const auto* form : {"--stix", "--csv", "--navigator", "--blocklist"})
    wanted += arguments.has(form) ? 1 : 0;
  if (wanted != 1)
    return fail(Code::kMalformed,
                "'export' writes one form at a time: --stix, --csv, --navigator or --blocklist");
  if (arguments.has("--csv")) {
    SJ_DO(export_csv(reader, path));
  } else {
    SJ_TRY(const auto text, arguments.has("--stix")        ? export_stix(reader)
                            : arguments.has("--navigator") ? export_navigator(reader)
                                                           : export_blocklist(reader));
    SJ_DO(write_file(path, text));
  }
  note("wrote " + printable(path));
  return {};
}

}  // namespace

auto run_show(const Arguments& arguments) -> int {
  return show(arguments, arguments.one("TOPIC", "summary"));
}

auto show_hypotheses(const Arguments& arguments) -> int { return show(arguments, "hypotheses"); }

auto run_dossier(const Arguments& arguments) -> int {
  const auto outcome = dossier(arguments);
  return outcome ? kDone : say(outcome.error());
}

auto run_export(const Arguments& arguments) -> int {
  const auto outcome = export_case(arguments);
  return outcome ? kDone : say(outcome.error());
}

}  // namespace serjeant::cli

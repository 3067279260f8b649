#include "cli/verbs.h"

#include <algorithm>

namespace serjeant::cli {
namespace {

const auto kEvidence = Positional{
    .name = "EVIDENCE",
    .help =
        "A file or folder: mailboxes (mbox, EML), audit log exports, web and server logs, or "
        "archives of them. NAME=PATH says which organisation gave it. Links are not followed "
        "out of a folder.",
    .many = true};
const auto kCase = Positional{.name = "CASE", .help = "A case file (.sjt)."};

const auto kJobs = Option{.name = "--jobs",
                          .short_name = "-j",
                          .value = "N",
                          .help =
                              "Workers; default: the processors of this machine. The result "
                              "does not depend on it."};
const auto kRules = Option{.name = "--rules",
                           .short_name = {},
                           .value = "PATH",
                           .help =
                               "Sigma rules: a file or a folder of .yml files. May be given "
                               "more than once. The built-in rules are always used unless "
                               "--no-builtin is given.",
                           .many = true,
                           .is_path = true};
const auto kPlaceholder =
    Option{.name = "--placeholder",
           .short_name = {},
           .value = "NAME=VALUE",
           .help = "A value for %NAME% in rules. May be given more than once.",
           .many = true};
const auto kNoBuiltin = Option{.name = "--no-builtin",
                               .short_name = {},
                               .value = {},
                               .help = "Do not use the built-in rules."};
const auto kEngine = Option{.name = "--engine",
                            .short_name = {},
                            .value = "ENGINE",
                            .help =
                                "What judges the rules; default: fast. 'reference' is the slow "
                                "evaluator that defines what rules mean; 'both' runs the two "
                                "and stops where they differ.",
                            .choices = {"fast", "reference", "both"}};
const auto kZone = Option{.name = "--zone",
                          .short_name = {},
                          .value = "NAME=+HH:MM",
                          .help =
                              "The offset of times that carry none, in sources whose name ends "
                              "in NAME. Without it such times are taken as UTC and marked "
                              "'assumed'.",
                          .many = true};
const auto kProfiles = Option{.name = "--profiles",
                              .short_name = {},
                              .value = "DIR",
                              .help = "A folder of further source profiles (*.yaml).",
                              .many = true,
                              .is_path = true};
const auto kQuiet = Option{
    .name = "--quiet", .short_name = "-q", .value = {}, .help = "No progress and no summary."};
const auto kJson = Option{.name = "--json",
                          .short_name = {},
                          .value = {},
                          .help = "One JSON object a line, keys in a fixed order."};
const auto kWork = Option{.name = "--work",
                          .short_name = {},
                          .value = "DIR",
                          .help =
                              "Folder for unpacked archives and intermediate results; "
                              "default: beside the case, or the system's temporary folder.",
                          .is_path = true};

const auto kVerbs = std::vector<Verb>{
    {.name = "investigate",
     .summary = "evidence to a sealed case, in one go",
     .description =
         "Takes evidence in (hashes, unpacks), reads it, shapes records into events, applies "
         "rules, "
         "gathers mails into campaigns, works out which accounts were entered and what was read, "
         "weighs hypotheses about who did it, and writes the case file.\n\n"
         "The evidence is opened read-only and stays where it is. The same evidence, rules, "
         "intelligence and program give the same bytes of the case file. If the run is stopped, no "
         "case is left behind; the same command goes on where it stopped.",
     .positionals = {kEvidence},
     .options = {{.name = "--case",
                  .short_name = {},
                  .value = "FILE",
                  .help = "The case file to write. An existing case is replaced only when the new "
                          "one is whole.",
                  .required = true,
                  .is_path = true},
                 {.name = "--intel",
                  .short_name = {},
                  .value = "PATH",
                  .help = "Public knowledge: a STIX bundle such as MITRE ATT&CK, or a folder of "
                          "them. Without it the case says that no knowledge base was given.",
                  .many = true,
                  .is_path = true},
                 kRules,
                 kPlaceholder,
                 kNoBuiltin,
                 kEngine,
                 {.name = "--roster",
                  .short_name = {},
                  .value = "FILE",
                  .help = "Who is who: a CSV with the columns person,address,kind,role,"
                          "organisation,group,from,to. Names stay in that file; the case holds "
                          "pseudonyms.",
                  .is_path = true},
                 kZone,
                 kProfiles,
                 kWork,
                 kJobs,
                 kQuiet},
     .examples = {{"serjeant investigate mailboxes/ audit.csv --case incident.sjt",
                   "Everything in a folder and one audit log export, into one case."},
                  {"serjeant investigate Parliament=evidence/ --case incident.sjt --intel "
                   "enterprise-attack.json --roster people.csv",
                   "With the organisation named, ATT&CK and a list of people."}}},
    {.name = "detect",
     .summary = "rules over raw evidence, without a case",
     .description = "Applies Sigma rules to every event of the evidence and prints the findings.\n"
                    "Rules that cannot be loaded are reported with the place of the mistake; the "
                    "ledger says for each rule what became of it.",
     .positionals =
         {{.name = kEvidence.name, .help = kEvidence.help, .many = true, .required = false}},
     .options = {kRules,
                 kPlaceholder,
                 kNoBuiltin,
                 kEngine,
                 {.name = "--format",
                  .short_name = {},
                  .value = "FORMAT",
                  .help = "How to print findings; default: table on a terminal, else ndjson.",
                  .choices = {"ndjson", "csv", "table"}},
                 {.name = "--ledger",
                  .short_name = {},
                  .value = "FILE",
                  .help = "Write what became of each rule, one JSON object a line.",
                  .is_path = true},
                 {.name = "--vectors",
                  .short_name = {},
                  .value = "FILE",
                  .help = "Instead of evidence: judge test vectors of the rule language, one JSON "
                          "object a line (docs/rules.md).",
                  .is_path = true},
                 kZone,
                 kProfiles,
                 kJobs,
                 kQuiet},
     .examples = {{"serjeant detect --rules sigma/rules security.ndjson", "All public rules."},
                  {"serjeant detect audit.csv --format table",
                   "Only the built-in rules, as a table."}}},
    {.name = "search",
     .summary = "one expression over raw evidence, without an index",
     .description =
         "The expression is Sigma's: 'Field|modifier=value' terms joined by and, or, not and "
         "parentheses; a bare word or a 'quoted text' is looked for in every value. Prints each "
         "event that meets it, as 'read' does.",
     .positionals = {{.name = "EXPR", .help = "The expression."}, kEvidence},
     .options = {kZone, kProfiles, kJobs, kQuiet},
     .examples = {{"serjeant search 'Operation=New-InboxRule and Parameters.DeleteMessage=True' "
                   "audit.csv",
                   "Mail rules that delete."},
                  {"serjeant search '203.0.113.7' evidence/", "An address, wherever it stands."}}},
    {.name = "read",
     .summary = "what the readers and profiles make of evidence",
     .description =
         "Prints one event a line with the place where it stands (source, offset, length), its "
         "spine and its native fields, then what could not be read. The first thing to look at "
         "when a source seems to be missing.",
     .positionals = {kEvidence},
     .options = {{.name = "--format",
                  .short_name = {},
                  .value = "FORMAT",
                  .help = "Only ndjson for now; the default.",
                  .choices = {"ndjson"}},
                 {.name = "--spine",
                  .short_name = {},
                  .value = {},
                  .help = "Only the spine, without native fields."},
                 {.name = "--coverage",
                  .short_name = {},
                  .value = {},
                  .help = "Print what became of each stretch of bytes instead of events."},
                 kZone,
                 kProfiles,
                 kQuiet},
     .examples = {{"serjeant read audit.csv --spine", "The spine of each event."},
                  {"serjeant read strange.log --coverage",
                   "Which bytes were read, and which not."}}},
    {.name = "mail",
     .summary = "what is known of each message",
     .description =
         "Prints one message a line: who it says it is from, to whom it went, how it travelled, "
         "what it would load when shown, what hangs on it, and who vouches for it: `auth` holds "
         "SPF, "
         "DKIM, ARC and DMARC at the message's own time, from a snapshot of the DNS. Nothing is "
         "looked up; without a snapshot it says what holds without keys, and which names would "
         "settle the rest.",
     .positionals = {{.name = "EVIDENCE", .help = kEvidence.help, .many = true, .required = false}},
     .options = {{.name = "--format",
                  .short_name = {},
                  .value = "FORMAT",
                  .help = "Only ndjson for now; the default.",
                  .choices = {"ndjson"}},
                 {.name = "--tree",
                  .short_name = {},
                  .value = {},
                  .help = "Print the tree of parts with the place of each instead."},
                 {.name = "--dns",
                  .short_name = {},
                  .value = "SNAPSHOT",
                  .help = "What the DNS said: NDJSON, one observation a line.",
                  .is_path = true},
                 {.name = "--at",
                  .short_name = {},
                  .value = "TIME",
                  .help = "Judge as of this time, not each message's own (RFC 3339)."},
                 {.name = "--spf-cases",
                  .short_name = {},
                  .value = "FILE",
                  .help = "Instead of evidence: NDJSON {id, ip, helo, mail_from[, time]}, answered "
                          "by SPF one a line.",
                  .is_path = true},
                 kQuiet},
     .examples = {{"serjeant mail inbox.mbox", "Each message of a mailbox."},
                  {"serjeant mail suspicious.eml --tree", "How one message is built."},
                  {"serjeant mail inbox.mbox --dns dns.ndjson",
                   "Who vouches for each message, by the DNS of its time."}}},
    {.name = "intel",
     .summary = "public knowledge on its own",
     .description =
         "  import PATH... --case FILE   compile STIX bundles into a case without evidence\n"
         "  read PATH... [--json]        what reports say, as proposed claims; no language model\n"
         "  vectors FILE...              answer conformance vectors for STIX, a line of JSON each\n"
         "Validating bundles comes in a later version; STIX patterns are judged through vectors "
         "only.",
     .positionals = {{.name = "ACT", .help = "import, read or vectors."},
                     {.name = "PATH",
                      .help = "Bundles, or folders of them; reports; files of vectors, whose names "
                              "say what they ask (docs/formats/stix.md).",
                      .many = true}},
     .options = {{.name = "--case",
                  .short_name = {},
                  .value = "FILE",
                  .help = "The case file to write.",
                  .is_path = true},
                 kJson,
                 kQuiet},
     .examples = {{"serjeant intel import enterprise-attack.json --case attack.sjt",
                   "A case that holds only knowledge."},
                  {"serjeant intel read report.txt --json", "Claims and indicators of a report."}}},
    {.name = "attribute",
     .summary = "the hypotheses of a case, with odds and what would change them",
     .description =
         "Prints the rival hypotheses of a case: what speaks for each, how sure the figure is, and "
         "which conditions for naming are not met. 'unknown' is always among them.\n\n"
         "Without a case it answers ready questions: with --cases, one line of JSON for each trial "
         "of a file, from the published knowledge in a folder (docs/attribution.md has the forms); "
         "with --fit, the parameters that such answers rest on, learned from the folder's cases; "
         "with --tables, the figures of the plain scorers on them.",
     .positionals = {{.name = kCase.name, .help = kCase.help, .required = false}},
     .options = {kJson,
                 {.name = "--cases",
                  .short_name = {},
                  .value = "FILE",
                  .help = "Questions, one JSON object a line. The answer goes to the question's "
                          "name; what else a line says of its answer is not read.",
                  .is_path = true},
                 {.name = "--knowledge",
                  .short_name = {},
                  .value = "DIR",
                  .help = "The knowledge to answer from: kb/kb-VERSION.jsonl and citations.jsonl.",
                  .is_path = true},
                 {.name = "--parameters",
                  .short_name = {},
                  .value = "FILE",
                  .help = "Parameters that --fit wrote; default: those built in.",
                  .is_path = true},
                 {.name = "--fit",
                  .short_name = {},
                  .value = "DIR",
                  .help = "Learn the parameters from the cases of DIR, the same every time.",
                  .is_path = true},
                 {.name = "--tables",
                  .short_name = {},
                  .value = "DIR",
                  .help = "Measure the plain scorers on the cases of DIR.",
                  .is_path = true},
                 {.name = "--out",
                  .short_name = {},
                  .value = "FILE",
                  .help = "Where answers, parameters or figures go; default: standard output.",
                  .is_path = true}},
     .examples = {{"serjeant attribute incident.sjt", "For a person."},
                  {"serjeant attribute incident.sjt --json", "All numbers."},
                  {"serjeant attribute --cases trials.jsonl --knowledge published/ --out "
                   "answers.jsonl",
                   "Ready questions."}}},
    {.name = "show",
     .summary = "look into a case",
     .description = "Prints one topic of a case. Without a topic: a summary.",
     .positionals = {kCase,
                     {.name = "TOPIC",
                      .help = "sources, coverage, findings, accounts, sessions, items, persons, "
                              "campaigns, hypotheses, claims, timeline or gaps.",
                      .required = false}},
     .options = {kJson},
     .examples = {{"serjeant show incident.sjt", "The summary."},
                  {"serjeant show incident.sjt accounts --json", "Each account, for a program."}}},
    {.name = "dossier",
     .summary = "the case as one page for people",
     .description =
         "Writes one self-contained HTML page: the summary in plain words, pictures, accounts, "
         "items, hypotheses, coverage, and the evidence index that leads from each statement to "
         "its bytes. The page runs no script and loads nothing.",
     .positionals = {kCase},
     .options = {{.name = "--output",
                  .short_name = "-o",
                  .value = "FILE",
                  .help = "Default: the case's name with .html.",
                  .is_path = true},
                 {.name = "--evidence",
                  .short_name = {},
                  .value = "DIR",
                  .help = "Where the evidence lies now, to quote its bytes; without it the page "
                          "quotes what the case holds.",
                  .is_path = true}},
     .examples = {{"serjeant dossier incident.sjt", "Writes incident.html."},
                  {"serjeant dossier incident.sjt -o report.html --evidence evidence/",
                   "With the bytes themselves quoted."}}},
    {.name = "export",
     .summary = "the case for other programs",
     .description = "Writes STIX 2.1, tables, an ATT&CK Navigator layer or a blocklist.",
     .positionals = {kCase},
     .options = {{.name = "--stix", .short_name = {}, .value = {}, .help = "A STIX 2.1 bundle."},
                 {.name = "--csv",
                  .short_name = {},
                  .value = {},
                  .help = "A folder of tables, one CSV a topic."},
                 {.name = "--navigator",
                  .short_name = {},
                  .value = {},
                  .help = "An ATT&CK Navigator layer of the techniques observed."},
                 {.name = "--blocklist",
                  .short_name = {},
                  .value = {},
                  .help = "Hosts and addresses of campaigns and takeovers, one a line, never those "
                          "of shared services."},
                 {.name = "--output",
                  .short_name = "-o",
                  .value = "PATH",
                  .help = "Where to write.",
                  .required = true,
                  .is_path = true}},
     .examples = {{"serjeant export incident.sjt --stix -o incident.json", "For sharing."},
                  {"serjeant export incident.sjt --csv -o tables/", "For a spreadsheet."}}},
    {.name = "verify",
     .summary = "check a case against itself and against the evidence",
     .description =
         "Checks the seal, the file, the rules that every case obeys and the custody log; with the "
         "evidence at hand, hashes it again, names the damaged megabyte, and reads every cited "
         "span again.",
     .positionals = {kCase},
     .options = {{.name = "--evidence",
                  .short_name = {},
                  .value = "DIR",
                  .help = "The evidence; found by content, whatever it is called now.",
                  .is_path = true},
                 kJobs,
                 kQuiet},
     .examples = {{"serjeant verify incident.sjt --evidence evidence/", "All checks."}}},
    {.name = "exercise",
     .summary = "synthetic evidence with a known answer",
     .description =
         "Writes the evidence of the exercise 'Three Houses' and its answer key, to train with or "
         "to test a program by. All names and addresses are from ranges reserved for examples.",
     .positionals = {{.name = "DIR", .help = "A new or empty folder."}},
     .options = {{.name = "--seed", .short_name = {}, .value = "N", .help = "Default 1."},
                 {.name = "--size",
                  .short_name = {},
                  .value = "SIZE",
                  .help = "XS is made in seconds, S has millions of events. Default XS.",
                  .choices = {"XS", "S", "M", "L"}},
                 {.name = "--without",
                  .short_name = {},
                  .value = "TRAP",
                  .help = "Leave one of the planted difficulties out. May be given more than once.",
                  .many = true},
                 kJobs,
                 kQuiet},
     .examples = {{"serjeant exercise --seed 7 --size XS exercise/", "A small one."}}},
    {.name = "score",
     .summary = "compare a case with the answer key of an exercise",
     .description = "Prints one measure a line and succeeds only if all bars hold.",
     .positionals = {kCase, {.name = "TRUTH", .help = "The folder 'truth' of the exercise."}},
     .options = {},
     .examples = {{"serjeant score exercise.sjt exercise/truth", "Every measure."}}},
    {.name = "manual",
     .summary = "the manual page and the completions",
     .description = "Used when the program is packaged.",
     .positionals = {{.name = "KIND",
                      .help = "man, bash, zsh, fish, or a verb for its page in docs/verbs."}},
     .options = {},
     .examples = {{"serjeant manual man", "Prints the manual page."}},
     .hidden = true},
};

}  // namespace

auto verbs() -> std::span<const Verb> { return kVerbs; }

auto find_verb(std::string_view name) -> const Verb* {
  const auto found = std::find_if(kVerbs.begin(), kVerbs.end(),
                                  [&](const Verb& verb) { return verb.name == name; });
  return found == kVerbs.end() ? nullptr : &*found;
}

}  // namespace serjeant::cli

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "cli/event_lines.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "core/file.h"
#include "core/json.h"
#include "core/pool.h"
#include "core/text.h"
#include "detect/matcher.h"
#include "detect/route.h"
#include "detect/vectors.h"
#include "read/record.h"
#include "seal/evidence.h"
#include "store/rows.h"

// `detect`: rules over raw evidence, findings as they come, in order of source
// and offset; those of correlations at the end.
namespace serjeant::cli {
namespace {

// One worker's findings for one source, as lines ready to print.
struct Lines {
  std::string text;
  std::uint64_t findings = 0;
};

enum class Form { kNdjson, kCsv, kTable };

auto csv_cell(std::string_view text) -> std::string {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  auto out = std::string("\"");
  for (const auto c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

// The table is written as findings come, so its columns are fixed; 80 wide up to
// the account, and what matched goes on behind.
auto table_line(std::string_view time, std::string_view level, std::string_view rule,
                std::string_view account, std::string_view matched) -> std::string {
  const auto cell = [](std::string_view text, std::size_t most) {
    return clip(printable(text), most);
  };
  auto line = fmt::format("{:<19}  {:<8}  {:<27}  {:<20}  {}", cell(time, 19), cell(level, 8),
                          cell(rule, 27), cell(account, 20), cell(matched, 80));
  while (line.ends_with(' ')) line.pop_back();
  return line + '\n';
}

void write_line(Form form, const Finding& finding, const Event* event, const Source& source,
                const RuleInfo& rule, std::string& out) {
  if (form == Form::kNdjson) {
    write_finding(finding, event, source.name(), source.sha256, rule, out);
    out += '\n';
    return;
  }
  const auto time = finding.basis == TimeBasis::kNone ? std::string{} : format_time(finding.at);
  auto why = std::string{};
  for (const auto& m : finding.matched) {
    if (!why.empty()) why += "; ";
    why += m.field + "=" + m.value.substr(0, 60);
  }
  if (why.empty()) why = finding.group;
  const auto actor = event == nullptr ? std::string{} : std::string(event->actor);
  if (form == Form::kCsv) {
    for (const auto& cell :
         {time, std::string(level_word(finding.level)), rule.title, rule.uid, actor, source.name(),
          std::to_string(finding.span.offset), std::to_string(finding.span.length), why}) {
      out += csv_cell(cell);
      out += ',';
    }
    out.back() = '\n';
    return;
  }
  out += table_line(time.substr(0, 19), level_word(finding.level), rule.title, actor, why);
}

class Judge final : public RecordSink, public EventSink {
 public:
  Judge(const RuleSet& rules, Form form, Engine engine)
      : rules_(rules), form_(form), matcher_(make_matcher(rules, engine)) {}

  void begin(const Source& source, const Reader& reader, const Profile& profile) {
    source_ = &source;
    is_lines_ = is_line_format(reader.format());
    shaper_ = std::make_unique<Shaper>(profile, source.name());
    lines_ = {};
    unread_ = false;
  }
  auto take() -> Lines { return std::move(lines_); }
  auto unread() const -> bool { return unread_; }
  auto fired() const -> const std::set<std::uint32_t>& { return fired_; }
  auto matcher() -> Matcher& { return *matcher_; }
  auto arena() -> Arena& { return arena_; }

  void record(const Record& record) override { shaper_->shape(record, arena_, *this); }
  void fault(const Fault&) override {}
  void account(Extent, Coverage state, std::string_view why) override {
    unread_ = unread_ || state == Coverage::kFailed || why == "unknown format";
  }
  void event(const Event& shaped) override {
    auto event = shaped;
    event.eid = event_id(source_->sha256, event.span.offset, event.span.length);
    found_.clear();
    const auto raw = is_lines_ ? source_->bytes().substr(event.span.offset, event.span.length)
                               : std::string_view{};
    matcher_->match(event, raw, found_);
    for (const auto& finding : found_) {
      write_line(form_, finding, &event, *source_, rules_.rules()[finding.rule], lines_.text);
      ++lines_.findings;
      fired_.insert(finding.rule);
    }
  }

 private:
  const RuleSet& rules_;
  Form form_;
  std::unique_ptr<Matcher> matcher_;
  std::unique_ptr<Shaper> shaper_;
  const Source* source_ = nullptr;
  bool is_lines_ = false;
  bool unread_ = false;
  Arena arena_;
  std::vector<Finding> found_;
  std::set<std::uint32_t> fired_;  // rules, over all that was judged
  Lines lines_;
};

auto form_of(const Arguments& arguments) -> Form {
  const auto given = arguments.one("--format", ::isatty(STDOUT_FILENO) != 0 ? "table" : "ndjson");
  return given == "csv" ? Form::kCsv : given == "table" ? Form::kTable : Form::kNdjson;
}

// What is wrong with rules, at most a few in full.
void tell_rejected(const RuleSet& rules) {
  constexpr auto kShown = std::size_t{5};
  auto errors = std::size_t{0};
  for (const auto& [document, diagnostic] : rules.diagnostics()) {
    if (diagnostic.severity != Diagnostic::Severity::kError) continue;
    if (++errors <= kShown) say(diagnostic);
  }
  if (errors > kShown)
    note(
        fmt::format("{} more rules could not be loaded; '--ledger FILE' lists each with its reason",
                    errors - kShown));
}

struct Piece {
  const Source* source;
  Extent extent;
  const Reader* reader;
};

auto detect(const Arguments& arguments, bool& all_read) -> Result<> {
  auto progress = Progress(!arguments.has("--quiet") && ::isatty(STDOUT_FILENO) == 0);
  SJ_TRY(const auto jobs, jobs_of(arguments));
  SJ_TRY(const auto scratch, ScratchDir::make(arguments));
  SJ_TRY(const auto profiles, profiles_of(arguments));
  SJ_TRY(const auto rules, rules_of(arguments));
  SJ_TRY(const auto evidence,
         take_in(arguments.all("EVIDENCE"), {.jobs = jobs, .work_dir = scratch.path()}, progress));
  if (!arguments.has("--quiet")) tell_rejected(*rules);
  if (rules->loaded() == 0)
    return fail(Code::kMalformed, arguments.has("--rules")
                                      ? "no rule could be loaded"
                                      : "--no-builtin leaves no rules; --rules PATH gives some");
  const auto form = form_of(arguments);

  auto readers = std::vector<std::unique_ptr<Reader>>{};
  auto pieces = std::vector<Piece>{};
  auto total = std::uint64_t{0};
  for (const auto& source : evidence.sources) {
    if (source.container || source.size == 0) continue;
    readers.push_back(open_reader(source.bytes(), source.id, source.name()));
    for (const auto& extent : readers.back()->plan(std::uint64_t{4} << 20)) {
      pieces.push_back({&source, extent, readers.back().get()});
      total += extent.length;
    }
  }
  auto out = Output{};
  if (form == Form::kCsv) out.text() += "time,level,title,rule,actor,path,offset,length,matched\n";
  if (form == Form::kTable)
    out.text() += table_line("time (UTC)", "level", "rule", "account", "matched");

  // Rounds of pieces keep the order of the output and bound what waits for it.
  auto judges = std::vector<std::unique_ptr<Judge>>(jobs);
  for (auto& judge : judges) judge = std::make_unique<Judge>(*rules, form, engine_of(arguments));
  auto matches = std::vector<BaseMatch>{};
  auto findings = std::uint64_t{0};
  auto unread_sources = std::set<const Source*>{};
  progress.begin("judging", total, "B");
  const auto round = jobs * 4;
  for (auto from = std::size_t{0}; from < pieces.size() && !out.closed(); from += round) {
    const auto count = std::min(round, pieces.size() - from);
    auto results = std::vector<Lines>(count);
    auto unread = std::vector<std::uint8_t>(count, 0);
    const auto whole = for_each_index(count, jobs, [&](std::size_t index, std::size_t worker) {
      const auto& piece = pieces[from + index];
      auto& judge = *judges[worker];
      judge.begin(*piece.source, *piece.reader,
                  *profiles.recognise(*piece.reader, piece.source->name()));
      piece.reader->read(piece.extent, judge.arena(), judge);
      judge.arena().reset();
      results[index] = judge.take();
      unread[index] = judge.unread() ? 1 : 0;
      progress.add(piece.extent.length);
    });
    if (!whole) return fail(Code::kInternal, "interrupted");
    for (auto i = std::size_t{0}; i < count; ++i) {
      if (unread[i] != 0) unread_sources.insert(pieces[from + i].source);
      out.text() += results[i].text;
      findings += results[i].findings;
      out.flush_some();
    }
  }
  progress.end();
  if (!unread_sources.empty()) all_read = false;
  if (!arguments.has("--quiet"))
    for (const auto& source : evidence.sources)
      if (unread_sources.contains(&source))
        note("not everything could be read of " + printable(source.name()) +
             " ('serjeant read --coverage' shows which bytes)");
  auto counts = MatchCounts{};
  auto fired = std::set<std::uint32_t>{};
  for (auto& judge : judges) {
    counts.merge(judge->matcher().counts());
    fired.insert(judge->fired().begin(), judge->fired().end());
    for (auto& match : judge->matcher().take_matches()) matches.push_back(std::move(match));
    if (const auto difference = judge->matcher().difference(); !difference.empty())
      return fail(Code::kInternal, "the engines differ: " + difference);
  }
  auto correlated = std::vector<Finding>{};
  correlate(*rules, std::move(matches), correlated, counts);
  for (const auto& finding : correlated) {
    fired.insert(finding.rule);
    const auto& source = evidence.source(finding.span.source);
    write_line(form, finding, nullptr, source, rules->rules()[finding.rule], out.text());
    out.flush_some();
  }
  findings += correlated.size();
  if (!tell_unread(evidence)) all_read = false;
  SJ_DO(out.finish());
  if (const auto ledger = arguments.one("--ledger"); !ledger.empty()) {
    auto text = std::string{};
    write_ledger(*rules, counts, text);
    SJ_DO(write_file(ledger, text));
  }
  if (!arguments.has("--quiet"))
    note(fmt::format("{} findings by {} rules ({} loaded, {} rejected) over {}",
                     human_count(findings), human_count(fired.size()), human_count(rules->loaded()),
                     human_count(rules->rules().size() - rules->loaded()), human_bytes(total)));
  return {};
}

// Conformance: each vector and whether the program agrees with it.
auto judge_vectors(const std::string& path, Engine engine) -> int {
  const auto vectors = read_file(path);
  if (!vectors) return say(vectors.error());
  auto out = Output{};
  const auto counts = run_vectors(*vectors, out.text(), engine);
  if (const auto written = out.finish(); !written) return say(written.error());
  return counts.differed == 0 && counts.unreadable == 0 ? kDone : kPartly;
}

}  // namespace

auto run_detect(const Arguments& arguments) -> int {
  if (arguments.has("--vectors"))
    return judge_vectors(arguments.one("--vectors"), engine_of(arguments));
  if (!arguments.has("EVIDENCE")) {
    auto mistake = Diagnostic{};
    mistake.code = "SJ0008";
    mistake.message = "'detect' needs EVIDENCE: a file or folder to apply the rules to";
    mistake.help = "'serjeant detect --help' shows what it takes, with examples";
    say(mistake);
    return kUsage;
  }
  auto all_read = true;
  if (const auto outcome = detect(arguments, all_read); !outcome) return say(outcome.error());
  return all_read ? kDone : kPartly;
}

}  // namespace serjeant::cli

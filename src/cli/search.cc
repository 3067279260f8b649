#include <fmt/core.h>
#include <unistd.h>

#include "cli/event_lines.h"
#include "cli/expression.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "core/text.h"
#include "detect/matcher.h"
#include "detect/route.h"
#include "read/record.h"

// `search`: one expression over raw evidence, in order of source and offset.
namespace serjeant::cli {
namespace {

class Seeker final : public RecordSink, public EventSink {
 public:
  Seeker(const RuleSet& rules, Output& out) : matcher_(make_matcher(rules)), out_(out) {}

  void begin(const Source& source, const Reader& reader, const Profile& profile) {
    source_ = &source;
    is_lines_ = is_line_format(reader.format());
    shaper_ = std::make_unique<Shaper>(profile, source.name());
  }
  auto arena() -> Arena& { return arena_; }
  auto unread() const -> bool { return unread_; }
  auto hits() const -> std::uint64_t { return hits_; }

  void record(const Record& record) override { shaper_->shape(record, arena_, *this); }
  void fault(const Fault&) override {}
  void account(Extent, Coverage state, std::string_view why) override {
    unread_ = unread_ || state == Coverage::kFailed || why == "unknown format";
  }
  void event(const Event& event) override {
    // An event of no known log source is judged by every rule (decision R5):
    // a search asks of all events, whatever they are.
    auto plain = event;
    plain.profile = "unknown";
    plain.product = plain.category = plain.service = {};
    found_.clear();
    matcher_->match(plain,
                    is_lines_ ? source_->bytes().substr(event.span.offset, event.span.length)
                              : std::string_view{},
                    found_);
    if (found_.empty()) return;
    ++hits_;
    write_event_line(event, *source_, false, out_);
  }

 private:
  std::unique_ptr<Matcher> matcher_;
  Output& out_;
  std::unique_ptr<Shaper> shaper_;
  const Source* source_ = nullptr;
  bool is_lines_ = false;
  bool unread_ = false;
  std::uint64_t hits_ = 0;
  Arena arena_;
  std::vector<Finding> found_;
};

auto search(const Arguments& arguments, const RuleSet& rules, bool& all_read) -> Result<> {
  auto progress = Progress(!arguments.has("--quiet") && ::isatty(STDOUT_FILENO) == 0);
  SJ_TRY(const auto scratch, ScratchDir::make(arguments));
  SJ_TRY(const auto profiles, profiles_of(arguments));
  SJ_TRY(const auto evidence,
         take_in(arguments.all("EVIDENCE"), {.jobs = 1, .work_dir = scratch.path()}, progress));
  auto out = Output{};
  auto seeker = Seeker(rules, out);
  auto total = std::uint64_t{0};
  for (const auto& source : evidence.sources) total += source.container ? 0 : source.size;
  progress.begin("searching", total, "B");
  for (const auto& source : evidence.sources) {
    if (source.container || source.size == 0) continue;
    const auto reader = open_reader(source.bytes(), source.id, source.name());
    seeker.begin(source, *reader, *profiles.recognise(*reader, source.name()));
    for (const auto& chunk : reader->plan(std::uint64_t{1} << 22)) {
      if (out.closed()) return out.finish();
      reader->read(chunk, seeker.arena(), seeker);
      seeker.arena().reset();
      source.file.forget(chunk.offset, chunk.length);
      progress.add(chunk.length);
    }
  }
  progress.end();
  if (!tell_unread(evidence)) all_read = false;
  all_read = all_read && !seeker.unread();
  SJ_DO(out.finish());
  if (!arguments.has("--quiet"))
    note(fmt::format("{} events in {}{}", human_count(seeker.hits()), human_bytes(total),
                     all_read ? "" : "; not everything could be read"));
  return {};
}

}  // namespace

auto run_search(const Arguments& arguments) -> int {
  const auto rule = rule_of_expression(arguments.one("EXPR"));
  if (const auto* mistake = std::get_if<Diagnostic>(&rule)) {
    say(*mistake);
    return kUsage;
  }
  const auto rules = load_rule_texts({{"expression", std::get<std::string>(rule)}});
  if (rules.loaded() == 0) {
    for (const auto& [document, diagnostic] : rules.diagnostics())
      say(in_expression(diagnostic, arguments.one("EXPR")));
    return kUsage;
  }
  auto all_read = true;
  if (const auto outcome = search(arguments, rules, all_read); !outcome)
    return say(outcome.error());
  return all_read ? kDone : kPartly;
}

}  // namespace serjeant::cli

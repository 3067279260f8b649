#include <optional>

#include "cli/event_lines.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "core/file.h"
#include "core/text.h"
#include "detect/mail/auth/spf_cases.h"
#include "detect/mail/auth/verdict.h"
#include "detect/mail/facts.h"
#include "read/mail/tree.h"
#include "read/record.h"
#include "shape/shape.h"

// `mail`: what is known of each message, in order of source and offset.
namespace serjeant::cli {
namespace {

// What --dns and --at say.
struct Authority {
  std::optional<mail::DnsSnapshot> dns;
  std::optional<Nanos> at;
};

auto authority_of(const Arguments& arguments, bool& all_read) -> Result<Authority> {
  auto out = Authority{};
  if (arguments.has("--at")) {
    const auto time = parse_iso_time(arguments.one("--at"));
    if (!time)
      return fail(Code::kMalformed, "--at wants a time such as 2024-03-05T10:00:00Z, not '" +
                                        printable(arguments.one("--at")) + "'");
    out.at = time->at;
  }
  if (arguments.has("--dns")) {
    SJ_TRY(const auto text, read_file(arguments.one("--dns")));
    auto snapshot = mail::DnsSnapshot::read(text);
    if (!snapshot.faults.empty()) {
      all_read = false;
      note(std::to_string(snapshot.faults.size()) +
           " lines of the DNS snapshot are no observations; the first at byte " +
           std::to_string(snapshot.faults[0].span.offset));
    }
    out.dns = std::move(snapshot.value);
  }
  return out;
}

class MailLines final : public RecordSink, public EventSink {
 public:
  MailLines(Output& out, bool tree, const Authority& authority, const Source& source,
            const Profile& profile)
      : out_(out),
        tree_(tree),
        authority_(authority),
        source_(source),
        shaper_(profile, source.name()) {}

  auto arena() -> Arena& { return arena_; }
  auto unread() const -> bool { return unread_; }
  auto messages() const -> std::uint64_t { return messages_; }

  void record(const Record& record) override {
    if (record.message != nullptr) shaper_.shape(record, arena_, *this);
  }
  void fault(const Fault&) override {}
  void account(Extent, Coverage state, std::string_view why) override {
    unread_ = unread_ || state == Coverage::kFailed || why == "unknown format";
  }
  void event(const Event& event) override {
    if (event.message == nullptr) return;
    ++messages_;
    auto line = std::string{};
    if (tree_) {
      mail::write_message_tree(*event.message, line);
    } else {
      const auto facts = mail::mail_facts(event, arena_);
      mail::write_mail_facts(facts, line);
      line.pop_back();
      line += ",\"auth\":";
      auto auth = JsonWriter(line);
      mail::write_mail_auth(
          mail::authenticate(*event.message, facts, authority_.dns ? &*authority_.dns : nullptr,
                             authority_.at),
          auth);
      line += '}';
    }
    // The line's own members come after the place where the message stands.
    auto json = JsonWriter(out_.text());
    json.begin_object();
    write_place(json, source_, event.span);
    out_.text() += line.size() > 2 ? "," + line.substr(1) : std::string("}");
    out_.text() += '\n';
    out_.flush_some();
  }

 private:
  Output& out_;
  bool tree_;
  const Authority& authority_;
  const Source& source_;
  Shaper shaper_;
  Arena arena_;
  bool unread_ = false;
  std::uint64_t messages_ = 0;
};

// Questions about connections, without evidence.
auto spf_cases(const Arguments& arguments, const Authority& authority, bool& all_read) -> Result<> {
  if (!authority.dns) return fail(Code::kMalformed, "--spf-cases needs --dns");
  SJ_TRY(const auto text, read_file(arguments.one("--spf-cases")));
  auto out = Output{};
  const auto faults = mail::answer_spf_cases(text, *authority.dns, out.text());
  if (!faults.empty()) {
    all_read = false;
    note(std::to_string(faults.size()) + " lines are no questions; the first at byte " +
         std::to_string(faults[0].span.offset));
  }
  return out.finish();
}

auto mail(const Arguments& arguments, bool& all_read) -> Result<> {
  SJ_TRY(const auto authority, authority_of(arguments, all_read));
  if (arguments.has("--spf-cases")) return spf_cases(arguments, authority, all_read);
  if (!arguments.has("EVIDENCE"))
    return fail(Code::kMalformed, "name the evidence, or ask with --spf-cases");
  auto progress = Progress(false);
  SJ_TRY(const auto scratch, ScratchDir::make(arguments));
  SJ_TRY(const auto profiles, profiles_of(arguments));
  SJ_TRY(const auto evidence,
         take_in(arguments.all("EVIDENCE"), {.jobs = 1, .work_dir = scratch.path()}, progress));
  auto out = Output{};
  for (const auto& source : evidence.sources) {
    if (source.container || out.closed()) continue;
    const auto reader = open_reader(source.bytes(), source.id, source.name());
    auto lines = MailLines(out, arguments.has("--tree"), authority, source,
                           *profiles.recognise(*reader, source.name()));
    for (const auto& chunk : reader->plan(std::uint64_t{1} << 24)) {
      reader->read(chunk, lines.arena(), lines);
      lines.arena().reset();
    }
    if (lines.messages() == 0 && !arguments.has("--quiet"))
      note("no mail in " + printable(source.name()) +
           " (it looks like: " + std::string(reader->format()) + ")");
    all_read = all_read && !lines.unread();
  }
  if (!tell_unread(evidence)) all_read = false;
  return out.finish();
}

}  // namespace

auto run_mail(const Arguments& arguments) -> int {
  auto all_read = true;
  if (const auto outcome = mail(arguments, all_read); !outcome) return say(outcome.error());
  return all_read ? kDone : kPartly;
}

}  // namespace serjeant::cli

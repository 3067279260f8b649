#include "cli/event_lines.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "core/text.h"
#include "detect/mail/facts.h"
#include "read/mail/tree.h"
#include "read/record.h"
#include "shape/shape.h"

// `mail`: what is known of each message, in order of source and offset.
namespace serjeant::cli {
namespace {

class MailLines final : public RecordSink, public EventSink {
 public:
  MailLines(Output& out, bool tree, const Source& source, const Profile& profile)
      : out_(out), tree_(tree), source_(source), shaper_(profile, source.name()) {}

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
    if (tree_)
      mail::write_message_tree(*event.message, line);
    else
      mail::write_mail_facts(mail::mail_facts(event, arena_), line);
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
  const Source& source_;
  Shaper shaper_;
  Arena arena_;
  bool unread_ = false;
  std::uint64_t messages_ = 0;
};

auto mail(const Arguments& arguments, bool& all_read) -> Result<> {
  auto progress = Progress(false);
  SJ_TRY(const auto scratch, ScratchDir::make(arguments));
  SJ_TRY(const auto profiles, profiles_of(arguments));
  SJ_TRY(const auto evidence,
         take_in(arguments.all("EVIDENCE"), {.jobs = 1, .work_dir = scratch.path()}, progress));
  auto out = Output{};
  for (const auto& source : evidence.sources) {
    if (source.container || out.closed()) continue;
    const auto reader = open_reader(source.bytes(), source.id, source.name());
    auto lines = MailLines(out, arguments.has("--tree"), source,
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

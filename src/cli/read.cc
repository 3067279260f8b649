#include "cli/event_lines.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "core/json.h"
#include "core/text.h"
#include "read/record.h"
#include "seal/evidence.h"
#include "store/rows.h"

// `read` and `mail`: what the readers and profiles make of evidence, in order of
// source and offset.
namespace serjeant::cli {
namespace {

// Hands every event and every account of bytes of one source to a printer.
class Printer : public RecordSink, public EventSink {
 public:
  Printer(const Source& source, const Reader& reader, const Profiles& profiles)
      : source_(source),
        profile_(profiles.recognise(reader, source.name())),
        shaper_(*profile_, source.name()) {}

  void record(const Record& record) override { shaper_.shape(record, arena_, *this); }
  void fault(const Fault&) override {}
  void account(Extent, Coverage state, std::string_view why) override {
    unread_ = unread_ || state == Coverage::kFailed || why == "unknown format";
  }
  auto arena() -> Arena& { return arena_; }
  auto unread() const -> bool { return unread_; }

 protected:
  auto source() const -> const Source& { return source_; }
  auto profile() const -> std::string_view { return profile_name(*profile_); }

 private:
  const Source& source_;
  const Profile* profile_;
  Shaper shaper_;
  Arena arena_;
  bool unread_ = false;
};

class EventLines final : public Printer {
 public:
  EventLines(Output& out, bool spine_only, const Source& source, const Reader& reader,
             const Profiles& profiles)
      : Printer(source, reader, profiles), out_(out), spine_only_(spine_only) {}

  void event(const Event& event) override { write_event_line(event, source(), spine_only_, out_); }

 private:
  Output& out_;
  bool spine_only_;
};

class CoverageLines final : public Printer {
 public:
  CoverageLines(Output& out, const Source& source, const Reader& reader, const Profiles& profiles)
      : Printer(source, reader, profiles), out_(out), reader_(reader.format()) {}

  void begin(Extent chunk) { at_ = chunk.offset; }
  void end(Extent chunk) { read_to(chunk.offset + chunk.length); }
  void record(const Record& record) override {
    ++records_;
    faults_ += record.faults.size();
    Printer::record(record);
  }
  void fault(const Fault&) override { ++faults_; }
  void account(Extent bytes, Coverage state, std::string_view why) override {
    Printer::account(bytes, state, why);
    if (why == "blank" || why == "punctuation") return;
    read_to(bytes.offset);
    line(bytes.offset, bytes.length, state == Coverage::kFailed ? "failed" : "skipped", why);
    at_ = bytes.offset + bytes.length;
  }
  void event(const Event&) override {}

 private:
  void read_to(std::uint64_t end) {
    if (end > at_) line(at_, end - at_, "read", "");
    at_ = end;
  }
  void line(std::uint64_t offset, std::uint64_t length, std::string_view state,
            std::string_view why) {
    auto json = JsonWriter(out_.text());
    json.begin_object();
    json.field("path", source().name()).field("sha256", hex(source().sha256));
    json.field("offset", narrow<std::int64_t>(offset));
    json.field("length", narrow<std::int64_t>(length));
    json.field("state", state).field("reader", reader_).field("profile", profile());
    json.field("records", narrow<std::int64_t>(records_));
    json.field("faults", narrow<std::int64_t>(faults_));
    if (!why.empty()) json.field("why", why);
    json.end_object();
    out_.text() += '\n';
    out_.flush_some();
    records_ = 0;
    faults_ = 0;
  }

  Output& out_;
  std::string reader_;
  std::uint64_t at_ = 0, records_ = 0, faults_ = 0;
};

constexpr auto kChunk = std::uint64_t{1} << 24;

template <class Lines>
auto print_source(Lines& lines, const Reader& reader) -> bool {
  for (const auto& chunk : reader.plan(kChunk)) {
    if constexpr (requires { lines.begin(chunk); }) lines.begin(chunk);
    reader.read(chunk, lines.arena(), lines);
    if constexpr (requires { lines.end(chunk); }) lines.end(chunk);
    lines.arena().reset();
  }
  return !lines.unread();
}

auto read(const Arguments& arguments, bool& all_read) -> Result<> {
  auto progress = Progress(false);
  SJ_TRY(const auto scratch, ScratchDir::make(arguments));
  SJ_TRY(const auto profiles, profiles_of(arguments));
  SJ_TRY(const auto evidence,
         take_in(arguments.all("EVIDENCE"), {.jobs = 1, .work_dir = scratch.path()}, progress));
  auto out = Output{};
  for (const auto& source : evidence.sources) {
    if (source.container || out.closed()) continue;
    const auto reader = open_reader(source.bytes(), source.id, source.name());
    auto whole = true;
    if (arguments.has("--coverage")) {
      auto lines = CoverageLines(out, source, *reader, profiles);
      whole = print_source(lines, *reader);
    } else {
      auto lines = EventLines(out, arguments.has("--spine"), source, *reader, profiles);
      whole = print_source(lines, *reader);
    }
    if (whole || arguments.has("--quiet")) {
      all_read = all_read && whole;
      continue;
    }
    all_read = false;
    note(reader->format() == "unknown"
             ? "not read, unknown format: " + printable(source.name())
             : "not everything could be read of " + printable(source.name()) +
                   " ('--coverage' shows which bytes)");
  }
  if (!tell_unread(evidence)) all_read = false;
  return out.finish();
}

}  // namespace

auto run_read(const Arguments& arguments) -> int {
  auto all_read = true;
  if (const auto outcome = read(arguments, all_read); !outcome) return say(outcome.error());
  return all_read ? kDone : kPartly;
}

}  // namespace serjeant::cli

#include "cli/unit.h"

#include <algorithm>

#include "cli/codec.h"
#include "cli/findings.h"
#include "cli/inputs.h"
#include "core/bytes.h"
#include "detect/mail/facts.h"
#include "detect/route.h"
#include "expose/account.h"
#include "store/rows.h"

namespace serjeant::cli {
namespace {

// Gaps between records of these kinds are part of reading a format; as rows of
// their own they would say nothing and be as many as the records.
auto is_padding(std::string_view why) -> bool { return why == "punctuation" || why == "blank"; }

// Turns what a reader says of its bytes into rows without gap or overlap.
class CoverageRows {
 public:
  CoverageRows(UnitWriter& out, std::string_view reader) : out_(out), reader_(reader) {}

  void begin(Extent chunk) {
    chunk_ = chunk;
    at_ = chunk.offset;
    open_ = {};
  }
  void read(std::uint64_t offset, std::uint64_t length, std::size_t faults) {
    extend(offset, length, Coverage::kRead, "", 1, faults);
  }
  void account(Extent bytes, Coverage state, std::string_view why) {
    if (state == Coverage::kSkipped && is_padding(why))
      extend(bytes.offset, bytes.length, Coverage::kRead, "", 0, 0);
    else
      extend(bytes.offset, bytes.length, state, why, 0, 0);
  }
  void fault() { ++open_.faults; }
  void end() {
    const auto end = chunk_.offset + chunk_.length;
    if (at_ < end) extend(at_, end - at_, Coverage::kRead, "", 0, 0);
    flush();
  }

 private:
  struct Open {
    std::uint64_t from = 0, to = 0, records = 0, faults = 0;
    Coverage state = Coverage::kRead;
    std::string why;
  };
  void extend(std::uint64_t offset, std::uint64_t length, Coverage state, std::string_view why,
              std::uint64_t records, std::uint64_t faults) {
    // Bytes never named count as read; bytes named twice count once.
    if (offset > at_) put(at_, offset - at_, Coverage::kRead, "", 0, 0);
    const auto end = offset + length;
    if (end <= at_) {
      open_.records += records;
      open_.faults += faults;
      return;
    }
    put(at_, end - at_, state, why, records, faults);
  }
  void put(std::uint64_t offset, std::uint64_t length, Coverage state, std::string_view why,
           std::uint64_t records, std::uint64_t faults) {
    if (open_.to == open_.from || open_.state != state || open_.why != why) {
      flush();
      open_ = {offset, offset, 0, 0, state, std::string(why)};
    }
    open_.to = offset + length;
    open_.records += records;
    open_.faults += faults;
    at_ = open_.to;
  }
  void flush() {
    if (open_.to == open_.from) return;
    auto key = std::string{};
    append_key(key, std::int64_t{chunk_.source});
    append_key(key, narrow<std::int64_t>(open_.from));
    auto value = std::string{};
    ByteWriter(value)
        .number(open_.to - open_.from)
        .number(static_cast<std::uint8_t>(open_.state))
        .number(open_.records)
        .number(open_.faults)
        .text(reader_)
        .text(open_.why);
    out_.add(kCoverage, key, value);
    open_ = {};
  }

  UnitWriter& out_;
  std::string reader_;
  Extent chunk_;
  std::uint64_t at_ = 0;
  Open open_;
};

// What a source was, summed over its chunks.
struct SourceCount {
  std::string reader, profile;
  std::uint64_t records = 0, events = 0, faults = 0, cut = 0;
  MaybeTime first, last;
};

// Flaws by which something of the evidence is lost to us.
auto is_loss(FaultKind kind) -> bool {
  return kind == FaultKind::kTruncated || kind >= FaultKind::kEncrypted;
}

}  // namespace

struct UnitWorker::Impl final : RecordSink, EventSink {
  explicit Impl(const Work& w) : work(w), out(kTables), matcher(make_matcher(*w.rules, w.engine)) {}

  const Work& work;
  UnitWriter out;
  std::unique_ptr<Matcher> matcher;
  Arena arena;
  std::vector<Finding> found;
  std::string key, value;

  // The source at hand.
  const Source* source = nullptr;
  Shaper* shaper = nullptr;
  CoverageRows* coverage = nullptr;
  SourceCount count;
  bool is_lines = false;
  bool is_flawed = false;  // the record at hand

  void record(const Record& record) override {
    coverage->read(record.span.offset, record.span.length, record.faults.size());
    ++count.records;
    count.faults += record.faults.size();
    is_flawed = !record.faults.empty();
    shaper->shape(record, arena, *this);
  }
  void fault(const Fault& fault) override {
    coverage->fault();
    ++count.faults;
    count.cut += is_loss(fault.kind) ? 1u : 0u;
  }
  void account(Extent bytes, Coverage state, std::string_view why) override {
    coverage->account(bytes, state, why);
  }

  void event(const Event& shaped) override {
    auto event = shaped;
    event.eid = event_id(source->sha256, event.span.offset, event.span.length);
    // The organisation is the one that gave the evidence. A tenant's own id stays
    // among the native fields: cut records and other logs of the same house lack it.
    event.org = source->org;
    ++count.events;
    for (const auto& fault : event.faults) count.cut += is_loss(fault.kind) ? 1u : 0u;
    if (event.basis != TimeBasis::kNone) {
      if (!count.first || event.at < *count.first) count.first = event.at;
      if (!count.last || event.at > *count.last) count.last = event.at;
    }
    detect(event);
    if (event.message != nullptr) keep_mail(event);
    if (event.result_index >= 0 || (is_flawed && event.message == nullptr)) export_row(event);
    route(event);
  }

  void detect(const Event& event) {
    found.clear();
    matcher->match(event, raw_text(event.span), found);
    for (const auto& finding : found) {
      value.clear();
      encode_finding(finding, value);
      encode_event(event, value);
      out.add(kFindings, finding_key(finding, event), value);
    }
  }

  // The record's own line, where it is text that keywords may be looked for in.
  auto raw_text(const Span& span) const -> std::string_view {
    return is_lines ? source->bytes().substr(span.offset, span.length) : std::string_view{};
  }

  void keep_matches() {
    for (const auto& match : matcher->take_matches()) {
      value.clear();
      encode_match(match, value);
      out.add(kMatches, match_key(match), value);
    }
  }

  void place(const Event& event) {
    append_key(key, std::int64_t{event.span.source});
    append_key(key, narrow<std::int64_t>(event.span.offset));
  }

  void keep_mail(const Event& event) {
    const auto facts = mail::mail_facts(event, arena);
    key.assign(facts.uid.view());
    place(event);
    value.clear();
    mail::encode_mail_facts(facts, value);
    out.add(kMails, key, value);
  }

  void export_row(const Event& event) {
    key.clear();
    place(event);
    value.clear();
    ByteWriter(value)
        .number(event.span.length)
        .number(event.at)
        .number(event.result_index)
        .number(event.result_count);
    out.add(kExportRows, key, value);
  }

  // Which stage will want to see the event, and in what order.
  void route(const Event& event) {
    value.clear();
    if (event.profile == "message-trace" || event.profile == "exchange-tracking") {
      key.clear();
      append_key(key, event.message_id);
      append_key(key, event.target);
      append_key(key, event.at);
      place(event);
      encode_event(event, value);
      out.add(kDeliveries, key, value);
      return;
    }
    if (event.object_kind == ObjectKind::kUrl && event.message == nullptr &&
        (event.class_uid == 4002 || event.class_uid == 4003 || event.class_uid == 4001)) {
      const auto host = host_of(event.object);
      if (host.empty()) return;
      key.clear();
      append_key(key, host);
      append_key(key, event.at);
      place(event);
      encode_event(event, value);
      out.add(kFetches, key, value);
      return;
    }
    const auto account = account_of(event);
    if (account.empty() || event.message != nullptr) return;
    key.clear();
    append_key(key, event.org);
    append_key(key, account);
    append_key(key, event.at);
    append_key(key, event.record_id);
    place(event);
    encode_event(event, value);
    out.add(kStories, key, value);
  }

  void begin_source(const Source& next, std::string_view reader, std::string_view profile) {
    source = &next;
    count = {};
    count.reader = reader;
    count.profile = profile;
    is_lines = is_line_format(reader);
  }

  void end_source() {
    key.clear();
    append_key(key, std::int64_t{source->id});
    value.clear();
    ByteWriter(value)
        .text(count.reader)
        .text(count.profile)
        .number(count.records)
        .number(count.events)
        .number(count.faults)
        .number(count.cut)
        .number(static_cast<std::uint8_t>(count.first.has_value()))
        .number(count.first.value_or(0))
        .number(count.last.value_or(0));
    out.add(kSourceFacts, key, value);
  }

  void read_part(Extent part) {
    const auto& from = work.evidence->source(part.source);
    auto own = std::unique_ptr<Reader>{};
    const auto shared = work.readers.find(part.source);
    const auto* reader = shared == work.readers.end() ? nullptr : shared->second.get();
    if (reader == nullptr) {
      own = open_reader(from.bytes(), from.id, from.name());
      reader = own.get();
    }
    const auto* const profile = work.profiles->recognise(*reader, from.name());
    auto source_shaper = Shaper(*profile, from.name());
    auto rows = CoverageRows(out, reader->format());
    shaper = &source_shaper;
    coverage = &rows;
    begin_source(from, reader->format(), profile_name(*profile));
    rows.begin(part);
    reader->read(part, arena, *this);
    rows.end();
    end_source();
    arena.reset();
    from.file.forget(part.offset, part.length);
  }
};

UnitWorker::UnitWorker(const Work& work) : impl_(std::make_unique<Impl>(work)) {}
UnitWorker::~UnitWorker() = default;

auto UnitWorker::run(const Unit& unit, const std::string& path, Progress& progress) -> Result<> {
  for (const auto& part : unit.parts) {
    impl_->read_part(part);
    progress.add(part.length);
  }
  impl_->keep_matches();
  if (const auto difference = impl_->matcher->difference(); !difference.empty())
    return fail(Code::kInternal, "the engines differ: " + difference);
  return impl_->out.write(path);
}

void plan_units(Work& work, std::uint64_t target, const Inputs& inputs) {
  auto small = Unit{};
  for (const auto& source : work.evidence->sources) {
    if (source.container || source.size == 0) continue;
    if (inputs.role(source.id) == Role::kRules || inputs.role(source.id) == Role::kIntel) continue;
    if (source.size > target) {
      auto reader = open_reader(source.bytes(), source.id, source.name());
      for (const auto& part : reader->plan(target)) work.units.push_back({{part}, part.length});
      work.readers.emplace(source.id, std::move(reader));
      source.file.forget(0, source.size);
      continue;
    }
    small.parts.push_back({0, source.size, source.id});
    small.bytes += source.size;
    if (small.bytes >= target || small.parts.size() >= 4096) {
      work.units.push_back(std::move(small));
      small = {};
    }
  }
  if (!small.parts.empty()) work.units.push_back(std::move(small));
}

}  // namespace serjeant::cli

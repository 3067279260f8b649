#include "cli/streams.h"

#include "core/bytes.h"
#include "core/json.h"
#include "store/rows.h"

namespace serjeant::cli {
namespace {

auto damaged() { return fail(Code::kInternal, "an intermediate file is damaged; run again"); }

// The numbers of a key made by append_key, from its end: the last `n`.
auto key_number(std::string_view key, std::size_t from_end) -> std::int64_t {
  const auto at = key.size() - 8 * (from_end + 1);
  auto value = std::uint64_t{0};
  for (auto i = std::size_t{0}; i < 8; ++i)
    value = value << 8 | static_cast<unsigned char>(key[at + i]);
  return static_cast<std::int64_t>(value ^ (std::uint64_t{1} << 63));
}

template <class Take>
auto walk(const std::vector<std::string>& paths, Table table, Take take) -> Result<> {
  SJ_TRY(auto merge, Merge::open(paths, table));
  auto key = std::string_view{};
  auto value = std::string_view{};
  while (merge.next(key, value))
    if (!take(key, value)) return damaged();
  if (merge.error() != nullptr) return tl::unexpected<Error>(*merge.error());
  return {};
}

}  // namespace

auto MergedEvents::each(const std::function<void(const Event&)>& take) const -> Result<> {
  auto arena = Arena{};
  auto document = Document{};
  return walk(paths_, table_, [&](std::string_view, std::string_view value) {
    arena.reset();
    document.clear();
    auto event = Event{};
    if (!decode_event(value, arena, document, event)) return false;
    event.eid =
        event_id(evidence_.source(event.span.source).sha256, event.span.offset, event.span.length);
    take(event);
    return true;
  });
}

auto MergedMails::each(const std::function<void(const mail::MailFacts&)>& take) const -> Result<> {
  return walk(paths_, kMails, [&](std::string_view, std::string_view value) {
    auto facts = mail::MailFacts{};
    if (!mail::decode_mail_facts(value, facts)) return false;
    take(facts);
    return true;
  });
}

auto MergedExportRows::each(const std::function<void(const ExportIndex&)>& take) const -> Result<> {
  return walk(paths_, kExportRows, [&](std::string_view key, std::string_view value) {
    auto in = ByteReader(value);
    auto row = ExportIndex{};
    row.source = narrow<std::uint32_t>(key_number(key, 1));
    row.offset = narrow<std::uint64_t>(key_number(key, 0));
    row.length = in.number<std::uint32_t>();
    row.at = in.number<Nanos>();
    row.index = in.number<std::int32_t>();
    row.count = in.number<std::int32_t>();
    if (!in.good()) return false;
    take(row);
    return true;
  });
}

auto source_totals(const std::vector<std::string>& paths)
    -> Result<std::map<std::uint32_t, SourceTotal>> {
  auto out = std::map<std::uint32_t, SourceTotal>{};
  SJ_DO(walk(paths, kSourceFacts, [&](std::string_view key, std::string_view value) {
    auto& total = out[narrow<std::uint32_t>(key_number(key, 0))];
    auto in = ByteReader(value);
    total.reader = in.text();
    total.profile = in.text();
    total.records += in.number<std::uint64_t>();
    total.events += in.number<std::uint64_t>();
    total.faults += in.number<std::uint64_t>();
    total.cut += in.number<std::uint64_t>();
    const auto timed = in.number<std::uint8_t>() != 0;
    const auto first = in.number<Nanos>();
    const auto last = in.number<Nanos>();
    if (timed && (!total.first || first < *total.first)) total.first = first;
    if (timed && (!total.last || last > *total.last)) total.last = last;
    return in.good();
  }));
  return out;
}

auto each_coverage(const std::vector<std::string>& paths,
                   const std::function<void(CoverageRow)>& take) -> Result<> {
  auto open = CoverageRow{};
  SJ_DO(walk(paths, kCoverage, [&](std::string_view key, std::string_view value) {
    auto in = ByteReader(value);
    auto row = CoverageRow{};
    row.source = narrow<std::uint32_t>(key_number(key, 1));
    row.off = narrow<std::uint64_t>(key_number(key, 0));
    row.len = in.number<std::uint64_t>();
    row.state = in.number<std::uint8_t>();
    row.records = in.number<std::uint64_t>();
    row.faults = in.number<std::uint64_t>();
    row.reader = in.text();
    row.why = in.text();
    if (!in.good()) return false;
    const auto joins = open.len != 0 && open.source == row.source &&
                       open.off + open.len == row.off && open.state == row.state &&
                       open.reader == row.reader && open.why == row.why;
    if (joins) {
      open.len += row.len;
      open.records += row.records;
      open.faults += row.faults;
      return true;
    }
    if (open.len != 0) take(std::move(open));
    open = std::move(row);
    return true;
  }));
  if (open.len != 0) take(std::move(open));
  return {};
}

}  // namespace serjeant::cli

#include "cli/findings.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "cli/codec.h"
#include "cli/unit.h"
#include "core/bytes.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "expose/event_row.h"

namespace serjeant::cli {
namespace {

constexpr auto kKeptFindings = std::size_t{50};  // a technique's evidence in the case

// "attack.t1114.003" names a technique; tactics and groups do not.
auto technique_of(std::string_view tag) -> std::string {
  if (!tag.starts_with("attack.t") || tag.size() < 12) return {};
  auto id = std::string(tag.substr(7));
  if (id[1] < '0' || id[1] > '9') return {};
  for (auto& c : id)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return id;
}

class FindingRows {
 public:
  FindingRows(const RuleSet& rules, Counts& counts, CaseWriter& out)
      : rules_(rules), counts_(counts), out_(out) {}

  void add(const Finding& finding, const Event* event) {
    auto matched = std::string{};
    auto json = JsonWriter(matched);
    json.begin_object();
    json.key("atoms").begin_array();
    for (const auto& m : finding.matched)
      json.begin_object()
          .field("field", m.field)
          .field("value", m.value)
          .field("pattern", m.pattern)
          .end_object();
    json.end_array();
    if (!finding.events.empty()) {
      json.field("group", finding.group).field("last", format_time(finding.last));
      json.key("events").begin_array();
      for (const auto& span : finding.events)
        json.begin_object()
            .field("source", std::int64_t{span.source})
            .field("offset", narrow<std::int64_t>(span.offset))
            .field("length", std::int64_t{span.length})
            .end_object();
      json.end_array();
    }
    json.end_object();
    auto row = FindingRow{};
    row.id = finding.id;
    row.rule = finding.rule + 1;
    row.source = finding.span.source;
    row.off = finding.span.offset;
    row.len = finding.span.length;
    row.level = static_cast<std::uint8_t>(finding.level);
    row.matched = std::move(matched);
    if (finding.basis != TimeBasis::kNone) row.ts = finding.at;
    if (event != nullptr) {
      row.eid = event->eid;
      out_.add(to_event_row(*event));
    }
    out_.add(std::move(row));
    ++counts_.findings;
    ++counts_.by_rule[finding.rule];
    observe(finding);
  }

  auto take_observed() -> std::vector<ObservedTechnique> {
    auto out = std::vector<ObservedTechnique>{};
    for (auto& [id, seen] : observed_) {
      std::sort(seen.rules.begin(), seen.rules.end());
      seen.rules.erase(std::unique(seen.rules.begin(), seen.rules.end()), seen.rules.end());
      out.push_back(std::move(seen));
    }
    return out;
  }

 private:
  void observe(const Finding& finding) {
    const auto& rule = rules_.rules()[finding.rule];
    for (const auto& tag : rule.tags) {
      const auto id = technique_of(tag);
      if (id.empty()) continue;
      auto& seen = observed_[id];
      seen.id = id;
      ++seen.count;
      if (seen.findings.size() < kKeptFindings) {
        seen.findings.push_back(finding.id);
        seen.spans.push_back(finding.span);
      }
      if (std::find(seen.rules.begin(), seen.rules.end(), rule.title) == seen.rules.end())
        seen.rules.push_back(rule.title);
      if (finding.basis == TimeBasis::kNone) continue;
      if (!seen.first || finding.at < *seen.first) seen.first = finding.at;
      if (!seen.last || finding.at > *seen.last) seen.last = finding.at;
    }
  }

  const RuleSet& rules_;
  Counts& counts_;
  CaseWriter& out_;
  std::map<std::string, ObservedTechnique> observed_;
};

void write_rules(const Inputs& inputs, const RuleSet& rules, Counts& counts, CaseWriter& out) {
  auto source_of = std::map<Digest, std::uint32_t>{};
  for (const auto& source : inputs.evidence.sources) source_of.emplace(source.sha256, source.id);
  auto intel_of_file = std::map<std::string, std::uint32_t>{};
  auto id = std::uint32_t{0};
  for (const auto& rule : rules.rules()) {
    auto row = RuleRow{};
    row.id = ++id;
    row.uid = rule.uid;
    row.sha256 = rule.sha256;
    row.title = rule.title.empty() ? rule.file : rule.title;
    row.level = static_cast<std::uint8_t>(rule.level);
    row.state = rule.loaded ? 1 : 2;
    if (!rule.loaded) row.why = rule.why;
    ++(rule.loaded ? counts.rules_loaded : counts.rules_rejected);
    if (!rule.file.starts_with("builtin/")) {
      const auto [at, fresh] = intel_of_file.emplace(rule.file, 0);
      if (fresh)
        if (const auto text = read_file(rule.file))
          if (const auto found = source_of.find(sha256(*text)); found != source_of.end())
            at->second = found->second;
      row.intel = at->second;
    }
    out.add(std::move(row));
  }
  for (const auto& [file, source] : intel_of_file) {
    if (source == 0) continue;
    // A source's id serves as its intelligence's id: both are in order of content.
    out.add(IntelRow{.id = source,
                     .source = source,
                     .kind = "sigma",
                     .name = inputs.evidence.source(source).name(),
                     .version = "",
                     .publisher = "as given",
                     .issued = {},
                     .licence = {},
                     .grade = "F6"});
  }
}

auto correlation_matches(const std::vector<std::string>& runs) -> Result<std::vector<BaseMatch>> {
  auto out = std::vector<BaseMatch>{};
  SJ_TRY(auto merge, Merge::open(runs, kMatches));
  auto key = std::string_view{};
  auto value = std::string_view{};
  while (merge.next(key, value)) {
    auto match = BaseMatch{};
    if (!decode_match(value, match))
      return fail(Code::kInternal, "an intermediate file is damaged; run again");
    out.push_back(std::move(match));
  }
  if (merge.error() != nullptr) return tl::unexpected<Error>(*merge.error());
  return out;
}

}  // namespace

auto finding_key(const Finding& finding, const Event& event) -> std::string {
  auto key = std::string{};
  append_key(key, std::int64_t{finding.rule});
  append_key(key, event.record_id);
  append_key(key, static_cast<std::int64_t>(event.content_hash));
  append_key(key, std::int64_t{finding.span.source});
  append_key(key, narrow<std::int64_t>(finding.span.offset));
  return key;
}

auto match_key(const BaseMatch& match) -> std::string {
  auto key = std::string{};
  append_key(key, std::int64_t{match.document});
  append_key(key, std::int64_t{match.span.source});
  append_key(key, narrow<std::int64_t>(match.span.offset));
  return key;
}

void encode_match(const BaseMatch& match, std::string& out) {
  auto writer = ByteWriter(out);
  writer.number(match.document)
      .number(match.span.offset)
      .number(match.span.length)
      .number(match.span.source)
      .number(match.at)
      .number(static_cast<std::uint8_t>(match.basis))
      .id(match.eid)
      .number(narrow<std::uint32_t>(match.fields.size()));
  for (const auto& [index, values] : match.fields) {
    writer.number(index).number(narrow<std::uint32_t>(values.size()));
    for (const auto& value : values) writer.text(value);
  }
}

auto decode_match(std::string_view bytes, BaseMatch& out) -> bool {
  auto in = ByteReader(bytes);
  out.document = in.number<std::uint32_t>();
  out.span.offset = in.number<std::uint64_t>();
  out.span.length = in.number<std::uint32_t>();
  out.span.source = in.number<std::uint32_t>();
  out.at = in.number<Nanos>();
  out.basis = static_cast<TimeBasis>(in.number<std::uint8_t>());
  out.eid = in.id();
  for (auto left = in.number<std::uint32_t>(); left > 0 && in.good(); --left) {
    auto& field = out.fields.emplace_back();
    field.first = in.number<std::uint32_t>();
    for (auto values = in.number<std::uint32_t>(); values > 0 && in.good(); --values)
      field.second.emplace_back(in.text());
  }
  return in.good();
}

auto write_findings(const Inputs& inputs, const RuleSet& rules,
                    const std::vector<std::string>& runs, Counts& counts, CaseWriter& out)
    -> Result<std::vector<ObservedTechnique>> {
  write_rules(inputs, rules, counts, out);
  auto rows = FindingRows(rules, counts, out);
  SJ_TRY(auto merge, Merge::open(runs, kFindings));
  auto key = std::string_view{};
  auto value = std::string_view{};
  auto before = std::string{};
  auto arena = Arena{};
  auto document = Document{};
  while (merge.next(key, value)) {
    auto finding = Finding{};
    auto event = Event{};
    auto rest = std::string_view{};
    arena.reset();
    document.clear();
    if (!decode_finding(value, finding, rest) || !decode_event(rest, arena, document, event))
      return fail(Code::kInternal, "an intermediate file is damaged; run again");
    // The same record exported twice is found once: all of the key but the place is equal.
    const auto identity = key.substr(0, key.size() - 16);
    if (!event.record_id.empty() && identity == before) {
      ++counts.repeats;
      continue;
    }
    before = identity;
    event.eid = event_id(inputs.evidence.source(event.span.source).sha256, event.span.offset,
                         event.span.length);
    rows.add(finding, &event);
  }
  if (merge.error() != nullptr) return tl::unexpected<Error>(*merge.error());

  SJ_TRY(auto matches, correlation_matches(runs));
  auto correlated = std::vector<Finding>{};
  auto match_counts = MatchCounts{};
  correlate(rules, std::move(matches), correlated, match_counts);
  for (const auto& finding : correlated) rows.add(finding, nullptr);
  return rows.take_observed();
}

}  // namespace serjeant::cli

#include <algorithm>
#include <map>

#include "core/json.h"
#include "core/narrow.h"
#include "core/text.h"
#include "core/time.h"
#include "detect/matcher.h"
#include "detect/sigma/rule.h"

namespace serjeant {
namespace {

constexpr auto kMostNodes = std::uint32_t{400};  // of native fields shown in a finding

void write_span(JsonWriter& json, const Span& span) {
  json.begin_object()
      .key("source")
      .unsigned_number(span.source)
      .key("offset")
      .unsigned_number(span.offset)
      .key("length")
      .unsigned_number(span.length)
      .end_object();
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const auto& text : texts) json.text(text);
  json.end_array();
}

// A rule is seen by the sources that it covers; where everything is unknown it
// judges everything (R5). The key of a route is its sources' texts.
auto judges(const RuleInfo& rule, std::string_view route) -> bool {
  if (route == "unknown") return true;
  const auto parts_of = [](std::string_view text) {
    auto parts = split(text, '/');
    parts.resize(3);
    const auto word = [](std::string_view part) {
      return part == "-" ? std::string{} : std::string(part);
    };
    return sigma::LogSource{word(parts[0]), word(parts[1]), word(parts[2])};
  };
  const auto wide = parts_of(rule.logsource);
  const auto sources = split(route, ' ');
  return std::any_of(sources.begin(), sources.end(),
                     [&](std::string_view source) { return covers(wide, parts_of(source)); });
}

struct Seen {
  std::uint64_t events = 0;
  std::vector<std::string> missing;
};

auto seen_by(const RuleInfo& rule, const MatchCounts& counts) -> Seen {
  auto out = Seen{};
  auto fields = std::set<std::string_view>{};
  for (const auto& [route, source] : counts.sources) {
    if (!judges(rule, route)) continue;
    out.events += source.events;
    fields.insert(source.fields.begin(), source.fields.end());
  }
  if (out.events == 0) return out;
  for (const auto& field : rule.fields)
    if (!fields.contains(field)) out.missing.push_back(field);
  return out;
}

}  // namespace

auto level_word(Level level) -> std::string_view {
  switch (level) {
    case Level::kInformational:
      return "informational";
    case Level::kLow:
      return "low";
    case Level::kMedium:
      return "medium";
    case Level::kHigh:
      return "high";
    case Level::kCritical:
      return "critical";
  }
  return "informational";
}

void write_finding(const Finding& finding, const Event* event, std::string_view path,
                   const Digest& sha256, const RuleInfo& rule, std::string& out) {
  auto json = JsonWriter(out);
  json.begin_object().field("finding", hex(finding.id));
  json.key("rule").begin_object().field("id", rule.uid).field("title", rule.title);
  json.field("level", level_word(finding.level));
  if (!rule.author.empty()) json.field("author", rule.author);
  if (!rule.license.empty()) json.field("license", rule.license);
  if (!rule.tags.empty()) write_texts(json, "tags", rule.tags);
  json.end_object();
  json.key("time");
  if (finding.basis == TimeBasis::kNone)
    json.null();
  else
    json.text(format_time(finding.at));
  json.key("source").begin_object().field("path", path).field("sha256", hex(sha256));
  json.key("offset").unsigned_number(finding.span.offset);
  json.key("length").unsigned_number(finding.span.length);
  if (event && !event->record_id.empty()) json.field("record", event->record_id);
  json.end_object();
  if (!finding.logsource.empty()) json.field("logsource", finding.logsource);
  json.key("fields");
  if (event && event->native && event->native.node()->size <= kMostNodes) {
    json.value(event->native);
  } else {
    json.begin_object();
    for (const auto& [name, value] : finding.group_values) json.field(name, value);
    auto last = std::string_view{};
    for (const auto& matched : finding.matched) {
      if (!event || matched.field == last) continue;
      last = matched.field;
      json.field(matched.field, matched.value);
    }
    json.end_object();
  }
  json.key("matched").begin_array();
  for (const auto& matched : finding.matched)
    json.begin_object()
        .field("field", matched.field)
        .field("value", matched.value)
        .field("pattern", matched.pattern)
        .end_object();
  json.end_array();
  if (finding.count > 0) {
    json.key("correlation").begin_object();
    json.key("group").begin_object();
    for (const auto& [name, value] : finding.group_values) json.field(name, value);
    json.end_object();
    json.field("at", format_time(finding.at)).field("last", format_time(finding.last));
    json.key("count").unsigned_number(finding.count);
    json.key("events").begin_array();
    for (const auto& span : finding.events) write_span(json, span);
    json.end_array().end_object();
  }
  json.end_object();
}

void write_ledger(const RuleSet& rules, const MatchCounts& counts, std::string& out) {
  const auto infos = rules.rules();
  auto correlated = std::map<std::string_view, std::uint64_t>{};
  auto by_reason = std::map<std::string, std::uint64_t>{};
  auto by_source = std::map<std::string, std::uint64_t>{};
  auto loaded = std::uint64_t{0};
  const auto at = [](const std::vector<std::uint64_t>& list, std::size_t index) {
    return index < list.size() ? list[index] : std::uint64_t{0};
  };
  for (auto index = std::size_t{0}; index < infos.size(); ++index) {
    const auto& info = infos[index];
    const auto unused = std::any_of(info.lints.begin(), info.lints.end(), [](const auto& lint) {
      return lint.starts_with("filter-unused");
    });
    auto json = JsonWriter(out);
    json.begin_object().field("file", info.file);
    json.key("line").unsigned_number(info.line);
    json.field("id", info.uid).field("title", info.title).field("kind", info.kind);
    json.field("state", !info.loaded ? "rejected" : unused ? "unreferenced" : "loaded");
    if (!info.loaded) {
      json.field("reason", info.reason).field("message", info.why).field("place", info.place);
      if (!info.help.empty()) json.field("help", info.help);
      ++by_reason[info.reason];
    } else {
      ++loaded;
    }
    if (!info.lints.empty()) write_texts(json, "lint", info.lints);
    if (!info.logsource.empty()) json.field("logsource", info.logsource);
    if (info.loaded && info.kind == "rule") {
      const auto seen = seen_by(info, counts);
      json.key("events_seen").unsigned_number(seen.events);
      json.key("candidates").unsigned_number(at(counts.candidates, index));
      json.key("findings").unsigned_number(at(counts.matches, index));
      if (!seen.missing.empty()) write_texts(json, "not_answerable", seen.missing);
      ++by_source[info.logsource];
    } else if (info.loaded && info.kind == "correlation") {
      json.key("findings").unsigned_number(at(counts.matches, index));
      json.key("without_group").unsigned_number(at(counts.no_group, index));
    } else if (info.loaded) {
      json.key("removed").unsigned_number(at(counts.matches, index));
    }
    json.end_object();
    out += '\n';
  }
  auto total = JsonWriter(out);
  total.begin_object().key("total").begin_object();
  total.key("documents").unsigned_number(infos.size()).key("loaded").unsigned_number(loaded);
  total.key("rejected").begin_object();
  for (const auto& [reason, count] : by_reason) total.key(reason).unsigned_number(count);
  total.end_object().end_object().end_object();
  out += '\n';
  // 0 events means "no evidence of this kind", not "nothing found".
  for (const auto& [source, count] : by_source) {
    auto rule = RuleInfo{};
    rule.logsource = source;
    auto json = JsonWriter(out);
    json.begin_object().field("logsource", source);
    json.key("rules").unsigned_number(count);
    json.key("events").unsigned_number(seen_by(rule, counts).events);
    json.end_object();
    out += '\n';
  }
  for (const auto& [key, source] : counts.sources) {
    const auto& route = key;  // clang 14 captures no bindings
    auto json = JsonWriter(out);
    json.begin_object().field("evidence", route);
    json.key("events").unsigned_number(source.events);
    json.key("rules").unsigned_number(static_cast<std::uint64_t>(
        std::count_if(infos.begin(), infos.end(), [&](const RuleInfo& info) {
          return info.loaded && info.kind == "rule" && judges(info, route);
        })));
    json.end_object();
    out += '\n';
  }
}

}  // namespace serjeant

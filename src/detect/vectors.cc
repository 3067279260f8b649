#include "detect/vectors.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <vector>

#include "core/arena.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "detect/matcher.h"

namespace serjeant {
namespace {

auto event_of(Value native, std::size_t index) -> Event {
  auto event = Event{};
  event.profile = "unknown";
  event.native = native;
  event.span = {index, 1, 1};
  if (const auto at = parse_iso_time(native.find("ts").text())) {
    event.at = at->at;
    event.basis = at->zoned ? TimeBasis::kExplicit : TimeBasis::kAssumed;
  }
  return event;
}

auto any_rejected(const RuleSet& rules) -> bool {
  const auto infos = rules.rules();
  return std::any_of(infos.begin(), infos.end(), [](const RuleInfo& info) { return !info.loaded; });
}

auto name_of(const RuleInfo& info) -> std::string_view {
  return info.name.empty() ? info.title : info.name;
}

// Alerts as texts that can be compared as sets.
auto expected_alerts(Value list) -> std::multiset<std::string> {
  auto out = std::multiset<std::string>{};
  for (const auto alert : list) {
    auto text = std::string(alert.find("rule").text());
    if (const auto event = alert.find("event")) {
      text += fmt::format(" event {}", event.text());
    } else {
      for (const auto key : alert.find("group"))
        text += fmt::format(" {}={}", key.key(), key.text());
      for (const auto* key : {"at", "last"}) {
        const auto at = parse_iso_time(alert.find(key).text());
        text += fmt::format(" {} {}", key, at ? format_time(at->at) : "?");
      }
      text += " events";
      for (const auto event_index : alert.find("events"))
        text += fmt::format(" {}", event_index.text());
    }
    out.insert(text);
  }
  return out;
}

auto alert_text(const Finding& finding, const RuleInfo& info) -> std::string {
  auto text = std::string(name_of(info));
  if (finding.count == 0) return text + fmt::format(" event {}", finding.span.offset);
  for (const auto& [name, value] : finding.group_values) text += fmt::format(" {}={}", name, value);
  text += fmt::format(" at {} last {} events", format_time(finding.at), format_time(finding.last));
  auto indexes = std::set<std::uint64_t>{};
  for (const auto& span : finding.events) indexes.insert(span.offset);
  for (const auto index : indexes) text += fmt::format(" {}", index);
  return text;
}

auto joined(const std::multiset<std::string>& texts) -> std::string {
  auto out = std::string{};
  for (const auto& text : texts) out += (out.empty() ? "" : "; ") + text;
  return "[" + out + "]";
}

// What the program makes of the vector, in the words of `expect`.
auto judge(Value vector, Engine engine) -> std::string {
  const auto kind = vector.find("kind").text();
  auto texts = std::vector<RuleText>{};
  texts.push_back({"vector", std::string(vector.find("rule").text())});
  if (const auto rules = vector.find("rules"); rules.is_text()) {
    texts[0].text = rules.text();
  } else if (rules.is_array()) {
    texts.clear();
    for (const auto rule : rules) texts.push_back({"vector", std::string(rule.text())});
  }
  const auto rules = load_rule_texts(std::move(texts));
  if (any_rejected(rules)) return "rejected";
  const auto matcher = make_matcher(rules, engine);
  auto findings = std::vector<Finding>{};
  if (kind == "correlation") {
    auto index = std::size_t{0};
    for (const auto native : vector.find("events"))
      matcher->match(event_of(native, index++), findings);
    auto counts = matcher->counts();
    auto matches = matcher->take_matches();
    if (const auto difference = matcher->difference(); !difference.empty()) return difference;
    correlate(rules, std::move(matches), findings, counts);
    auto alerts = std::multiset<std::string>{};
    for (const auto& finding : findings)
      alerts.insert(alert_text(finding, rules.rules()[finding.rule]));
    return joined(alerts);
  }
  matcher->match(event_of(vector.find("event"), 0), findings);
  if (const auto difference = matcher->difference(); !difference.empty()) return difference;
  if (kind == "filter") {
    auto fired = std::multiset<std::string>{};
    for (const auto& finding : findings) fired.emplace(name_of(rules.rules()[finding.rule]));
    return joined(fired);
  }
  return findings.empty() ? "false" : "true";
}

auto expectation(Value vector) -> std::string {
  const auto expect = vector.find("expect");
  if (!expect.is_object()) return std::string(expect.text());
  if (const auto alerts = expect.find("alerts")) return joined(expected_alerts(alerts));
  auto fired = std::multiset<std::string>{};
  for (const auto name : expect.find("fired")) fired.emplace(name.text());
  return joined(fired);
}

}  // namespace

auto run_vectors(std::string_view ndjson, std::string& out, Engine engine) -> VectorCounts {
  auto counts = VectorCounts{};
  auto arena = Arena{};
  auto document = Document{};
  for (const auto line : split(ndjson, '\n')) {
    if (trim(line).empty()) continue;
    document.clear();
    arena.reset();
    const auto outcome = parse_json(line, {}, document, arena);
    const auto vector = document.root();
    if (!outcome.complete || !vector.find("expect") || !vector.find("kind").is_text()) {
      ++counts.unreadable;
      out += "unreadable: " + printable(line.substr(0, 80)) + "\n";
      continue;
    }
    const auto expected = expectation(vector);
    const auto got = judge(vector, engine);
    const auto id = printable(vector.find("id").text());
    if (got == expected) {
      ++counts.agreed;
      out += "ok " + id + "\n";
    } else {
      ++counts.differed;
      out +=
          fmt::format("differs {}: expected {}, got {}\n", id, printable(expected), printable(got));
    }
  }
  return counts;
}

}  // namespace serjeant

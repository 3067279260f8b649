#include "intel/knowledge.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text.h"
#include "core/time.h"
#include "intel/stix_bundle.h"

namespace serjeant {
namespace {

auto is_true(Value value) -> bool { return value.is_bool() && value.text() == "true"; }

// ATT&CK's own id ("G0128", "T1598.003"); its STIX objects carry it as the
// external id of the source "mitre-attack".
auto attack_id(Value object) -> std::string {
  for (const auto reference : object.find("external_references"))
    if (reference.find("source_name").text().starts_with("mitre-"))
      if (const auto id = reference.find("external_id")) return std::string(id.text());
  return {};
}

// What the object cites, without ATT&CK itself and without the entries that
// only explain an alias.
auto citations(Value object, const std::set<std::string, std::less<>>& names)
    -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  for (const auto reference : object.find("external_references")) {
    const auto name = reference.find("source_name").text();
    if (name.empty() || name.starts_with("mitre-") || names.contains(name)) continue;
    out.emplace_back(name);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

struct RawUse {
  std::string group, technique;  // STIX ids
  std::vector<std::string> sources;
  Span span;
};

// One pass over the objects collects; links are resolved when all are known,
// since relations may come before what they relate.
class Collector {
 public:
  explicit Collector(Knowledge& out) : out_(out) {}

  void object(Value object, Span span) {
    ++out_.objects;
    const auto type = object.find("type").text();
    if (const auto time = parse_iso_time(object.find("modified").text()))
      if (!out_.issued || *out_.issued < time->at) out_.issued = time->at;
    if (type == "attack-pattern")
      technique(object, span);
    else if (type == "intrusion-set")
      group(object, span);
    else if (type == "relationship")
      relation(object, span);
    else if (type == "x-mitre-collection")
      collection(object);
    else if (type == "identity" && out_.publisher.empty())
      out_.publisher = object.find("name").text();
    else
      ++out_.skipped;
  }

  void resolve() {
    for (auto& [from, to] : replaced_) {
      const auto old_id = id_of_.find(from);
      auto target = to;
      for (auto hops = 0; hops < 8 && replaced_.contains(target); ++hops)
        target = replaced_[target];
      const auto new_id = id_of_.find(target);
      if (old_id != id_of_.end() && new_id != id_of_.end() && live_.contains(target))
        out_.renumbered.emplace_back(old_id->second, new_id->second);
    }
    auto by_group = std::map<std::pair<std::string, std::string>, GroupUse>{};
    for (auto& use : uses_) {
      if (!live_.contains(use.group) || !live_.contains(use.technique)) continue;
      const auto technique_id = id_of_.find(use.technique);
      if (technique_id == id_of_.end()) continue;
      auto& into = by_group[{use.group, technique_id->second}];
      if (into.technique.empty()) into = {technique_id->second, {}, use.span};
      into.sources.insert(into.sources.end(), use.sources.begin(), use.sources.end());
    }
    for (auto& known : out_.groups) {
      auto all = std::set<std::string>(known.sources.begin(), known.sources.end());
      for (auto at = by_group.lower_bound({known.stix_id, ""});
           at != by_group.end() && at->first.first == known.stix_id; ++at) {
        auto& use = at->second;
        std::sort(use.sources.begin(), use.sources.end());
        use.sources.erase(std::unique(use.sources.begin(), use.sources.end()), use.sources.end());
        all.insert(use.sources.begin(), use.sources.end());
        known.uses.push_back(std::move(use));
      }
      known.sources.assign(all.begin(), all.end());
    }
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::sort(out_.techniques.begin(), out_.techniques.end(), by_id);
    std::sort(out_.groups.begin(), out_.groups.end(), by_id);
    std::sort(out_.renumbered.begin(), out_.renumbered.end());
  }

 private:
  // Notes the object's id and whether it stands; false if it was withdrawn.
  auto enter(Value object, std::string_view id) -> bool {
    const auto stix_id = std::string(object.find("id").text());
    id_of_[stix_id] = id;
    if (is_true(object.find("revoked")) || is_true(object.find("x_mitre_deprecated"))) {
      ++out_.skipped;
      return false;
    }
    live_.insert(stix_id);
    return true;
  }

  void technique(Value object, Span span) {
    auto made = Technique{};
    made.id = attack_id(object);
    if (made.id.empty()) made.id = object.find("id").text();
    made.name = object.find("name").text();
    made.span = span;
    for (const auto phase : object.find("kill_chain_phases"))
      made.tactics.emplace_back(phase.find("phase_name").text());
    if (enter(object, made.id)) out_.techniques.push_back(std::move(made));
  }

  void group(Value object, Span span) {
    auto made = Group{};
    made.stix_id = object.find("id").text();
    made.id = attack_id(object);
    if (made.id.empty()) made.id = made.stix_id;
    made.name = object.find("name").text();
    made.span = span;
    auto names = std::set<std::string, std::less<>>{made.name};
    for (const auto alias : object.find("aliases"))
      if (names.emplace(alias.text()).second) made.aliases.emplace_back(alias.text());
    made.sources = citations(object, names);
    if (enter(object, made.id)) out_.groups.push_back(std::move(made));
  }

  void relation(Value object, Span span) {
    const auto kind = object.find("relationship_type").text();
    const auto from = std::string(object.find("source_ref").text());
    const auto to = std::string(object.find("target_ref").text());
    if (kind == "revoked-by") replaced_[from] = to;
    if (is_true(object.find("revoked")) || is_true(object.find("x_mitre_deprecated"))) {
      ++out_.skipped;
      return;
    }
    if (kind == "uses" && from.starts_with("intrusion-set--") && to.starts_with("attack-pattern--"))
      uses_.push_back({from, to, citations(object, {}), span});
  }

  void collection(Value object) {
    out_.name = object.find("name").text();
    out_.version = object.find("x_mitre_version").text();
  }

  Knowledge& out_;
  std::map<std::string, std::string, std::less<>> id_of_;
  std::map<std::string, std::string, std::less<>> replaced_;
  std::set<std::string, std::less<>> live_;
  std::vector<RawUse> uses_;
};

}  // namespace

auto read_knowledge(std::string_view bytes, std::uint32_t source, std::string_view file_name)
    -> Result<Knowledge> {
  auto out = Knowledge{};
  out.source = source;
  auto collector = Collector(out);
  auto read = each_stix_object(bytes, source,
                               [&](Value object, Span span) { collector.object(object, span); });
  if (!read)
    return fail(Code::kMalformed,
                fmt::format("{}: {}", printable(file_name), read.error().message));
  out.faults = *std::move(read);
  collector.resolve();
  if (out.name.empty()) out.name = file_name;
  // A bundle without a collection object does not say its version: its newest
  // change does as well to tell two releases apart.
  if (out.version.empty() && out.issued) out.version = format_date(*out.issued);
  if (out.publisher.empty()) out.publisher = "unknown";
  return out;
}

void write_knowledge(const Knowledge& knowledge, std::uint32_t intel_id, CaseWriter& out) {
  // Grade B2: a usually reliable source, probably true (Admiralty code); the
  // curators' work, not their sources', is what is graded here.
  out.add(IntelRow{.id = intel_id,
                   .source = knowledge.source,
                   .kind = "stix-bundle",
                   .name = knowledge.name,
                   .version = knowledge.version,
                   .publisher = knowledge.publisher,
                   .issued = knowledge.issued,
                   .licence = {},
                   .grade = "B2"});
  const auto asserter = entity_id("identity", knowledge.publisher);
  out.add(EntityRow{.id = asserter,
                    .kind = "identity",
                    .value = knowledge.publisher,
                    .stix_id = {},
                    .df = 0,
                    .tlp = Tlp::kClear});
  for (const auto& group : knowledge.groups) {
    const auto id = entity_id("group", group.id);
    out.add(EntityRow{.id = id,
                      .kind = "group",
                      .value = group.id + " " + group.name,
                      .stix_id = group.stix_id,
                      .df = group.sources.size(),
                      .tlp = Tlp::kClear});
    for (const auto& alias : group.aliases) {
      const auto claim =
          IdBuilder("claim").add("also-called").add(id).add(alias).add(asserter).finish();
      out.add(ClaimRow{.id = claim,
                       .subject = id,
                       .predicate = Predicate::kAlsoCalled,
                       .object = {},
                       .literal = alias,
                       .words = {},
                       .asserter = asserter,
                       .via = {},
                       .lo = {},
                       .hi = {},
                       .word = {},
                       .confidence = {},
                       .reliability = "B",
                       .credibility = 2,
                       .said0 = knowledge.issued,
                       .said1 = {},
                       .held0 = {},
                       .held1 = {},
                       .quantity = {},
                       .hedges = {},
                       .extractor = "stix",
                       .score = {},
                       .reason = {},
                       .tlp = Tlp::kClear,
                       .marking = {}});
      out.add(ClaimEvidenceRow{.claim = claim,
                               .n = 0,
                               .polarity = 1,
                               .source = knowledge.source,
                               .off = group.span.offset,
                               .len = group.span.length,
                               .finding = {},
                               .premise = {}});
    }
  }
}

}  // namespace serjeant

#include "cli/inputs.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "cli/build_id.h"
#include "cli/roster.h"
#include "cli/streams.h"
#include "core/json.h"
#include "core/text.h"

namespace serjeant::cli {
namespace {

auto digests_of(const std::vector<std::string>& paths, const SealOptions& options)
    -> Result<std::set<Digest>> {
  auto out = std::set<Digest>{};
  if (paths.empty()) return out;
  auto silent = Progress(false);
  SJ_TRY(const auto taken, take_in(paths, options, silent));
  for (const auto& source : taken.sources) out.insert(source.sha256);
  return out;
}

// Length-prefixed, so that no two lists give the same text.
void add_field(std::string& list, std::string_view field) {
  list += fmt::format("{}:", field.size());
  list += field;
}

}  // namespace

auto role_word(Role role) -> std::string_view {
  switch (role) {
    case Role::kEvidence:
      return "evidence";
    case Role::kRoster:
      return "roster";
    case Role::kRules:
      return "rules";
    case Role::kIntel:
      return "intel";
  }
  return "evidence";
}

auto take_inputs(const Arguments& arguments, const SealOptions& options, Progress& progress)
    -> Result<Inputs> {
  SJ_TRY(const auto rules, digests_of(arguments.all("--rules"), options));
  SJ_TRY(const auto intel, digests_of(arguments.all("--intel"), options));
  SJ_TRY(const auto roster, digests_of(arguments.all("--roster"), options));
  auto paths = arguments.all("EVIDENCE");
  for (const auto* option : {"--rules", "--intel", "--roster"})
    for (const auto& path : arguments.all(option)) paths.push_back(path);
  auto out = Inputs{};
  SJ_TRY(out.evidence, take_in(paths, options, progress));
  for (const auto& source : out.evidence.sources) {
    auto role = Role::kEvidence;
    if (roster.contains(source.sha256)) {
      role = Role::kRoster;
      out.roster = source.id;
    } else if (rules.contains(source.sha256)) {
      role = Role::kRules;
    } else if (intel.contains(source.sha256)) {
      role = Role::kIntel;
    }
    out.roles.push_back(role);
  }
  return out;
}

auto make_frame(const Inputs& inputs, const Arguments& arguments) -> Frame {
  auto evidence = std::vector<std::string>{};
  auto intel = std::vector<std::string>{};
  auto config = std::vector<std::string>{};
  for (const auto& source : inputs.evidence.sources) {
    const auto role = inputs.role(source.id);
    for (const auto& origin : source.origins) {
      auto entry = std::string{};
      add_field(entry, hex(source.sha256));
      add_field(entry, fmt::format("{}", source.size));
      add_field(entry, role_word(role));
      add_field(entry, role == Role::kEvidence || role == Role::kRoster ? origin.name : "");
      add_field(entry, source.org);
      (role == Role::kRules || role == Role::kIntel ? intel : evidence).push_back(std::move(entry));
    }
  }
  for (const auto* option : {"--zone", "--placeholder", "--no-builtin"}) {
    if (!arguments.has(option)) continue;
    auto values = arguments.all(option);
    std::sort(values.begin(), values.end());
    auto entry = std::string{};
    add_field(entry, option);
    for (const auto& value : values) add_field(entry, value);
    config.push_back(std::move(entry));
  }
  for (const auto& folder : arguments.all("--profiles"))
    if (const auto taken = digests_of({folder}, {}))
      for (const auto& digest : *taken) config.push_back("profile" + hex(digest));
  const auto root = [](std::vector<std::string> entries) {
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    auto all = std::string{};
    for (const auto& entry : entries) add_field(all, entry);
    return sha256(all);
  };
  return {.build_id = kBuildId,
          .evidence_root = root(std::move(evidence)),
          .intel_root = root(std::move(intel)),
          .config_root = root(std::move(config)),
          .tlp = Tlp::kAmber};
}

auto roster_of(const Inputs& inputs, CaseWriter& out) -> Result<std::vector<RosterEntry>> {
  if (inputs.roster == 0) return std::vector<RosterEntry>{};
  SJ_TRY(auto roster, read_roster(inputs.evidence.source(inputs.roster).bytes(), inputs.roster));
  write_roster(roster, out);
  return roster;
}

auto knowledge_of(const Inputs& inputs, CaseWriter& out) -> Result<std::unique_ptr<Knowledge>> {
  auto best = std::unique_ptr<Knowledge>{};
  for (const auto& source : inputs.evidence.sources) {
    if (inputs.role(source.id) != Role::kIntel || source.container || source.size == 0) continue;
    SJ_TRY(auto knowledge, read_knowledge(source.bytes(), source.id, source.name()));
    write_knowledge(knowledge, source.id, out);
    if (!best || knowledge.groups.size() > best->groups.size())
      best = std::make_unique<Knowledge>(std::move(knowledge));
  }
  return best;
}

void write_sources(const Inputs& inputs, const std::map<std::uint32_t, SourceTotal>& totals,
                   CaseWriter& out) {
  for (const auto& source : inputs.evidence.sources) {
    const auto role = inputs.role(source.id);
    const auto total = totals.find(source.id);
    const auto profile = total == totals.end() ? std::string{} : total->second.profile;
    const auto open = role == Role::kRules || role == Role::kIntel;
    out.add(SourceRow{.id = source.id,
                      .sha256 = source.sha256,
                      .size = source.size,
                      .merkle = source.merkle,
                      .kind = source.container ? "container" : std::string(role_word(role)),
                      .profile = profile,
                      .org = source.org,
                      .tlp = open ? Tlp::kClear : Tlp::kAmber});
    for (const auto& origin : source.origins)
      out.add(OriginRow{.source = source.id,
                        .container = origin.container,
                        .off = origin.offset,
                        .name = replace_bad_utf8(origin.name),
                        .len = origin.length,
                        .codec = origin.codec});
    for (auto n = std::size_t{0}; n < source.leaves.size(); ++n)
      out.add(LeafRow{.source = source.id, .n = n, .sha256 = source.leaves[n]});
  }
}

}  // namespace serjeant::cli

#include "cli/summary.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "cli/terminal.h"
#include "core/progress.h"
#include "core/text.h"

namespace serjeant::cli {

void Summary::add(const Inputs& inputs, const std::map<std::uint32_t, SourceTotal>& totals,
                  const CampaignOutcome& campaigns, const ExposeSummary& exposed,
                  const AttributeSummary& attributed, bool knowledge, const SealInfo& sealed) {
  for (const auto& source : inputs.evidence.sources)
    sources_ += inputs.role(source.id) == Role::kEvidence && !source.container ? 1u : 0u;
  for (const auto& [id, total] : totals) {
    if (total.cut > 0)
      unread.push_back(fmt::format("{}: {} {} cut or over a limit; what stands before is read",
                                   printable(inputs.evidence.source(id).name()),
                                   human_count(total.cut), total.cut == 1 ? "place" : "places"));
    records_ += total.records;
    events_ += total.events;
  }
  campaigns_ = campaigns;
  campaigns_.aims.clear();
  exposed_ = exposed;
  attributed_ = attributed;
  knowledge_ = knowledge;
  sealed_ = sealed;
}

void Summary::print(const std::string& case_path) const {
  const auto number = [](std::uint64_t n) { return human_count(n); };
  auto rows = std::vector<std::vector<std::string>>{
      {"what", "how many", ""},
      {"sources", number(sources_), human_bytes(bytes)},
      {"records", number(records_), fmt::format("{} repeats", number(exposed_.repeats))},
      {"findings", number(findings.findings),
       fmt::format("{} rules loaded, {} rejected", number(findings.rules_loaded),
                   number(findings.rules_rejected))},
      {"mails", number(campaigns_.messages),
       fmt::format("{} in {} campaigns, {} bulk", number(campaigns_.members),
                   number(campaigns_.campaigns), number(campaigns_.bulk))},
      {"accounts", number(exposed_.accounts),
       fmt::format("{} taken over, {} undecided", number(exposed_.takeovers),
                   number(exposed_.undecided))},
      {"items read", number(exposed_.items_read), ""},
      {"gaps", number(exposed_.gaps), "what the logs cannot show"},
  };
  fmt::print(stderr, "\n{}\n", table(rows, wants_colour(STDERR_FILENO)));
  fmt::print(stderr, "{}\n",
             !knowledge_ ? "Who did it: no knowledge base was given (--intel), so nothing is said."
             : attributed_.sentence.empty()
                 ? "Who did it: nothing observed that the knowledge base speaks of."
                 : attributed_.sentence);
  constexpr auto kShown = std::size_t{10};
  for (auto i = std::size_t{0}; i < std::min(kShown, unread.size()); ++i)
    fmt::print(stderr, "not read: {}\n", unread[i]);
  if (unread.size() > kShown)
    fmt::print(stderr, "not read: {} more; 'serjeant show {} coverage' lists all\n",
               unread.size() - kShown, case_path);
  fmt::print(stderr, "case: {} ({}, sha256 {})\n", case_path, human_bytes(sealed_.bytes),
             hex(sealed_.sha256));
}

auto write_coverage(const Inputs& inputs, const std::vector<std::string>& runs, Summary& summary,
                    CaseWriter& out) -> Result<> {
  const auto name = [&](std::uint32_t id) { return printable(inputs.evidence.source(id).name()); };
  for (const auto& refused : inputs.evidence.refused)
    if (refused.why != "answer key of an exercise")
      summary.unread.push_back(printable(refused.name) + ": " + refused.why);
  for (const auto& fault : inputs.evidence.lost())
    summary.unread.push_back(name(fault.span.source) + ": changed or vanished while it was read");
  for (const auto& source : inputs.evidence.sources) {
    for (const auto& fault : source.faults)
      summary.unread.push_back(name(source.id) + ": " + std::string(fault_word(fault.kind)));
    const auto role = inputs.role(source.id);
    summary.bytes += role == Role::kEvidence ? source.size : 0;
    if (source.size == 0) continue;
    if (source.container)
      out.add(CoverageRow{.source = source.id,
                          .off = 0,
                          .len = source.size,
                          .state = 1,
                          .reader = "container",
                          .records = 0,
                          .faults = source.faults.size(),
                          .why = {}});
    else if (role == Role::kRules || role == Role::kIntel)
      out.add(CoverageRow{.source = source.id,
                          .off = 0,
                          .len = source.size,
                          .state = 1,
                          .reader = std::string(role_word(role)),
                          .records = 1,
                          .faults = 0,
                          .why = {}});
  }
  auto last = std::string{};
  return each_coverage(runs, [&](CoverageRow row) {
    if (row.state == 2) summary.bytes_skipped += row.len;
    if (row.state == 3) summary.bytes_failed += row.len;
    if (row.state == 3 || (row.state == 2 && row.why == "unknown format")) {
      auto line = fmt::format("{}: {}", name(row.source), row.why);
      if (line != last) summary.unread.push_back(line);
      last = std::move(line);
    }
    out.add(std::move(row));
  });
}

auto source_facts(const Inputs& inputs, const std::map<std::uint32_t, SourceTotal>& totals)
    -> std::vector<SourceFacts> {
  auto out = std::vector<SourceFacts>{};
  for (const auto& source : inputs.evidence.sources) {
    const auto total = totals.find(source.id);
    if (total == totals.end()) continue;
    out.push_back({.id = source.id,
                   .sha256 = source.sha256,
                   .name = source.name(),
                   .org = source.org,
                   .profile = total->second.profile,
                   .records = total->second.records,
                   .first = total->second.first,
                   .last = total->second.last});
  }
  return out;
}

}  // namespace serjeant::cli

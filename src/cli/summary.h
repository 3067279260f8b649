#pragma once

#include <map>
#include <string>
#include <vector>

#include "attribute/attribute.h"
#include "campaign/campaign.h"
#include "cli/findings.h"
#include "cli/inputs.h"
#include "cli/streams.h"
#include "expose/expose.h"

namespace serjeant::cli {

// What the terminal says when a case is done, and whether all was read.
class Summary {
 public:
  Counts findings;
  std::uint64_t bytes = 0, bytes_skipped = 0, bytes_failed = 0;
  std::vector<std::string> unread;  // what could not be read, and why; at most a few are printed

  void add(const Inputs& inputs, const std::map<std::uint32_t, SourceTotal>& totals,
           const CampaignOutcome& campaigns, const ExposeSummary& exposed,
           const AttributeSummary& attributed, bool knowledge, const SealInfo& sealed);
  auto all_read() const -> bool { return unread.empty(); }
  void print(const std::string& case_path) const;  // to standard error

 private:
  std::uint64_t sources_ = 0, records_ = 0, events_ = 0;
  CampaignOutcome campaigns_;
  ExposeSummary exposed_;
  AttributeSummary attributed_;
  bool knowledge_ = false;
  SealInfo sealed_;
};

// Coverage rows of all sources; what failed is noted for the summary.
auto write_coverage(const Inputs& inputs, const std::vector<std::string>& runs, Summary& summary,
                    CaseWriter& out) -> Result<>;

auto source_facts(const Inputs& inputs, const std::map<std::uint32_t, SourceTotal>& totals)
    -> std::vector<SourceFacts>;

}  // namespace serjeant::cli

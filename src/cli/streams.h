#pragma once

#include <map>
#include <string>
#include <vector>

#include "campaign/campaign.h"
#include "cli/unit.h"
#include "expose/expose.h"
#include "shape/event_stream.h"

// The merged runs of all units, as the stages want to walk them.
namespace serjeant::cli {

class MergedEvents final : public EventStream {
 public:
  MergedEvents(const Evidence& evidence, std::vector<std::string> paths, Table table)
      : evidence_(evidence), paths_(std::move(paths)), table_(table) {}
  auto each(const std::function<void(const Event&)>& take) const -> Result<> override;

 private:
  const Evidence& evidence_;
  std::vector<std::string> paths_;
  Table table_;
};

class MergedMails final : public MailStream {
 public:
  explicit MergedMails(std::vector<std::string> paths) : paths_(std::move(paths)) {}
  auto each(const std::function<void(const mail::MailFacts&)>& take) const -> Result<> override;

 private:
  std::vector<std::string> paths_;
};

class MergedExportRows final : public ExportIndexStream {
 public:
  explicit MergedExportRows(std::vector<std::string> paths) : paths_(std::move(paths)) {}
  auto each(const std::function<void(const ExportIndex&)>& take) const -> Result<> override;

 private:
  std::vector<std::string> paths_;
};

// What the workers found each source to be, summed over its units.
struct SourceTotal {
  std::string reader, profile;
  std::uint64_t records = 0, events = 0, faults = 0, cut = 0;
  MaybeTime first, last;
};
auto source_totals(const std::vector<std::string>& paths)
    -> Result<std::map<std::uint32_t, SourceTotal>>;

// Coverage rows in order, those that touch and say the same joined.
auto each_coverage(const std::vector<std::string>& paths,
                   const std::function<void(CoverageRow)>& take) -> Result<>;

}  // namespace serjeant::cli

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expose/export_index.h"
#include "expose/expose.h"
#include "shape/event.h"

// What the logs cover, and where they have holes (exposure notes, section 5).
// A hole is a result: it widens every upper bound that lies beside it.
namespace serjeant {

struct Gap {
  std::string kind;  // lost_index, export_limit, export_edge, hole, throttle, retention, audit_off
  std::string org, profile;
  std::string entity;  // a mailbox, or "" for the whole log
  std::uint32_t source = 0;
  std::optional<Nanos> t0, t1;
  std::optional<std::uint64_t> records;  // lost, if known
  std::string effect;                    // in words
  std::vector<Span> spans;               // rows beside it
};

// One kind of log of one organisation.
struct LogCover {
  std::string org, profile;
  std::uint64_t records = 0;
  Nanos first = 0, last = 0;
  std::vector<Nanos> quiet_days;  // days between first and last without any record, at 00:00
  Span first_span, last_span;
};

class CoverageBook {
 public:
  // Every event but repeats, in any order.
  void see(const Event& event);
  // A mailbox's log stopped for 24 h: said by the record, or 1,000 reads within 24 h.
  void throttled(std::string_view org, std::string_view profile, std::string_view mailbox, Nanos at,
                 const Span& span);
  // Auditing was switched off by this record.
  void audit_off(std::string_view org, std::string_view profile, std::string_view entity, Nanos at,
                 const Span& span);

  // The export's own numbers.
  auto read_index(const ExportIndexStream& rows) -> Result<>;

  // Works out all gaps. Call once. `sources` in order of id.
  void finish(const std::vector<SourceFacts>& sources);

  auto gaps() const -> const std::vector<Gap>& { return gaps_; }
  auto logs() const -> const std::vector<LogCover>& { return logs_; }
  // The gaps of a log that touch [from, to], for this mailbox or all.
  auto gaps_in(std::string_view org, std::string_view entity, Nanos from, Nanos to) const
      -> std::vector<const Gap*>;
  // Percent of [from, to] that the organisation's logs cover, gaps taken off.
  auto covered_percent(std::string_view org, Nanos from, Nanos to) const -> int;

 private:
  using Minutes = std::array<std::uint64_t, 23>;  // a bit a minute of the day
  struct Log {
    std::uint64_t records = 0;
    Nanos first = 0, last = 0;
    Span first_span, last_span;
    std::map<std::int64_t, Minutes> days;
  };
  struct Collection {
    std::uint64_t records = 0;
    Nanos first = 0, last = 0;
    Span first_span, last_span;
    std::uint32_t source = 0;
  };
  struct Silence {  // minutes since 1970
    std::int64_t from = 0, minutes = 0;
  };
  // Silences between records of more than a minute, the longest first.
  static auto silences(const Log& log) -> std::vector<Silence>;
  void find_holes(const std::pair<std::string, std::string>& key, const Log& log);
  void find_edges();
  void find_lost(const std::vector<SourceFacts>& sources);
  auto tell_stop(const LostRows& lost) -> bool;
  auto take_damaged(const LostRows& lost) -> std::uint64_t;
  void find_limits(const std::vector<SourceFacts>& sources);
  void find_retention();

  std::map<std::pair<std::string, std::string>, Log> open_;
  // by organisation, profile, and the run of the collector that made the rows
  std::map<std::tuple<std::string, std::string, std::string>, Collection> collections_;
  struct Unnumbered {  // a damaged row without its number
    std::uint32_t source = 0;
    std::uint64_t offset = 0;
    Nanos at = 0;
  };
  std::vector<Unnumbered> unnumbered_;
  struct Near {
    std::string org, profile, run;
    std::uint32_t source = 0;
    Log* log = nullptr;
    Collection* collection = nullptr;
  };
  Near near_;
  IndexRuns index_;
  std::vector<Gap> gaps_;
  std::vector<LogCover> logs_;
};

}  // namespace serjeant

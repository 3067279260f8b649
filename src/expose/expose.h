#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/sha256.h"
#include "shape/event_stream.h"
#include "store/aims.h"
#include "store/case_writer.h"

// Which accounts were entered, what was read, whose data it was, and what the
// logs cannot show.
namespace serjeant {

// One source as coverage speaks of it.
struct SourceFacts {
  std::uint32_t id = 0;
  Digest sha256{};
  std::string name;
  std::string org;
  std::string profile;  // shape's name for it
  std::uint64_t records = 0;
  MaybeTime first, last;  // event times seen
  Tlp tlp = Tlp::kAmber;  // what is said of it is marked at least so
};

// One row of an export that numbers its rows (ResultIndex of ResultCount), in
// order of (source, offset); repeats included. A damaged row that lost its
// number has index and count -1.
struct ExportIndex {
  std::uint32_t source = 0;
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  Nanos at = 0;
  std::int32_t index = 0, count = 0;
};
class ExportIndexStream {
 public:
  virtual ~ExportIndexStream() = default;
  virtual auto each(const std::function<void(const ExportIndex&)>& take) const -> Result<> = 0;
};

// A person of the roster with the addresses that belong to them.
struct RosterEntry {
  Id person;
  std::string label;                   // pseudonym
  std::vector<std::string> addresses;  // lower case
  std::string role, org;
  Span span;
};

struct ExposeInput {
  // Ordered by (organisation, account, time, record id, source, offset), where
  // the account is `account_of` (expose/account.h); service noise included with
  // its flag. Repeats (equal record id, equal content) stand side by side.
  const EventStream* by_account = nullptr;
  // Message trace and tracking rows, ordered by (message id, recipient, time).
  const EventStream* deliveries = nullptr;
  // Proxy, DNS and web rows that name a host, ordered by (host, time).
  const EventStream* fetches = nullptr;
  const ExportIndexStream* export_rows = nullptr;
  std::vector<SourceFacts> sources;
  std::span<const Aim> aims;  // of campaign/, sorted by (recipient, at)
  std::span<const RosterEntry> roster;
};

// Counts for the summary at the terminal.
struct ExposeSummary {
  std::uint64_t events = 0, repeats = 0, id_conflicts = 0, accounts = 0, takeovers = 0,
                undecided = 0, items_read = 0, gaps = 0;
};

// Adds rows to `out`: accounts, sessions, strands, items, item_read, exposure
// with its claims and evidence, gaps, cited events, entities. What is said
// follows docs/decisions and the notes it cites; every claim has spans.
auto expose(const ExposeInput& input, CaseWriter& out) -> Result<ExposeSummary>;

}  // namespace serjeant

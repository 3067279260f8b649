#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/span.h"
#include "core/time.h"

// What the DNS said, as others observed it: the only source of names, keys and
// policies here. A live lookup answers the wrong question, since keys rotate
// and domains lapse (docs/formats/dns-snapshot.md).
namespace serjeant::mail {

// A stretch of time over which the same answer was seen, from one or more
// observations. It ends a TTL after the last of them.
struct DnsInterval {
  Nanos first = 0, last = 0;        // of the observations
  Nanos end = 0;                    // last + TTL
  bool dated = false;               // without a date it answers for any time, at unknown distance
  std::string rcode;                // upper case; "TIMEOUT" if the query had no answer
  std::vector<std::string> rdata;   // as in the snapshot; TXT joined from its strings
  std::vector<std::string> sorted;  // the same: their order says nothing, and servers turn it
  std::string observer, grade;      // of the last observation
};

enum class DnsStatus : std::uint8_t {
  kFound,      // there are records
  kVoid,       // the name or the type was seen not to exist
  kTemporary,  // the query was seen to time out or to be refused
  kUnknown,    // nobody observed it
};

struct DnsAnswer {
  DnsStatus status = DnsStatus::kUnknown;
  const DnsInterval* seen = nullptr;  // null if unknown
  Nanos distance = 0;                 // between T and the interval; 0 inside of it
  bool distance_known = false;        // both T and the observation have a date
  std::string name;                   // asked for, or the end of its CNAMEs

  auto records() const -> const std::vector<std::string>&;  // empty unless kFound
};

// Lower case, without the dot at the end.
auto dns_name(std::string_view name) -> std::string;
// At most 253 bytes, labels of 1 to 63.
auto is_dns_name(std::string_view name) -> bool;

class DnsSnapshot {
 public:
  // NDJSON, one observation a line. Lines that are none are faults (kBadSyntax,
  // kBadTime) and otherwise ignored; lines beyond 4,000,000 are kTooMany. Spans
  // count from the start of `text`, which need not outlive the result. n log n
  // in its lines; independent of their order.
  static auto read(std::string_view text) -> Parsed<DnsSnapshot>;

  // The interval that covers `at`, else the nearest (of two equally near the
  // earlier). CNAMEs are followed, at most 8. A line about "*.zone" answers
  // for names at and below the zone that have no line of their own.
  auto query(std::string_view name, std::string_view type, std::optional<Nanos> at) const
      -> DnsAnswer;
  auto size() const -> std::size_t { return observations_; }

 private:
  using Intervals = std::vector<DnsInterval>;
  auto find(std::string_view type, std::string_view name) const -> const Intervals*;
  std::unordered_map<std::string, Intervals> by_name_;  // "TYPE name"
  std::size_t observations_ = 0;
};

}  // namespace serjeant::mail

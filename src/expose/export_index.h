#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "expose/expose.h"

// Finds the rows that a collection lost by the numbers on the others.
// Search-UnifiedAuditLog numbers the rows of one query from 1 (the newest) to
// ResultCount; tools that post-process the file keep the numbers. The same
// count occurs in many queries, so a query is found as a run of falling or
// rising numbers with one count, and a run that comes again (a file taken in
// twice) is laid over the first.
namespace serjeant {

struct IndexWindow {
  std::uint32_t source = 0;
  std::int32_t count = 0;  // rows that the query had, by its own word
  std::uint64_t present = 0;
  Nanos first = 0, last = 0;
  Span at_first;
};

struct LostRows {
  std::uint32_t source = 0;
  std::int32_t count = 0, from = 0, to = 0;  // numbers missing, both inclusive
  std::optional<Nanos> t0, t1;               // times of the neighbours that are there
  std::vector<Span> neighbours;
  bool beside = false;  // in some copy the neighbours touch: no damaged row was between
};

class IndexRuns {
 public:
  void take(const ExportIndex& row);
  void finish();
  auto windows() const -> const std::vector<IndexWindow>& { return windows_; }
  auto lost() const -> const std::vector<LostRows>& { return lost_; }

 private:
  struct Row {
    Nanos at = 0;
    Span span;
  };
  struct Run {
    std::int32_t count = 0, step = 0, last = 0;
    std::map<std::int32_t, Row> rows;
    std::uint64_t end = 0;          // where the row taken last ends
    std::set<std::int32_t> beside;  // lower numbers of neighbours that touch over a jump
  };
  void close();
  Run open_;
  std::vector<Run> runs_;
  std::vector<IndexWindow> windows_;
  std::vector<LostRows> lost_;
};

}  // namespace serjeant

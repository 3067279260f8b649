#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/sha256.h"
#include "core/time.h"

// What was done with a case: `case.sjt.custody`, one JSON object a line, each
// bound to the one before it by its hash (docs/formats/case.md). It stands
// outside the sealed bytes, because it holds the clock of the run; the caller
// says what time it is and who acts.
namespace serjeant {

struct CustodyEntry {
  std::uint64_t seq = 0;  // from 1
  Nanos at = 0;
  std::string actor, act, object;
  Digest prev{};  // zero for the first
  Digest hash{};  // SHA-256(prev, the line in canonical JSON without "hash")
};

// The last whole entry of a log.
struct CustodyHead {
  std::uint64_t seq = 0;  // 0: there is none
  Digest hash{};
};

struct CustodyReport {
  CustodyHead head;                 // before the first broken link, if there is one
  std::vector<std::uint64_t> torn;  // lines that a write left unfinished; the first 100
  std::uint64_t broken_line = 0;    // first line that does not follow; 0: none
  std::string broken;               // why it does not
  bool torn_tail = false;           // the last line is one of `torn`
  auto whole() const -> bool { return broken_line == 0 && torn.empty(); }
};

auto custody_path(const std::string& case_path) -> std::string;

// Appends an entry and flushes it to disk. An unfinished last line stays as it
// is, on a line of its own, and the chain goes on from the last whole entry. A
// log whose chain is broken is refused. Two writers wait for each other.
auto append_custody(const std::string& path, Nanos at, std::string_view actor, std::string_view act,
                    std::string_view object) -> Result<CustodyEntry>;

// Walks the whole chain. Fails only if the file cannot be read; a missing log
// is kNotFound. That lines are missing at its end, the chain alone cannot show:
// compare `head` with the one in the seal.
auto check_custody(const std::string& path) -> Result<CustodyReport>;
// Every whole entry, in order, up to the first broken link.
auto read_custody(const std::string& path) -> Result<std::vector<CustodyEntry>>;

// The hash of a handover that was declared for the evidence (table custody of
// the case): the same chain, over the row's columns; `source` 0 is null there.
auto declared_hash(std::int64_t seq, std::int64_t source, std::string_view at,
                   std::string_view actor, std::string_view act, std::string_view note,
                   const Digest& prev) -> Digest;

}  // namespace serjeant

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/id.h"
#include "core/span.h"
#include "core/time.h"
#include "shape/event.h"

namespace serjeant {

enum class Level : std::uint8_t { kInformational, kLow, kMedium, kHigh, kCritical };
auto level_word(Level level) -> std::string_view;

// Why a rule fired: one atom with the slice of the field that met it.
struct Matched {
  std::string field;
  std::string value;    // as in the evidence; cut at 1 KiB
  std::string pattern;  // as in the rule
};

struct Finding {
  Id id;                   // of (rule hash, source SHA-256, span, matched keys)
  std::uint32_t rule = 0;  // index into the rule set
  Span span;
  Nanos at = 0;
  TimeBasis basis = TimeBasis::kNone;
  Level level = Level::kInformational;
  std::vector<Matched> matched;
  std::string logsource;  // of the event, "windows/process_creation/sysmon"; "unknown" (R5)
  // correlations only
  std::string group;                                              // "field=value, ..."
  std::vector<std::pair<std::string, std::string>> group_values;  // the same, in order of group-by
  Nanos last = 0;
  std::vector<Span> events;  // contributing ones in the window at `at`; at most 1,000
  std::uint64_t count = 0;   // of all of them
};

// One rule as the case, the dossier and the ledger name it.
struct RuleInfo {
  std::string uid;  // the rule's own id, or one made from its content
  std::string title;
  std::string author;
  Level level = Level::kInformational;
  std::vector<std::string> tags;  // "attack.t1114.002", ...
  std::string file;               // as given on the command line, or "builtin/..."
  Digest sha256{};                // of the rule's own document text
  bool loaded = false;
  std::string why;  // if not: reason word and message

  std::string kind;  // "rule", "correlation", "filter", "unknown"
  std::string name;  // by which correlations and filters may call it
  std::string description;
  std::string license;
  std::vector<std::string> falsepositives;
  std::vector<std::string> references;
  std::string logsource;   // "windows/process_creation/-"; empty for correlations
  std::uint32_t line = 1;  // where its document begins
  std::string reason;      // if not loaded: the word alone, of a closed list (docs/rules.md)
  std::string place;       // "line:column" of the first mistake
  std::string help;
  std::vector<std::string> lints;   // "word: message"
  std::vector<std::string> fields;  // that it asks for, sorted
};

}  // namespace serjeant

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/sha256.h"
#include "core/span.h"
#include "store/manifest.h"

// Checks a case from outside in: first the files, then what they say of each
// other, then, if the evidence is at hand, every byte that the case cites.
namespace serjeant {

enum class StepOutcome : std::uint8_t { kPassed, kFailed, kSkipped };

struct VerifyStep {
  std::string name;  // "seal", "signatures", "file hash", "bad_span", "leaves", ...
  StepOutcome outcome = StepOutcome::kPassed;
  std::string detail;               // one sentence: what was checked, or why not
  std::vector<std::string> faults;  // one sentence each, the first kMaxFaults
  std::uint64_t fault_count = 0;    // of all
};

struct VerifyReport {
  std::vector<VerifyStep> steps;  // in the order in which they were done
  auto passed() const -> bool;    // no step failed
  auto step(std::string_view name) const -> const VerifyStep*;
};

// Something that cites bytes of a source. Texts are valid during the call.
struct Cited {
  std::string_view what;  // "finding", "event", "claim", "coverage", "person", "name"
  Id id;                  // of the row; empty for coverage
  Extent at;
  std::string_view profile;  // of the source; empty if none
  std::string_view reader;   // coverage only
  std::string_view rule;     // finding only: SHA-256 of its rule, 32 bytes
  std::string_view stored;   // what the case keeps of it: matched (finding), native (event)
};

struct EvidenceBytes {
  std::string_view bytes;
  bool hashed = false;  // the caller has just hashed them: they are the sealed ones
};

struct VerifyOptions {
  // The bytes that are, or should be, the source of that SHA-256; nothing if
  // they are not at hand. Not set: no evidence was given.
  std::function<std::optional<EvidenceBytes>(const Digest& sha256)> evidence;
  // Reads a cited span again: nothing if the source says what the case keeps,
  // else why not. Called in order of source and offset, only for spans inside
  // undamaged leaves. Not set: spans are checked for being there.
  std::function<std::optional<std::string>(std::string_view source, const Cited& cited)> recheck;
  // Public keys, one of which must have signed the seal; none: any good
  // signature will do, and a seal without one is said to be unsigned.
  std::vector<std::string> keys;
};

constexpr auto kMaxFaults = std::size_t{50};

// Never fails: what cannot be checked is a failed or skipped step.
auto verify_case(const std::string& path, const VerifyOptions& options) -> VerifyReport;

}  // namespace serjeant

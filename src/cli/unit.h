#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/progress.h"
#include "core/result.h"
#include "detect/matcher.h"
#include "read/record.h"
#include "seal/evidence.h"
#include "shape/shape.h"
#include "store/runs.h"

// A unit of work: a stretch of one source, or several small sources. A worker
// takes it through read, shape and detect and leaves one file of sorted runs.
namespace serjeant::cli {

// The tables of a unit's file, with their keys.
enum Table : std::size_t {
  kFindings,     // rule, record id, content, source, offset -> finding, event
  kStories,      // organisation, account, time, record id, source, offset -> event
  kDeliveries,   // message id, recipient, time, source, offset -> event
  kFetches,      // host, time, source, offset -> event
  kMails,        // uid, source, offset -> mail facts
  kCoverage,     // source, offset -> length, state, records, faults, reader, why
  kExportRows,   // source, offset -> length, time, index, count
  kMatches,      // rule, source, offset -> match that a correlation needs
  kSourceFacts,  // source -> reader, profile, records, faults, first, last
  kTables
};

struct Unit {
  std::vector<Extent> parts;
  std::uint64_t bytes = 0;
};

// What all workers share; constant while they run.
struct Work {
  const Evidence* evidence = nullptr;
  const Profiles* profiles = nullptr;
  const RuleSet* rules = nullptr;
  Engine engine = Engine::kFast;
  // Readers of sources that are cut into several units; small ones are opened by their worker.
  std::map<std::uint32_t, std::unique_ptr<Reader>> readers;
  std::vector<Unit> units;
};

// Cuts the evidence and rosters into units of about `target` bytes. Containers
// are left out: their bytes were read by seal/.
struct Inputs;
void plan_units(Work& work, std::uint64_t target, const Inputs& inputs);

// One worker's state, kept from unit to unit.
class UnitWorker {
 public:
  explicit UnitWorker(const Work& work);
  ~UnitWorker();
  UnitWorker(const UnitWorker&) = delete;
  auto operator=(const UnitWorker&) -> UnitWorker& = delete;
  // Reads `unit` and writes its runs to `path`.
  auto run(const Unit& unit, const std::string& path, Progress& progress) -> Result<>;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace serjeant::cli

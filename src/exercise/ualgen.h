#pragma once

#include <string>
#include <vector>

#include "exercise/life.h"
#include "exercise/truth.h"
#include "exercise/ual_dialect.h"

namespace serjeant::exercise {

// One export of the audit log, as a collector left it.
struct Export {
  std::string path;
  Dialect dialect = Dialect::kApi;
  std::uint32_t from = 0, to = 0;  // days
  bool utf16 = false;
  bool capped = false;  // one query, of which the newest 50,000 came
  bool repeats = false;
  std::vector<std::uint32_t> lost_days;  // a record is missing here
};
auto plan_exports(const World& world) -> std::vector<Export>;

// What writing a log gave, besides the file.
struct LogTruth {
  ExerciseFile file;
  std::vector<EventTruth> events;
  std::vector<GapTruth> gaps;
  std::vector<DamageTruth> damage;
  std::vector<PersistenceTruth> persistence;
  std::uint64_t distinct = 0;  // rows that repeat no other row of any file
};
auto write_export(const World& world, const StoryLine& story, const Life& life, const Export& plan,
                  const std::string& dir) -> Result<LogTruth>;

}  // namespace serjeant::exercise

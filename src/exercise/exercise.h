#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/progress.h"
#include "core/result.h"

// Synthetic evidence with known truth ("Three Houses"): evidence as several
// organisations would hand it in, and the answers beside it. Everything in it
// is invented and safe: addresses of the documentation ranges (RFC 5737, RFC
// 3849), names under .example (RFC 2606), no payload and no working lure.
namespace serjeant {

struct ExerciseOptions {
  std::uint64_t seed = 1;
  std::string size = "XS";           // "XS" or "S"; see docs/exercise.md
  std::string dir;                   // made if absent; must be empty
  std::vector<std::string> without;  // names of traps to leave out (exercise_traps())
  std::size_t jobs = 1;              // threads; the tree does not depend on it
};

struct ExerciseFile {
  std::string path;  // relative to DIR
  std::string sha256;
  std::uint64_t bytes = 0, rows = 0;
};

struct ExerciseReport {
  std::vector<ExerciseFile> files;  // sorted by path; MANIFEST lists the same
  std::uint64_t bytes = 0;
  std::uint64_t events = 0;  // rows of logs that are not repeats of other rows
  std::uint64_t rows = 0;    // rows of logs, repeats included
  std::uint64_t mails = 0;   // messages
};

// Writes the exercise below `options.dir`. Same seed, size, switches and
// version of the generator give the same bytes on every machine, for any number
// of jobs. Fails (kMalformed) on a size or trap name that is not known, a
// folder that is not empty, and (kIo) when the disk refuses.
auto make_exercise(const ExerciseOptions& options, Progress& progress) -> Result<ExerciseReport>;

struct ExerciseTrap {
  std::string_view name;
  std::string_view about;  // one sentence
};
auto exercise_traps() -> const std::vector<ExerciseTrap>&;

}  // namespace serjeant

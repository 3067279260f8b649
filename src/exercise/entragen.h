#pragma once

#include "exercise/life.h"
#include "exercise/ualgen.h"

namespace serjeant::exercise {

// The four logs of the directory, which keeps 30 days: log-ins by persons
// (Graph, one array), token refreshes without them (diagnostics lines), log-ins
// of applications (Graph lines), and changes (Graph, one array).
enum class DirectoryLog : std::uint8_t { kInteractive, kRefresh, kApplications, kChanges };
constexpr auto kDirectoryDays = 30u;
auto write_directory(const World& world, const StoryLine& story, const Life& life, DirectoryLog log,
                     const std::string& dir) -> Result<LogTruth>;

}  // namespace serjeant::exercise

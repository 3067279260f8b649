#pragma once

#include <map>
#include <string>

#include "core/result.h"
#include "exercise/truth.h"

namespace serjeant::exercise {

// One line of DIR/MANIFEST.
struct ManifestEntry {
  std::string sha256;  // hex
  std::uint64_t bytes = 0, rows = 0;
};
using Manifest = std::map<std::string, ManifestEntry>;  // by path

// Reads truth/ and the MANIFEST beside it. Fails if a file is missing, is no
// JSON, or meta.json names another schema than serjeant.truth/1; members that
// this build does not know are passed over.
auto read_truth(const std::string& truth) -> Result<Truth>;
auto read_manifest(const std::string& dir) -> Result<Manifest>;

}  // namespace serjeant::exercise

#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "core/sha256.h"

namespace serjeant {

struct HashedFile {
  Digest sha256{};
  std::uint64_t bytes = 0;
};

// Reads the file to its end through a small buffer; with `flush`, after making
// sure that it is on disk.
auto hash_file(const std::string& path, bool flush = false) -> Result<HashedFile>;

// Makes sure that the name of a file just created or renamed is on disk.
auto flush_folder_of(const std::string& path) -> Result<>;

}  // namespace serjeant

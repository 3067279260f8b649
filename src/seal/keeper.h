#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/file.h"
#include "core/result.h"
#include "seal/fingerprint.h"

namespace serjeant {

// Where one worker keeps bytes that it cannot leave where they are: small
// files (a process may map 65,530 files, a mail folder may hold more) and
// members of containers. They lie one behind the other in one file without a
// name in the work folder, so that no name from evidence becomes a path and
// nothing stays behind whatever ends the program.
class Keeper {
 public:
  // Nothing is made before the first byte comes. "" = in memory.
  explicit Keeper(std::string folder) : folder_(std::move(folder)) {}

  // Bytes of the current item, in pieces; fingerprinted on their way.
  auto add(std::string_view bytes) -> Result<>;
  struct Kept {
    std::uint64_t at = 0;  // in the file of this keeper
    Fingerprint print;
  };
  auto finish() -> Result<Kept>;  // ends the item
  // Forgets the current item.
  auto drop() -> Result<>;
  auto size_so_far() const -> std::uint64_t { return end_ - start_; }
  // Forgets all that was kept since `mark` was asked.
  auto mark() const -> std::uint64_t { return start_; }
  auto rewind(std::uint64_t mark) -> Result<>;

  // Bytes that were kept before.
  auto read(std::uint64_t at, std::uint64_t size) -> Result<std::string>;
  // All that was kept so far. Grows stale with the next item.
  auto map() -> Result<MappedFile>;

 private:
  auto flush() -> Result<>;

  std::string folder_;
  Fd fd_;
  std::string waiting_;      // not yet written
  std::uint64_t start_ = 0;  // of the current item
  std::uint64_t end_ = 0;    // of the bytes taken, `waiting_` included
  Fingerprinter print_;
};

// A new file without a name in `folder`, which is made if it is missing.
auto nameless_file(const std::string& folder) -> Result<Fd>;

}  // namespace serjeant

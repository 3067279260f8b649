#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/span.h"

namespace serjeant {

// The one door to libarchive: everything this program knows of it is in
// archive.cc. It is told exactly which format to read; it guesses nothing,
// runs no helper programs and writes no files.
enum class ArchiveFormat : std::uint8_t {
  kTar,        // any dialect
  kSevenZip,   // needs all bytes in one piece, it seeks
  kZipMember,  // one local header and its data
  kPacked,     // likewise, but what the header says of size and checksum is not checked
  kZst,        // these two: one compressed stream, one entry
  kLz4,
};

// Gives the next piece of input; empty at the end. A piece must stay where it
// is until the next one is asked for.
using ArchiveInput = std::function<std::string_view()>;

struct ArchiveEntry {
  enum class Type : std::uint8_t { kFile, kFolder, kLink, kOther };
  std::string name;  // any bytes; UTF-8 where the format says what it is
  Type type = Type::kFile;
  bool encrypted = false;
  std::uint64_t offset = 0;  // where its header starts in the input (tar only)
};

class ArchiveReader {
 public:
  ArchiveReader(ArchiveFormat format, ArchiveInput input);
  ArchiveReader(ArchiveFormat format, std::string_view whole);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  auto operator=(const ArchiveReader&) -> ArchiveReader& = delete;

  enum class Step : std::uint8_t {
    kEntry,
    kEnd,
    kSkipped,  // damage; the next call looks for the next entry behind it
    kStopped,  // damage that cannot be read past, or a missing feature
  };
  auto next(ArchiveEntry& entry) -> Step;

  // Reads on in the entry: `piece` is valid until the next call, and empty at
  // the end. Holes of sparse members come as zeros. False: damage, told by
  // `problem`; the pieces before it are good as far as can be known.
  auto read(std::string_view& piece) -> bool;

  // What the last kSkipped, kStopped or false was about.
  auto problem() const -> FaultKind;
  // After read() gave false: was it at the very end of the entry, because what
  // the header says of it is wrong? Its bytes are all there then.
  auto found_end() const -> bool;
  // Input bytes taken in so far.
  auto consumed() const -> std::uint64_t;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace serjeant

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/span.h"
#include "seal/archive.h"
#include "seal/container.h"

namespace serjeant {

// Gives views one after the other, in blocks of at most `block` bytes.
auto input_of(std::vector<std::string_view> pieces, std::size_t block) -> ArchiveInput;

// The bytes that a compressed file holds, for gz, bz2, xz, zst and lz4. Several
// streams one behind the other are one. Made for files that are cut or damaged:
// everything that stands before the damage is given, but for what the decoder
// cannot tell apart from it (zst: the block at the cut, 128 KiB at most).
class StreamReader {
 public:
  // `bytes` is the whole file and must outlive the reader.
  StreamReader(Container kind, std::string_view bytes);

  // As ArchiveReader::read.
  auto read(std::string_view& piece) -> bool;
  // What the false was about: kTruncated, kBadSyntax (which is also a wrong
  // checksum), kUnsupported.
  auto problem() const -> FaultKind { return problem_; }
  // Packed bytes used so far.
  auto consumed() const -> std::uint64_t;
  // Bytes behind the last stream that belong to none: "" if there are none.
  auto rest() const -> std::string_view { return rest_; }

 private:
  auto stop(FaultKind kind) -> bool;
  auto start_member() -> bool;  // of the kinds that are read through zip members
  auto end_member(bool clean) -> bool;
  void start_filter();

  Container kind_;
  std::string_view bytes_;
  std::string_view rest_;
  std::uint64_t at_ = 0;     // where the current stream begins in bytes_
  std::uint64_t data_ = 0;   // where its packed bytes begin
  std::uint64_t extra_ = 0;  // bytes of our own making before them
  std::uint32_t crc_ = 0;
  std::uint32_t size_ = 0;  // of the current stream, modulo 2^32
  std::string header_;      // of our own making
  std::string mended_;      // likewise
  std::unique_ptr<ArchiveReader> reader_;
  bool done_ = false;
  bool failed_ = false;
  bool cut_ = false;  // known beforehand
  FaultKind problem_ = FaultKind::kBadSyntax;
};

}  // namespace serjeant

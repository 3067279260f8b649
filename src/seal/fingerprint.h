#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/progress.h"
#include "core/result.h"
#include "core/sha256.h"
#include "core/sha256_pair.h"

namespace serjeant {

// Which bytes these are: the SHA-256 that other tools know, and a Merkle tree
// that can name the damaged MiB of a large file.
struct Fingerprint {
  Digest sha256{};
  Digest merkle{};
  std::vector<Digest> leaves;
  std::uint64_t size = 0;
};

// Both hashes over bytes that come in pieces. They are computed side by side
// where the processor can (docs/decisions/0130-two-hashes-in-one-pass.md), else
// one after the other by OpenSSL; the results are the same.
class Fingerprinter {
 public:
  void add(std::string_view bytes);
  // The print of all that was added, and ready for the next.
  auto finish() -> Fingerprint;

 private:
  // A message in blocks: what is hashed, and the begin of the next block.
  struct Message {
    sha256_pair::State state = sha256_pair::kInitial;
    std::array<char, sha256_pair::kBlock> kept{};
    std::size_t kept_size = 0;
    std::uint64_t size = 0;
    void fill(std::string_view& bytes);
    void take(std::string_view bytes);
    auto finish() -> Digest;
  };
  void add_to_both(std::string_view part);
  void close_leaf();

  const bool paired_ = sha256_pair::is_supported();
  Message whole_message_, leaf_message_;  // if paired
  Sha256 whole_, leaf_;                   // if not
  std::uint64_t size_ = 0;
  std::vector<Digest> leaves_;
};

// Reads the first `size` bytes of an open file with pread and returns their
// print. A file that ends earlier gives the print of what was there. With two
// threads the two hashes of a large file run beside each other, 64 MiB at a
// time so that both find the same pages in memory. Calls `progress.add` as it
// goes. Fails if the system fails to read.
auto fingerprint_file(int fd, std::uint64_t size, std::size_t threads, const std::string& name,
                      Progress& progress) -> Result<Fingerprint>;

}  // namespace serjeant

#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace serjeant {

// Memory for one batch of records: handed out by moving a pointer, given back
// all at once. What it returned is valid until `reset` or destruction.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  auto operator=(const Arena&) -> Arena& = delete;

  // `size` bytes, unaligned, uninitialised.
  auto take(std::size_t size) -> char*;
  // Returns the last `unused` bytes of the most recent `take`.
  void give_back(std::size_t unused);
  auto copy(std::string_view text) -> std::string_view;

  // Forgets everything; keeps blocks of some MiB for the next batch, so that
  // the steady state asks the system for nothing.
  void reset();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  void next_block(std::size_t size);
  std::vector<Block> blocks_;
  std::size_t used_ = 0;  // blocks handed out of, the one at hand included
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace serjeant

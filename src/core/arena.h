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

  // Forgets everything, keeps the first block for the next batch.
  void reset();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<Block> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace serjeant

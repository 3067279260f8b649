#pragma once

#include <string>
#include <vector>

#include "shape/event.h"

namespace serjeant {

enum class Sighting : std::uint8_t {
  kFirst,
  kRepeat,   // same id, same content as one before: counted, not told again
  kConflict  // same id, other content: both are kept
};

// Tells repeats in a stream that has records of one id side by side. Records
// without an id are never repeats.
class Repeats {
 public:
  auto see(const Event& event) -> Sighting;
  auto repeats() const -> std::uint64_t { return repeats_; }
  auto conflicts() const -> std::uint64_t { return conflicts_; }

 private:
  std::string id_;
  std::vector<std::uint64_t> contents_;  // of that id
  std::uint64_t repeats_ = 0, conflicts_ = 0;
};

}  // namespace serjeant

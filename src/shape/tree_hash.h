#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/value.h"

namespace serjeant {

// Digests the content of a tree: equal for trees whose members have the same
// names and texts, in whatever order objects list them; the order of arrays
// counts. Null, empty text and empty containers, and names that begin with `@`,
// are left out. Without recursion; its memory is kept.
class TreeHasher {
 public:
  // `left_out` is the name of a member at the top that does not count.
  auto hash(Value root, std::string_view left_out = {}) -> std::uint64_t;

 private:
  struct Frame {  // a container that is being walked
    const Node* end;
    std::uint64_t seed;
    std::uint64_t ordinal;
    bool is_array;
  };
  std::vector<Frame> frames_;
};

}  // namespace serjeant

#include "shape/tree_hash.h"

#include "shape/hash.h"

namespace serjeant {

auto TreeHasher::hash(Value root, std::string_view left_out) -> std::uint64_t {
  if (!root) return 0;
  // A sum over leaves of hash(path, text), so that members may stand in any order.
  auto sum = std::uint64_t{0};
  const auto* end = root.node() + root.node()->size;
  // The container at hand, member by member: as one Frame it would be written
  // in parts and copied whole, for which processors wait.
  const auto* open_end = end;
  auto open_seed = std::uint64_t{0}, ordinal = std::uint64_t{0};
  auto is_array = root.is_array();
  frames_.clear();
  for (const auto* node = root.is_scalar() ? root.node() : root.node() + 1; node != end; ++node) {
    while (node == open_end && !frames_.empty()) {
      const auto& outer = frames_.back();
      open_end = outer.end;
      open_seed = outer.seed;
      ordinal = outer.ordinal;
      is_array = outer.is_array;
      frames_.pop_back();
    }
    const auto is_leaf = node->kind < Kind::kArray;
    auto seed = std::uint64_t{0};
    if (is_array) {
      seed = mix64(open_seed + ++ordinal);
    } else {
      if (is_leaf ? node->kind == Kind::kNull || node->text.empty() : node->size == 1) continue;
      seed = hash64(node->key, open_seed);
    }
    if (!is_leaf) {
      if (node->size == 1) continue;
      frames_.push_back({open_end, open_seed, ordinal, is_array});
      open_end = node + node->size;
      open_seed = seed;
      ordinal = 0;
      is_array = node->kind == Kind::kArray;
    } else if (node->kind != Kind::kNull && !node->text.empty() && !node->key.starts_with('@') &&
               !(frames_.empty() && !left_out.empty() && node->key == left_out)) {
      sum += hash64(node->text, seed);
    }
  }
  return sum;
}

}  // namespace serjeant

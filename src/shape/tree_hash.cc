#include "shape/tree_hash.h"

#include "shape/hash.h"

namespace serjeant {

auto TreeHasher::hash(Value root, std::string_view left_out) -> std::uint64_t {
  if (!root) return 0;
  // A sum over leaves of hash(path, text), so that members may stand in any order.
  auto sum = std::uint64_t{0};
  const auto* end = root.node() + root.node()->size;
  auto frame = Frame{end, 0, 0, root.is_array()};
  frames_.clear();
  for (const auto* node = root.is_scalar() ? root.node() : root.node() + 1; node != end; ++node) {
    while (node == frame.end && !frames_.empty()) {
      frame = frames_.back();
      frames_.pop_back();
    }
    const auto is_leaf = node->kind < Kind::kArray;
    auto seed = std::uint64_t{0};
    if (frame.is_array) {
      seed = mix64(frame.seed + ++frame.ordinal);
    } else {
      if (is_leaf ? node->kind == Kind::kNull || node->text.empty() : node->size == 1) continue;
      seed = hash64(node->key, frame.seed);
    }
    if (!is_leaf) {
      if (node->size == 1) continue;
      frames_.push_back(frame);
      frame = {node + node->size, seed, 0, node->kind == Kind::kArray};
    } else if (node->kind != Kind::kNull && !node->text.empty() && !node->key.starts_with('@') &&
               !(frames_.empty() && !left_out.empty() && node->key == left_out)) {
      sum += hash64(node->text, seed);
    }
  }
  return sum;
}

}  // namespace serjeant

#include "core/value.h"

#include <algorithm>

namespace serjeant {

void Document::grow(std::size_t count) {
  nodes_.resize(std::max(size_ + count, nodes_.size() * 2 + 64));
}

void Document::append(Value value, std::string_view key) {
  if (!value) {
    add(Kind::kNull, key);
    return;
  }
  const auto* const first = value.node();
  if (size_ + first->size > nodes_.size()) grow(first->size);
  std::copy(first, first + first->size, nodes_.data() + size_);
  nodes_[size_].key = key;
  size_ += first->size;
}

}  // namespace serjeant

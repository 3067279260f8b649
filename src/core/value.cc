#include "core/value.h"

namespace serjeant {

void Document::append(Value value, std::string_view key) {
  if (!value) {
    add(Kind::kNull, key);
    return;
  }
  const auto* first = value.node();
  const auto at = nodes_.size();
  nodes_.insert(nodes_.end(), first, first + first->size);
  nodes_[at].key = key;
}

}  // namespace serjeant

#include "expose/dedupe.h"

#include <algorithm>

namespace serjeant {

auto Repeats::see(const Event& event) -> Sighting {
  if (event.record_id.empty()) return Sighting::kFirst;
  if (event.record_id != id_) {
    id_.assign(event.record_id);
    contents_.assign(1, event.content_hash);
    return Sighting::kFirst;
  }
  if (std::find(contents_.begin(), contents_.end(), event.content_hash) != contents_.end()) {
    ++repeats_;
    return Sighting::kRepeat;
  }
  // A record that was cut short is the same record, less complete.
  constexpr auto kRemembered = std::size_t{64};
  if (contents_.size() < kRemembered) contents_.push_back(event.content_hash);
  ++conflicts_;
  return Sighting::kConflict;
}

}  // namespace serjeant

#pragma once

#include <functional>

#include "core/result.h"
#include "shape/event.h"

namespace serjeant {

// Events in a stated order, to be walked as often as needed: the merged runs of
// all workers. An event is valid until `take` returns.
class EventStream {
 public:
  virtual ~EventStream() = default;
  virtual auto each(const std::function<void(const Event&)>& take) const -> Result<> = 0;
};

}  // namespace serjeant

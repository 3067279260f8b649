#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "detect/sigma/address.h"

namespace serjeant::sigma::fast {

// A test on one value of a field that an index can answer for many rules at
// once. Texts are folded, and compared with folded values.
struct Trigger {
  enum class Kind : std::uint8_t {
    kEquals,
    kStarts,
    kEnds,
    kContains,
    kNumber,  // equal to the whole number `text`, however it is written
    kNetwork,
    kPresent,  // any value that is not null
  };
  Kind kind = Kind::kPresent;
  std::string text;
  Network network;
};

}  // namespace serjeant::sigma::fast

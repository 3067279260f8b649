#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/span.h"

namespace serjeant {

// Walks the objects of a STIX bundle (STIX 2.1, section 8) one at a time, so that
// memory is that of one object and each comes with the bytes where it stands.
// `take` gets every member of `objects` in order; views are valid until it
// returns. Gives the faults met (a cut bundle keeps its whole objects); fails if
// the text is no JSON object of type "bundle".
auto each_stix_object(std::string_view bytes, std::uint32_t source,
                      const std::function<void(Value object, Span span)>& take)
    -> Result<std::vector<Fault>>;

}  // namespace serjeant

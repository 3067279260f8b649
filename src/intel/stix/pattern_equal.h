#pragma once

#include <cstdint>

#include "intel/stix/pattern.h"

namespace serjeant::stix {

enum class Equivalence : std::uint8_t { kSame, kDifferent, kUndecided };

// Do two patterns mean the same, as far as the rules tell that both normal forms
// obey: order and doubles of AND and OR, nesting, distribution over OR,
// absorption (A OR (A AND B) is A), comparisons that no object can meet, NOT
// before = and !=, values spelt differently (addresses, numbers, times, registry
// keys). Not every pair of patterns that match alike is found equal. Undecided
// where a normal form would have more than 1,024 alternatives.
auto compare_patterns(const Pattern& a, const Pattern& b) -> Equivalence;

}  // namespace serjeant::stix

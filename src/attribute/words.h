#pragma once

#include <string_view>

namespace serjeant {

// The likelihood words of Intelligence Community Directive 203 (2015), section
// D.6.e.(2)(a). `posterior` and the ends of its interval in parts per million.
// A word is only given if the interval reaches no further down than its band;
// else the band of the lower end is taken. Never 0 or 100 per cent.
auto likelihood_word(long posterior, long low) -> std::string_view;

}  // namespace serjeant

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"
#include "share/html.h"

// Pictures as inline SVG: no script, no style attribute, colours by class so
// that dark and light both work, and every mark named in words.
namespace serjeant {

// Bars over time, one lane each: what happened when.
struct Lane {
  std::string name;
  std::string kind;  // class of its marks: campaign, takeover, finding, gap
  struct Mark {
    Nanos from = 0, to = 0;
    std::string words;
  };
  std::vector<Mark> marks;
};
void draw_timeline(const std::vector<Lane>& lanes, Html& page);

// How many stand on each rung; the bars are as long as their counts' roots, so
// that one stands beside thousands.
struct Rung {
  std::string name;
  std::int64_t count = 0;
};
void draw_ladder(const std::vector<Rung>& rungs, Html& page);

}  // namespace serjeant

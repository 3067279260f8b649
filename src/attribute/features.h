#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "attribute/profiles.h"

// What the stack knows of each group as the answer to a question, and of the
// question itself where the answer is nobody it knows (docs/attribution.md).
namespace serjeant::neutral {

// In the order of a row. Natural logarithms; `hit` is the log-LR of an item that
// the group has; loud = an item of 4 groups at most, quiet = the others.
constexpr auto kFeatureNames = std::array<std::string_view, 20>{
    "techniques",     // log-LR of the techniques
    "software",       // log-LR of the software
    "bm25",           // of all items
    "size",           // log of the profile's size
    "nearest",        // 10 * best cosine with one report
    "silence",        // log of the months to the group's nearest report
    "loud-software",  // sum of hits
    "loud-techniques",
    "quiet",              // sum of hits
    "place-bm25",         // -log(1 + groups above)
    "place-nearest",      // likewise
    "nearest-in-time",    // as `nearest`, each report fading with e^(-months / 60)
    "implied",            // techniques that the group's software brings: log(1 / frequency)
    "family",             // techniques of which the group has another of the same parent
    "techniques-scaled",  // techniques / sqrt(items)
    "reports",            // log of their number
    "recent",             // log(1 + reports within 24 months)
    "loud-and-quiet",     // sqrt(loud * quiet)
    "place-quiet",        // -log(1 + groups above on quiet alone)
    "loud-misplaced",     // loud * place-quiet
};
constexpr auto kCandidateFeatures = kFeatureNames.size();
constexpr auto kQuestionNames =
    std::array<std::string_view, 6>{"unknown",         // 1
                                    "items",           // log of their number
                                    "rarity",          // mean idf
                                    "new-techniques",  // that no group has
                                    "new-software",    // likewise
                                    "software-items"};
constexpr auto kWidth = kCandidateFeatures + kQuestionNames.size();

// One row a group, then one for `unknown`; a row has kWidth columns, of which
// groups fill the first part and `unknown` the second.
struct Described {
  std::vector<Number> groups;  // ascending
  std::vector<double> rows;
};

class Describer {
 public:
  explicit Describer(const Library& library);
  // The answer depends on the profiles as they stand, the items and the month.
  auto describe(const Profiles& profiles, std::span<const Number> items, Month month) const
      -> Described;

 private:
  const Library& library_;
  std::vector<std::vector<Number>> brought_by_;  // by technique: software that implies it
  std::vector<std::size_t> family_of_;           // by technique: place in `families_`
  std::vector<std::vector<Number>> families_;    // techniques of one parent, itself included
};

}  // namespace serjeant::neutral

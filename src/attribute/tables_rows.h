#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "attribute/profiles.h"

// One row a case for the tables of odds and of planted items: what the plain
// stack and the plain scorers are asked of it, and what they say.
namespace serjeant::neutral {

constexpr auto kFeatures = std::size_t{5};
constexpr auto kDepths = std::array<std::size_t, 6>{0, 1, 2, 3, 5, 10};  // items planted
constexpr auto kPlainScorers = std::array<std::pair<Scorer, const char*>, 3>{
    {{Scorer::kRatio, "llr"}, {Scorer::kBm25, "bm25"}, {Scorer::kCapped, "capped"}}};

using Features = std::vector<std::array<double, kFeatures>>;  // by place in `groups`

// What the stack is asked: candidates with their features, and which is right.
struct Question {
  std::vector<Number> groups;
  Features features;
  std::size_t items = 0;
};

// How a mixture behaves when it is asked about an answer that was planted.
struct Detection {
  bool framed_first = false;
  std::optional<double> fall;  // share of groups above the top one on quiet items alone
  double concentration = 0;    // share of the top group's support in three items
};

struct PlantedOutcome {
  std::array<std::pair<double, double>, 3> ranks;  // of the true and the framed group, by scorer
  Detection detection;
  Question question;
};

enum Kind { kRare, kRandom, kUsual, kKinds };
constexpr const char* kKindNames[] = {"rare", "random", "rare-usual"};

struct PlantedUnknown {
  Number framed = kNone, bm25_top = kNone;
  std::optional<double> fall;
  Question question;
};

struct CaseRow {
  const PublishedCase* one = nullptr;
  std::size_t fold = 0;
  bool known = false;
  Question closed, open;
  std::vector<std::tuple<std::string, bool, std::uint32_t, std::uint32_t>> items;
  Detection honest;
  bool honest_right = false, flips = false;
  std::array<Number, kKinds> framed{};
  std::array<std::map<std::size_t, PlantedOutcome>, kKinds> planted;
  std::array<std::map<std::size_t, PlantedUnknown>, kKinds> planted_unknown;
};

// A row for each case of the library, in its order, from the newest release
// without the case's source and without reports within 6 months of it.
auto make_rows(const Library& library) -> std::vector<CaseRow>;

}  // namespace serjeant::neutral

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "attribute/neutral.h"

// The measures of the attribution benchmark: ranks, proper scores, calibration,
// separation. A tie is a difference of at most 1e-9; ties for the top go to the
// smaller group.
namespace serjeant::neutral {

constexpr auto kTie = 1e-9;

// The middle of the places that `truth` shares with its ties, 1 = first, counted
// over `groups`; 1e6 if it is not among them.
auto rank_of(std::span<const double> scores, std::span<const Number> groups, Number truth)
    -> double;
auto rank_of_best(std::span<const double> scores, std::span<const Number> groups,
                  std::span<const Number> truths) -> double;
auto top_of(std::span<const double> scores, std::span<const Number> groups) -> Number;

struct RankSummary {
  std::size_t n = 0;
  double top1 = 0, top3 = 0, top5 = 0, mrr = 0;
};
auto summary_of(std::span<const double> ranks) -> RankSummary;

// Standard error of the share of ranks below `bound`: jackknife over groups.
auto jackknife(std::span<const double> ranks, std::span<const Number> groups, double bound)
    -> double;

// A posterior over the groups of `groups` and, where there is one, `unknown`.
struct Judged {
  std::vector<double> group;  // by library index
  std::vector<Number> groups;
  double unknown = 0;
  bool open = false;     // is unknown a hypothesis
  Number truth = kNone;  // kNone = unknown
  std::size_t case_index = 0;
};

struct Proper {
  std::size_t n = 0;
  double accuracy = 0, log_loss = 0, brier = 0, ece = 0;
  struct Bin {
    std::uint64_t n = 0;
    double p = 0;
    std::uint64_t right = 0;
  };
  std::vector<Bin> bins;
};
auto proper_scores(std::span<const Judged> judged) -> Proper;

// Probability that a member of `positive` is above one of `negative`; ties half.
auto auroc(std::vector<double> positive, std::vector<double> negative) -> double;

struct Cost {
  double cllr = 0, least = 0;
};
// Log-likelihood-ratio cost of scores taken as natural log-LRs, and its floor
// after pooling adjacent violators.
auto cllr_of(std::span<const double> target, std::span<const double> other) -> Cost;

struct Gate {
  std::size_t named = 0, of = 0;
  double right_of_knowable = 0, precision = 0, false_accusations = 0;
};
auto gate_at(std::span<const Judged> judged, double bound) -> Gate;

}  // namespace serjeant::neutral

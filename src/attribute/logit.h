#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

// A conditional logit: which of several candidates is the right one, from
// features of each. Fitted by Newton's method with step halving, from zero or
// from given weights, so a fit is the same every time.
namespace serjeant::neutral {

// One choice: rows of `width` features, one after the other, and which is right.
struct Choice {
  std::vector<double> features;
  std::size_t right = 0;
  double weight = 1;
};

// Maximises sum of weight * log p - penalty / 2 * |w|^2. Time: iterations (40 at
// most) times rows times width^2.
auto fit_logit(std::span<const Choice* const> choices, std::size_t width, double penalty,
               std::vector<double> start = {}) -> std::vector<double>;

// Probabilities of the candidates of one choice; sums to 1.
auto softmax(std::span<const double> utilities) -> std::vector<double>;
auto utilities_of(std::span<const double> features, std::span<const double> weights)
    -> std::vector<double>;

}  // namespace serjeant::neutral

#include "attribute/logit.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace serjeant::neutral {
namespace {

using Row = std::vector<double>;

// Gauss-Jordan elimination with partial pivoting; `matrix` is square, row by row.
auto solve(std::vector<Row> matrix, const Row& right) -> Row {
  const auto n = right.size();
  for (auto i = std::size_t{0}; i < n; ++i) matrix[i].push_back(right[i]);
  for (auto i = std::size_t{0}; i < n; ++i) {
    auto pivot = i;
    for (auto r = i + 1; r < n; ++r)
      if (std::abs(matrix[r][i]) > std::abs(matrix[pivot][i])) pivot = r;
    std::swap(matrix[i], matrix[pivot]);
    for (auto r = std::size_t{0}; r < n; ++r) {
      if (r == i || matrix[r][i] == 0) continue;
      const auto factor = matrix[r][i] / matrix[i][i];
      for (auto c = i; c <= n; ++c) matrix[r][c] -= factor * matrix[i][c];
    }
  }
  auto out = Row(n);
  for (auto i = std::size_t{0}; i < n; ++i) out[i] = matrix[i][n] / matrix[i][i];
  return out;
}

auto objective(std::span<const Choice* const> choices, const Row& weights, double penalty)
    -> double {
  auto sum =
      -0.5 * penalty * std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0);
  for (const auto* choice : choices) {
    const auto z = utilities_of(choice->features, weights);
    const auto most = *std::max_element(z.begin(), z.end());
    auto total = 0.0;
    for (const auto x : z) total += std::exp(x - most);
    sum += choice->weight * (z[choice->right] - most - std::log(total));
  }
  return sum;
}

// Gradient and (negative) second derivative at `weights`.
void slope(std::span<const Choice* const> choices, const Row& weights, double penalty,
           Row& gradient, std::vector<Row>& curve) {
  const auto width = weights.size();
  for (auto i = std::size_t{0}; i < width; ++i) {
    gradient[i] = -penalty * weights[i];
    std::fill(curve[i].begin(), curve[i].end(), 0.0);
    curve[i][i] = penalty;
  }
  auto mean = Row(width);
  for (const auto* choice : choices) {
    const auto p = softmax(utilities_of(choice->features, weights));
    std::fill(mean.begin(), mean.end(), 0.0);
    for (auto c = std::size_t{0}; c < p.size(); ++c) {
      if (p[c] < 1e-12) continue;
      const auto* row = choice->features.data() + c * width;
      for (auto i = std::size_t{0}; i < width; ++i) {
        const auto share = p[c] * row[i];
        if (share == 0) continue;
        mean[i] += share;
        for (auto j = i; j < width; ++j) curve[i][j] += choice->weight * share * row[j];
      }
    }
    const auto* right = choice->features.data() + choice->right * width;
    for (auto i = std::size_t{0}; i < width; ++i) {
      gradient[i] += choice->weight * (right[i] - mean[i]);
      for (auto j = i; j < width; ++j) curve[i][j] -= choice->weight * mean[i] * mean[j];
    }
  }
  for (auto i = std::size_t{0}; i < width; ++i)
    for (auto j = std::size_t{0}; j < i; ++j) curve[i][j] = curve[j][i];
}

}  // namespace

auto utilities_of(std::span<const double> features, std::span<const double> weights)
    -> std::vector<double> {
  auto out = std::vector<double>(features.size() / weights.size());
  for (auto c = std::size_t{0}; c < out.size(); ++c)
    out[c] = std::inner_product(weights.begin(), weights.end(),
                                features.data() + c * weights.size(), 0.0);
  return out;
}

auto softmax(std::span<const double> utilities) -> std::vector<double> {
  auto out = std::vector<double>(utilities.begin(), utilities.end());
  const auto most = *std::max_element(out.begin(), out.end());
  auto total = 0.0;
  for (auto& x : out) total += x = std::exp(x - most);
  for (auto& x : out) x /= total;
  return out;
}

auto fit_logit(std::span<const Choice* const> choices, std::size_t width, double penalty,
               std::vector<double> start) -> std::vector<double> {
  auto weights = start.empty() ? Row(width) : std::move(start);
  auto value = objective(choices, weights, penalty);
  auto gradient = Row(width);
  auto curve = std::vector<Row>(width, Row(width));
  for (auto round = 0; round < 40; ++round) {
    slope(choices, weights, penalty, gradient, curve);
    const auto step = solve(curve, gradient);
    const auto decrement = std::inner_product(gradient.begin(), gradient.end(), step.begin(), 0.0);
    if (decrement < 1e-9) break;
    auto next = weights;
    for (auto t = 1.0; t > 1e-6; t /= 2) {
      for (auto i = std::size_t{0}; i < width; ++i) next[i] = weights[i] + t * step[i];
      const auto found = objective(choices, next, penalty);
      if (found >= value + 1e-4 * t * decrement || t <= 2e-6) {
        value = found;
        break;
      }
    }
    weights = next;
  }
  return weights;
}

}  // namespace serjeant::neutral

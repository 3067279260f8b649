#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attribute/neutral.h"

// What a choice of reports says of each group, and the plain scorers over it
// (docs/attribution.md has each formula). Groups are indices of the library;
// only those with a report left, the active ones, have a score.
namespace serjeant::neutral {

// A fixed number of bits; the reader of a set bit list, not of single bits.
class Bits {
 public:
  explicit Bits(std::size_t size) : words_((size + 63) / 64) {}
  void set(std::size_t at) { words_[at / 64] |= std::uint64_t{1} << (at % 64); }
  void clear(std::size_t at) { words_[at / 64] &= ~(std::uint64_t{1} << (at % 64)); }
  auto has(std::size_t at) const -> bool { return (words_[at / 64] >> (at % 64) & 1) != 0; }
  void add(const Bits& other) {
    for (auto w = std::size_t{0}; w < words_.size(); ++w) words_[w] |= other.words_[w];
  }
  void take_away(const Bits& other) {
    for (auto w = std::size_t{0}; w < words_.size(); ++w) words_[w] &= ~other.words_[w];
  }
  auto count() const -> std::size_t {
    auto out = std::size_t{0};
    for (const auto word : words_) out += static_cast<std::size_t>(__builtin_popcountll(word));
    return out;
  }
  template <class Take>
  void each(Take take) const {
    for (auto w = std::size_t{0}; w < words_.size(); ++w)
      for (auto left = words_[w]; left != 0; left &= left - 1)
        take(static_cast<Number>(w * 64 + static_cast<std::size_t>(__builtin_ctzll(left))));
  }

 private:
  std::vector<std::uint64_t> words_;
};

// An item of more groups than this is quiet: what many do, nobody plants to point at one.
constexpr auto kLoudSpread = 4u;

enum class Scorer { kSize, kJaccard, kTfIdf, kBayes, kRatio, kBm25, kNearest, kCapped };

using Scores = std::vector<double>;  // by group; 0 for those that are not active

// All reports of a release, from which some are left out and put back at the
// cost of the reports left out.
class Profiles {
 public:
  // `library` and `reports` must outlive this. Without software only techniques
  // count, and a report of software alone is none.
  Profiles(const Library& library, std::span<const Report> reports, bool with_software);

  // Leaves out the reports for which `drop` says so; those of an earlier call
  // come back first.
  template <class Drop>
  void leave_out(Drop drop) {
    for (const auto r : out_) put(r, true);
    out_.clear();
    for (auto r = Number{0}; r < reports_.size(); ++r)
      if (!items_[r].empty() && drop(reports_[r])) out_.push_back(r);
    for (const auto r : out_) put(r, false);
    settle();
  }

  auto library() const -> const Library& { return library_; }
  auto active() const -> const std::vector<Number>& { return active_; }  // ascending
  auto groups() const -> std::size_t { return active_.size(); }
  auto reports_of(Number group) const -> std::uint32_t { return documents_[group]; }
  auto size_of(Number group) const -> std::uint32_t { return sizes_[group]; }
  auto average_size() const -> double { return average_; }
  auto profile(Number group) const -> const Bits& { return profiles_[group]; }
  auto bearers(Number item) const -> const Bits& { return bearers_[item]; }
  auto has(Number group, Number item) const -> bool { return profiles_[group].has(item); }
  auto count(Number group, Number item) const -> std::uint32_t {
    return counts_[item * group_count_ + group];
  }
  auto spread(Number item) const -> std::uint32_t { return spreads_[item]; }  // df
  auto idf(Number item) const -> double { return idf_of_spread_[spreads_[item]]; }
  auto background(Number item) const -> double {
    return (static_cast<double>(spreads_[item]) + 0.5) / (static_cast<double>(groups()) + 1);
  }

  auto scores(std::span<const Number> query, Scorer by) const -> Scores;
  // Each report that is in and shares an item with `query`: its group, its
  // idf-weighted cosine with the query, its month.
  struct Likeness {
    Number group = kNone;
    double cosine = 0;
    Month month;
  };
  auto likenesses(std::span<const Number> query) const -> std::vector<Likeness>;
  // Reports of each group within `months` of `month`.
  auto reports_around(Month month, double months) const -> Scores;
  // Months between `month` and the nearest dated report of each active group;
  // kUndated months for reports or questions without a date, kNoReport for a
  // group that is not active.
  auto distance_in_time(Month month) const -> Scores;
  static constexpr auto kNoReport = 200.0, kUndated = 60.0;
  static auto months_between(Month a, Month b) -> double;

 private:
  void put(Number report, bool in);
  void settle();
  auto jaccard(std::span<const Number> query) const -> Scores;
  auto tf_idf(std::span<const Number> query) const -> Scores;
  auto bayes(std::span<const Number> query) const -> Scores;
  auto ratio(std::span<const Number> query) const -> Scores;
  auto bm25(std::span<const Number> query) const -> Scores;
  auto nearest(std::span<const Number> query) const -> Scores;
  auto capped(std::span<const Number> query) const -> Scores;

  const Library& library_;
  std::span<const Report> reports_;
  std::size_t group_count_;
  std::vector<std::vector<Number>> items_;       // by report, in the mode
  std::vector<std::vector<Number>> containing_;  // by item: reports
  std::vector<Number> out_;                      // reports left out, ascending
  std::vector<bool> in_;                         // by report
  std::vector<std::uint16_t> counts_;            // [item][group]: reports that say so
  std::vector<std::uint32_t> spreads_, sizes_, documents_;
  std::vector<Bits> profiles_, bearers_;
  std::vector<Number> active_;
  std::vector<double> idf_of_spread_;
  std::vector<double> norms_;  // by report: root of the sum of squared idf
  std::uint64_t total_ = 0;    // of the sizes
  double average_ = 0;
};

// Sums above 4 nats grow by the square root.
auto saturated(double sum) -> double;

}  // namespace serjeant::neutral

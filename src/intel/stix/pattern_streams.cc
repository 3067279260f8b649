#include "intel/stix/pattern_streams.h"

#include <algorithm>
#include <numeric>

namespace serjeant::stix {
namespace {

class Hits final : public BindingStream {
 public:
  explicit Hits(std::vector<std::uint32_t> hits) : hits_(std::move(hits)) {}
  auto next(Binding& out) -> bool override {
    if (at_ == hits_.size()) return false;
    out.assign(1, {hits_[at_++], 1});
    return true;
  }
  void rewind() override { at_ = 0; }

 private:
  std::vector<std::uint32_t> hits_;
  std::size_t at_ = 0;
};

class Either final : public BindingStream {
 public:
  explicit Either(std::vector<Stream> parts) : parts_(std::move(parts)) {}
  auto next(Binding& out) -> bool override {
    for (; at_ < parts_.size(); ++at_)
      if (parts_[at_]->next(out)) return true;
    return false;
  }
  void rewind() override {
    for (auto& part : parts_) part->rewind();
    at_ = 0;
  }

 private:
  std::vector<Stream> parts_;
  std::size_t at_ = 0;
};

class Both final : public BindingStream {
 public:
  Both(Stream left, Stream right, bool followed, const std::vector<Observation>& observations,
       Budget& budget)
      : left_(std::move(left)),
        right_(std::move(right)),
        followed_(followed),
        observations_(observations),
        budget_(budget) {}

  auto next(Binding& out) -> bool override {
    while (true) {
      if (!has_left_) {
        if (!left_->next(from_left_)) return false;
        has_left_ = true;
        right_->rewind();
      }
      while (right_->next(from_right_)) {
        if (!budget_.take(1 + from_left_.size() + from_right_.size())) return false;
        if ((!followed_ || in_sequence()) && join(out)) return true;
      }
      if (budget_.spent()) return false;
      has_left_ = false;
    }
  }
  void rewind() override {
    left_->rewind();
    has_left_ = false;
  }

 private:
  // The earliest choice on the left against the latest on the right.
  auto in_sequence() const -> bool {
    for (const auto& [left, a] : from_left_)
      for (const auto& [right, b] : from_right_)
        if (observations_[left].first > observations_[right].last) return false;
    return true;
  }
  auto join(Binding& out) const -> bool {
    out.clear();
    auto a = from_left_.begin(), b = from_right_.begin();
    while (a != from_left_.end() || b != from_right_.end()) {
      if (b == from_right_.end() || (a != from_left_.end() && a->first < b->first)) {
        out.push_back(*a++);
      } else if (a == from_left_.end() || b->first < a->first) {
        out.push_back(*b++);
      } else {
        if (a->second + b->second > observations_[a->first].count) return false;
        out.emplace_back(a->first, a->second + b->second);
        ++a;
        ++b;
      }
    }
    return true;
  }

  Stream left_, right_;
  bool followed_;
  const std::vector<Observation>& observations_;
  Budget& budget_;
  Binding from_left_, from_right_;
  bool has_left_ = false;
};

// Walks through all ways to take bindings of the part `times` times in all, each
// binding so many times as its observations allow, most first.
class Repeated final : public BindingStream {
 public:
  Repeated(Stream part, std::uint64_t times, const std::vector<std::uint32_t>* hits,
           const std::vector<Observation>& observations, Budget& budget)
      : part_(std::move(part)),
        times_(times),
        observations_(observations),
        budget_(budget),
        used_(observations.size(), 0) {
    if (hits == nullptr) return;
    // How many can come from the hit at i and on, to see early that it is too few.
    reach_.assign(hits->size() + 1, 0);
    for (auto i = hits->size(); i-- > 0;)
      reach_[i] = sum(reach_[i + 1], observations_[(*hits)[i]].count);
  }

  auto next(Binding& out) -> bool override {
    if (done_) return false;
    if (given_ && !back()) return false;
    given_ = false;
    while (left_to_take() > 0) {
      if (!budget_.take()) return false;
      const auto hopeless = !reach_.empty() && at_ < reach_.size() && reach_[at_] < left_to_take();
      if (hopeless || !is_there(at_)) {
        if (!back()) return false;
        continue;
      }
      const auto most = fits(seen_[at_]);
      if (most > 0) choose(at_, std::min(most, left_to_take()));
      ++at_;
    }
    collect(out);
    given_ = true;
    return true;
  }

  void rewind() override {
    while (!chosen_.empty()) drop();
    at_ = 0;
    given_ = done_ = false;
  }

 private:
  static auto sum(std::uint64_t a, std::uint64_t b) -> std::uint64_t {
    return a + b < a ? ~std::uint64_t{0} : a + b;
  }
  auto left_to_take() const -> std::uint64_t { return times_ - taken_; }
  auto is_there(std::size_t at) -> bool {
    auto binding = Binding{};
    while (seen_.size() <= at && !whole_) {
      if (part_->next(binding) && budget_.take(binding.size()))
        seen_.push_back(binding);
      else
        whole_ = true;
    }
    return at < seen_.size();
  }
  auto fits(const Binding& binding) const -> std::uint64_t {
    auto most = ~std::uint64_t{0};
    for (const auto& [index, count] : binding)
      most = std::min(most, (observations_[index].count - used_[index]) / count);
    return most;
  }
  void choose(std::size_t at, std::uint64_t count) {
    for (const auto& [index, each] : seen_[at]) used_[index] += each * count;
    taken_ += count;
    chosen_.emplace_back(at, count);
  }
  auto drop() -> std::pair<std::size_t, std::uint64_t> {
    const auto last = chosen_.back();
    for (const auto& [index, each] : seen_[last.first]) used_[index] -= each * last.second;
    taken_ -= last.second;
    chosen_.pop_back();
    return last;
  }
  // Takes one fewer of what was chosen last.
  auto back() -> bool {
    if (chosen_.empty()) {
      done_ = true;
      return false;
    }
    const auto [at, count] = drop();
    if (count > 1) choose(at, count - 1);
    at_ = at + 1;
    return true;
  }
  void collect(Binding& out) const {
    out.clear();
    for (const auto& [at, count] : chosen_)
      for (const auto& [index, each] : seen_[at]) out.emplace_back(index, each * count);
    std::sort(out.begin(), out.end());
    auto to = std::size_t{0};
    for (auto i = std::size_t{1}; i < out.size(); ++i) {
      if (out[i].first == out[to].first)
        out[to].second += out[i].second;
      else
        out[++to] = out[i];
    }
    if (!out.empty()) out.resize(to + 1);
  }

  Stream part_;
  std::uint64_t times_;
  const std::vector<Observation>& observations_;
  Budget& budget_;
  std::vector<std::uint64_t> used_, reach_;
  std::vector<Binding> seen_;  // of the part, as far as it was asked
  bool whole_ = false;         // all of them
  std::vector<std::pair<std::size_t, std::uint64_t>> chosen_;
  std::uint64_t taken_ = 0;
  std::size_t at_ = 0;
  bool given_ = false, done_ = false;
};

class Bounded final : public BindingStream {
 public:
  Bounded(Stream part, TimeBound bound, const std::vector<Observation>& observations,
          Budget& budget)
      : part_(std::move(part)), bound_(bound), observations_(observations), budget_(budget) {}
  auto next(Binding& out) -> bool override {
    while (part_->next(out)) {
      if (!budget_.take(1 + out.size())) return false;
      if (bound_.is_window ? in_window(out) : within(out)) return true;
    }
    return false;
  }
  void rewind() override { part_->rewind(); }

 private:
  auto in_window(const Binding& binding) const -> bool {
    return std::all_of(binding.begin(), binding.end(), [&](const auto& one) {
      return is_in_window(observations_[one.first], bound_);
    });
  }
  // A stretch of that length touches all intervals only if the one that begins
  // at the earliest end does: further left helps none, further right loses that one.
  auto within(const Binding& binding) const -> bool {
    auto earliest_end = observations_[binding[0].first].last;
    for (const auto& [index, count] : binding)
      earliest_end = std::min(earliest_end, observations_[index].last);
    const auto latest = later_by(earliest_end, bound_);
    return std::all_of(binding.begin(), binding.end(),
                       [&](const auto& one) { return observations_[one.first].first <= latest; });
  }

  Stream part_;
  TimeBound bound_;
  const std::vector<Observation>& observations_;
  Budget& budget_;
};

}  // namespace

auto each_hit(std::vector<std::uint32_t> hits) -> Stream {
  return std::make_unique<Hits>(std::move(hits));
}
auto either_of(std::vector<Stream> parts) -> Stream {
  return std::make_unique<Either>(std::move(parts));
}
auto both_of(Stream left, Stream right, bool followed, const std::vector<Observation>& observations,
             Budget& budget) -> Stream {
  return std::make_unique<Both>(std::move(left), std::move(right), followed, observations, budget);
}
auto repeated(Stream part, std::uint64_t times, const std::vector<std::uint32_t>* hits,
              const std::vector<Observation>& observations, Budget& budget) -> Stream {
  return std::make_unique<Repeated>(std::move(part), times, hits, observations, budget);
}
auto bounded(Stream part, TimeBound bound, const std::vector<Observation>& observations,
             Budget& budget) -> Stream {
  return std::make_unique<Bounded>(std::move(part), bound, observations, budget);
}

auto later_by(Moment at, const TimeBound& within) -> Moment {
  constexpr auto kWhole = std::uint32_t{1'000'000'000};
  at.seconds += within.to.seconds - within.from.seconds;
  at.nanos += within.to.nanos;
  if (at.nanos >= kWhole) {
    at.nanos -= kWhole;
    ++at.seconds;
  }
  return at;
}

auto is_in_window(const Observation& observation, const TimeBound& window) -> bool {
  return window.from < window.to && observation.last >= window.from &&
         observation.first < window.to;
}

}  // namespace serjeant::stix

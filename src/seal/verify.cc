#include "seal/verify.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace serjeant {

auto verify_source(std::string_view bytes, const std::vector<Digest>& leaves)
    -> std::optional<std::uint64_t> {
  const auto there = (bytes.size() + kLeafBytes - 1) / kLeafBytes;
  const auto both = std::min<std::uint64_t>(there, leaves.size());
  for (auto n = std::uint64_t{0}; n < both; ++n)
    if (merkle_leaf(bytes.substr(n * kLeafBytes, kLeafBytes)) != leaves[n]) return n;
  if (there != leaves.size()) return both;
  return std::nullopt;
}

namespace {

struct DigestHash {
  auto operator()(const Digest& digest) const noexcept -> std::size_t {
    auto out = std::size_t{0};
    for (auto i = 0u; i < sizeof out; ++i) out = out << 8 | digest[i];
    return out;
  }
};

// Finds the source of some evidence that comes nearest to a sealed one.
class Search {
 public:
  explicit Search(const Evidence& evidence) : evidence_(evidence) {
    for (const auto& source : evidence.sources) {
      by_content_.emplace(source.sha256, source.id);
      for (const auto& origin : source.origins) by_name_.emplace(origin.name, source.id);
      for (const auto& leaf : source.leaves) by_leaf_.emplace(leaf, source.id);
    }
  }

  auto find(const SealedSource& wanted) const -> FoundAgain {
    const auto same = by_content_.find(wanted.sha256);
    if (same != by_content_.end()) return {FoundAgain::State::kIntact, same->second, 0, 0};
    auto candidates = std::set<std::uint32_t>{};
    for (const auto& name : wanted.names) {
      const auto [from, to] = by_name_.equal_range(name);
      for (auto at = from; at != to; ++at) candidates.insert(at->second);
    }
    if (candidates.empty())
      for (const auto& leaf : wanted.leaves)
        if (const auto holder = by_leaf_.find(leaf); holder != by_leaf_.end())
          candidates.insert(holder->second);
    auto best = FoundAgain{};
    for (const auto id : candidates) {
      const auto now = compare(wanted, evidence_.source(id));
      if (best.state == FoundAgain::State::kMissing || now.damaged < best.damaged) best = now;
    }
    return best;
  }

 private:
  static auto compare(const SealedSource& wanted, const Source& source) -> FoundAgain {
    const auto most = std::max(wanted.leaves.size(), source.leaves.size());
    auto out = FoundAgain{FoundAgain::State::kDamaged, source.id, most, 0};
    for (auto n = most; n-- > 0;) {
      const auto same = n < wanted.leaves.size() && n < source.leaves.size() &&
                        wanted.leaves[n] == source.leaves[n];
      if (same) continue;
      out.first_damaged = n;
      ++out.damaged;
    }
    return out;
  }

  const Evidence& evidence_;
  std::unordered_map<Digest, std::uint32_t, DigestHash> by_content_;
  std::unordered_map<Digest, std::uint32_t, DigestHash> by_leaf_;
  std::multimap<std::string, std::uint32_t> by_name_;
};

}  // namespace

auto find_again(const std::string& folder, const std::vector<SealedSource>& wanted,
                const SealOptions& options, Progress& progress) -> Result<Again> {
  auto out = Again{};
  SJ_TRY(out.evidence, take_in({folder}, options, progress));
  const auto search = Search(out.evidence);
  for (const auto& source : wanted) out.sources.push_back(search.find(source));
  return out;
}

}  // namespace serjeant

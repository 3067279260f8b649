#include "detect/sigma/fast/memo.h"

#include <cstring>

#include "core/narrow.h"
#include "detect/sigma/fast/bytes.h"

namespace serjeant::sigma::fast {
namespace {

constexpr auto kPlaces = std::size_t{1} << 13;
constexpr auto kWords = std::size_t{1} << 18;  // 1 MiB, which the second cache holds
constexpr auto kHead = std::size_t{3};         // tag, bytes, hits
constexpr auto kMostHits = std::size_t{1024};

auto bucket_of(std::uint64_t hash) -> std::size_t { return (hash >> 20) & (kPlaces - 2); }

}  // namespace

Memo::Memo() : places_(kPlaces), ring_(kWords) {}

auto Memo::find(std::uint64_t hash, std::uint32_t tag, std::string_view text) const
    -> std::optional<std::span<const std::uint32_t>> {
  const auto* const bucket = places_.data() + bucket_of(hash);
  for (const auto* place = bucket; place < bucket + 2; ++place) {
    if (place->hash != hash || place->at == 0 || head_ - place->at > kWords) continue;
    const auto* const record = ring_.data() + (place->at - 1) % kWords;
    if (record[0] != tag || record[1] != text.size()) continue;
    const auto* const bytes = reinterpret_cast<const char*>(record + kHead + record[2]);
    if (!same({bytes, text.size()}, text)) continue;
    return std::span<const std::uint32_t>(record + kHead, record[2]);
  }
  return std::nullopt;
}

void Memo::keep(std::uint64_t hash, std::uint32_t tag, std::string_view text,
                std::span<const std::uint32_t> hits) {
  if (hits.size() > kMostHits || text.size() > kLongest) return;
  const auto words = kHead + hits.size() + (text.size() + 3) / 4;
  // A record does not go round the end of the ring.
  if (const auto at = (head_ - 1) % kWords; at + words > kWords) head_ += kWords - at;
  auto* const record = ring_.data() + (head_ - 1) % kWords;
  record[0] = tag;
  record[1] = narrow<std::uint32_t>(text.size());
  record[2] = narrow<std::uint32_t>(hits.size());
  if (!hits.empty()) std::memcpy(record + kHead, hits.data(), hits.size() * sizeof hits[0]);
  if (!text.empty()) std::memcpy(record + kHead + hits.size(), text.data(), text.size());
  auto* const bucket = places_.data() + bucket_of(hash);
  const auto older = bucket[0].at <= bucket[1].at ? 0 : 1;
  bucket[older] = {hash, head_};
  head_ += words;
}

}  // namespace serjeant::sigma::fast

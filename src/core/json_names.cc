#include "core/json_names.h"

#include <emmintrin.h>

#include <cstring>

namespace serjeant {
namespace {

// Any digest will do: names are compared.
auto bucket_of(std::string_view name, std::size_t buckets) -> std::size_t {
  auto sum = std::uint64_t{14695981039346656037U};  // FNV-1a
  for (const auto c : name) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return static_cast<std::size_t>(sum ^ sum >> 32) % buckets;
}

}  // namespace

auto JsonNames::follow(std::uint16_t number) -> std::string_view {
  last_ = number;
  return entries_[number].name();
}

auto JsonNames::expected(const char* at, const char* end) -> std::string_view {
  if (end - at < static_cast<std::ptrdiff_t>(kCompared)) return {};
  __m128i bytes[2];
  std::memcpy(bytes, at, sizeof bytes);
  const auto is = [&](const Entry& entry) {
    __m128i wanted[2];
    std::memcpy(wanted, entry.text.data(), sizeof wanted);
    const auto equal =
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[0], wanted[0]))) |
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[1], wanted[1]))) << 16;
    return entry.mask != 0 && (equal & entry.mask) == entry.mask;
  };
  auto& before = entries_[last_];
  if (is(entries_[before.next])) return follow(before.next);
  if (!is(entries_[before.next_too])) return {};
  std::swap(before.next, before.next_too);
  return follow(before.next);
}

auto JsonNames::keep(std::string_view name) -> std::string_view {
  if (name.empty() || name.size() + 2 > kCompared) return name;
  auto at = bucket_of(name, buckets_.size());
  while (buckets_[at] != 0 && entries_[buckets_[at]].name() != name)
    at = (at + 1) % buckets_.size();
  if (buckets_[at] == 0) {
    if (count_ == kMost) return name;
    auto& entry = entries_[count_];
    std::memcpy(entry.text.data(), name.data(), name.size());
    std::memcpy(entry.text.data() + name.size(), "\":", 2);
    entry.size = static_cast<std::uint16_t>(name.size());
    entry.mask = static_cast<std::uint32_t>((std::uint64_t{1} << (name.size() + 2)) - 1);
    buckets_[at] = count_++;
  }
  auto& before = entries_[last_];
  if (before.next != buckets_[at]) {
    before.next_too = before.next;
    before.next = buckets_[at];
  }
  return follow(buckets_[at]);
}

}  // namespace serjeant

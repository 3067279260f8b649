#include "detect/sigma/fast/rarity.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "detect/benign.h"

namespace serjeant::sigma::fast {
namespace {

constexpr auto kBits = 16;
constexpr auto kValueBytes = 100.0;  // of an ordinary value, roughly
constexpr auto kUnseen = 0.05;       // counts as so often
constexpr auto kLeast = 1e-7;

auto place(const char* at) -> std::size_t {
  const auto byte = [&](int i) { return std::uint32_t{static_cast<unsigned char>(at[i])}; };
  return ((byte(0) | byte(1) << 8 | byte(2) << 16) * 0x9e3779b1u) >> (32 - kBits);
}

auto pair_at(const char* at) -> std::size_t {
  return static_cast<std::size_t>(static_cast<unsigned char>(at[0])) << 8 |
         static_cast<unsigned char>(at[1]);
}

void add_one(std::uint16_t& count) {
  if (count < 0xffff) ++count;
}

}  // namespace

Rarity::Rarity() : counts_(std::size_t{1} << kBits), pairs_(1 << 16), singles_(256) {
  for (const auto line : split(SJ_BENIGN[0].second, '\n')) {
    const auto value = fold_case(line);
    for (auto at = std::size_t{0}; at < value.size(); ++at) {
      add_one(singles_[static_cast<unsigned char>(value[at])]);
      if (at + 2 <= value.size()) add_one(pairs_[pair_at(value.data() + at)]);
      if (at + 3 <= value.size()) add_one(counts_[place(value.data() + at)]);
      ++positions_;
    }
  }
}

auto Rarity::shared() -> const Rarity& {
  static const auto the = Rarity{};
  return the;
}

auto Rarity::count(const char* at) const -> std::uint32_t { return counts_[place(at)]; }

auto Rarity::share(std::string_view text) const -> double {
  if (text.empty()) return 1.0;
  if (text.size() < 3) {
    const auto seen = text.size() == 1 ? singles_[static_cast<unsigned char>(text[0])]
                                       : pairs_[pair_at(text.data())];
    // Two bytes in a row are in most long values sooner or later.
    return std::clamp((seen + 1) * kValueBytes / positions_, kLeast, 0.9);
  }
  auto least = 1e9;
  auto unseen = 0;
  for (auto at = std::size_t{0}; at + 3 <= text.size(); ++at) {
    const auto seen = count(text.data() + at);
    if (seen == 0) ++unseen;
    least = std::min(least, seen == 0 ? kUnseen : double{1} * seen);
  }
  auto out = least * kValueBytes / positions_;
  if (unseen > 1) out *= std::pow(0.5, std::min(unseen - 1, 12));
  // Longer texts are rarer than their rarest triple.
  if (text.size() > 8) out *= 0.5;
  return std::clamp(out, kLeast, 1.0);
}

auto Rarity::weight_of_four(const char* at) const -> double {
  const auto weight = [&](const char* from) {
    const auto seen = count(from);
    return seen == 0 ? kUnseen : double{1} * seen;
  };
  return weight(at) * weight(at + 1);
}

auto Rarity::weight_of_two(const char* at) const -> double { return pairs_[pair_at(at)]; }

}  // namespace serjeant::sigma::fast

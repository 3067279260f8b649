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

}  // namespace

Rarity::Rarity() : counts_(std::size_t{1} << kBits) {
  for (const auto line : split(SJ_BENIGN[0].second, '\n')) {
    const auto value = fold_case(line);
    for (auto at = std::size_t{0}; at + 3 <= value.size(); ++at) {
      auto& count = counts_[place(value.data() + at)];
      if (count < 0xffff) ++count;
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
  if (text.size() < 3) return text.empty() ? 1.0 : text.size() == 1 ? 0.9 : 0.3;
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

auto Rarity::share_of_four(const char* at) const -> double {
  const auto weight = [&](const char* from) {
    const auto seen = count(from);
    return seen == 0 ? kUnseen : double{1} * seen;
  };
  return weight(at) * weight(at + 1);
}

}  // namespace serjeant::sigma::fast

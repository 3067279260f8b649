#include "core/arena.h"

#include <algorithm>
#include <cstring>

#include "core/check.h"

namespace serjeant {

constexpr auto kBlock = std::size_t{256} << 10;

auto Arena::take(std::size_t size) -> char* {
  if (size > left_) {
    const auto want = std::max(kBlock, size);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(want), want});
    next_ = blocks_.back().bytes.get();
    left_ = want;
  }
  auto* out = next_;
  next_ += size;
  left_ -= size;
  return out;
}

void Arena::give_back(std::size_t unused) {
  next_ -= unused;
  left_ += unused;
}

auto Arena::copy(std::string_view text) -> std::string_view {
  if (text.empty()) return {};
  auto* out = take(text.size());
  std::memcpy(out, text.data(), text.size());
  return {out, text.size()};
}

void Arena::reset() {
  if (blocks_.empty()) return;
  blocks_.resize(1);
  next_ = blocks_.front().bytes.get();
  left_ = blocks_.front().size;
}

}  // namespace serjeant

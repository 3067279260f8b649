#include "core/arena.h"

#include <algorithm>
#include <cstring>

#include "core/check.h"

namespace serjeant {

constexpr auto kBlock = std::size_t{256} << 10;
constexpr auto kKept = std::size_t{8} << 20;

void Arena::next_block(std::size_t size) {
  if (used_ == blocks_.size() || blocks_[used_].size < size) {
    const auto want = std::max(kBlock, size);
    blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(used_),
                   {std::make_unique_for_overwrite<char[]>(want), want});
  }
  next_ = blocks_[used_].bytes.get();
  left_ = blocks_[used_].size;
  ++used_;
}

auto Arena::take(std::size_t size) -> char* {
  if (size > left_) next_block(size);
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
  auto kept = std::size_t{0};
  auto bytes = std::size_t{0};
  while (kept < blocks_.size() && bytes + blocks_[kept].size <= kKept)
    bytes += blocks_[kept++].size;
  blocks_.resize(kept);
  used_ = 0;
  next_ = nullptr;
  left_ = 0;
}

}  // namespace serjeant

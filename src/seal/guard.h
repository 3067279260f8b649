#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace serjeant {

// Keeps the program alive when a mapped file of the evidence shrinks, or its
// disk fails, while somebody reads the mapping. The system answers such a read
// with SIGBUS; the handler that the first guard installs puts a page of zeros
// in its place and remembers where. Only guarded ranges are answered so: any
// other SIGBUS goes where it went before.
class PageGuard {
 public:
  PageGuard() = default;
  // `bytes` is a whole mapping (it starts at a page). Unmap it after the guard
  // is gone. Above 65,536 guards at a time further ones guard nothing.
  explicit PageGuard(std::string_view bytes);
  PageGuard(PageGuard&& other) noexcept : slot_(std::exchange(other.slot_, -1)) {}
  auto operator=(PageGuard&& other) noexcept -> PageGuard& {
    std::swap(slot_, other.slot_);
    return *this;
  }
  ~PageGuard();

  // Offset in the mapping of the lowest page that could not be read, if any.
  auto lost() const -> std::optional<std::uint64_t>;

 private:
  std::int32_t slot_ = -1;
};

}  // namespace serjeant

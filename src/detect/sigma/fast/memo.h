#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace serjeant::sigma::fast {

// What values were found to meet, so that a value that comes again is not
// scanned again. Values are compared byte by byte, so a collision of hashes
// costs time and never truth. Bounded: a ring of bytes whose oldest part is
// overwritten, and a table of places in it. One a worker.
class Memo {
 public:
  static constexpr auto kLongest = std::size_t{2048};  // longer values are not kept

  Memo();
  // The triggers that `text` met in the index named by `tag`, or nothing if that
  // is not remembered. Valid until the next `keep`. `hash` is of the text and tag.
  auto find(std::uint64_t hash, std::uint32_t tag, std::string_view text) const
      -> std::optional<std::span<const std::uint32_t>>;
  void keep(std::uint64_t hash, std::uint32_t tag, std::string_view text,
            std::span<const std::uint32_t> hits);

 private:
  struct Place {
    std::uint64_t hash = 0;
    std::uint64_t at = 0;  // counted over all that was ever written, from 1 on
  };
  std::vector<Place> places_;
  std::vector<std::uint32_t> ring_;
  std::uint64_t head_ = 1;
};

}  // namespace serjeant::sigma::fast

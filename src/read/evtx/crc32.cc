#include "read/evtx/crc32.h"

#include <array>
#include <cstddef>

#include "read/evtx/bytes.h"

namespace serjeant::evtx {
namespace {

constexpr auto kSlices = std::size_t{16};
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

// Table n holds the sums of a byte that n zero bytes follow ("slicing", after
// Kounavis and Berry, 2005).
constexpr auto make_tables() -> Tables {
  auto out = Tables{};
  for (auto i = std::uint32_t{0}; i < 256; ++i) {
    auto sum = i;
    for (auto bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xedb88320u : 0u);
    out[0][i] = sum;
  }
  for (auto n = std::size_t{1}; n < kSlices; ++n)
    for (auto i = std::size_t{0}; i < 256; ++i)
      out[n][i] = (out[n - 1][i] >> 8) ^ out[0][out[n - 1][i] & 0xff];
  return out;
}
constexpr auto kTables = make_tables();

}  // namespace

auto crc32(std::string_view bytes, std::uint32_t before) -> std::uint32_t {
  auto sum = ~before;
  const auto* at = bytes.data();
  auto left = bytes.size();
  for (; left >= kSlices; left -= kSlices, at += kSlices) {
    auto next = std::uint32_t{0};
    for (auto word = std::size_t{0}; word < 4; ++word) {
      const auto four = load<std::uint32_t>(at + 4 * word) ^ (word == 0 ? sum : 0);
      const auto base = kSlices - 1 - 4 * word;
      next ^= kTables[base][four & 0xff] ^ kTables[base - 1][four >> 8 & 0xff] ^
              kTables[base - 2][four >> 16 & 0xff] ^ kTables[base - 3][four >> 24];
    }
    sum = next;
  }
  for (; left > 0; --left, ++at)
    sum = (sum >> 8) ^ kTables[0][(sum ^ static_cast<unsigned char>(*at)) & 0xff];
  return ~sum;
}

}  // namespace serjeant::evtx

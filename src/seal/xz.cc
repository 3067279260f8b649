#include "seal/xz.h"

#include <cstdint>

#include "core/crc32.h"

namespace serjeant {
namespace {

constexpr auto kHeader = std::size_t{12};
constexpr auto kFooter = std::size_t{12};

auto number32(std::string_view bytes, std::size_t at) -> std::uint32_t {
  auto out = 0u;
  for (auto i = 4u; i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return out;
}

// A multibyte integer (section 1.2): 7 bits a byte, low ones first. Moves `at`.
auto integer(std::string_view bytes, std::size_t& at) -> std::optional<std::uint64_t> {
  auto out = std::uint64_t{0};
  for (auto shift = 0u; shift < 63; shift += 7) {
    if (at >= bytes.size()) return std::nullopt;
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    out |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return out;
  }
  return std::nullopt;
}

// Bytes of all blocks, by the index (section 4); nothing if it is none.
auto blocks_by(std::string_view index) -> std::optional<std::uint64_t> {
  if (index.empty() || index[0] != '\0') return std::nullopt;
  auto at = std::size_t{1};
  const auto records = integer(index, at);
  if (!records) return std::nullopt;
  auto total = std::uint64_t{0};
  for (auto n = std::uint64_t{0}; n < *records; ++n) {
    const auto unpadded = integer(index, at);
    const auto expanded = integer(index, at);
    if (!unpadded || !expanded) return std::nullopt;
    total += (*unpadded + 3) & ~std::uint64_t{3};
    if (total > std::uint64_t{1} << 62) return std::nullopt;
  }
  return total;
}

}  // namespace

auto xz_stream_size(std::string_view bytes) -> std::optional<std::size_t> {
  auto work = bytes.size();  // planted footers must not make this quadratic
  for (auto mark = bytes.find("YZ", kHeader + kFooter - 2); mark != bytes.npos;
       mark = bytes.find("YZ", mark + 1)) {
    const auto end = mark + 2;
    if (end % 4 != 0 || end < kHeader + kFooter) continue;
    const auto footer = end - kFooter;
    if (crc32(bytes.substr(footer + 4, 6)) != number32(bytes, footer)) continue;
    const auto size = (std::uint64_t{number32(bytes, footer + 4)} + 1) * 4;
    if (size > footer - kHeader) continue;
    if (size > work) return std::nullopt;
    work -= size;
    const auto blocks = blocks_by(bytes.substr(footer - size, size));
    if (blocks && *blocks == footer - size - kHeader) return end;
  }
  return std::nullopt;
}

}  // namespace serjeant

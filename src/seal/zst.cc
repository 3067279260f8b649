#include "seal/zst.h"

#include <cstdint>

namespace serjeant {
namespace {

constexpr auto kMagic = std::string_view("\x28\xb5\x2f\xfd");
constexpr auto kBlockHeader = std::size_t{3};

auto number(std::string_view bytes, std::size_t at, unsigned width) -> std::uint64_t {
  auto out = std::uint64_t{0};
  for (auto i = width; i-- > 0;)
    out = out << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
  return out;
}

// RFC 8878, section 3.1.1.1.
struct FrameHeader {
  std::size_t size = 0;
  bool checksum = false;
  std::string dictionary;
  std::string descriptor;  // of that header but without promises: flags and window
};

auto frame_header(std::string_view bytes, std::size_t at) -> FrameHeader {
  static constexpr unsigned kDictionary[] = {0, 1, 2, 4};
  static constexpr unsigned kContent[] = {0, 2, 4, 8};
  const auto flags = static_cast<unsigned>(number(bytes, at + 4, 1));
  const auto single = (flags & 0x20) != 0;
  auto content = kContent[flags >> 6];
  if (single && content == 0) content = 1;
  auto out = FrameHeader{};
  out.checksum = (flags & 4) != 0;
  auto next = at + 5;
  auto window = static_cast<unsigned char>(number(bytes, next, 1));
  if (!single) ++next;
  const auto dictionary = kDictionary[flags & 3];
  if (bytes.size() - at < next - at + dictionary + content) return out;
  out.dictionary = bytes.substr(next, dictionary);
  next += dictionary;
  if (single) {
    // The window is as large as the content; the next power of two will do.
    const auto size = number(bytes, next, content) + (content == 2 ? 256 : 0);
    auto log = 10u;
    while (log < 41 && (std::uint64_t{1} << log) < size) ++log;
    window = static_cast<unsigned char>((log - 10) << 3);
  }
  out.size = next + content - at;
  out.descriptor = {static_cast<char>(flags & 3), static_cast<char>(window)};
  return out;
}

}  // namespace

auto is_empty_zst(std::string_view bytes) -> bool {
  if (!bytes.starts_with(kMagic)) return false;
  const auto header = frame_header(bytes, 0);
  return header.size != 0 && number(bytes, header.size, 3) == 1 &&  // the last block, of size 0
         bytes.size() == header.size + kBlockHeader + (header.checksum ? 4 : 0);
}

auto mend_zst(std::string_view bytes) -> std::optional<MendedZst> {
  auto at = std::size_t{0};
  while (at < bytes.size()) {
    if (bytes.size() - at >= 8 && (number(bytes, at, 4) & 0xfffffff0) == 0x184d2a50) {
      at += 8 + number(bytes, at + 4, 4);
      continue;
    }
    if (bytes.substr(at, 4) != kMagic) return std::nullopt;  // padding or damage
    const auto header = frame_header(bytes, at);
    if (header.size == 0) return std::nullopt;
    auto next = at + header.size;
    auto last_at = std::size_t{0};
    for (auto last = false; !last;) {
      const auto block = number(bytes, next, 3);
      const auto type = block >> 1 & 3;
      const auto length = kBlockHeader + (type == 1 ? 1 : block >> 3);
      if (type == 3) return std::nullopt;
      if (next >= bytes.size() || bytes.size() - next < length) {
        if (last_at == 0) return std::nullopt;
        auto out = MendedZst{};
        out.frame = at;
        out.header = std::string(kMagic) + header.descriptor + header.dictionary;
        out.blocks_from = at + header.size;
        out.last_at = last_at;
        out.last_header = bytes.substr(last_at, kBlockHeader);
        out.last_header[0] = static_cast<char>(out.last_header[0] | 1);
        out.blocks_to = next;
        return out;
      }
      last_at = next;
      next += length;
      last = (block & 1) != 0;
    }
    at = next + (header.checksum ? 4 : 0);
  }
  return std::nullopt;
}

}  // namespace serjeant

#include "seal/container.h"

#include <algorithm>
#include <cstddef>

#include "seal/zip.h"

namespace serjeant {

auto codec_word(Container kind) -> std::string_view {
  switch (kind) {
    case Container::kNone:
      return "file";
    case Container::kZip:
      return "zip";
    case Container::kTar:
      return "tar";
    case Container::kSevenZip:
      return "7z";
    case Container::kGz:
      return "gz";
    case Container::kBz2:
      return "bz2";
    case Container::kXz:
      return "xz";
    case Container::kZst:
      return "zst";
    case Container::kLz4:
      return "lz4";
  }
  return "";
}

static auto byte_at(std::string_view bytes, std::size_t at) -> unsigned {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 256u;
}

// An octal number as tar writes it: spaces or zeros before, space or NUL after.
static auto octal(std::string_view field, std::uint64_t& value) -> bool {
  auto at = field.find_first_not_of(' ');
  if (at == field.npos) return false;
  value = 0;
  auto digits = 0;
  for (; at < field.size() && field[at] >= '0' && field[at] <= '7'; ++at, ++digits)
    value = value * 8 + static_cast<unsigned>(field[at] - '0');
  return digits > 0 && (at == field.size() || field[at] == ' ' || field[at] == '\0');
}

// POSIX ustar interchange format: the checksum is the sum of all bytes of the
// header with its own field taken as spaces; some old writers summed signed.
auto begins_tar(std::string_view bytes) -> bool {
  if (bytes.size() < 512 || bytes[0] == '\0') return false;
  auto stated = std::uint64_t{0};
  if (!octal(bytes.substr(148, 8), stated)) return false;
  auto plain = std::uint64_t{0};
  auto sum_signed = std::int64_t{0};
  for (auto i = std::size_t{0}; i < 512; ++i) {
    const auto character = i >= 148 && i < 156 ? ' ' : bytes[i];
    plain += static_cast<unsigned char>(character);
    sum_signed += static_cast<signed char>(character);
  }
  return stated == plain || static_cast<std::int64_t>(stated) == sum_signed;
}

auto gz_name(std::string_view bytes) -> std::string_view {
  if (bytes.size() < 10) return {};
  const auto flags = byte_at(bytes, 3);
  if ((flags & 8) == 0) return {};
  auto at = std::size_t{10};
  if ((flags & 4) != 0) {
    if (bytes.size() < 12) return {};
    at += 2 + byte_at(bytes, 10) + 256 * byte_at(bytes, 11);
  }
  if (at >= bytes.size()) return {};
  const auto rest = bytes.substr(at, 4096);  // longer names are no names
  const auto end = rest.find('\0');
  return end == rest.npos ? std::string_view{} : rest.substr(0, end);
}

auto skip_zst_frames(std::string_view bytes) -> std::size_t {
  auto at = std::size_t{0};
  while (bytes.size() - at >= 8 && (byte_at(bytes, at) & 0xf0) == 0x50 &&
         bytes.substr(at + 1, 3) == "\x2a\x4d\x18") {
    auto length = std::size_t{8};
    for (auto i = 0u; i < 4; ++i) length += std::size_t{byte_at(bytes, at + 4 + i)} << (8 * i);
    if (length > bytes.size() - at) break;
    at += length;
  }
  return at;
}

auto detect_container(std::string_view bytes) -> Container {
  const auto begins = [&](std::string_view mark) { return bytes.starts_with(mark); };
  if (begins("PK\3\4") || begins("PK\5\6") || begins("PK\7\10PK\3\4")) {
    const auto directory = read_zip(bytes, 1'000'000);
    return is_document(directory.value) ? Container::kNone : Container::kZip;
  }
  // Deflate is the only method there is; the upper flags are reserved.
  if (begins("\x1f\x8b\x08") && bytes.size() >= 10 && byte_at(bytes, 3) < 0x20)
    return Container::kGz;
  if (begins("BZh") && byte_at(bytes, 3) >= '1' && byte_at(bytes, 3) <= '9' &&
      (bytes.substr(4, 6) == "1AY&SY" || bytes.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"))
    return Container::kBz2;
  if (begins(std::string_view("\xfd"
                              "7zXZ\0",
                              6)))
    return Container::kXz;
  if (begins("7z\xbc\xaf\x27\x1c")) return Container::kSevenZip;
  if (begins("\x04\x22\x4d\x18") || begins("\x02\x21\x4c\x18")) return Container::kLz4;
  if (bytes.substr(std::min(bytes.size(), skip_zst_frames(bytes))).starts_with("\x28\xb5\x2f\xfd"))
    return Container::kZst;
  return begins_tar(bytes) ? Container::kTar : Container::kNone;
}

}  // namespace serjeant

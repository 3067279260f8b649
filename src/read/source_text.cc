#include "read/source_text.h"

#include <algorithm>

#include "core/text.h"

namespace serjeant {
namespace {

constexpr auto kProbe = std::size_t{4096};

auto byte(char c) -> std::uint32_t { return static_cast<unsigned char>(c); }

// The share of two-byte units that are printable ASCII or white space when
// their low byte is the one at `low`.
auto looks_utf16(std::string_view probe, std::size_t low) -> bool {
  auto ascii = std::size_t{0};
  const auto units = probe.size() / 2;
  for (auto i = std::size_t{0}; i < units; ++i) {
    const auto c = byte(probe[2 * i + low]);
    const auto text = (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
    ascii += text && probe[2 * i + 1 - low] == '\0' ? 1u : 0u;
  }
  return units >= 4 && ascii * 10 >= units * 9;
}

template <bool kLittle>
auto unit_at(const char* at) -> std::uint32_t {
  return kLittle ? byte(at[0]) | byte(at[1]) << 8 : byte(at[1]) | byte(at[0]) << 8;
}

template <bool kLittle>
void narrow_units(const char* from, std::size_t count, char* to) {
  for (auto i = std::size_t{0}; i < count; ++i) {
    const auto unit = unit_at<kLittle>(from + 2 * i);
    to[i] = static_cast<char>(unit < 0x80 ? unit : 0x80);
  }
}

template <bool kLittle>
auto decode_units(const char* from, std::size_t count, char* to, bool& bad) -> std::size_t {
  auto* const begin = to;
  for (auto i = std::size_t{0}; i < count; ++i) {
    auto code = unit_at<kLittle>(from + 2 * i);
    if (code < 0x80) {
      *to++ = static_cast<char>(code);
      continue;
    }
    if (code >= 0xd800 && code < 0xdc00 && i + 1 < count) {
      const auto low = unit_at<kLittle>(from + 2 * i + 2);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        ++i;
      }
    }
    if (code >= 0xd800 && code < 0xe000) {
      bad = true;
      code = 0xfffd;
    }
    to += encode_utf8(code, to);
  }
  return static_cast<std::size_t>(to - begin);
}

}  // namespace

SourceText::SourceText(std::string_view bytes, std::uint32_t source)
    : bytes_(bytes), source_(source) {
  const auto probe = bytes.substr(0, kProbe);
  if (bytes.starts_with("\xef\xbb\xbf")) {
    mark_ = 3;
  } else if (bytes.starts_with("\xff\xfe")) {
    encoding_ = Encoding::kUtf16Le;
    mark_ = 1;
  } else if (bytes.starts_with("\xfe\xff")) {
    encoding_ = Encoding::kUtf16Be;
    mark_ = 1;
  } else if (looks_utf16(probe, 0)) {
    encoding_ = Encoding::kUtf16Le;
  } else if (looks_utf16(probe, 1)) {
    encoding_ = Encoding::kUtf16Be;
  }
}

void SourceText::narrow(std::uint64_t from, std::size_t count, std::string& out) const {
  out.resize(count);
  const auto* const at = bytes_.data() + from * 2;
  if (encoding_ == Encoding::kUtf16Le)
    narrow_units<true>(at, count, out.data());
  else
    narrow_units<false>(at, count, out.data());
}

auto SourceText::decode(std::uint64_t from, std::size_t count, Arena& arena, bool& bad) const
    -> std::string_view {
  if (!narrow_needed()) return bytes_.substr(from, count);
  // A unit takes at most three bytes; a pair of two takes four.
  auto* const to = arena.take(count * 3);
  const auto* const at = bytes_.data() + from * 2;
  const auto size = encoding_ == Encoding::kUtf16Le ? decode_units<true>(at, count, to, bad)
                                                    : decode_units<false>(at, count, to, bad);
  arena.give_back(count * 3 - size);
  return {to, size};
}

auto SourceText::units_of(std::string_view text) const -> std::uint64_t {
  if (!narrow_needed()) return text.size();
  auto units = std::uint64_t{0};
  for (const auto c : text) {
    units += (byte(c) & 0xc0) != 0x80 ? 1u : 0u;
    units += byte(c) >= 0xf0 ? 1u : 0u;
  }
  return units;
}

}  // namespace serjeant

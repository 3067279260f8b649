#include "exercise/rng.h"

#include <algorithm>

#include "core/sha256.h"

namespace serjeant::exercise {
namespace {

constexpr auto kRounds = 10;

auto word(const Digest& digest, std::size_t at) -> std::uint32_t {
  return std::uint32_t{digest[at]} | std::uint32_t{digest[at + 1]} << 8 |
         std::uint32_t{digest[at + 2]} << 16 | std::uint32_t{digest[at + 3]} << 24;
}

}  // namespace

auto philox(PhiloxBlock c, PhiloxKey key) -> PhiloxBlock {
  for (auto round = 0; round < kRounds; ++round) {
    const auto a = std::uint64_t{0xD2511F53} * c[0];
    const auto b = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return c;
}

auto stream_key(std::uint64_t seed, std::string_view organisation, std::string_view source)
    -> PhiloxKey {
  auto text = std::string{"serjeant.exercise/1"};
  text += '\0';
  for (auto i = 0; i < 8; ++i) text += static_cast<char>(seed >> (8 * i) & 0xFF);
  text.append(organisation).push_back('\0');
  text.append(source);
  const auto digest = sha256(text);
  return {word(digest, 0), word(digest, 4)};
}

Stream::Stream(PhiloxKey key, std::uint64_t entity)
    : key_(key),
      counter_{0, 0, static_cast<std::uint32_t>(entity), static_cast<std::uint32_t>(entity >> 32)} {
}

auto Stream::next() -> std::uint32_t {
  if (used_ == 4) {
    block_ = philox(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

auto Stream::next64() -> std::uint64_t {
  const auto high = std::uint64_t{next()};
  return high << 32 | next();
}

namespace {

void append_digits(std::string& out, std::size_t digits, Stream& draw, const char* alphabet) {
  auto text = std::array<char, 64>{};
  while (digits > 0) {
    const auto count = std::min(digits, text.size());
    auto bits = std::uint32_t{0};
    for (auto i = std::size_t{0}; i < count; ++i) {
      if (i % 8 == 0) bits = draw.next();
      text[i] = alphabet[bits & 15];
      bits >>= 4;
    }
    out.append(text.data(), count);
    digits -= count;
  }
}

}  // namespace

void Stream::hex(std::string& out, std::size_t digits) {
  append_digits(out, digits, *this, "0123456789abcdef");
}

void Stream::upper_hex(std::string& out, std::size_t digits) {
  append_digits(out, digits, *this, "0123456789ABCDEF");
}

void Stream::spell(std::string& out, std::size_t count, std::string_view alphabet) {
  auto bits = std::uint32_t{0};
  for (auto i = std::size_t{0}; i < count; ++i) {
    if (i % 5 == 0) bits = next();
    out += alphabet[bits & 63];
    bits >>= 6;
  }
}

void Stream::letters(std::string& out, std::size_t count) {
  spell(out, count, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

void Stream::base64(std::string& out, std::size_t count) {
  spell(out, count, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

void Stream::guid(std::string& out) {
  // RFC 9562 version 4, variant 10: one block of the generator is one id.
  constexpr auto kDigits = std::string_view{"0123456789abcdef"};
  auto text = std::array<char, 36>{};
  auto at = std::size_t{0};
  for (auto word = 0; word < 4; ++word) {
    auto bits = next();
    for (auto digit = 0; digit < 8; ++digit, bits >>= 4) {
      if (at == 8 || at == 13 || at == 18 || at == 23) text[at++] = '-';
      text[at++] = kDigits[bits & 15];
    }
  }
  text[14] = '4';
  text[19] = "89ab"[static_cast<std::size_t>(text[19]) & 3];
  out.append(text.data(), text.size());
}

}  // namespace serjeant::exercise

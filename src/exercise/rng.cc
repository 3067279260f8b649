#include "exercise/rng.h"

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

void Stream::hex(std::string& out, std::size_t digits) {
  constexpr auto kDigits = std::string_view{"0123456789abcdef"};
  auto bits = std::uint32_t{0};
  for (auto i = std::size_t{0}; i < digits; ++i) {
    if (i % 8 == 0) bits = next();
    out += kDigits[bits & 15];
    bits >>= 4;
  }
}

void Stream::upper_hex(std::string& out, std::size_t digits) {
  constexpr auto kDigits = std::string_view{"0123456789ABCDEF"};
  auto bits = std::uint32_t{0};
  for (auto i = std::size_t{0}; i < digits; ++i) {
    if (i % 8 == 0) bits = next();
    out += kDigits[bits & 15];
    bits >>= 4;
  }
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
  // RFC 9562 version 4, variant 10.
  hex(out, 8);
  out += '-';
  hex(out, 4);
  out += "-4";
  hex(out, 3);
  out += '-';
  out += "89ab"[next() & 3];
  hex(out, 3);
  out += '-';
  hex(out, 12);
}

}  // namespace serjeant::exercise

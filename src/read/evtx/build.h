#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/crc32.h"
#include "read/evtx/layout.h"
#include "read/evtx/value.h"

// For tests, benchmarks and fuzzers: writes small event logs, token by token.
namespace serjeant::evtx::test {

template <class Number>
auto number(Number value) -> std::string {
  auto out = std::string(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}
template <class Number>
void put(std::string& bytes, std::size_t at, Number value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}
inline auto wide(std::string_view ascii) -> std::string {
  auto out = std::string{};
  for (const auto c : ascii) out += {c, '\0'};
  return out;
}

struct Slot {
  Type type;
  std::string bytes;
  bool array = false;
};

// Binary XML that will lie at `base` of its chunk.
class Tokens {
 public:
  explicit Tokens(std::size_t base) : base_(base) {}
  auto bytes() const -> const std::string& { return bytes_; }
  auto here() const -> std::size_t { return base_ + bytes_.size(); }

  auto raw(std::string_view bytes) -> Tokens& {
    bytes_ += bytes;
    return *this;
  }
  auto u8(std::uint8_t value) -> Tokens& { return raw(number(value)); }
  auto u16(std::size_t value) -> Tokens& { return raw(number(static_cast<std::uint16_t>(value))); }
  auto u32(std::size_t value) -> Tokens& { return raw(number(static_cast<std::uint32_t>(value))); }

  auto fragment() -> Tokens& { return raw(std::string_view("\x0f\x01\x01\0", 4)); }
  auto end() -> Tokens& { return u8(0); }
  auto name(std::string_view text) -> Tokens& {
    return u32(here() + 4).u32(0).u16(0).u16(text.size()).raw(wide(text)).u16(0);
  }
  // `dependency`: as inside of definitions.
  auto open(std::string_view text, bool attributes = false, bool dependency = true) -> Tokens& {
    u8(attributes ? 0x41 : 0x01);
    if (dependency) u16(0xffff);
    u32(0).name(text);
    return attributes ? u32(0) : *this;
  }
  auto attribute(std::string_view text) -> Tokens& { return u8(0x06).name(text); }
  auto text(std::string_view text) -> Tokens& {
    return u8(0x05).u8(0x01).u16(text.size()).raw(wide(text));
  }
  auto slot(std::size_t index, Type type, bool optional = true) -> Tokens& {
    return u8(optional ? 0x0e : 0x0d).u16(index).u8(static_cast<std::uint8_t>(type));
  }
  auto close_start() -> Tokens& { return u8(0x02); }
  auto close_empty() -> Tokens& { return u8(0x03); }
  auto close() -> Tokens& { return u8(0x04); }
  // <name>slot</name>
  auto leaf(std::string_view named, std::size_t index, Type type, bool optional = true) -> Tokens& {
    return open(named).close_start().slot(index, type, optional).close();
  }
  // <Data Name="name">slot</Data>
  auto data(std::string_view named, std::size_t index, Type type) -> Tokens& {
    open("Data", true).attribute("Name").text(named).close_start();
    return slot(index, type).close();
  }

  // An instance that brings its definition, of identifier `id`.
  auto instance(std::uint32_t id, const std::function<void(Tokens&)>& definition) -> Tokens& {
    u8(0x0c).u8(1).u32(id).u32(here() + 4);
    auto body = Tokens(here() + 24);
    definition(body);
    return u32(0).u32(id).raw("............").u32(body.bytes().size()).raw(body.bytes());
  }
  // An instance whose definition lies elsewhere.
  auto instance(std::uint32_t id, std::size_t offset) -> Tokens& {
    return u8(0x0c).u8(1).u32(id).u32(offset);
  }
  auto values(const std::vector<Slot>& slots) -> Tokens& {
    u32(slots.size());
    for (const auto& slot : slots)
      u16(slot.bytes.size())
          .u8(static_cast<std::uint8_t>(static_cast<std::uint8_t>(slot.type) |
                                        (slot.array ? kArrayBit : 0)))
          .u8(0);
    for (const auto& slot : slots) raw(slot.bytes);
    return *this;
  }

 private:
  std::size_t base_;
  std::string bytes_;
};

class ChunkBuilder {
 public:
  explicit ChunkBuilder(std::uint64_t first = 1) : bytes_(kChunkHead, '\0'), first_(first) {
    next_ = first;
  }
  // Where the binary XML of the next record will begin.
  auto body() const -> std::size_t { return bytes_.size() + kRecordHead; }
  auto next_id() const -> std::uint64_t { return next_; }

  // 133,500,000,000,000,000 ticks are 2024-01-18T21:20:00Z.
  auto record(const std::function<void(Tokens&)>& fill,
              std::uint64_t ticks = 133'500'000'000'000'000) -> ChunkBuilder& {
    auto tokens = Tokens(body());
    fill(tokens);
    auto content = tokens.bytes();
    while (content.size() % 8 != 4) content += '\0';
    const auto size = static_cast<std::uint32_t>(kRecordHead + content.size() + 4);
    last_record_ = bytes_.size();
    bytes_ += std::string(kRecordMagic) + number(size) + number(next_++) + number(ticks) + content +
              number(size);
    return *this;
  }
  // The whole chunk, its head filled in. The builder can go on.
  auto finish(std::size_t size = kChunkSize) const -> std::string {
    auto out = bytes_;
    const auto used = out.size();
    out.resize(size, '\0');
    out.replace(0, kChunkMagic.size(), kChunkMagic);
    put<std::uint64_t>(out, 8, first_);
    put<std::uint64_t>(out, 16, next_ - 1);
    put<std::uint64_t>(out, 24, first_);
    put<std::uint64_t>(out, 32, next_ - 1);
    put<std::uint32_t>(out, 40, 128);
    put(out, 44, static_cast<std::uint32_t>(last_record_));
    put(out, 48, static_cast<std::uint32_t>(used));
    seal(out);
    return out;
  }
  // Computes the checksums of a chunk anew.
  static void seal(std::string& chunk) {
    const auto head = read_chunk_head(chunk);
    put(chunk, 52, crc32(std::string_view(chunk).substr(kChunkHead, head.free - kChunkHead)));
    put(chunk, 124, chunk_head_checksum(chunk));
  }

 private:
  std::string bytes_;
  std::uint64_t first_, next_;
  std::size_t last_record_ = kChunkHead;
};

inline void seal_file(std::string& file) {
  put(file, 124, crc32(std::string_view(file).substr(0, 120)));
}
// A file of these chunks.
inline auto file(const std::vector<std::string>& chunks, std::uint32_t flags = 0) -> std::string {
  auto out = std::string(4096, '\0');
  out.replace(0, kFileMagic.size(), kFileMagic);
  put<std::uint32_t>(out, 32, 128);
  put<std::uint16_t>(out, 36, 1);
  put<std::uint16_t>(out, 38, 3);
  put<std::uint16_t>(out, 40, 4096);
  put(out, 42, static_cast<std::uint16_t>(chunks.size()));
  put(out, 120, flags);
  seal_file(out);
  for (const auto& chunk : chunks) out += chunk;
  return out;
}

}  // namespace serjeant::evtx::test

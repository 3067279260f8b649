#include "read/evtx/layout.h"

#include <algorithm>
#include <cstring>

#include "core/crc32.h"
#include "read/evtx/bytes.h"

namespace serjeant::evtx {
namespace {

constexpr auto kSector = std::size_t{512};
constexpr auto kFileHeadSize = std::size_t{4096};

auto has_magic(std::string_view block) -> bool {
  return block.size() >= kChunkHead && block.starts_with(kChunkMagic);
}
// Where a chunk is due its first record is sign enough.
auto is_chunk(std::string_view block) -> bool {
  if (block.size() < kChunkHead) return false;
  if (has_magic(block)) return true;
  return record_at(block, kChunkHead, std::min(block.size(), kChunkSize), true) != 0;
}

}  // namespace

auto all_zero(std::string_view bytes) -> bool {
  // Equal to itself one byte on, and beginning with zero.
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

auto read_file_head(std::string_view bytes) -> FileHead {
  auto head = FileHead{};
  head.present = bytes.size() >= 128 && bytes.starts_with(kFileMagic);
  if (!head.present) return head;
  head.size = u16_at(bytes, 40);
  head.chunks = u16_at(bytes, 42);
  head.flags = u32_at(bytes, 120);
  head.good = crc32(bytes.substr(0, 120)) == u32_at(bytes, 124);
  if (head.size < 128 || head.size % kSector != 0 || head.size > bytes.size()) {
    head.good = false;
    head.size = std::min(kFileHeadSize, bytes.size());
  }
  return head;
}

auto read_chunk_head(std::string_view chunk) -> ChunkHead {
  auto head = ChunkHead{};
  head.magic = chunk.starts_with(kChunkMagic);
  head.first_id = u64_at(chunk, 24);
  head.last_id = u64_at(chunk, 32);
  head.free = u32_at(chunk, 48);
  head.data_checksum = u32_at(chunk, 52);
  head.checksum = u32_at(chunk, 124);
  head.flags = u32_at(chunk, 120);
  head.sizes = u32_at(chunk, 40) == 128 && head.free >= kChunkHead && head.free <= kChunkSize &&
               u32_at(chunk, 44) < kChunkSize;
  head.free = std::clamp(head.free, kChunkHead, std::max(chunk.size(), kChunkHead));
  return head;
}

auto chunk_head_checksum(std::string_view chunk) -> std::uint32_t {
  return crc32(chunk.substr(128, 384), crc32(chunk.substr(0, 120)));
}

auto record_at(std::string_view chunk, std::size_t at, std::size_t end, bool strict)
    -> std::size_t {
  if (at + kLeastRecord > end || chunk.substr(at, 4) != kRecordMagic) return 0;
  const auto size = std::size_t{u32_at(chunk, at + 4)};
  if (size < kLeastRecord || size > end - at) return 0;
  if (strict && u32_at(chunk, at + size - 4) != size) return 0;
  return size;
}

auto segments_of(std::string_view bytes) -> std::vector<Segment> {
  using What = Segment::What;
  auto out = std::vector<Segment>{};
  const auto add = [&](std::size_t from, std::size_t to, What what) {
    if (from == to) return;
    const auto joined = what == What::kFree || what == What::kUnknown;
    if (joined && !out.empty() && out.back().what == what)
      out.back().length += to - from;
    else
      out.push_back({from, to - from, what});
  };
  auto at = read_file_head(bytes).size;
  add(0, at, What::kFileHead);
  while (at < bytes.size()) {
    const auto block = bytes.substr(at, kChunkSize);
    if (is_chunk(block)) {
      add(at, at + block.size(), What::kChunk);
      at += block.size();
      continue;
    }
    if (all_zero(block)) {
      add(at, at + block.size(), What::kFree);
      at += block.size();
      continue;
    }
    auto next = kSector;
    while (next < block.size() && !has_magic(bytes.substr(at + next))) next += kSector;
    next = std::min(next, block.size());
    add(at, at + next, What::kUnknown);
    at += next;
  }
  return out;
}

}  // namespace serjeant::evtx

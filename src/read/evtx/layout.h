#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

// How an EVTX file is laid out (Metz, "Windows XML Event Log (EVTX) format"):
// a head of 4 KiB, then chunks of 64 KiB, each complete in itself: 512 bytes of
// head, records one behind the other, free space. Files are preallocated, so
// that the last chunks are often zeros.
namespace serjeant::evtx {

constexpr auto kChunkSize = std::size_t{65536};
constexpr auto kChunkHead = std::size_t{512};
constexpr auto kFileMagic = std::string_view("ElfFile\0", 8);
constexpr auto kChunkMagic = std::string_view("ElfChnk\0", 8);
constexpr auto kRecordMagic = std::string_view("**\0\0", 4);
constexpr auto kRecordHead = std::size_t{24};   // magic, size, identifier, time
constexpr auto kLeastRecord = std::size_t{28};  // head and the size again
constexpr auto kFlagDirty = std::uint32_t{1};
constexpr auto kFlagNoChecksum = std::uint32_t{4};

struct FileHead {
  bool present = false;      // the magic is there
  std::size_t size = 0;      // bytes before the first chunk
  std::uint32_t chunks = 0;  // as counted by it, modulo 65536
  std::uint32_t flags = 0;
  bool good = true;  // its checksum and its sizes are right
};
auto read_file_head(std::string_view bytes) -> FileHead;

struct ChunkHead {
  std::uint64_t first_id = 0, last_id = 0;
  std::size_t free = 0;  // where free space begins, never beyond the chunk
  std::uint32_t flags = 0;
  std::uint32_t data_checksum = 0;
  std::uint32_t checksum = 0;  // its own
  bool magic = false;
  bool sizes = true;  // the offsets in it lie within the chunk
};
// `chunk` has at least kChunkHead bytes.
auto read_chunk_head(std::string_view chunk) -> ChunkHead;
// What the checksum of a chunk's head should be.
auto chunk_head_checksum(std::string_view chunk) -> std::uint32_t;

struct Segment {
  enum class What : std::uint8_t {
    kFileHead,
    kChunk,    // may be cut short by the end of the file, but has its head
    kFree,     // zeros
    kUnknown,  // anything else
  };
  std::uint64_t offset = 0, length = 0;
  What what = What::kUnknown;
};
// Cuts a whole file into segments, without gap or overlap. Chunks are looked
// for where the last one ends, else at the next 512 bytes; a block without the
// magic that has a record where its first one should be counts as a chunk.
auto segments_of(std::string_view bytes) -> std::vector<Segment>;

// A record's head lies at `at` of a chunk, its size fits in before `end`, and
// stands behind it again. `strict` false: it need not stand behind.
auto record_at(std::string_view chunk, std::size_t at, std::size_t end, bool strict) -> std::size_t;

auto all_zero(std::string_view bytes) -> bool;

}  // namespace serjeant::evtx

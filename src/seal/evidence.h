#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "core/progress.h"
#include "core/result.h"
#include "core/sha256.h"
#include "core/span.h"
#include "seal/guard.h"

// Takes evidence in: finds files, opens them read-only, hashes them, unpacks
// containers. Nothing that evidence says can make it write outside of its work
// folder, follow a link out of the evidence, or run for ever.
namespace serjeant {

// Where a source was found. The same bytes found twice are one source with two
// origins.
struct Origin {
  std::uint32_t container = 0;  // id of the source that held it; 0 = given by hand
  std::uint64_t offset = 0;     // of the member in its container, if the format tells; else 0
  std::uint64_t length = 0;     // packed bytes, if known; else 0
  std::string name;   // relative to the argument, or the member's name, as found (any bytes)
  std::string codec;  // "file", "gz", "zip", "zst", "tar", "7z", ...
};

struct Source {
  std::uint32_t id = 0;  // 1 and up, in order of SHA-256
  Digest sha256{};
  Digest merkle{};             // root over 1 MiB leaves, RFC 6962 domain bytes
  std::vector<Digest> leaves;  // leaf n = bytes [n MiB, n+1 MiB)
  std::uint64_t size = 0;
  std::string org;                // organisation that gave it; "" = not stated
  std::vector<std::string> orgs;  // all that gave these bytes, sorted; `org` is the first
  std::vector<Origin> origins;    // sorted; the first one names the source
  bool container = false;         // unpacked; its bytes are accounted for as a container
  std::vector<Fault> faults;      // of taking it in: cut archive, encrypted member, limits
  MappedFile file;                // its bytes; unpacked members lie in the work folder
  PageGuard guard;                // answers for pages that vanish while they are read
  auto name() const -> const std::string& { return origins.front().name; }
  auto bytes() const -> std::string_view { return file.bytes(); }
};

// What could not be taken in at all, with the reason in words.
struct Refused {
  std::string name;
  // "permission denied", "link leaves the evidence", "not a file", "vanished", ...
  std::string why;
};

struct SealOptions {
  std::size_t jobs = 1;
  std::string work_dir = {};  // for unpacked members; made if missing; "" = in memory
  std::uint32_t depth = 8;    // nesting of containers
  std::uint64_t ratio = 200;  // expansion allowed after the first 10 MiB
  std::uint64_t expanded_bytes = std::uint64_t{64} << 30;
  std::uint64_t members = 1'000'000;
};

struct Evidence {
  std::vector<Source> sources;   // sources[i].id == i + 1
  std::vector<Refused> refused;  // sorted by name
  std::vector<MappedFile> held;  // where small files and unpacked members lie together
  auto source(std::uint32_t id) const -> const Source& { return sources[id - 1]; }
  // What could no longer be read after it was taken in, because the file
  // shrank or its disk failed: readers saw zeros from there on. To be asked
  // when all has been read. One kUnreadable fault a source.
  auto lost() const -> std::vector<Fault>;
};

// Each argument is a file or folder, or NAME=PATH to say which organisation
// gave it. A folder is walked without following links out of it; what is no
// file (sockets, devices, pipes) is refused by name; the answer key of an
// exercise (a folder `truth` with our meta.json) is refused as such. Fails only
// if an argument does not exist or the work folder cannot be written.
auto take_in(const std::vector<std::string>& arguments, const SealOptions& options,
             Progress& progress) -> Result<Evidence>;

// Root over leaf digests, shape and domain bytes as in RFC 6962 section 2.1.
auto merkle_root(const std::vector<Digest>& leaves) -> Digest;
auto merkle_leaf(std::string_view bytes) -> Digest;
constexpr auto kLeafBytes = std::uint64_t{1} << 20;

}  // namespace serjeant

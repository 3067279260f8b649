#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/span.h"

// The directory of a zip file (PKWARE APPNOTE 6.3.10), read by ourselves.
//
// A zip says everything twice: in a local header before each member, and in
// the central directory at the end. Programs that trust the one see other
// members than programs that trust the other, and an attacker may want that.
// So both are read and compared; what they disagree about is reported, and
// members that only one of them knows are kept.
namespace serjeant {

struct ZipEntry {
  std::string_view name;     // as the central directory has it; else the local header
  std::uint64_t at = 0;      // of its local header
  std::uint64_t data = 0;    // of its packed bytes
  std::uint64_t packed = 0;  // never reaches out of the file
  std::uint64_t size = 0;    // unpacked, as stated; only a hint
  std::uint32_t crc = 0;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  bool listed = true;     // in the central directory
  bool whole = true;      // false: the file ends inside its bytes
  bool described = true;  // crc and sizes are known
  bool link = false;      // a symbolic link of Unix; its bytes are the target
  auto encrypted() const -> bool { return (flags & 0x41) != 0; }
  auto folder() const -> bool { return !name.empty() && name.back() == '/' && packed == 0; }
};

struct ZipDirectory {
  std::vector<ZipEntry> entries;  // in order of `at`
  bool complete = false;          // a central directory was found
};

// Reads at most `limit` entries. Fault spans (source 0) lie in `bytes`.
// Faults: kTruncated (no central directory; the members come from their local
// headers), kAmbiguous (the two accounts differ: an empty member, a hidden
// one, another name or size, members that overlap), kBadSyntax (an entry of
// the directory that cannot be read), kTooMany.
// Linear in the size of `bytes`.
auto read_zip(std::string_view bytes, std::uint64_t limit) -> Parsed<ZipDirectory>;

// A local header of our own making that says of the member what the directory
// says, so that a decoder need not guess: put it before the packed bytes.
auto local_header_for(const ZipEntry& entry) -> std::string;

// Is it a document or program that is only stored as a zip (OOXML, OpenDocument
// and EPUB, Java and Android)? Those are evidence themselves, not containers.
auto is_document(const ZipDirectory& directory) -> bool;

}  // namespace serjeant

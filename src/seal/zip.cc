#include "seal/zip.h"

#include <algorithm>
#include <optional>

namespace serjeant {
namespace {

constexpr auto kLocal = std::string_view("PK\3\4");
constexpr auto kCentral = std::string_view("PK\1\2");
constexpr auto kEnd = std::string_view("PK\5\6");
constexpr auto kEnd64 = std::string_view("PK\6\6");
constexpr auto kEnd64Place = std::string_view("PK\6\7");
constexpr auto kDescriptor = std::string_view("PK\7\10");
constexpr auto kLocalSize = std::uint64_t{30};
constexpr auto kCentralSize = std::uint64_t{46};
constexpr auto kEndSize = std::uint64_t{22};
constexpr auto kFull32 = std::uint64_t{0xffffffff};
constexpr auto kFull16 = std::uint64_t{0xffff};

// Little-endian numbers out of bytes that may end early: then 0.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  auto number(std::uint64_t at, unsigned width) const -> std::uint64_t {
    if (at > bytes_.size() || bytes_.size() - at < width) return 0;
    auto out = std::uint64_t{0};
    for (auto i = width; i-- > 0;)
      out = out << 8 | static_cast<unsigned char>(bytes_[static_cast<std::size_t>(at) + i]);
    return out;
  }
  auto u16(std::uint64_t at) const -> std::uint16_t {
    return static_cast<std::uint16_t>(number(at, 2));
  }
  auto u32(std::uint64_t at) const -> std::uint32_t {
    return static_cast<std::uint32_t>(number(at, 4));
  }
  auto u64(std::uint64_t at) const -> std::uint64_t { return number(at, 8); }
  auto has(std::uint64_t at, std::uint64_t length) const -> bool {
    return at <= bytes_.size() && bytes_.size() - at >= length;
  }
  auto part(std::uint64_t at, std::uint64_t length) const -> std::string_view {
    return has(at, length) ? bytes_.substr(at, length) : std::string_view{};
  }
  auto says(std::uint64_t at, std::string_view mark) const -> bool {
    return part(at, mark.size()) == mark;
  }
  auto size() const -> std::uint64_t { return bytes_.size(); }
  auto find(std::string_view mark, std::uint64_t from) const -> std::uint64_t {
    const auto at = from < size() ? bytes_.find(mark, from) : bytes_.npos;
    return at == bytes_.npos ? size() : at;
  }

 private:
  std::string_view bytes_;
};

// Where the central directory lies, by the record at the end of the file.
struct Frame {
  std::uint64_t base = 0;   // bytes before the zip proper: offsets count from here
  std::uint64_t start = 0;  // of the central directory
  std::uint64_t stop = 0;
};

auto frame_at(Bytes in, std::uint64_t end) -> std::optional<Frame> {
  auto size = std::uint64_t{in.u32(end + 12)};
  auto offset = std::uint64_t{in.u32(end + 16)};
  auto stop = end;
  if (end >= 20 && in.says(end - 20, kEnd64Place)) {
    // The 64-bit record usually lies right before its pointer; where bytes
    // were put before the zip, the pointer is off by as many.
    const auto stated = in.u64(end - 12);
    for (const auto at : {stated, end >= 76 ? end - 76 : stated}) {
      if (!in.says(at, kEnd64) || at >= end) continue;
      size = in.u64(at + 40);
      offset = in.u64(at + 48);
      stop = at;
      break;
    }
  }
  if (size > stop || offset > stop - size) return std::nullopt;
  auto out = Frame{stop - size - offset, stop - size, stop};
  if (size != 0 && !in.says(out.start, kCentral)) return std::nullopt;
  return out;
}

// The end record may be followed by a comment of up to 64 KiB, which may hold
// bytes that look like an end record: the one whose comment reaches exactly to
// the end of the file wins, else the last one that makes sense.
auto find_frame(Bytes in) -> std::optional<Frame> {
  auto best = std::optional<Frame>{};
  if (in.size() < kEndSize) return best;
  const auto lowest = in.size() - std::min(in.size(), kEndSize + kFull16);
  for (auto at = in.size() - kEndSize + 1; at-- > lowest;) {
    if (!in.says(at, kEnd)) continue;
    const auto frame = frame_at(in, at);
    if (!frame) continue;
    if (at + kEndSize + in.u16(at + 20) == in.size()) return frame;
    if (!best) best = frame;
  }
  return best;
}

// Sizes and place that do not fit in 32 bits stand in extra field 1, in this
// order, and only those that are full there (APPNOTE 4.5.3).
struct Wide {
  std::uint64_t size, packed, at;
};
void widen(Bytes in, std::uint64_t extra, std::uint64_t length, Wide& wide) {
  const auto stop = extra + length;
  while (extra + 4 <= stop) {
    const auto field = std::uint64_t{in.u16(extra + 2)};
    if (in.u16(extra) == 1) {
      auto at = extra + 4;
      const auto field_stop = std::min(at + field, stop);
      for (auto* const value : {&wide.size, &wide.packed, &wide.at}) {
        if (*value != kFull32 || at + 8 > field_stop) continue;
        *value = in.u64(at);
        at += 8;
      }
      return;
    }
    extra += 4 + field;
  }
}

// A local header that could be one: used where only its mark points to it.
auto looks_local(Bytes in, std::uint64_t at) -> bool {
  return in.says(at, kLocal) && in.has(at, kLocalSize) && in.u16(at + 4) % 256 <= 63 &&
         in.u16(at + 8) <= 99 && in.u16(at + 26) > 0 && in.has(at + kLocalSize, in.u16(at + 26));
}

// What a local header says by itself. Where it leaves the sizes to a
// descriptor behind the data (flag bit 3), the data goes on to the descriptor
// that agrees with its place, or to the next header.
auto local_entry(Bytes in, std::uint64_t at, std::uint64_t stop) -> ZipEntry {
  auto out = ZipEntry{};
  const auto name = std::uint64_t{in.u16(at + 26)};
  const auto extra = std::uint64_t{in.u16(at + 28)};
  out.name = in.part(at + kLocalSize, name);
  out.at = at;
  out.flags = in.u16(at + 6);
  out.method = in.u16(at + 8);
  out.crc = in.u32(at + 14);
  out.data = std::min(at + kLocalSize + name + extra, stop);
  auto wide = Wide{in.u32(at + 22), in.u32(at + 18), 0};
  widen(in, at + kLocalSize + name, extra, wide);
  out.size = wide.size;
  out.packed = wide.packed;
  out.listed = false;
  out.described = (out.flags & 8) == 0 || out.packed != 0;
  if (!out.described) {
    for (auto next = in.find("PK", out.data); next < stop; next = in.find("PK", next + 1)) {
      const auto length = next - out.data;
      const auto agrees = in.says(next, kDescriptor) && in.u32(next + 8) == (length & kFull32);
      if (!agrees && !looks_local(in, next) && !in.says(next, kCentral)) continue;
      out.packed = length;
      if (agrees) {
        out.crc = in.u32(next + 4);
        out.size = in.u32(next + 12);
        out.described = length < kFull32 && out.size < kFull32;
      }
      return out;
    }
    out.packed = stop - out.data;
    out.whole = false;
  }
  if (out.packed > stop - out.data) {
    out.packed = stop - out.data;
    out.whole = false;
  }
  return out;
}

class Reading {
 public:
  Reading(std::string_view bytes, std::uint64_t limit) : in_(bytes), limit_(limit) {}

  auto run() && -> Parsed<ZipDirectory> {
    const auto frame = find_frame(in_);
    if (frame) {
      out_.value.complete = true;
      read_listed(*frame);
      std::stable_sort(out_.value.entries.begin(), out_.value.entries.end(),
                       [](const ZipEntry& a, const ZipEntry& b) { return a.at < b.at; });
      look_between(*frame);
      std::stable_sort(out_.value.entries.begin(), out_.value.entries.end(),
                       [](const ZipEntry& a, const ZipEntry& b) { return a.at < b.at; });
    } else {
      fault(FaultKind::kTruncated, in_.size(), 0);
      scan(0, in_.size(), false);
    }
    return std::move(out_);
  }

 private:
  void fault(FaultKind kind, std::uint64_t at, std::uint64_t length) {
    if (out_.faults.size() < kMostFaults)
      out_.faults.push_back({kind, {at, static_cast<std::uint32_t>(std::min(length, kFull32)), 0}});
  }

  auto full(std::uint64_t at) -> bool {
    if (out_.value.entries.size() < limit_) return false;
    fault(FaultKind::kTooMany, at, 0);
    return true;
  }

  void read_listed(Frame frame) {
    auto at = frame.start;
    while (at < frame.stop) {
      if (!in_.says(at, kCentral) || frame.stop - at < kCentralSize) {
        fault(FaultKind::kBadSyntax, at, frame.stop - at);
        return;
      }
      if (full(at)) return;
      const auto name = std::uint64_t{in_.u16(at + 28)};
      const auto extra = std::uint64_t{in_.u16(at + 30)};
      const auto total = kCentralSize + name + extra + in_.u16(at + 32);
      if (total > frame.stop - at) {
        fault(FaultKind::kBadSyntax, at, frame.stop - at);
        return;
      }
      listed_entry(at, name, extra, frame);
      at += total;
    }
  }

  void listed_entry(std::uint64_t at, std::uint64_t name, std::uint64_t extra, Frame frame) {
    auto entry = ZipEntry{};
    entry.name = in_.part(at + kCentralSize, name);
    entry.flags = in_.u16(at + 8);
    entry.method = in_.u16(at + 10);
    entry.crc = in_.u32(at + 16);
    entry.link = in_.number(at + 5, 1) == 3 && (in_.u16(at + 40) & 0170000) == 0120000;
    auto wide = Wide{in_.u32(at + 24), in_.u32(at + 20), in_.u32(at + 42)};
    widen(in_, at + kCentralSize + name, extra, wide);
    entry.size = wide.size;
    entry.packed = wide.packed;
    if (wide.at > frame.start || !looks_or_is_local(frame.base + wide.at, frame.start)) {
      fault(FaultKind::kAmbiguous, at, kCentralSize + name);  // listed, but not there
      return;
    }
    entry.at = frame.base + wide.at;
    const auto local = local_entry_head(entry.at);
    entry.data = std::min(local.data, frame.start);
    if (entry.packed > frame.start - entry.data) {
      entry.packed = frame.start - entry.data;
      entry.whole = false;
    }
    const auto says_other_size = (local.flags & 8) == 0 && local.packed != wide.packed;
    if (local.name != entry.name || local.method != entry.method || says_other_size)
      fault(FaultKind::kAmbiguous, entry.at, kLocalSize + local.name.size());
    out_.value.entries.push_back(entry);
  }

  auto looks_or_is_local(std::uint64_t at, std::uint64_t stop) const -> bool {
    return at < stop && in_.says(at, kLocal) && in_.has(at, kLocalSize);
  }

  // As local_entry, without the search for where the data ends.
  auto local_entry_head(std::uint64_t at) const -> ZipEntry {
    auto out = ZipEntry{};
    const auto name = std::uint64_t{in_.u16(at + 26)};
    const auto extra = std::uint64_t{in_.u16(at + 28)};
    out.name = in_.part(at + kLocalSize, name);
    out.flags = in_.u16(at + 6);
    out.method = in_.u16(at + 8);
    out.data = at + kLocalSize + name + extra;
    auto wide = Wide{in_.u32(at + 22), in_.u32(at + 18), 0};
    widen(in_, at + kLocalSize + name, extra, wide);
    out.packed = wide.packed;
    return out;
  }

  // The bytes that no listed member covers: what lies there is either nothing
  // of interest (descriptors, padding) or a member that the directory hides.
  void look_between(Frame frame) {
    auto covered = std::uint64_t{0};
    const auto listed = out_.value.entries.size();
    for (auto i = std::size_t{0}; i < listed; ++i) {
      const auto entry = out_.value.entries[i];  // a copy: scan() adds to the list
      if (entry.at < covered)
        fault(FaultKind::kAmbiguous, entry.at, covered - entry.at);
      else
        scan(covered, entry.at, true);
      covered = std::max(covered, entry.data + entry.packed);
    }
    scan(covered, frame.start, true);
    scan(frame.stop, in_.size(), true);
  }

  void scan(std::uint64_t from, std::uint64_t stop, bool hidden) {
    auto at = in_.find(kLocal, from);
    while (at < stop) {
      if (!looks_local(in_, at)) {
        at = in_.find(kLocal, at + 1);
        continue;
      }
      if (full(at)) return;
      const auto entry = local_entry(in_, at, stop);
      if (hidden) fault(FaultKind::kAmbiguous, at, kLocalSize + entry.name.size());
      out_.value.entries.push_back(entry);
      at = in_.find(kLocal, std::max(entry.data + entry.packed, at + 4));
    }
  }

  static constexpr auto kMostFaults = std::size_t{1000};
  Bytes in_;
  std::uint64_t limit_;
  Parsed<ZipDirectory> out_;
};

void put(std::string& out, std::uint64_t value, unsigned width) {
  for (auto i = 0u; i < width; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

}  // namespace

auto read_zip(std::string_view bytes, std::uint64_t limit) -> Parsed<ZipDirectory> {
  return Reading(bytes, limit).run();
}

auto local_header_for(const ZipEntry& entry) -> std::string {
  const auto wide = entry.packed >= kFull32 || entry.size >= kFull32;
  auto out = std::string(kLocal);
  put(out, 45, 2);                 // version needed
  put(out, entry.flags & ~9u, 2);  // neither encrypted nor described behind the data
  put(out, entry.method, 2);
  put(out, 0x00210000, 4);  // 1 January 1980
  put(out, entry.crc, 4);
  put(out, wide ? kFull32 : entry.packed, 4);
  put(out, wide ? kFull32 : entry.size, 4);
  put(out, 1, 2);
  put(out, wide ? 20 : 0, 2);
  out.push_back('m');  // its name does not matter to the decoder
  if (wide) {
    put(out, 1, 2);
    put(out, 16, 2);
    put(out, entry.size, 8);
    put(out, entry.packed, 8);
  }
  return out;
}

auto is_document(const ZipDirectory& directory) -> bool {
  if (directory.entries.empty()) return false;
  if (directory.entries.front().name == "mimetype") return true;
  return std::any_of(directory.entries.begin(), directory.entries.end(), [](const ZipEntry& entry) {
    return entry.name == "[Content_Types].xml" || entry.name == "META-INF/MANIFEST.MF" ||
           entry.name == "AndroidManifest.xml";
  });
}

}  // namespace serjeant

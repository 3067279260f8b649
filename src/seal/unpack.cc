#include "seal/unpack.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/pool.h"
#include "seal/archive.h"
#include "seal/stream.h"
#include "seal/zip.h"

namespace serjeant {
namespace {

constexpr auto kFreeBytes = std::uint64_t{10} << 20;  // given before a ratio is judged
constexpr auto kFarSight = std::uint64_t{1} << 20;    // packed bytes judged ahead
constexpr auto kBlock = std::size_t{1} << 18;
constexpr auto kMostRefused = std::size_t{1000};  // named one by one; the rest is counted
constexpr auto kMostFaults = std::size_t{1000};

auto clipped(std::uint64_t length) -> std::uint32_t {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(length, 0xffffffff));
}

auto is_limit(FaultKind kind) -> bool {
  return kind == FaultKind::kRatio || kind == FaultKind::kTooBig || kind == FaultKind::kTooMany;
}

// How many zero bytes the input has ended with so far. A tar ends with two
// blocks of zeros; one that does not was cut between two members.
class ZeroTail {
 public:
  void see(std::string_view piece) {
    const auto last = piece.find_last_not_of('\0');
    zeros_ = last == piece.npos ? zeros_ + piece.size() : piece.size() - last - 1;
  }
  auto is_end_mark() const -> bool { return zeros_ >= 512; }

 private:
  std::uint64_t zeros_ = 0;
};

class Unpacking {
 public:
  Unpacking(std::string_view bytes, const Allowance& allowance, Keeper& keeper, SharedUse& shared)
      : bytes_(bytes), allowance_(allowance), keeper_(keeper), shared_(shared) {}

  auto run(Container kind) && -> Result<Unpacked> {
    out_.codec = codec_word(kind);
    if (kind == Container::kZip) {
      SJ_DO(zip());
    } else if (is_stream(kind)) {
      SJ_DO(stream(kind));
    } else if (kind == Container::kSevenZip) {
      SJ_DO(seven_zip());
    } else {
      auto tail = ZeroTail{};
      auto input = input_of({bytes_}, kBlock);
      auto reader = ArchiveReader(ArchiveFormat::kTar, [&] {
        const auto piece = input();
        tail.see(piece);
        return piece;
      });
      SJ_DO(members(reader, reader, 0, true));
      if (!tail.is_end_mark()) fault(FaultKind::kTruncated, bytes_.size(), 0);
    }
    if (unnamed_ > 0)
      out_.refused.push_back({"", std::to_string(unnamed_) + " more members, likewise"});
    return std::move(out_);
  }

 private:
  void fault(FaultKind kind, std::uint64_t at, std::uint64_t length) {
    const auto found = Fault{kind, {at, clipped(length), 0}};
    if (out_.faults.size() < kMostFaults && (out_.faults.empty() || out_.faults.back() != found))
      out_.faults.push_back(found);
  }

  void refuse(std::string_view name, std::string_view why) {
    if (out_.refused.size() < kMostRefused)
      out_.refused.push_back({std::string(name), std::string(why)});
    else
      ++unnamed_;
  }

  // One more member, even if it is a folder: a million of those is a bomb too.
  auto count() -> Result<bool> {
    shared_.members.fetch_add(1, std::memory_order_relaxed);
    if (shared_.exceeded() || interrupted()) return fail(Code::kTooLarge, "stopped");
    return ++out_.count <= allowance_.members;
  }

  // What was packed into how much, of which stretch of input.
  struct Measure {
    std::uint64_t packed = 0;    // size of the stretch
    std::uint64_t expanded = 0;  // given so far
    auto is_bomb(std::uint64_t consumed, std::uint64_t ratio) const -> bool {
      const auto judged = std::min(packed, consumed + kFarSight);
      return expanded > kFreeBytes && expanded / ratio > judged;
    }
  };

  // Takes one more piece of the current member.
  auto take(std::string_view piece, std::uint64_t consumed, Measure& measure)
      -> Result<std::optional<FaultKind>> {
    shared_.bytes.fetch_add(piece.size(), std::memory_order_relaxed);
    if (shared_.exceeded() || interrupted()) return fail(Code::kTooLarge, "stopped");
    const auto left = allowance_.bytes - out_.bytes;
    const auto taken = piece.substr(0, std::min<std::uint64_t>(piece.size(), left));
    SJ_DO(keeper_.add(taken));
    out_.bytes += taken.size();
    measure.expanded += taken.size();
    if (taken.size() < piece.size()) return std::optional(FaultKind::kTooBig);
    if (measure.is_bomb(consumed, allowance_.ratio)) return std::optional(FaultKind::kRatio);
    return std::optional<FaultKind>{};
  }

  // Reads the current entry of `reader` to its end or to the first problem.
  // `outer` is where packed bytes are counted.
  template <class Reader, class Outer>
  auto pump(Reader& reader, const Outer& outer, Measure& measure)
      -> Result<std::optional<FaultKind>> {
    auto piece = std::string_view{};
    for (;;) {
      if (!reader.read(piece)) return std::optional(reader.problem());
      if (piece.empty()) return std::optional<FaultKind>{};
      SJ_TRY(const auto problem, take(piece, outer.consumed(), measure));
      if (problem) return problem;
    }
  }

  static auto words_for(FaultKind kind) -> std::string_view {
    switch (kind) {
      case FaultKind::kEncrypted:
        return "encrypted";
      case FaultKind::kUnsupported:
        return "packed by a method that is not supported";
      case FaultKind::kTruncated:
        return "cut off before its first byte";
      case FaultKind::kTooBig:
      case FaultKind::kRatio:
      case FaultKind::kTooMany:
        return "over a limit for unpacking";
      default:
        return "damaged";
    }
  }

  // Ends the current member, which met `problem` if anything.
  auto end_member(UnpackedMember member, std::optional<FaultKind> problem) -> Result<> {
    const auto size = keeper_.size_so_far();
    if (problem && size == 0) {
      refuse(member.name, words_for(*problem));
      return keeper_.drop();
    }
    SJ_TRY(member.kept, keeper_.finish());
    if (problem) member.faults.push_back({*problem, {size, 0, 0}});
    out_.members.push_back(std::move(member));
    return {};
  }

  auto zip() -> Result<> {
    auto directory = read_zip(bytes_, allowance_.members);
    out_.faults = std::move(directory.faults);
    for (const auto& entry : directory.value.entries) {
      SJ_TRY(const auto allowed, count());
      if (!allowed) {
        fault(FaultKind::kTooMany, entry.at, bytes_.size() - entry.at);
        return {};
      }
      if (entry.folder()) continue;
      SJ_TRY(const auto go_on, zip_member(entry));
      if (!go_on) return {};
    }
    return {};
  }

  auto zip_member(const ZipEntry& entry) -> Result<bool> {
    const auto length = entry.data + entry.packed - entry.at;
    if (entry.link) {
      refuse(entry.name, "link in an archive");
      return true;
    }
    if (entry.encrypted()) {
      fault(FaultKind::kEncrypted, entry.at, length);
      refuse(entry.name, words_for(FaultKind::kEncrypted));
      return true;
    }
    const auto header = local_header_for(entry);
    const auto data = bytes_.substr(entry.data, entry.packed);
    // Where sizes are not known, the member and what follows it are shown as
    // they are; the decoder finds the end.
    auto reader = ArchiveReader(
        ArchiveFormat::kZipMember,
        entry.described ? input_of({header, data}, kBlock)
                        : input_of({bytes_.substr(entry.at, length + kDescriptorSize)}, kBlock));
    auto found = ArchiveEntry{};
    auto problem = std::optional<FaultKind>{};
    auto measure = Measure{entry.packed, 0};
    if (reader.next(found) != ArchiveReader::Step::kEntry) {
      problem = reader.problem();
    } else {
      SJ_TRY(problem, pump(reader, reader, measure));
    }
    if (!problem && !entry.whole) problem = FaultKind::kTruncated;
    if (problem) fault(*problem, entry.at, length);
    SJ_DO(end_member({{}, std::string(entry.name), entry.at, length, {}}, problem));
    return problem != FaultKind::kTooBig;
  }

  auto stream(Container kind) -> Result<> {
    auto reader = StreamReader(kind, bytes_);
    auto head = std::string{};  // as much as tells a tar from anything else
    auto problem = std::optional<FaultKind>{};
    for (auto piece = std::string_view{}; !problem && head.size() < 512; head.append(piece)) {
      if (!reader.read(piece)) problem = reader.problem();
      if (piece.empty()) break;
    }
    if (begins_tar(head)) return packed_tar(kind, reader, head, problem);
    SJ_TRY(const auto allowed, count());
    if (!allowed) problem = FaultKind::kTooMany;
    auto measure = Measure{bytes_.size(), 0};
    if (!is_limit(problem.value_or(FaultKind::kBadSyntax))) {
      SJ_TRY(const auto limit, take(head, reader.consumed(), measure));
      if (limit) problem = limit;
    }
    if (!problem) {
      SJ_TRY(problem, pump(reader, reader, measure));
    }
    if (problem) fault(*problem, reader.consumed(), bytes_.size() - reader.consumed());
    note_rest(reader);
    const auto name = kind == Container::kGz ? gz_name(bytes_) : std::string_view{};
    return end_member({{}, std::string(name), 0, bytes_.size(), {}}, problem);
  }

  // Bytes behind the last stream, which the usual tools pass over in silence.
  void note_rest(const StreamReader& reader) {
    if (!reader.rest().empty())
      fault(FaultKind::kBadSyntax, bytes_.size() - reader.rest().size(), reader.rest().size());
  }

  // A tar inside a stream is read as it is decompressed, and counts as one
  // container with it.
  auto packed_tar(Container kind, StreamReader& outer, const std::string& head,
                  std::optional<FaultKind> outer_problem) -> Result<> {
    out_.codec = "tar." + std::string(codec_word(kind));
    auto tail = ZeroTail{};
    auto started = false;
    auto inner = ArchiveReader(ArchiveFormat::kTar, [&]() -> std::string_view {
      auto piece = std::string_view{};
      if (!std::exchange(started, true))
        piece = head;
      else if (!outer_problem && !outer.read(piece))
        outer_problem = outer.problem();
      tail.see(piece);
      return piece;
    });
    SJ_DO(members(inner, outer, 0, false));
    note_rest(outer);
    if (outer_problem)
      fault(*outer_problem, outer.consumed(), bytes_.size() - outer.consumed());
    else if (!tail.is_end_mark())
      fault(FaultKind::kTruncated, bytes_.size(), 0);
    return {};
  }

  // The decoder gives up at the first member that it cannot read, though other
  // blocks of the archive may be sound. So it starts again behind that one, a
  // limited number of times, since each start reads the archive anew.
  auto seven_zip() -> Result<> {
    // What it holds is said at its end: a cut one is lost as a whole.
    const auto stated = directory_end();
    if (stated > bytes_.size()) {
      fault(FaultKind::kTruncated, bytes_.size(), 0);
      return {};
    }
    constexpr auto kStarts = 16;
    auto skip = std::uint64_t{0};
    for (auto start = 0; start < kStarts; ++start) {
      auto reader = ArchiveReader(ArchiveFormat::kSevenZip, bytes_);
      const auto before = out_.count;
      SJ_DO(members(reader, reader, skip, false));
      if (!stopped_in_member_ || out_.count == before) return {};
      skip = out_.count;
    }
    fault(FaultKind::kTooMany, 0, 0);
    return {};
  }

  // The start header of a 7z file: offset and size of the directory, counted
  // from its own end, at bytes 12 and 20.
  auto directory_end() const -> std::uint64_t {
    constexpr auto kStartHeader = std::uint64_t{32};
    if (bytes_.size() < kStartHeader) return kStartHeader;
    auto numbers = std::array<std::uint64_t, 2>{};
    for (auto i = std::size_t{16}; i-- > 0;)
      numbers[i / 8] = numbers[i / 8] << 8 | static_cast<unsigned char>(bytes_[12 + i]);
    constexpr auto kSane = std::uint64_t{1} << 62;
    return numbers[0] > kSane || numbers[1] > kSane ? kSane
                                                    : kStartHeader + numbers[0] + numbers[1];
  }

  // All entries of an archive but the first `skip`.
  template <class Outer>
  auto members(ArchiveReader& reader, const Outer& outer, std::uint64_t skip, bool offsets)
      -> Result<> {
    auto measure = Measure{bytes_.size(), 0};
    auto entry = ArchiveEntry{};
    stopped_in_member_ = false;
    auto problem = std::optional<FaultKind>{};
    for (;;) {
      const auto place = std::min<std::uint64_t>(outer.consumed(), bytes_.size());
      const auto step = reader.next(entry);
      if (step == ArchiveReader::Step::kEnd) return {};
      if (step == ArchiveReader::Step::kStopped) {
        stopped_in_member_ = problem.has_value();
        if (!problem) fault(reader.problem(), place, bytes_.size() - place);
        return {};
      }
      if (step == ArchiveReader::Step::kSkipped) {
        if (!std::exchange(problem, FaultKind::kBadSyntax)) fault(FaultKind::kBadSyntax, place, 0);
        continue;
      }
      problem.reset();
      if (skip > 0) {
        --skip;
        continue;
      }
      SJ_TRY(const auto allowed, count());
      if (!allowed) {
        fault(FaultKind::kTooMany, place, bytes_.size() - place);
        return {};
      }
      if (entry.type == ArchiveEntry::Type::kFolder) continue;
      if (entry.type == ArchiveEntry::Type::kLink) {
        refuse(entry.name, "link in an archive");
        continue;
      }
      if (entry.type == ArchiveEntry::Type::kOther) {
        refuse(entry.name, "not a file");
        continue;
      }
      if (entry.encrypted) {
        fault(FaultKind::kEncrypted, place, 0);
        refuse(entry.name, words_for(FaultKind::kEncrypted));
        continue;
      }
      SJ_TRY(problem, pump(reader, outer, measure));
      const auto stop = std::min<std::uint64_t>(outer.consumed(), bytes_.size());
      const auto at = offsets ? entry.offset : 0;
      if (problem) fault(*problem, offsets ? at : place, stop > place ? stop - place : 0);
      SJ_DO(end_member({{}, entry.name, at, offsets ? stop - at : 0, {}}, problem));
      if (problem && is_limit(*problem)) return {};
    }
  }

  static constexpr auto kDescriptorSize = std::uint64_t{24};
  std::string_view bytes_;
  const Allowance& allowance_;
  Keeper& keeper_;
  SharedUse& shared_;
  Unpacked out_;
  std::uint64_t unnamed_ = 0;
  bool stopped_in_member_ = false;
};

}  // namespace

auto unpack(std::string_view bytes, Container kind, const Allowance& allowance, Keeper& keeper,
            SharedUse& shared) -> Result<Unpacked> {
  auto out = Unpacking(bytes, allowance, keeper, shared).run(kind);
  if (!out) SJ_DO(keeper.drop());
  return out;
}

}  // namespace serjeant

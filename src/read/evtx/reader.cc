#include <algorithm>
#include <optional>

#include "core/crc32.h"
#include "read/evtx/bytes.h"
#include "read/evtx/layout.h"
#include "read/evtx/open.h"
#include "read/evtx/program.h"
#include "read/evtx/tree.h"

namespace serjeant {
namespace evtx {
namespace {

using What = Segment::What;

auto span_of(Extent extent) -> Span {
  constexpr auto most = std::uint64_t{0xffffffff};
  return {extent.offset, static_cast<std::uint32_t>(std::min(extent.length, most)), extent.source};
}

// What is kept from record to record while one stretch is read.
struct State {
  explicit State(Arena& arena)
      : scribe(arena), flaws(faults), tree(arena, scribe, flaws), programs(arena, scribe) {}

  Document document;
  std::vector<Fault> faults;
  Scribe scribe;
  Flaws flaws;
  Tree tree;
  Programs programs;
};

class EvtxReader : public Reader {
 public:
  EvtxReader(std::string_view bytes, std::uint32_t source, bool slow)
      : bytes_(bytes),
        source_(source),
        slow_(slow),
        head_(read_file_head(bytes)),
        segments_(segments_of(bytes)) {
    auto first = std::uint64_t{0}, last = std::uint64_t{0};
    for (const auto& segment : segments_) {
      if (segment.what != What::kChunk) continue;
      ++chunks_;
      const auto chunk = read_chunk_head(part(segment));
      if (!chunk.magic) continue;
      if (first == 0) first = chunk.first_id;
      last = chunk.last_id;
      first_id_ = std::min(first_id_, chunk.first_id);
    }
    turned_ = first == last + 1;
  }

  auto format() const -> std::string_view override { return "evtx"; }
  auto columns() const -> std::span<const std::string_view> override { return kColumns; }

  auto plan(std::uint64_t target) const -> std::vector<Extent> override {
    auto out = std::vector<Extent>{};
    for (const auto& segment : segments_) {
      if (out.empty() || out.back().length >= target) out.push_back({segment.offset, 0, source_});
      out.back().length += segment.length;
    }
    return out;
  }

  void read(Extent stretch, Arena& arena, RecordSink& sink) const override {
    auto state = State(arena);
    const auto end = stretch.offset + stretch.length;
    auto at = std::partition_point(segments_.begin(), segments_.end(), [&](const Segment& s) {
      return s.offset + s.length <= stretch.offset;
    });
    for (; at != segments_.end() && at->offset < end; ++at) {
      const auto from = std::max(at->offset, stretch.offset) - at->offset;
      const auto to = std::min(at->offset + at->length, end) - at->offset;
      const auto whole = Extent{at->offset, at->length, source_};
      switch (at->what) {
        case What::kFileHead:
          check_file_head(sink);
          sink.account(whole, Coverage::kSkipped, "header");
          break;
        case What::kFree:
          sink.account(whole, Coverage::kSkipped, "free");
          break;
        case What::kUnknown:
          sink.fault({FaultKind::kBadHeader, span_of(whole)});
          sink.account(whole, Coverage::kFailed, fault_word(FaultKind::kBadHeader));
          break;
        case What::kChunk:
          read_chunk(*at, static_cast<std::size_t>(from), static_cast<std::size_t>(to), state,
                     sink);
          break;
      }
    }
  }

 private:
  static constexpr std::string_view kColumns[] = {"Event"};

  auto part(const Segment& segment) const -> std::string_view {
    return bytes_.substr(static_cast<std::size_t>(segment.offset),
                         static_cast<std::size_t>(segment.length));
  }
  auto dirty() const -> bool { return (head_.flags & kFlagDirty) != 0; }

  void check_file_head(RecordSink& sink) const {
    const auto at = Span{0, 128, source_};
    if (!head_.good && (head_.flags & kFlagNoChecksum) == 0)
      sink.fault({FaultKind::kBadChecksum, at});
    // While a log is in use its head lags behind.
    if (!dirty() && head_.chunks != (chunks_ & 0xffff))
      sink.fault({FaultKind::kBadHeader, {42, 2, source_}});
  }

  void check_chunk_head(const Chunk& chunk, const ChunkHead& head, const Segment* before,
                        RecordSink& sink) const {
    const auto say = [&](FaultKind kind, std::size_t offset, std::size_t length) {
      sink.fault({kind, part_of(chunk.at, offset, length)});
    };
    if (!head.magic) say(FaultKind::kBadHeader, 0, kChunkMagic.size());
    if (!head.sizes) say(FaultKind::kBadHeader, 40, 12);
    if (chunk.bytes.size() < kChunkSize) say(FaultKind::kTruncated, chunk.bytes.size(), 0);
    if (((head.flags | head_.flags) & kFlagNoChecksum) == 0) {
      if (head.checksum != chunk_head_checksum(chunk.bytes))
        say(FaultKind::kBadChecksum, 0, kChunkHead);
      const auto data = chunk.bytes.substr(kChunkHead, head.free - kChunkHead);
      if (head.sizes && head.data_checksum != crc32(data))
        say(FaultKind::kBadChecksum, kChunkHead, data.size());
    }
    // Chunks follow each other by number, but for the one that is the oldest
    // of a log that began to overwrite itself.
    if (before == nullptr || before->what != What::kChunk || !head.magic) return;
    const auto last = read_chunk_head(part(*before));
    if (!last.magic || head.first_id == last.last_id + 1) return;
    if (head.first_id > last.last_id)
      say(FaultKind::kGap, 24, 8);
    else if (!turned_ || head.first_id != first_id_)
      say(FaultKind::kOutOfOrder, 24, 8);
  }

  // Reads [from, to) of a chunk; all of it, or records of it.
  void read_chunk(const Segment& segment, std::size_t from, std::size_t to, State& state,
                  RecordSink& sink) const {
    const auto bytes = part(segment);
    const auto chunk =
        Chunk{bytes, {segment.offset, static_cast<std::uint32_t>(bytes.size()), source_}};
    const auto head = read_chunk_head(bytes);
    const auto account = [&](std::size_t begin, std::size_t end, Coverage how,
                             std::string_view why) {
      if (begin < end) sink.account({segment.offset + begin, end - begin, source_}, how, why);
    };
    state.programs.begin_chunk(chunk);
    const auto whole = from == 0;
    if (whole) {
      const auto* const before = &segment == segments_.data() ? nullptr : &segment - 1;
      check_chunk_head(chunk, head, before, sink);
      account(0, kChunkHead, Coverage::kSkipped, "header");
    }
    const auto used = head.sizes ? head.free : bytes.size();
    auto last = std::optional<std::uint64_t>{};
    auto at = std::max(from, kChunkHead);
    while (at < to) {
      auto size = record_at(bytes, at, bytes.size(), true);
      const auto exact = size != 0;
      if (!exact && at < used) size = loose_record_at(bytes, at, used);
      if (at >= used && size != 0) {
        // The head lags behind a log that was in use; what is older than the
        // last record was left there by an earlier turn.
        const auto id = u64_at(bytes, at + 8);
        if (last ? id != *last + 1 : at != kChunkHead && whole) size = 0;
      }
      if (size != 0) {
        if (whole) check_order(chunk, at, last, sink);
        last = u64_at(bytes, at + 8);
        emit(chunk, at, size, exact, state, sink);
        at += size;
        continue;
      }
      if (at >= used) break;
      const auto next = std::min(next_record(bytes, at), used);
      sink.fault({FaultKind::kBadSyntax, part_of(chunk.at, at, next - at)});
      account(at, next, Coverage::kFailed, fault_word(FaultKind::kBadSyntax));
      at = next;
    }
    if (at < to)
      account(at, to, Coverage::kSkipped, all_zero(bytes.substr(at, to - at)) ? "free" : "slack");
  }

  // A record whose size is not repeated behind it, as when a page was never
  // written; the size counts if no whole record begins inside.
  static auto loose_record_at(std::string_view chunk, std::size_t at, std::size_t used)
      -> std::size_t {
    const auto size = record_at(chunk, at, used, false);
    return size != 0 && next_record(chunk, at) >= at + size ? size : 0;
  }
  static auto next_record(std::string_view chunk, std::size_t at) -> std::size_t {
    while (true) {
      at = chunk.find(kRecordMagic, at + 1);
      if (at == std::string_view::npos) return chunk.size();
      if (record_at(chunk, at, chunk.size(), true) != 0) return at;
    }
  }

  static void check_order(const Chunk& chunk, std::size_t at, std::optional<std::uint64_t> last,
                          RecordSink& sink) {
    const auto id = u64_at(chunk.bytes, at + 8);
    if (!last || id == *last + 1) return;
    sink.fault(
        {id > *last ? FaultKind::kGap : FaultKind::kOutOfOrder, part_of(chunk.at, at + 8, 8)});
  }

  void emit(const Chunk& chunk, std::size_t at, std::size_t size, bool exact, State& state,
            RecordSink& sink) const {
    state.document.clear();
    state.faults.clear();
    state.flaws.begin(chunk);
    const auto begin = at + kRecordHead;
    const auto end = at + size - 4;
    if (!exact) state.flaws.add(FaultKind::kBadHeader, end, 4);
    if (slow_ || !state.programs.run(begin, end, state.document)) {
      state.document.clear();
      state.tree.read_record(chunk, begin, end, u64_at(chunk.bytes, at + 8),
                             u64_at(chunk.bytes, at + 16));
      state.tree.write(state.document);
      add_flaws(state, at, size);
    }
    sink.record({part_of(chunk.at, at, size), state.document.root(), nullptr, state.faults});
  }

  static void add_flaws(State& state, std::size_t at, std::size_t size) {
    constexpr std::pair<Flaw, FaultKind> kKinds[] = {
        {kFlawEncoding, FaultKind::kBadEncoding},
        {kFlawSize, FaultKind::kBadNumber},
        {kFlawTime, FaultKind::kBadTime},
        {kFlawUnsupported, FaultKind::kUnsupported},
        {kFlawNul, FaultKind::kNul},
        {kFlawTooBig, FaultKind::kTooBig},
    };
    const auto flaws = state.scribe.take_flaws();
    for (const auto& [flaw, kind] : kKinds)
      if ((flaws & flaw) != 0) state.flaws.add(kind, at, size);
  }

  std::string_view bytes_;
  std::uint32_t source_;
  bool slow_;
  FileHead head_;
  std::vector<Segment> segments_;
  std::size_t chunks_ = 0;
  std::uint64_t first_id_ = ~std::uint64_t{0};  // the least of all chunks
  // The log is a ring that closes: the first chunk goes on where the last ends.
  bool turned_ = false;
};

auto is_evtx(std::string_view bytes) -> bool {
  if (bytes.starts_with(kFileMagic) || bytes.starts_with(kChunkMagic)) return true;
  constexpr auto kUsualHead = std::size_t{4096};
  return bytes.size() >= kUsualHead + kChunkHead &&
         bytes.substr(kUsualHead).starts_with(kChunkMagic);
}

}  // namespace

auto open_slowly(std::string_view bytes, std::uint32_t source) -> std::unique_ptr<Reader> {
  if (!is_evtx(bytes)) return nullptr;
  return std::make_unique<EvtxReader>(bytes, source, true);
}

}  // namespace evtx

auto open_evtx_reader(std::string_view bytes, std::uint32_t source) -> std::unique_ptr<Reader> {
  if (!evtx::is_evtx(bytes)) return nullptr;
  return std::make_unique<evtx::EvtxReader>(bytes, source, false);
}

}  // namespace serjeant

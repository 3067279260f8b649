#include "seal/stream.h"

#include <algorithm>

#include "core/crc32.h"
#include "seal/xz.h"
#include "seal/zip.h"
#include "seal/zst.h"

namespace serjeant {
namespace {

// Input is given in small blocks: when a decoder meets damage, it throws away
// what it made of the block at hand.
constexpr auto kBlock = std::size_t{1} << 10;

// The methods under which a zip may hold what the other formats hold
// (APPNOTE 4.4.5). Why through a zip: that decoder hands on what it has after
// each step, while the ones for whole files wait for a full buffer and drop it
// when the input ends; and it tells where its stream ended, so that what
// follows, checksum or next stream, can be looked at.
constexpr auto kDeflate = std::uint16_t{8};
constexpr auto kBzip2 = std::uint16_t{12};
constexpr auto kXz = std::uint16_t{95};

auto number32(std::string_view bytes, std::uint64_t at) -> std::uint32_t {
  auto out = 0u;
  for (auto i = 4u; i-- > 0;)
    out = out << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(at) + i]);
  return out;
}

// An LZ4 frame (frame format 1.6.1) whose descriptor is followed by the end mark?
auto is_empty_lz4(std::string_view bytes) -> bool {
  if (bytes.size() < 11 || !bytes.starts_with("\x04\x22\x4d\x18")) return false;
  const auto flags = static_cast<unsigned char>(bytes[4]);
  const auto header = std::size_t{7} + ((flags & 8) != 0 ? 8 : 0) + ((flags & 1) != 0 ? 4 : 0);
  return bytes.size() == header + 4 + ((flags & 4) != 0 ? 4 : 0) && number32(bytes, header) == 0;
}

// Size of a gzip header (RFC 1952, section 2.3); 0 if it is none or is cut.
auto gz_header(std::string_view bytes) -> std::uint64_t {
  if (bytes.size() < 10 || !bytes.starts_with("\x1f\x8b\x08")) return 0;
  const auto flags = static_cast<unsigned char>(bytes[3]);
  if (flags >= 0x20) return 0;
  auto at = std::size_t{10};
  if ((flags & 4) != 0) {
    if (bytes.size() < at + 2) return 0;
    at += 2 + (number32(std::string(bytes.substr(at, 2)) + std::string(2, '\0'), 0));
  }
  for (const auto text : {8u, 16u}) {  // the name, a comment
    if ((flags & text) == 0) continue;
    const auto end = at < bytes.size() ? bytes.find('\0', at) : bytes.npos;
    if (end == bytes.npos) return 0;
    at = end + 1;
  }
  if ((flags & 2) != 0) at += 2;
  return at <= bytes.size() ? at : 0;
}

}  // namespace

auto input_of(std::vector<std::string_view> pieces, std::size_t block) -> ArchiveInput {
  return [pieces = std::move(pieces), block, at = std::size_t{0}]() mutable {
    while (at < pieces.size() && pieces[at].empty()) ++at;
    if (at == pieces.size()) return std::string_view{};
    const auto piece = pieces[at].substr(0, block);
    pieces[at].remove_prefix(piece.size());
    return piece;
  };
}

StreamReader::StreamReader(Container kind, std::string_view bytes) : kind_(kind), bytes_(bytes) {
  if (kind == Container::kZst || kind == Container::kLz4)
    start_filter();
  else
    start_member();
}

void StreamReader::start_filter() {
  auto pieces = std::vector<std::string_view>{};
  if (kind_ == Container::kZst) {
    data_ = skip_zst_frames(bytes_);  // which the decoder does not know at the start
    const auto whole = bytes_.substr(data_);
    if (const auto mend = mend_zst(whole)) {
      cut_ = true;
      mended_ = mend->header;
      header_ = mend->last_header;
      const auto after_last = mend->last_at + mend->last_header.size();
      pieces = {whole.substr(0, mend->frame), mended_,
                whole.substr(mend->blocks_from, mend->last_at - mend->blocks_from), header_,
                whole.substr(after_last, mend->blocks_to - after_last)};
    } else {
      pieces = {whole};
    }
  } else {
    pieces = {bytes_};
  }
  reader_ = std::make_unique<ArchiveReader>(
      kind_ == Container::kZst ? ArchiveFormat::kZst : ArchiveFormat::kLz4,
      input_of(std::move(pieces), kBlock));
  auto entry = ArchiveEntry{};
  const auto step = reader_->next(entry);
  // The decoder cannot tell an empty content from a damaged one.
  const auto empty =
      kind_ == Container::kZst ? is_empty_zst(bytes_.substr(data_)) : is_empty_lz4(bytes_);
  if (step == ArchiveReader::Step::kEnd || empty)
    done_ = true;
  else if (step != ArchiveReader::Step::kEntry)
    stop(reader_->problem());
}

auto StreamReader::stop(FaultKind kind) -> bool {
  failed_ = true;
  problem_ = kind;
  return false;
}

auto StreamReader::start_member() -> bool {
  auto entry = ZipEntry{};
  data_ = at_;
  entry.method = kind_ == Container::kBz2 ? kBzip2 : kXz;
  if (kind_ == Container::kGz) {
    const auto header = gz_header(bytes_.substr(at_));
    if (header == 0) return stop(FaultKind::kTruncated);
    data_ = at_ + header;
    entry.method = kDeflate;
  }
  entry.packed = bytes_.size() - data_;
  if (kind_ == Container::kXz)  // this decoder insists on the exact size
    entry.packed = xz_stream_size(bytes_.substr(at_)).value_or(entry.packed);
  entry.size = 0xffffffffffff;  // not known
  header_ = local_header_for(entry);
  extra_ = header_.size();
  crc_ = 0;
  size_ = 0;
  reader_ = std::make_unique<ArchiveReader>(
      ArchiveFormat::kPacked, input_of({header_, bytes_.substr(data_, entry.packed)}, kBlock));
  auto found = ArchiveEntry{};
  if (reader_->next(found) != ArchiveReader::Step::kEntry) return stop(reader_->problem());
  return true;
}

// The decoder found the end of its stream if `clean`. What follows decides
// whether there is more.
auto StreamReader::end_member(bool clean) -> bool {
  auto at = data_ + std::min(reader_->consumed() - std::min(reader_->consumed(), extra_),
                             bytes_.size() - data_);
  if (kind_ == Container::kGz) {
    if (bytes_.size() - at < 8) return stop(FaultKind::kTruncated);
    const auto right = number32(bytes_, at) == crc_ && number32(bytes_, at + 4) == size_;
    if (!right) return stop(FaultKind::kBadSyntax);
    at += 8;
  } else if (!clean) {
    return stop(reader_->problem());
  }
  auto rest = bytes_.substr(at);
  if (kind_ == Container::kXz)  // streams may be padded with zeros, four at a time
    rest.remove_prefix(std::min(rest.find_first_not_of('\0'), rest.size()));
  if (rest.find_first_not_of('\0') == rest.npos) {  // padding of tapes and block devices
    done_ = true;
    return true;
  }
  const auto mark = kind_ == Container::kGz    ? std::string_view("\x1f\x8b\x08")
                    : kind_ == Container::kBz2 ? std::string_view("BZh")
                                               : std::string_view(
                                                     "\xfd"
                                                     "7zXZ");
  if (!rest.starts_with(mark)) {
    rest_ = rest;
    done_ = true;
    return true;
  }
  at_ = bytes_.size() - rest.size();
  return start_member();
}

auto StreamReader::read(std::string_view& piece) -> bool {
  for (;;) {
    piece = {};
    if (failed_) return false;
    if (done_) return cut_ ? stop(FaultKind::kTruncated) : true;
    const auto good = reader_->read(piece);
    if (good && !piece.empty()) {
      if (kind_ == Container::kGz) crc_ = crc32(piece, crc_);
      size_ += static_cast<std::uint32_t>(piece.size());
      return true;
    }
    if (kind_ == Container::kZst || kind_ == Container::kLz4) {
      if (!good) return stop(cut_ ? FaultKind::kTruncated : reader_->problem());
      done_ = true;
      continue;
    }
    if (!end_member(good || reader_->found_end())) return false;
  }
}

auto StreamReader::consumed() const -> std::uint64_t {
  if (!reader_) return 0;
  const auto taken = reader_->consumed();
  return std::min<std::uint64_t>(bytes_.size(), data_ + taken - std::min(taken, extra_));
}

}  // namespace serjeant

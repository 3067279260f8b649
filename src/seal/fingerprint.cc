#include "seal/fingerprint.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "core/file.h"
#include "core/io.h"
#include "core/pool.h"
#include "seal/evidence.h"

namespace serjeant {

constexpr auto kPiece = std::size_t{1} << 18;              // stays in the second-level cache
constexpr auto kStretch = std::uint64_t{64} * kLeafBytes;  // both hashes meet after it
constexpr auto kWorthTwoThreads = std::uint64_t{8} << 20;
static_assert(kLeafBytes % kPiece == 0);

// RFC 6962, section 2.1: a leaf is hashed behind a 0 byte, a node behind a 1,
// so that neither can be passed off as the other.
constexpr auto kLeafTag = std::string_view("\0", 1);
constexpr auto kNodeTag = std::string_view("\1", 1);

auto merkle_leaf(std::string_view bytes) -> Digest {
  thread_local auto hasher = Sha256{};
  return hasher.add(kLeafTag).add(bytes).finish();
}

// The RFC splits n leaves at the largest power of two below n. Level by level
// that is: neighbours pair up, and an odd last one rises as it is.
auto merkle_root(const std::vector<Digest>& leaves) -> Digest {
  if (leaves.empty()) return sha256({});
  auto hasher = Sha256{};
  auto level = leaves;
  while (level.size() > 1) {
    const auto pairs = level.size() / 2;
    for (auto i = std::size_t{0}; i < pairs; ++i)
      level[i] = hasher.add(kNodeTag).add(view(level[2 * i])).add(view(level[2 * i + 1])).finish();
    if (level.size() % 2 == 1) level[pairs] = level.back();
    level.resize(pairs + level.size() % 2);
  }
  return level.front();
}

// Completes the block that was begun, as far as `bytes` go, and takes what it
// used off them.
void Fingerprinter::Message::fill(std::string_view& bytes) {
  size += bytes.size();
  if (kept_size == 0) return;
  const auto count = std::min(bytes.size(), kept.size() - kept_size);
  std::memcpy(kept.data() + kept_size, bytes.data(), count);
  bytes.remove_prefix(count);
  kept_size += count;
  if (kept_size < kept.size()) return;
  sha256_pair::compress(state, kept.data(), 1);
  kept_size = 0;
}

// After `fill`: whole blocks, and the rest is kept.
void Fingerprinter::Message::take(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto blocks = bytes.size() / kept.size();
  sha256_pair::compress(state, bytes.data(), blocks);
  bytes.remove_prefix(blocks * kept.size());
  std::memcpy(kept.data(), bytes.data(), bytes.size());
  kept_size = bytes.size();
}

// Padding (FIPS 180-4, section 5.1.1): a one bit, zeros, the length in bits.
auto Fingerprinter::Message::finish() -> Digest {
  auto end = std::array<char, 2 * sha256_pair::kBlock>{};
  std::memcpy(end.data(), kept.data(), kept_size);
  end[kept_size] = '\x80';
  const auto blocks = kept_size + 9 <= sha256_pair::kBlock ? std::size_t{1} : std::size_t{2};
  for (auto i = std::size_t{0}; i < 8; ++i)
    end[blocks * sha256_pair::kBlock - 1 - i] = static_cast<char>(size * 8 >> (8 * i));
  sha256_pair::compress(state, end.data(), blocks);
  auto digest = Digest{};
  for (auto i = std::size_t{0}; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  *this = Message{};
  return digest;
}

// `part` lies within one leaf.
void Fingerprinter::add_to_both(std::string_view part) {
  auto of_whole = part, of_leaf = part;
  whole_message_.fill(of_whole);
  leaf_message_.fill(of_leaf);
  const auto blocks = std::min(of_whole.size(), of_leaf.size()) / sha256_pair::kBlock;
  sha256_pair::compress(whole_message_.state, of_whole.data(), leaf_message_.state, of_leaf.data(),
                        blocks);
  whole_message_.take(of_whole.substr(blocks * sha256_pair::kBlock));
  leaf_message_.take(of_leaf.substr(blocks * sha256_pair::kBlock));
}

void Fingerprinter::add(std::string_view bytes) {
  if (!paired_) whole_.add(bytes);
  while (!bytes.empty()) {
    const auto in_leaf = size_ % kLeafBytes;
    const auto part = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), kLeafBytes - in_leaf));
    if (paired_) {
      if (in_leaf == 0) leaf_message_.kept_size = leaf_message_.size = 1;  // the tag, a zero byte
      add_to_both(part);
    } else {
      if (in_leaf == 0) leaf_.add(kLeafTag);
      leaf_.add(part);
    }
    size_ += part.size();
    if (size_ % kLeafBytes == 0) close_leaf();
    bytes.remove_prefix(part.size());
  }
}

void Fingerprinter::close_leaf() {
  leaves_.push_back(paired_ ? leaf_message_.finish() : leaf_.finish());
}

auto Fingerprinter::finish() -> Fingerprint {
  if (size_ % kLeafBytes != 0) close_leaf();
  const auto whole = paired_ ? whole_message_.finish() : whole_.finish();
  auto out = Fingerprint{whole, merkle_root(leaves_), std::move(leaves_), size_};
  leaves_.clear();
  size_ = 0;
  return out;
}

namespace {

// Hands the bytes [from, to) of a file on, piece by piece. Returns how many
// there were.
template <class F>
auto read_stretch(int fd, std::uint64_t from, std::uint64_t to, char* buffer, F take)
    -> std::int64_t {
  for (auto at = from; at < to;) {
    const auto wanted = std::min<std::uint64_t>(kPiece, to - at);
    const auto got = io::read_at(fd, buffer, wanted, at);
    if (got < 0) return -1;
    take(std::string_view(buffer, static_cast<std::size_t>(got)));
    at += static_cast<std::uint64_t>(got);
    if (static_cast<std::uint64_t>(got) < wanted) return static_cast<std::int64_t>(at - from);
  }
  return static_cast<std::int64_t>(to - from);
}

}  // namespace

static auto one_thread(int fd, std::uint64_t size, const std::string& name, Progress& progress)
    -> Result<Fingerprint> {
  thread_local const auto buffer = std::make_unique<char[]>(kPiece);
  auto print = Fingerprinter{};
  const auto got = read_stretch(fd, 0, size, buffer.get(), [&](std::string_view piece) {
    print.add(piece);
    progress.add(piece.size());
  });
  if (got < 0) return tl::unexpected<Error>(io_error("read", name));
  return print.finish();
}

auto fingerprint_file(int fd, std::uint64_t size, std::size_t threads, const std::string& name,
                      Progress& progress) -> Result<Fingerprint> {
  if (threads < 2 || size < kWorthTwoThreads) return one_thread(fd, size, name, progress);
  auto whole = Sha256{};
  auto out = Fingerprint{};
  auto leaf = Sha256{};
  const auto buffers =
      std::array{std::make_unique<char[]>(kPiece), std::make_unique<char[]>(kPiece)};
  for (auto from = std::uint64_t{0}; from < size; from += kStretch) {
    const auto to = std::min(size, from + kStretch);
    auto got = std::array<std::int64_t, 2>{};
    auto errors = std::array<Error, 2>{};
    const auto finished = for_each_index(2, 2, [&](std::size_t which, std::size_t) {
      auto in_leaf = std::uint64_t{0};
      got[which] = read_stretch(fd, from, to, buffers[which].get(), [&](std::string_view piece) {
        if (which == 0) {
          whole.add(piece);
          progress.add(piece.size());
          return;
        }
        if (in_leaf == 0) leaf.add(kLeafTag);  // pieces never straddle a leaf
        leaf.add(piece);
        in_leaf += piece.size();
        if (in_leaf == kLeafBytes) {
          out.leaves.push_back(leaf.finish());
          in_leaf = 0;
        }
      });
      if (got[which] < 0) errors[which] = io_error("read", name);
      if (in_leaf != 0) out.leaves.push_back(leaf.finish());
    });
    if (!finished) return fail(Code::kIo, "interrupted", name);
    for (auto which : {0u, 1u})
      if (got[which] < 0) return tl::unexpected<Error>(std::move(errors[which]));
    const auto expected = static_cast<std::int64_t>(to - from);
    // The file shrank under us, and the two threads need not have seen the
    // same end: what is left is small or gone, so one thread reads it anew.
    if (got[0] != expected || got[1] != expected) return one_thread(fd, size, name, progress);
  }
  out.sha256 = whole.finish();
  out.merkle = merkle_root(out.leaves);
  out.size = size;
  return out;
}

}  // namespace serjeant

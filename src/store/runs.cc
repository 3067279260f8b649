#include "store/runs.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "core/arena.h"
#include "core/check.h"
#include "core/file.h"
#include "core/narrow.h"
#include "core/sha256.h"
#include "core/text.h"

// A unit file: magic, number of tables, one (rows, offset, size) per table,
// the rows of the tables one after the other, SHA-256 over all of that.
// Numbers of the head are 8 bytes, little-endian. A row is the length of its
// key, the length of its value (both LEB128), key, value.
namespace serjeant {

namespace {

constexpr auto kMagic = std::string_view("SJRUN\0\1\n", 8);
constexpr auto kMaxRow = std::uint64_t{1} << 30;
constexpr auto kMaxTables = std::uint64_t{1024};
constexpr auto kTableHead = std::size_t{24};
constexpr auto kChecksum = std::size_t{32};
// Of all windows of one merge together; a window is not smaller than kMinWindow.
constexpr auto kWindows = std::size_t{8} << 20;
constexpr auto kMinWindow = std::size_t{4096};
constexpr auto kMaxWindow = std::size_t{256} << 10;

auto head_size(std::size_t tables) -> std::size_t {
  return kMagic.size() + 8 + tables * kTableHead;
}

void append_number(std::string& out, std::uint64_t number) {
  for (auto i = 0; i < 8; ++i) out += static_cast<char>((number >> (8 * i)) & 0xff);
}

auto number_at(const char* at) -> std::uint64_t {
  auto number = std::uint64_t{0};
  for (auto i = 0; i < 8; ++i)
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
  return number;
}

void append_varint(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>((number & 0x7f) | 0x80);
  out += static_cast<char>(number);
}

auto varint_size(std::uint64_t number) -> std::uint64_t {
  auto size = std::uint64_t{1};
  for (; number >= 0x80; number >>= 7) ++size;
  return size;
}

// Advances `at`; nothing if the number is cut off at `end` or too long.
auto read_varint(const char*& at, const char* end) -> std::optional<std::uint64_t> {
  auto number = std::uint64_t{0};
  for (auto shift = 0; shift < 35 && at != end; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

// The first eight bytes of a key as a number of the same order: most
// comparisons end here.
auto prefix_of(std::string_view key) -> std::uint64_t {
  auto bytes = std::array<unsigned char, 8>{};
  std::memcpy(bytes.data(), key.data(), std::min(key.size(), bytes.size()));
  auto prefix = std::uint64_t{0};
  for (const auto byte : bytes) prefix = prefix << 8 | byte;
  return prefix;
}

struct Row {
  std::uint64_t prefix = 0;
  const char* at = nullptr;
  std::uint32_t key_size = 0, value_size = 0;
  auto key() const -> std::string_view { return {at, key_size}; }
  auto value() const -> std::string_view { return {at + key_size, value_size}; }
};

auto before(const Row& a, const Row& b) -> bool {
  if (a.prefix != b.prefix) return a.prefix < b.prefix;
  if (const auto order = a.key().compare(b.key()); order != 0) return order < 0;
  return a.value() < b.value();
}

// Writes and hashes through one buffer.
class Out {
 public:
  Out(int fd, std::string path) : fd_(fd), path_(std::move(path)) { buffer_.reserve(kBuffer); }

  auto add(std::string_view bytes) -> Result<> {
    if (buffer_.size() + bytes.size() > kBuffer) SJ_DO(flush());
    if (bytes.size() >= kBuffer) return put(bytes);
    buffer_ += bytes;
    return {};
  }
  auto finish() -> Result<> {
    SJ_DO(flush());
    return put(view(hash_.finish()));
  }

 private:
  static constexpr auto kBuffer = std::size_t{256} << 10;

  auto flush() -> Result<> {
    SJ_DO(put(buffer_));
    buffer_.clear();
    return {};
  }
  auto put(std::string_view bytes) -> Result<> {
    hash_.add(bytes);
    while (!bytes.empty()) {
      const auto written = ::write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return tl::unexpected<Error>(io_error("write", path_));
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  int fd_;
  std::string path_;
  std::string buffer_;
  Sha256 hash_;
};

}  // namespace

struct UnitWriter::Impl {
  Arena arena;
  std::vector<std::vector<Row>> tables;
  std::uint64_t bytes = 0;

  auto write_to(int fd, const std::string& path) -> Result<>;
};

UnitWriter::UnitWriter(std::size_t tables) : impl_(std::make_unique<Impl>()) {
  SJ_CHECK(tables <= kMaxTables);
  impl_->tables.resize(tables);
}
UnitWriter::~UnitWriter() = default;

void UnitWriter::add(std::size_t table, std::string_view key, std::string_view value) {
  SJ_CHECK(table < impl_->tables.size());
  SJ_CHECK(key.size() < kMaxRow && value.size() < kMaxRow);
  auto* const at = impl_->arena.take(key.size() + value.size());
  if (!key.empty()) std::memcpy(at, key.data(), key.size());
  if (!value.empty()) std::memcpy(at + key.size(), value.data(), value.size());
  impl_->tables[table].push_back({prefix_of(key), at, static_cast<std::uint32_t>(key.size()),
                                  static_cast<std::uint32_t>(value.size())});
  impl_->bytes += key.size() + value.size() + sizeof(Row);
}

auto UnitWriter::bytes() const -> std::uint64_t { return impl_->bytes; }

auto UnitWriter::Impl::write_to(int fd, const std::string& path) -> Result<> {
  auto out = Out(fd, path);
  auto head = std::string(kMagic);
  append_number(head, tables.size());
  auto offset = static_cast<std::uint64_t>(head_size(tables.size()));
  for (const auto& rows : tables) {
    auto size = std::uint64_t{0};
    for (const auto& row : rows)
      size +=
          varint_size(row.key_size) + varint_size(row.value_size) + row.key_size + row.value_size;
    append_number(head, rows.size());
    append_number(head, offset);
    append_number(head, size);
    offset += size;
  }
  SJ_DO(out.add(head));
  auto lengths = std::string();
  for (const auto& rows : tables) {
    for (const auto& row : rows) {
      lengths.clear();
      append_varint(lengths, row.key_size);
      append_varint(lengths, row.value_size);
      SJ_DO(out.add(lengths));
      SJ_DO(out.add({row.at, std::size_t{row.key_size} + row.value_size}));
    }
  }
  return out.finish();
}

auto UnitWriter::write(const std::string& path) -> Result<> {
  for (auto& rows : impl_->tables) std::sort(rows.begin(), rows.end(), before);
  const auto beside = path + ".part";
  auto fd = Fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) return tl::unexpected<Error>(io_error("write", beside));
  auto done = impl_->write_to(fd.get(), beside);
  if (done && ::rename(beside.c_str(), path.c_str()) != 0)
    done = tl::unexpected<Error>(io_error("write", path));
  if (!done) {
    ::unlink(beside.c_str());
    return done;
  }
  for (auto& rows : impl_->tables) rows.clear();
  impl_->arena.reset();
  impl_->bytes = 0;
  return {};
}

auto unit_is_whole(const std::string& path, std::size_t tables) -> bool {
  const auto fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < head_size(tables) + kChecksum) return false;
  auto hash = Sha256();
  auto buffer = std::string(std::size_t{256} << 10, '\0');
  auto left = size - kChecksum;
  auto first = true;
  while (left > 0) {
    const auto got = ::read(fd.get(), buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    const auto part = std::string_view(buffer.data(), static_cast<std::size_t>(got));
    if (first && (part.size() < kMagic.size() + 8 || !part.starts_with(kMagic) ||
                  number_at(part.data() + kMagic.size()) != tables))
      return false;
    first = false;
    hash.add(part);
    left -= part.size();
  }
  auto checksum = Digest{};
  if (::pread(fd.get(), checksum.data(), checksum.size(), static_cast<off_t>(size - kChecksum)) !=
      static_cast<ssize_t>(checksum.size()))
    return false;
  return hash.finish() == checksum;
}

namespace {

// One table of one file. The file is opened for each window and closed again,
// so that thousands of them need no descriptor.
class Cursor {
 public:
  Cursor(std::string path, std::size_t order) : path_(std::move(path)), order_(order) {}

  auto start(std::size_t table, std::size_t window) -> Result<>;
  // Moves to the next row; false at the end of the table.
  auto advance() -> Result<bool>;
  auto row() const -> const Row& { return row_; }
  auto order() const -> std::size_t { return order_; }

 private:
  auto need(std::size_t bytes) -> Result<>;
  auto damaged() const {
    return fail(Code::kMalformed, fmt::format("the work file {} is damaged", printable(path_)),
                path_);
  }

  std::string path_;
  std::size_t order_;
  std::uint64_t next_ = 0, end_ = 0;  // what is not yet in the window
  std::uint64_t rows_ = 0;            // not yet given out
  std::unique_ptr<char[]> window_;
  std::size_t capacity_ = 0, at_ = 0, filled_ = 0;
  Row row_;
};

auto read_at(int fd, const std::string& path, char* to, std::size_t size, std::uint64_t offset)
    -> Result<> {
  while (size > 0) {
    const auto got = ::pread(fd, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected<Error>(io_error("read", path));
    if (got == 0)
      return fail(Code::kMalformed, fmt::format("the work file {} is cut short", printable(path)),
                  path);
    to += got;
    size -= static_cast<std::size_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

auto Cursor::start(std::size_t table, std::size_t window) -> Result<> {
  const auto fd = Fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected<Error>(io_error("read", path_));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return tl::unexpected<Error>(io_error("examine", path_));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  auto head = std::array<char, 16 + kTableHead>{};
  SJ_DO(read_at(fd.get(), path_, head.data(), 16, 0));
  const auto tables = number_at(head.data() + 8);
  if (std::string_view(head.data(), 8) != kMagic || tables > kMaxTables || table >= tables)
    return damaged();
  SJ_DO(read_at(fd.get(), path_, head.data() + 16, kTableHead, 16 + table * kTableHead));
  rows_ = number_at(head.data() + 16);
  next_ = number_at(head.data() + 24);
  const auto length = number_at(head.data() + 32);
  if (next_ > size || length > size - next_ || rows_ > length) return damaged();
  end_ = next_ + length;
  capacity_ = static_cast<std::size_t>(std::min<std::uint64_t>(window, length));
  window_ = std::make_unique<char[]>(capacity_);
  return {};
}

// Makes the next `bytes` bytes of the table stand in the window, or as many as
// there are.
auto Cursor::need(std::size_t bytes) -> Result<> {
  if (filled_ - at_ >= bytes || next_ == end_) return {};
  if (bytes > capacity_) {
    auto larger = std::make_unique<char[]>(bytes);
    std::memcpy(larger.get(), window_.get() + at_, filled_ - at_);
    window_ = std::move(larger);
    capacity_ = bytes;
  } else {
    std::memmove(window_.get(), window_.get() + at_, filled_ - at_);
  }
  filled_ -= at_;
  at_ = 0;
  const auto part =
      static_cast<std::size_t>(std::min<std::uint64_t>(capacity_ - filled_, end_ - next_));
  const auto fd = Fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected<Error>(io_error("read", path_));
  SJ_DO(read_at(fd.get(), path_, window_.get() + filled_, part, next_));
  filled_ += part;
  next_ += part;
  return {};
}

auto Cursor::advance() -> Result<bool> {
  if (rows_ == 0) {
    window_.reset();
    return false;
  }
  --rows_;
  SJ_DO(need(10));
  const auto* at = window_.get() + at_;
  const auto key_size = read_varint(at, window_.get() + filled_);
  if (!key_size) return damaged();
  const auto value_size = read_varint(at, window_.get() + filled_);
  if (!value_size || *key_size >= kMaxRow || *value_size >= kMaxRow) return damaged();
  at_ = static_cast<std::size_t>(at - window_.get());
  const auto size = static_cast<std::size_t>(*key_size + *value_size);
  if (size > (filled_ - at_) + (end_ - next_)) return damaged();
  SJ_DO(need(size));
  row_.at = window_.get() + at_;
  row_.key_size = static_cast<std::uint32_t>(*key_size);
  row_.value_size = static_cast<std::uint32_t>(*value_size);
  row_.prefix = prefix_of(row_.key());
  at_ += size;
  return true;
}

// The heap's top is the row that comes first; equal rows by order of files.
auto after(const std::unique_ptr<Cursor>& a, const std::unique_ptr<Cursor>& b) -> bool {
  if (before(b->row(), a->row())) return true;
  if (before(a->row(), b->row())) return false;
  return a->order() > b->order();
}

}  // namespace

struct Merge::Impl {
  std::vector<std::unique_ptr<Cursor>> heap;
  bool started = false;
  std::optional<Error> error;

  void sink_top();
};

// Restores the heap after its top has moved on: one walk down instead of a pop
// and a push.
void Merge::Impl::sink_top() {
  auto hole = std::size_t{0};
  auto moving = std::move(heap[0]);
  while (true) {
    auto child = 2 * hole + 1;
    if (child >= heap.size()) break;
    if (child + 1 < heap.size() && after(heap[child], heap[child + 1])) ++child;
    if (!after(moving, heap[child])) break;
    heap[hole] = std::move(heap[child]);
    hole = child;
  }
  heap[hole] = std::move(moving);
}

Merge::Merge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Merge::Merge(Merge&&) noexcept = default;
auto Merge::operator=(Merge&&) noexcept -> Merge& = default;
Merge::~Merge() = default;

auto Merge::open(const std::vector<std::string>& paths, std::size_t table) -> Result<Merge> {
  auto impl = std::make_unique<Impl>();
  const auto window =
      std::clamp(kWindows / std::max<std::size_t>(paths.size(), 1), kMinWindow, kMaxWindow);
  for (const auto& path : paths) {
    auto cursor = std::make_unique<Cursor>(path, impl->heap.size());
    SJ_DO(cursor->start(table, window));
    SJ_TRY(const auto any, cursor->advance());
    if (any) impl->heap.push_back(std::move(cursor));
  }
  std::make_heap(impl->heap.begin(), impl->heap.end(), after);
  return Merge(std::move(impl));
}

auto Merge::next(std::string_view& key, std::string_view& value) -> bool {
  auto& heap = impl_->heap;
  if (impl_->error || heap.empty()) return false;
  if (impl_->started) {
    const auto more = heap.front()->advance();
    if (!more) {
      impl_->error = more.error();
      return false;
    }
    if (!*more) {
      std::swap(heap.front(), heap.back());
      heap.pop_back();
      if (heap.empty()) return false;
    }
    impl_->sink_top();
  }
  impl_->started = true;
  key = heap.front()->row().key();
  value = heap.front()->row().value();
  return true;
}

auto Merge::error() const -> const Error* { return impl_->error ? &*impl_->error : nullptr; }

void append_key(std::string& key, std::string_view text) {
  for (const auto byte : text) {
    if (byte == '\0') {
      key += "\1\1";
    } else if (byte == '\1') {
      key += "\1\2";
    } else {
      key += byte;
    }
  }
  key += '\0';
}

void append_key(std::string& key, std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number) ^ (std::uint64_t{1} << 63);
  for (auto shift = 56; shift >= 0; shift -= 8) key += static_cast<char>((bits >> shift) & 0xff);
}

}  // namespace serjeant

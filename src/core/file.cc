#include "core/file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "core/io.h"
#include "core/pages.h"
#include "core/text.h"

namespace serjeant {

auto Fd::operator=(Fd&& other) noexcept -> Fd& {
  std::swap(fd_, other.fd_);
  return *this;
}
Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}
auto Fd::release() -> int { return std::exchange(fd_, -1); }

// What is mapped now, so that code which sees only a view of evidence can tell
// whether its pages may be dropped: those of memory of our own may not.
namespace {

class Mappings {
 public:
  void add(const char* data, std::size_t size) {
    const auto lock = std::scoped_lock(mutex_);
    sizes_[data] = size;
  }
  void remove(const char* data) {
    const auto lock = std::scoped_lock(mutex_);
    sizes_.erase(data);
  }
  auto holds(std::string_view bytes) -> bool {
    const auto lock = std::scoped_lock(mutex_);
    auto after = sizes_.upper_bound(bytes.data());
    if (after == sizes_.begin()) return false;
    const auto& [data, size] = *--after;
    return bytes.data() + bytes.size() <= data + size;
  }

 private:
  std::mutex mutex_;
  std::map<const char*, std::size_t, std::less<>> sizes_;
};

auto mappings() -> Mappings& {
  static auto& all = *new Mappings;  // outlives the last file
  return all;
}

// Whole pages of the stretch only; `last` if the file ends with it.
void drop_pages(const char* data, std::size_t size, bool last) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(data);
  const auto from = (begin + page - 1) / page * page;
  const auto to = last ? begin + size : (begin + size) / page * page;
  if (from < to) ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
}

}  // namespace

void give_back_pages(std::string_view bytes) {
  if (mappings().holds(bytes)) drop_pages(bytes.data(), bytes.size(), false);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      owned_(std::exchange(other.owned_, false)) {}
auto MappedFile::operator=(MappedFile&& other) noexcept -> MappedFile& {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(owned_, other.owned_);
  return *this;
}
MappedFile::~MappedFile() {
  if (!owned_) return;
  mappings().remove(data_);
  ::munmap(const_cast<char*>(data_), size_);
}

auto io_error(std::string_view act, const std::string& path) -> Error {
  const auto code = errno == ENOENT ? Code::kNotFound : Code::kIo;
  return {code, fmt::format("cannot {} {}: {}", act, printable(path), std::strerror(errno)), path};
}

auto MappedFile::map(int fd, std::size_t size) -> Result<MappedFile> {
  auto out = MappedFile{};
  if (size == 0) return out;
  out.data_ = io::map(fd, size);
  if (out.data_ == nullptr) return tl::unexpected<Error>(io_error("map", "the file"));
  out.size_ = size;
  out.owned_ = true;
  mappings().add(out.data_, size);
  return out;
}

auto MappedFile::part(std::string_view bytes) -> MappedFile {
  auto out = MappedFile{};
  out.data_ = bytes.data();
  out.size_ = bytes.size();
  return out;
}

void MappedFile::forget(std::size_t offset, std::size_t length) const {
  if (!owned_ || offset >= size_) return;
  const auto count = std::min(length, size_ - offset);
  drop_pages(data_ + offset, count, offset + count == size_);
}

auto MappedFile::open(const std::string& path) -> Result<MappedFile> {
  const auto fd = Fd(io::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected<Error>(io_error("open", path));
  struct stat status {};
  if (io::examine(fd.get(), status) != 0) return tl::unexpected<Error>(io_error("examine", path));
  if (!S_ISREG(status.st_mode))
    return fail(Code::kUnsupported, fmt::format("{} is not a file", printable(path)), path);
  return map(fd.get(), static_cast<std::size_t>(status.st_size));
}

auto read_file(const std::string& path) -> Result<std::string> {
  SJ_TRY(const auto mapped, MappedFile::open(path));
  return std::string(mapped.bytes());
}

auto write_file(const std::string& path, std::string_view bytes) -> Result<> {
  const auto beside = path + ".part";
  auto fd = Fd(io::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) return tl::unexpected<Error>(io_error("write", beside));
  if (io::write_all(fd.get(), bytes) != 0) {
    auto error = io_error("write", beside);
    ::unlink(beside.c_str());
    return tl::unexpected<Error>(std::move(error));
  }
  if (::fsync(fd.get()) != 0 || ::rename(beside.c_str(), path.c_str()) != 0) {
    auto error = io_error("write", path);
    ::unlink(beside.c_str());
    return tl::unexpected<Error>(std::move(error));
  }
  return {};
}

}  // namespace serjeant

#include "core/file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

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

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
auto MappedFile::operator=(MappedFile&& other) noexcept -> MappedFile& {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}
MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

auto io_error(std::string_view act, const std::string& path) -> Error {
  const auto code = errno == ENOENT ? Code::kNotFound : Code::kIo;
  return {code, fmt::format("cannot {} {}: {}", act, printable(path), std::strerror(errno)), path};
}

auto MappedFile::map(int fd, std::size_t size) -> Result<MappedFile> {
  auto out = MappedFile{};
  if (size == 0) return out;
  auto* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED) return tl::unexpected<Error>(io_error("map", "the file"));
  out.data_ = static_cast<const char*>(data);
  out.size_ = size;
  return out;
}

auto MappedFile::open(const std::string& path) -> Result<MappedFile> {
  const auto fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected<Error>(io_error("open", path));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return tl::unexpected<Error>(io_error("examine", path));
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
  auto fd = Fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) return tl::unexpected<Error>(io_error("write", beside));
  while (!bytes.empty()) {
    const auto written = ::write(fd.get(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      auto error = io_error("write", beside);
      ::unlink(beside.c_str());
      return tl::unexpected<Error>(std::move(error));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd.get()) != 0 || ::rename(beside.c_str(), path.c_str()) != 0) {
    auto error = io_error("write", path);
    ::unlink(beside.c_str());
    return tl::unexpected<Error>(std::move(error));
  }
  return {};
}

}  // namespace serjeant

#include "seal/keeper.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/io.h"

namespace serjeant {

constexpr auto kWriteSize = std::size_t{1} << 18;
constexpr auto kAlign = std::uint64_t{64};  // so that readers start at a cache line

auto nameless_file(const std::string& folder) -> Result<Fd> {
  if (folder.empty()) {
    auto fd = Fd(io::allowed(io::Call::kOpen) ? ::memfd_create("kept", MFD_CLOEXEC) : -1);
    if (!fd) return tl::unexpected<Error>(io_error("make", "a file in memory"));
    return fd;
  }
  auto problem = std::error_code{};
  std::filesystem::create_directories(folder, problem);  // if it fails, so does what follows
  auto fd = Fd(io::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!fd && (errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT)) {
    // A file system without nameless files: the name is taken away at once.
    auto path = folder + "/kept-XXXXXX";
    fd = Fd(io::allowed(io::Call::kOpen) ? ::mkostemp(path.data(), O_CLOEXEC) : -1);
    if (fd) ::unlink(path.c_str());
  }
  if (!fd) return tl::unexpected<Error>(io_error("write into", folder));
  return fd;
}

auto Keeper::flush() -> Result<> {
  if (waiting_.empty()) return {};
  if (!fd_) {
    SJ_TRY(fd_, nameless_file(folder_));
  }
  if (io::write_all(fd_.get(), waiting_) != 0)
    return tl::unexpected<Error>(io_error("write into", folder_.empty() ? "memory" : folder_));
  waiting_.clear();
  return {};
}

auto Keeper::add(std::string_view bytes) -> Result<> {
  print_.add(bytes);
  end_ += bytes.size();
  waiting_.append(bytes);
  if (waiting_.size() >= kWriteSize) SJ_DO(flush());
  return {};
}

auto Keeper::finish() -> Result<Kept> {
  auto out = Kept{start_, print_.finish()};
  const auto padding = (kAlign - end_ % kAlign) % kAlign;
  waiting_.append(padding, '\0');
  end_ += padding;
  start_ = end_;
  return out;
}

auto Keeper::drop() -> Result<> {
  static_cast<void>(print_.finish());
  const auto gone = end_ - start_;
  end_ = start_;
  if (gone <= waiting_.size()) {
    waiting_.resize(waiting_.size() - gone);
    return {};
  }
  waiting_.clear();
  if (::ftruncate(fd_.get(), static_cast<off_t>(start_)) != 0 ||
      ::lseek(fd_.get(), static_cast<off_t>(start_), SEEK_SET) < 0)
    return tl::unexpected<Error>(io_error("shorten a file in", folder_));
  return {};
}

auto Keeper::rewind(std::uint64_t mark) -> Result<> {
  start_ = mark;
  return drop();
}

auto Keeper::read(std::uint64_t at, std::uint64_t size) -> Result<std::string> {
  SJ_DO(flush());
  auto out = std::string(size, '\0');
  const auto got = io::read_at(fd_.get(), out.data(), out.size(), at);
  if (got != static_cast<ssize_t>(size))
    return tl::unexpected<Error>(io_error("read back from", folder_));
  return out;
}

auto Keeper::map() -> Result<MappedFile> {
  SJ_DO(flush());
  if (!fd_) return MappedFile{};
  return MappedFile::map(fd_.get(), static_cast<std::size_t>(end_));
}

}  // namespace serjeant

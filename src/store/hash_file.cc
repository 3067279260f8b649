#include "store/hash_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/file.h"

namespace serjeant {

auto hash_file(const std::string& path, bool flush) -> Result<HashedFile> {
  const auto fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return tl::unexpected<Error>(io_error("read", path));
  if (flush && ::fsync(fd.get()) != 0) return tl::unexpected<Error>(io_error("write", path));
  auto out = HashedFile();
  auto hash = Sha256();
  auto buffer = std::string(std::size_t{256} << 10, '\0');
  while (true) {
    const auto got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected<Error>(io_error("read", path));
    if (got == 0) break;
    hash.add({buffer.data(), static_cast<std::size_t>(got)});
    out.bytes += static_cast<std::uint64_t>(got);
  }
  out.sha256 = hash.finish();
  return out;
}

auto flush_folder_of(const std::string& path) -> Result<> {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string(".")
                      : slash == 0               ? std::string("/")
                                                 : path.substr(0, slash);
  const auto fd = Fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems cannot flush a folder (EINVAL); the rename stands all the same.
  if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL))
    return tl::unexpected<Error>(io_error("write", folder));
  return {};
}

}  // namespace serjeant

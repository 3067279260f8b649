#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"

namespace serjeant {

// A file descriptor that closes itself.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  auto operator=(Fd&& other) noexcept -> Fd&;
  ~Fd();
  auto get() const -> int { return fd_; }
  auto release() -> int;
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// A read-only view of a whole file. Reading it after the file shrank would
// stop the program, so evidence is checked for size by seal/ and mapped
// privately; a page that can no longer be read is answered by the handler
// that seal/ installs.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  auto operator=(MappedFile&& other) noexcept -> MappedFile&;
  ~MappedFile();
  auto bytes() const -> std::string_view { return {data_, size_}; }

  static auto map(int fd, std::size_t size) -> Result<MappedFile>;
  static auto open(const std::string& path) -> Result<MappedFile>;
  // A part of something that is mapped elsewhere and must outlive it: small
  // files share one mapping, since a process may have 65,530 of them at most.
  static auto part(std::string_view bytes) -> MappedFile;
  // Gives the pages of a stretch back to the system; they are read again from
  // the file if they are needed again. Keeps memory flat on long passes.
  void forget(std::size_t offset, std::size_t length) const;

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
  bool owned_ = false;
};

auto read_file(const std::string& path) -> Result<std::string>;
// Writes beside `path`, flushes to disk and renames: the file is either whole
// or as it was before.
auto write_file(const std::string& path, std::string_view bytes) -> Result<>;

// "No such file or directory" and the like for errno, as one Error naming `path`.
auto io_error(std::string_view act, const std::string& path) -> Error;

}  // namespace serjeant

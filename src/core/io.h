#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

// The system calls by which files are read and written, each of them a place
// where a test can make one call fail (reliability: "every I/O call of an
// import fails once"). They behave like the calls whose names they bear:
// negative (or null) and errno on failure; EINTR is retried here.
namespace serjeant::io {

enum class Call : std::uint8_t { kOpen, kExamine, kMap, kRead, kWrite, kList };

// Asked before each call: 0 = go on, else the errno to fail with. Called from
// any thread. Tests only; null takes it away.
using Hook = auto(*)(Call call) -> int;
void set_hook(Hook hook);

auto open(const char* path, int flags, mode_t mode = 0) -> int;
// Opens `path` below the folder `folder`, going through no symbolic link at
// all and not out of the folder (openat2; where the kernel lacks it, openat
// with O_NOFOLLOW, which looks at the last step only).
auto open_beneath(int folder, const char* path, int flags) -> int;
auto examine(int fd, struct stat& status) -> int;
// Up to `size` bytes from `offset`; fewer only at the end of the file.
auto read_at(int fd, char* to, std::size_t size, std::uint64_t offset) -> ssize_t;
// All of `bytes`, or -1.
auto write_all(int fd, std::string_view bytes) -> int;
// A private read-only mapping, or null.
auto map(int fd, std::size_t size) -> const char*;
// Asks the hook alone, for calls that have no wrapper here. True = go on;
// false leaves the reason in errno.
auto allowed(Call call) -> bool;

}  // namespace serjeant::io

#include "core/io.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace serjeant::io {

static auto test_hook = std::atomic<Hook>{nullptr};

void set_hook(Hook hook) { test_hook.store(hook); }

auto allowed(Call call) -> bool {
  const auto hook = test_hook.load(std::memory_order_relaxed);
  if (hook == nullptr) [[likely]]
    return true;
  const auto reason = hook(call);
  if (reason != 0) errno = reason;
  return reason == 0;
}

// Calls until no signal came in between.
template <class F>
static auto retried(F call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

auto open(const char* path, int flags, mode_t mode) -> int {
  if (!allowed(Call::kOpen)) return -1;
  return retried([&] { return ::open(path, flags, mode); });
}

auto open_beneath(int folder, const char* path, int flags) -> int {
  if (!allowed(Call::kOpen)) return -1;
  auto how = open_how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const auto fd = retried(
      [&] { return static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how)); });
  // EPERM: a container whose filter of system calls does not know this one.
  if (fd >= 0 || (errno != ENOSYS && errno != EAGAIN && errno != EPERM)) return fd;
  return retried([&] { return ::openat(folder, path, flags | O_NOFOLLOW); });
}

auto examine(int fd, struct stat& status) -> int {
  return allowed(Call::kExamine) ? ::fstat(fd, &status) : -1;
}

auto read_at(int fd, char* to, std::size_t size, std::uint64_t offset) -> ssize_t {
  auto done = std::size_t{0};
  while (done < size) {
    if (!allowed(Call::kRead)) return -1;
    const auto got = retried(
        [&] { return ::pread(fd, to + done, size - done, static_cast<off_t>(offset + done)); });
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

auto write_all(int fd, std::string_view bytes) -> int {
  while (!bytes.empty()) {
    if (!allowed(Call::kWrite)) return -1;
    const auto written = retried([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (written < 0) return -1;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

auto map(int fd, std::size_t size) -> const char* {
  if (!allowed(Call::kMap)) return nullptr;
  auto* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  return data == MAP_FAILED ? nullptr : static_cast<const char*>(data);
}

}  // namespace serjeant::io

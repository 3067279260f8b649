#include "seal/guard.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <vector>

namespace serjeant {

// What the handler may look at: addresses only, all of them atomic. A slot is
// in use while `begin` is not 0.
struct GuardSlot {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
  std::atomic<std::uintptr_t> lost{0};  // lowest address found unreadable; 0 = none
};
static auto slots = std::array<GuardSlot, 65'536>{};
static auto slots_used = std::atomic<std::size_t>{0};  // no slot above was ever in use
static auto page_size = std::atomic<std::uintptr_t>{4096};
static struct sigaction handler_before;
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

static auto owner_of(std::uintptr_t address) -> GuardSlot* {
  const auto used = slots_used.load(std::memory_order_acquire);
  for (auto i = std::size_t{0}; i < used; ++i) {
    const auto begin = slots[i].begin.load(std::memory_order_acquire);
    if (begin != 0 && address >= begin && address < slots[i].end.load()) return &slots[i];
  }
  return nullptr;
}

// Runs in the thread that read the lost page. mmap is a bare system call on
// Linux, and nothing else here takes a lock or memory.
static void answer_lost_page(int, siginfo_t* info, void*) {
  const auto saved = errno;
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  const auto page = page_size.load(std::memory_order_relaxed);
  const auto start = address / page * page;
  auto* const slot = owner_of(address);
  if (slot == nullptr || ::mmap(reinterpret_cast<void*>(start), page, PROT_READ,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
    ::sigaction(SIGBUS, &handler_before, nullptr);  // the read is tried again, and answered there
    errno = saved;
    return;
  }
  auto lowest = slot->lost.load();
  while ((lowest == 0 || start < lowest) && !slot->lost.compare_exchange_weak(lowest, start)) {
  }
  errno = saved;
}

static void install_handler() {
  static auto once = std::once_flag{};
  std::call_once(once, [] {
    page_size.store(static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE)));
    struct sigaction action = {};
    action.sa_sigaction = answer_lost_page;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &handler_before);
  });
}

static auto slots_lock = std::mutex{};
static auto free_slots() -> std::vector<std::int32_t>& {
  static auto list = std::vector<std::int32_t>{};
  return list;
}

PageGuard::PageGuard(std::string_view bytes) {
  if (bytes.empty()) return;
  install_handler();
  const auto lock = std::lock_guard(slots_lock);
  auto& free = free_slots();
  if (!free.empty()) {
    slot_ = free.back();
    free.pop_back();
  } else if (slots_used.load() < slots.size()) {
    slot_ = static_cast<std::int32_t>(slots_used.load());
  } else {
    return;
  }
  const auto at = static_cast<std::size_t>(slot_);
  const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  slots[at].lost.store(0);
  slots[at].end.store(begin + bytes.size());
  slots[at].begin.store(begin, std::memory_order_release);
  if (at >= slots_used.load()) slots_used.store(at + 1, std::memory_order_release);
}

PageGuard::~PageGuard() {
  if (slot_ < 0) return;
  const auto lock = std::lock_guard(slots_lock);
  slots[static_cast<std::size_t>(slot_)].begin.store(0, std::memory_order_release);
  free_slots().push_back(slot_);
}

auto PageGuard::lost() const -> std::optional<std::uint64_t> {
  if (slot_ < 0) return std::nullopt;
  const auto& slot = slots[static_cast<std::size_t>(slot_)];
  const auto address = slot.lost.load();
  if (address == 0) return std::nullopt;
  return address - slot.begin.load();
}

}  // namespace serjeant

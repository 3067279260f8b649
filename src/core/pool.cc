#include "core/pool.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace serjeant {

static auto stop_asked = std::atomic<bool>{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // safe in a signal handler

void interrupt() { stop_asked.store(true, std::memory_order_relaxed); }
auto interrupted() -> bool { return stop_asked.load(std::memory_order_relaxed); }

auto for_each_index(std::size_t count, std::size_t jobs,
                    const std::function<void(std::size_t, std::size_t)>& work) -> bool {
  auto next = std::atomic<std::size_t>{0};
  const auto run = [&](std::size_t worker) {
    for (;;) {
      if (interrupted()) return;
      const auto index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      work(index, worker);
    }
  };
  const auto workers = std::max<std::size_t>(1, std::min(jobs, count));
  auto threads = std::vector<std::jthread>{};
  for (auto worker = std::size_t{1}; worker < workers; ++worker) threads.emplace_back(run, worker);
  run(0);
  threads.clear();  // joins
  return !interrupted();
}

}  // namespace serjeant

#pragma once

#include <cstddef>
#include <functional>

namespace serjeant {

// Calls work(index, worker) for every index below `count`, on `jobs` threads
// (at least one). Each index is given out once, in rising order; workers share
// nothing, so the caller gives each worker (0..jobs-1) its own state. Returns
// when all are done. `work` must not throw. Stops handing out indexes when
// `interrupted()` turns true, and then returns false.
auto for_each_index(std::size_t count, std::size_t jobs,
                    const std::function<void(std::size_t index, std::size_t worker)>& work) -> bool;

// Set by the signal handler of cli/; asked between units of work. Besides the
// list of mapped files (core/file.cc) the only state that all threads share.
void interrupt();
auto interrupted() -> bool;

}  // namespace serjeant

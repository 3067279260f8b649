#include "core/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace serjeant {

// The clock here only paces a line for a person; it never reaches an output.
struct Progress::Line {
  std::atomic<std::uint64_t> done{0};
  std::mutex lock;
  std::condition_variable_any wake;
  std::string title;
  std::string unit;
  std::uint64_t total = 0;
  bool active = false;
  std::chrono::steady_clock::time_point began;
  std::jthread painter;

  auto text() const -> std::string {
    const auto now = done.load(std::memory_order_relaxed);
    const auto seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const auto rate = seconds > 0.2 ? static_cast<double>(now) / seconds : 0.0;
    const auto amount = [&](std::uint64_t n) {
      return unit == "B" ? human_bytes(n) : human_count(n) + " " + unit;
    };
    auto out = fmt::format("{}: {}", title, amount(now));
    if (total != 0) {
      const auto share = std::min<std::uint64_t>(100, now * 100 / total);
      out += fmt::format(" of {} ({} %)", amount(total), share);
    }
    if (rate > 0) out += fmt::format(", {}/s", amount(static_cast<std::uint64_t>(rate)));
    if (rate > 0 && total > now) {
      const auto left = static_cast<std::uint64_t>(static_cast<double>(total - now) / rate);
      out += fmt::format(", {}:{:02} left", left / 60, left % 60);
    }
    return out;
  }
  void paint() {
    if (active) fmt::print(stderr, "\r\x1b[K{}", text());
    std::fflush(stderr);
  }
};

Progress::Progress(bool wanted) {
  if (!wanted || ::isatty(STDERR_FILENO) == 0) return;
  line_ = std::make_unique<Line>();
  line_->painter = std::jthread([line = line_.get()](const std::stop_token& stop) {
    auto held = std::unique_lock(line->lock);
    while (!stop.stop_requested()) {
      line->wake.wait_for(held, stop, std::chrono::milliseconds(100), [] { return false; });
      if (!stop.stop_requested()) line->paint();
    }
  });
}

Progress::~Progress() {
  if (!line_) return;
  end();
  line_->painter.request_stop();
  line_->painter.join();
}

void Progress::begin(std::string_view title, std::uint64_t total, std::string_view unit) {
  if (!line_) return;
  const auto held = std::lock_guard(line_->lock);
  line_->title = title;
  line_->unit = unit;
  line_->total = total;
  line_->done = 0;
  line_->began = std::chrono::steady_clock::now();
  line_->active = true;
}

void Progress::add(std::uint64_t done) {
  if (line_) line_->done.fetch_add(done, std::memory_order_relaxed);
}

void Progress::end() {
  if (!line_) return;
  const auto held = std::lock_guard(line_->lock);
  if (line_->active) fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  line_->active = false;
}

auto human_bytes(std::uint64_t bytes) -> std::string {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  for (const auto* unit : {"kB", "MB", "GB", "TB"}) {
    value /= 1000;
    if (value < 999.5 || std::string_view(unit) == "TB")
      return value < 9.95 ? fmt::format("{:.1f} {}", value, unit)
                          : fmt::format("{:.0f} {}", value, unit);
  }
  return {};
}

auto human_count(std::uint64_t count) -> std::string {
  auto out = fmt::format("{}", count);
  for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
    out.insert(static_cast<std::size_t>(at), ",");
  return out;
}

}  // namespace serjeant

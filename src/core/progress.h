#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace serjeant {

// Tells a person at a terminal how far long work is: one line on standard
// error, drawn at most ten times a second, with rate and time left. Where
// standard error is no terminal it says nothing, and nothing of it ever goes
// into an output.
class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress();
  Progress(const Progress&) = delete;
  auto operator=(const Progress&) -> Progress& = delete;

  // Begins a stretch of work of `total` units; `unit` is "B" for bytes, else a
  // word ("mails"). A total of 0 means that it is not known.
  void begin(std::string_view title, std::uint64_t total, std::string_view unit);
  void add(std::uint64_t done);  // any thread
  void end();                    // clears the line

 private:
  struct Line;
  std::unique_ptr<Line> line_;  // none if not wanted
};

// "1.2 GB", "340 MB", "12 B"
auto human_bytes(std::uint64_t bytes) -> std::string;
// "12,345"
auto human_count(std::uint64_t count) -> std::string;

}  // namespace serjeant

#pragma once

#include <string>
#include <string_view>

#include "core/file.h"
#include "core/result.h"
#include "core/sha256.h"

// What a run needs beside the case that it makes: the right to make it
// (CASE.lock), and a folder for what is not finished (CASE.work).
namespace serjeant {

// Held as long as it lives; the file goes with it. A process that is killed
// leaves the file and not the lock.
class Lock {
 public:
  Lock(Lock&&) noexcept = default;
  auto operator=(Lock&&) noexcept -> Lock& = default;
  ~Lock();

 private:
  friend auto lock_case(const std::string& case_path) -> Result<Lock>;
  Lock(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Fd fd_;
  std::string path_;
};

// Fails at once if another run has it, and says so.
auto lock_case(const std::string& case_path) -> Result<Lock>;

class WorkDir {
 public:
  auto path() const -> const std::string& { return path_; }
  auto operator/(std::string_view name) const -> std::string;
  // Units of an interrupted run with the same key were found and kept.
  auto resumed() const -> bool { return resumed_; }
  // Removes the folder and all that is in it.
  auto remove() const -> Result<>;

 private:
  friend auto open_work_dir(const std::string& case_path, const Digest& key) -> Result<WorkDir>;
  explicit WorkDir(std::string path) : path_(std::move(path)) {}
  std::string path_;
  bool resumed_ = false;
};

// Makes or opens `CASE.work`. `key` stands for all that decides what the run's
// units hold (inputs, settings, build). If the folder was left by a run with
// this key, its units (`*.unit`; see unit_is_whole) are kept and all else in it
// is removed; otherwise everything is. Fails if something stands there that no run of ours
// made: then nothing is touched. Call it with the lock held.
auto open_work_dir(const std::string& case_path, const Digest& key) -> Result<WorkDir>;

}  // namespace serjeant

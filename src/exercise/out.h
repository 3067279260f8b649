#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/file.h"
#include "core/result.h"
#include "core/sha256.h"
#include "exercise/exercise.h"

namespace serjeant::exercise {

// A file of the exercise being written: rows are appended to `buffer`, and
// `end_row` hands them on. Knows at any time at which offset the next byte will
// lie, so that truth can be written down from the simulator's own state.
class OutFile {
 public:
  // `path` is relative to `dir`; folders on the way are made.
  OutFile(const std::string& dir, std::string path);

  std::string buffer;
  auto offset() const -> std::uint64_t { return flushed_ + buffer.size(); }
  auto path() const -> const std::string& { return path_; }
  void end_row() {
    ++rows_;
    if (buffer.size() >= kFlush) flush();
  }
  // Closes the file. The first error met while writing is reported here.
  auto finish() -> Result<ExerciseFile>;

 private:
  static constexpr auto kFlush = std::size_t{1} << 20;
  void flush();

  std::string path_, full_;
  Fd fd_;
  Sha256 sha_;
  std::uint64_t flushed_ = 0, rows_ = 0;
  int failed_ = 0;  // errno of the first failure
};

// UTF-8 to UTF-16LE, appended; the text must be well formed.
void append_utf16le(std::string& out, std::string_view text);

}  // namespace serjeant::exercise

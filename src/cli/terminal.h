#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "core/result.h"

// What people see: tables, errors, colours only where a terminal wants them.
namespace serjeant::cli {

enum Exit : int { kDone = 0, kPartly = 1, kUsage = 2, kInternal = 3 };

// Is standard output (1) or error (2) a terminal, and NO_COLOR (no-color.org) not set?
auto wants_colour(int fd) -> bool;

void say(const Diagnostic& diagnostic);  // to standard error
// As a diagnostic with the code of its kind; returns the exit status that the kind
// asks for.
auto say(const Error& error) -> int;
void note(std::string_view line);  // one line to standard error

// Standard output, buffered. A reader that went away ends output quietly; a
// full disk is an error.
class Output {
 public:
  Output() = default;
  Output(const Output&) = delete;
  auto operator=(const Output&) -> Output& = delete;
  ~Output();
  auto text() -> std::string& { return buffer_; }  // append to it, then `flush_some`
  void flush_some();                               // writes when the buffer is large
  auto finish() -> Result<>;                       // writes all; the first error, if any
  auto closed() const -> bool { return closed_; }  // nobody reads any more

 private:
  void write();
  std::string buffer_;
  Result<> outcome_;
  bool closed_ = false;
};

// Columns of the terminal behind `fd`; 0 if it is none.
auto terminal_width(int fd) -> std::size_t;

// The text, or its beginning and "..." where it is wider than `most`.
auto clip(std::string_view text, std::size_t most) -> std::string;

// Columns aligned by display width; the first row is the head. Where the lines
// would be wider than `most` (0: no limit), the widest columns of words are clipped.
auto table(const std::vector<std::vector<std::string>>& rows, bool colour = false,
           std::size_t most = 0) -> std::string;

}  // namespace serjeant::cli

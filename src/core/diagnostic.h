#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace serjeant {

// A person's mistake in a rule, profile or argument, told as a compiler tells
// it: a stable code, the place with its line, why, and what to do. Codes are
// listed in docs/diagnostics.md and never reused.
struct Place {
  std::string file;
  std::uint32_t line = 0;    // from 1; 0 = the file as a whole
  std::uint32_t column = 0;  // from 1, in bytes
  std::uint32_t length = 1;  // bytes to underline
  std::string text;          // that line as written; may be empty
};

struct Diagnostic {
  enum class Severity : std::uint8_t { kError, kWarning, kNote };
  Severity severity = Severity::kError;
  std::string code;     // "SJ0112"
  std::string message;  // one line, no full stop
  std::vector<Place> places;
  std::vector<std::string> notes;
  std::string help;  // what to do; may be empty
};

// Several lines, each ended; colours only if asked for.
auto render(const Diagnostic& diagnostic, bool colour = false) -> std::string;

}  // namespace serjeant

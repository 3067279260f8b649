#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// Regular expressions of rules, by RE2: no expression and no text can make
// matching take more than linear time. What the engine cannot do exactly
// (look-around, back-references, possessive and atomic groups, recursion, ...)
// is refused by name and never approximated (decision D13 of the Sigma notes).
//
// Meaning: PCRE's. `$` without the flag m also matches before one final line
// break; `\s` includes the vertical tab; `\d \w \b` are ASCII.
namespace serjeant::sigma {

struct RegexOptions {
  bool ignore_case = false;  // i
  bool multi_line = false;   // m
  bool dot_all = false;      // s
  bool at_start = false;     // must begin where the text begins (D14, re|startswith)
  bool at_end = false;       // must end where the text ends
};

struct RegexFlaw {
  bool feature = false;  // a feature that no linear engine has; else a mistake
  std::string message;   // "look-ahead (?=...)", "missing closing ]"
  std::size_t at = 0;    // bytes into the expression, if known
};

class Regex {
 public:
  // Null with `flaw` filled if the expression is refused. Expressions above
  // 64 KiB and programs above 8 MiB are.
  static auto compile(std::string_view expression, RegexOptions options, RegexFlaw& flaw)
      -> std::shared_ptr<const Regex>;
  ~Regex();
  Regex(const Regex&) = delete;
  auto operator=(const Regex&) -> Regex& = delete;

  // Does any part of `text` match? Safe to call from several threads.
  auto search(std::string_view text) const -> bool;
  // As the engine has it: "(?FLAGS:...)", between \A and \z where they are asked for.
  auto expression() const -> std::string_view;

 private:
  struct Program;
  explicit Regex(std::unique_ptr<Program> program);
  std::unique_ptr<Program> program_;
};

}  // namespace serjeant::sigma

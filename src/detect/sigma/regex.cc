#include "detect/sigma/regex.h"

#include <fmt/core.h>
#include <re2/re2.h>

#include <utility>
#include <vector>

namespace serjeant::sigma {
namespace {

constexpr auto kLongest = std::size_t{64} << 10;
constexpr auto kProgramBytes = std::int64_t{8} << 20;
constexpr auto kDeepest = std::size_t{200};

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }
auto is_letter(char c) -> bool { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Turns an expression in PCRE's spelling into RE2's, token by token. Finds
// what RE2 lacks, so that it can be named.
class Translator {
 public:
  Translator(std::string_view text, bool multi_line) : text_(text) { multi_.push_back(multi_line); }

  auto run() -> bool {
    while (at_ < text_.size())
      if (!token()) return false;
    return true;
  }
  auto take() -> std::string { return std::move(out_); }
  auto flaw() const -> const RegexFlaw& { return flaw_; }

 private:
  auto refuse(bool feature, std::string message, std::size_t at) -> bool {
    flaw_ = {feature, std::move(message), at};
    return false;
  }
  auto next_is(std::string_view what) const -> bool { return text_.substr(at_).starts_with(what); }
  void copy(std::size_t count) {
    out_ += text_.substr(at_, count);
    at_ += count;
  }

  auto token() -> bool {
    const auto c = text_[at_];
    const auto was_quantifier = std::exchange(quantified_, false);
    switch (c) {
      case '\\':
        return escape();
      case '[':
        return bracket();
      case '(':
        return open();
      case ')':
        if (multi_.size() > 1) multi_.pop_back();
        copy(1);
        return true;
      case '$':
        out_ += multi_.back() ? "$" : "(?:\\n?\\z)";
        ++at_;
        return true;
      case '*':
      case '+':
      case '?':
        if (was_quantifier && c == '+')
          return refuse(true, "a possessive quantifier (*+, ++, ?+)", at_);
        // A lazy `?` behind a quantifier is no quantifier itself.
        quantified_ = !(was_quantifier && c == '?');
        copy(1);
        return true;
      case '{': {
        const auto size = counted();
        quantified_ = size > 0;
        copy(size > 0 ? size : 1);
        return true;
      }
      default:
        copy(1);
        return true;
    }
  }

  // The length of {n}, {n,} or {n,m} here, or 0.
  auto counted() const -> std::size_t {
    auto i = at_ + 1;
    const auto digits = [&] {
      const auto from = i;
      while (i < text_.size() && is_digit(text_[i])) ++i;
      return i - from;
    };
    if (digits() == 0) return 0;
    if (i < text_.size() && text_[i] == ',') {
      ++i;
      digits();
    }
    return i < text_.size() && text_[i] == '}' ? i + 1 - at_ : 0;
  }

  auto escape() -> bool {
    if (at_ + 1 >= text_.size()) return refuse(false, "a backslash at the end", at_);
    const auto c = text_[at_ + 1];
    if (c >= '1' && c <= '9') return refuse(true, fmt::format("the back-reference \\{}", c), at_);
    switch (c) {
      case 'k':
      case 'g':
        return refuse(true, fmt::format("the back-reference \\{}", c), at_);
      case 'C':
        return refuse(true, "\\C, a single byte", at_);
      case 'G':
      case 'K':
      case 'R':
      case 'X':
      case 'h':
      case 'H':
      case 'N':
      case 'V':
        return refuse(true, fmt::format("\\{}", c), at_);
      case 's':
        out_ += "[\\t-\\r ]";
        break;
      case 'S':
        out_ += "[^\\t-\\r ]";
        break;
      case 'Z':
        out_ += "(?:\\n?\\z)";
        break;
      case 'Q': {
        const auto end = text_.find("\\E", at_ + 2);
        copy(end == std::string_view::npos ? text_.size() - at_ : end + 2 - at_);
        return true;
      }
      default:
        if (static_cast<unsigned char>(c) >= 0x80) {  // an escaped letter is itself
          ++at_;
          copy(1);
          return true;
        }
        copy(2);
        return true;
    }
    at_ += 2;
    return true;
  }

  auto bracket() -> bool {
    const auto from = at_;
    copy(1);
    if (at_ < text_.size() && text_[at_] == '^') copy(1);
    auto first = true;
    while (at_ < text_.size()) {
      const auto c = text_[at_];
      if (c == ']' && !first) {
        copy(1);
        return true;
      }
      if (c == '[' && at_ + 1 < text_.size() && text_[at_ + 1] == ':') {
        if (const auto end = text_.find(":]", at_ + 2); end != std::string_view::npos) {
          copy(end + 2 - at_);
          first = false;
          continue;
        }
      }
      if (c == '\\' && at_ + 1 < text_.size()) {
        if (!escape_in_bracket()) return false;
      } else if (c == '[' || (c == ']' && first)) {
        out_ += '\\';  // literal here
        copy(1);
      } else {
        copy(1);
      }
      first = false;
    }
    return refuse(false, "a [ that is not closed", from);
  }

  auto escape_in_bracket() -> bool {
    const auto c = text_[at_ + 1];
    if (c == 's') {
      out_ += "\\t-\\r ";
      at_ += 2;
    } else if (c == 'S') {
      out_ += "\\x00-\\x08\\x0e-\\x1f!-\\x{10ffff}";
      at_ += 2;
    } else if (c == 'b') {  // a backspace, inside a class
      out_ += "\\x08";
      at_ += 2;
    } else if (c == 'h' || c == 'H' || c == 'N' || c == 'R' || c == 'X' || c == 'V') {
      return refuse(true, fmt::format("\\{}", c), at_);
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      ++at_;
      copy(1);
    } else {
      copy(2);
    }
    return true;
  }

  auto open() -> bool {
    if (multi_.size() > kDeepest) return refuse(false, "too many nested groups", at_);
    if (!next_is("(?")) {
      if (next_is("(*")) return refuse(true, "a verb (*...)", at_);
      multi_.push_back(multi_.back());
      copy(1);
      return true;
    }
    struct Lack {
      std::string_view begins, name;
    };
    static constexpr Lack kLacks[] = {
        {"(?=", "look-ahead (?=...)"},
        {"(?!", "negative look-ahead (?!...)"},
        {"(?<=", "look-behind (?<=...)"},
        {"(?<!", "negative look-behind (?<!...)"},
        {"(?>", "an atomic group (?>...)"},
        {"(?|", "a branch reset (?|...)"},
        {"(?P=", "a back-reference (?P=name)"},
        {"(?P>", "recursion (?P>name)"},
        {"(?R", "recursion (?R)"},
        {"(?&", "recursion (?&name)"},
        {"(?(", "a conditional (?(...)...)"},
        {"(?'", "a group named by quotes (?'name'...)"},
        {"(?C", "a callout (?C)"},
    };
    for (const auto& lack : kLacks)
      if (next_is(lack.begins)) return refuse(true, std::string(lack.name), at_);
    if (next_is("(?#")) {
      const auto end = text_.find(')', at_);
      if (end == std::string_view::npos) return refuse(false, "a comment that is not closed", at_);
      at_ = end + 1;
      return true;
    }
    if (next_is("(?P<") || next_is("(?<")) {
      const auto end = text_.find('>', at_);
      if (end == std::string_view::npos)
        return refuse(false, "a group name that is not closed", at_);
      multi_.push_back(multi_.back());
      out_ += "(?P<";
      const auto from = text_.find('<', at_) + 1;
      out_ += text_.substr(from, end + 1 - from);
      at_ = end + 1;
      return true;
    }
    return flags();
  }

  // (?ims-ims) for the rest of the group, (?ims-ims:...) for a new one.
  auto flags() -> bool {
    const auto from = at_;
    at_ += 2;
    auto kept = std::string{};
    auto off = false;
    auto multi = multi_.back();
    for (; at_ < text_.size(); ++at_) {
      const auto c = text_[at_];
      if (c == ')' || c == ':') break;
      if (c == '-' && !off) {
        off = true;
      } else if (c == 'm') {
        multi = !off;
      } else if (c == 'x') {
        return refuse(true, "the flag x (free spacing)", from);
      } else if (c == 'a' || c == 'u' || c == 'L') {
        return refuse(true, fmt::format("the flag {}", c), from);
      } else if (is_digit(c) || c == '+') {
        return refuse(true, "recursion (?n)", from);
      } else if (c != 'i' && c != 's' && c != 'U') {
        return refuse(false, is_letter(c) ? fmt::format("the flag {}", c) : "a malformed group (?",
                      from);
      }
      kept += c;
    }
    if (at_ >= text_.size()) return refuse(false, "a group that is not closed", from);
    if (kept == "-" || (off && kept.back() == '-'))
      return refuse(false, "a malformed group (?", from);
    out_ += "(?" + kept;
    if (text_[at_] == ':')
      multi_.push_back(multi);
    else
      multi_.back() = multi;
    copy(1);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::vector<bool> multi_;  // is m on, for each open group
  bool quantified_ = false;  // the token before was a quantifier
  RegexFlaw flaw_;
};

}  // namespace

struct Regex::Program {
  Program(const std::string& expression, const re2::RE2::Options& options)
      : compiled(expression, options) {}
  re2::RE2 compiled;
};

Regex::Regex(std::unique_ptr<Program> program) : program_(std::move(program)) {}
Regex::~Regex() = default;

auto Regex::compile(std::string_view expression, RegexOptions options, RegexFlaw& flaw)
    -> std::shared_ptr<const Regex> {
  if (expression.size() > kLongest) {
    flaw = {false, fmt::format("{} bytes; the limit is {}", expression.size(), kLongest), 0};
    return nullptr;
  }
  auto translator = Translator(expression, options.multi_line);
  if (!translator.run()) {
    flaw = translator.flaw();
    return nullptr;
  }
  auto flags = std::string{};
  if (options.ignore_case) flags += 'i';
  if (options.multi_line) flags += 'm';
  if (options.dot_all) flags += 's';
  auto text = fmt::format("(?{}:{})", flags, translator.take());
  if (options.at_start) text = "\\A" + text;
  if (options.at_end) text += "\\z";
  auto settings = re2::RE2::Options{};
  settings.set_log_errors(false);
  settings.set_max_mem(kProgramBytes);
  settings.set_never_capture(true);
  auto program = std::make_unique<Program>(text, settings);
  if (!program->compiled.ok()) {
    flaw = {false, program->compiled.error(), 0};
    return nullptr;
  }
  // Shared by the copies of the test that holds it; never changed.
  return std::shared_ptr<const Regex>(new Regex(std::move(program)));
}

auto Regex::search(std::string_view text) const -> bool {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), program_->compiled);
}

auto Regex::expression() const -> std::string_view { return program_->compiled.pattern(); }

}  // namespace serjeant::sigma

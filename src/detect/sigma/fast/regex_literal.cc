#include "detect/sigma/fast/regex_literal.h"

#include <algorithm>

#include "core/text.h"

namespace serjeant::sigma::fast {
namespace {

auto is_alnum(char c) -> bool {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  auto run() -> std::vector<std::string> {
    while (at_ < text_.size())
      if (!token()) return {};
    flush();
    return std::move(out_);
  }

 private:
  // False: give up.
  auto token() -> bool {
    const auto c = text_[at_];
    switch (c) {
      case '|':
        return false;
      case '(':
        return skip_group();
      case '[':
        return skip_class();
      case ')':
        return false;
      case '\\':
        return escape();
      case '*':
      case '?':
        drop_last();
        ++at_;
        return true;
      case '+':
        flush();
        ++at_;
        return true;
      case '{': {
        const auto end = text_.find_first_not_of("0123456789,", at_ + 1);
        if (end == std::string_view::npos) return false;
        if (text_[end] == '}' && end > at_ + 1) {
          drop_last();
          at_ = end + 1;
        } else {
          literal(c);
          ++at_;
        }
        return true;
      }
      case '.':
      case '^':
      case '$':
        flush();
        ++at_;
        return true;
      default:
        if (static_cast<unsigned char>(c) >= 0x80)
          flush();
        else
          literal(c);
        ++at_;
        return true;
    }
  }

  void literal(char c) {
    run_ += c;
    last_ = true;
  }
  // The token before may occur no time at all.
  void drop_last() {
    if (last_ && !run_.empty()) run_.pop_back();
    flush();
  }
  void flush() {
    if (!run_.empty()) out_.push_back(lower_ascii(run_));
    run_.clear();
    last_ = false;
  }

  auto escape() -> bool {
    if (at_ + 1 >= text_.size()) return false;
    const auto c = text_[at_ + 1];
    if (!is_alnum(c)) {
      if (static_cast<unsigned char>(c) >= 0x80) return false;
      literal(c);
      at_ += 2;
      return true;
    }
    flush();
    if (std::string_view("dDwWsSbBAzntrfva").find(c) == std::string_view::npos) return false;
    at_ += 2;
    return true;
  }

  auto skip_class() -> bool {
    flush();
    ++at_;
    if (at_ < text_.size() && text_[at_] == '^') ++at_;
    for (auto first = true; at_ < text_.size(); first = false) {
      const auto c = text_[at_];
      if (c == '\\') {
        at_ += 2;
      } else if (c == '[') {
        const auto end =
            text_.substr(at_).starts_with("[:") ? text_.find(":]", at_) : std::string_view::npos;
        at_ = end == std::string_view::npos ? at_ + 1 : end + 2;
      } else {
        ++at_;
        if (c == ']' && !first) return true;
      }
    }
    return false;
  }

  auto skip_group() -> bool {
    flush();
    auto depth = 0;
    while (at_ < text_.size()) {
      const auto c = text_[at_];
      if (c == '\\') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] == 'Q') return false;
        at_ += 2;
      } else if (c == '[') {
        if (!skip_class()) return false;
      } else {
        ++at_;
        if (c == '(') ++depth;
        if (c == ')' && --depth == 0) return true;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string run_;
  bool last_ = false;  // the token before was the last character of `run_`
  std::vector<std::string> out_;
};

}  // namespace

auto literals_of_expression(std::string_view expression) -> std::vector<std::string> {
  return Walk(expression).run();
}

// The whole stands in one group that carries the flags (Regex::compile).
auto literals_of_regex(const Regex& regex) -> std::vector<std::string> {
  auto text = regex.expression();
  if (text.starts_with("\\A")) text.remove_prefix(2);
  if (text.ends_with("\\z") && !text.ends_with("\\\\z")) text.remove_suffix(2);
  const auto colon = text.find(':');
  if (!text.starts_with("(?") || colon == std::string_view::npos || !text.ends_with(")")) return {};
  if (!std::all_of(text.begin() + 2, text.begin() + static_cast<std::ptrdiff_t>(colon), is_alnum))
    return {};
  text.remove_prefix(colon + 1);
  text.remove_suffix(1);
  return literals_of_expression(text);
}

}  // namespace serjeant::sigma::fast

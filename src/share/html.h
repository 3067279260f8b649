#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace serjeant {

// Markup is what the program itself wrote: it can only be made from a literal.
// Text of any other origin goes through `text`, which escapes it; there is no
// way around (tests/compile_fail/raw_text_into_html.cc).
class Markup {
 public:
  template <std::size_t N>
  consteval Markup(const char (&literal)[N]) : text_(literal, N - 1) {}  // NOLINT: meant to convert
  constexpr auto view() const -> std::string_view { return text_; }

 private:
  std::string_view text_;
};

// Builds a page piece by piece.
class Html {
 public:
  auto raw(Markup markup) -> Html& {
    out_ += markup.view();
    return *this;
  }
  // Escaped for content and for quoted attributes alike; controls become U+FFFD,
  // bidirectional overrides are named instead of obeyed.
  auto text(std::string_view text) -> Html&;
  auto number(std::int64_t value) -> Html&;  // 12,345
  auto plain(std::int64_t value) -> Html&;   // 12345, for attributes and coordinates
  // The program's own style sheet, compiled in: not text, and not from evidence.
  auto style(std::string_view sheet) -> Html& {
    out_ += sheet;
    return *this;
  }
  auto append(const Html& other) -> Html& {
    out_ += other.out_;
    return *this;
  }
  auto take() -> std::string { return std::move(out_); }
  auto view() const -> std::string_view { return out_; }

 private:
  std::string out_;
};

}  // namespace serjeant

#include "cli/terminal.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/text.h"

namespace serjeant::cli {
namespace {

// Code points, which is near enough to cells for what our tables hold.
auto width(std::string_view text) -> std::size_t {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

auto is_number(std::string_view text) -> bool {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || c == ',' || c == '.' || c == '%' || c == ' ';
  });
}

}  // namespace

auto wants_colour(int fd) -> bool {
  const auto* const no_color = std::getenv("NO_COLOR");
  return ::isatty(fd) != 0 && (no_color == nullptr || *no_color == '\0');
}

void say(const Diagnostic& diagnostic) {
  fmt::print(stderr, "{}", render(diagnostic, wants_colour(STDERR_FILENO)));
}

auto say(const Error& error) -> int {
  fmt::print(stderr, "serjeant: {}\n", error.message);
  switch (error.code) {
    case Code::kNotFound:
    case Code::kMalformed:
    case Code::kTooLarge:
    case Code::kUnsupported:
      return kUsage;
    case Code::kIo:
    case Code::kInternal:
      return kInternal;
  }
  return kInternal;
}

void note(std::string_view line) { fmt::print(stderr, "serjeant: {}\n", line); }

Output::~Output() {
  if (!buffer_.empty()) write();
}

void Output::flush_some() {
  if (buffer_.size() >= std::size_t{1} << 16) write();
}

auto Output::finish() -> Result<> {
  write();
  return outcome_;
}

void Output::write() {
  auto rest = std::string_view(buffer_);
  while (!rest.empty() && !closed_) {
    const auto written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      closed_ = true;
      if (errno != EPIPE)
        outcome_ =
            fail(Code::kIo, fmt::format("cannot write the output: {}", std::strerror(errno)));
    }
  }
  buffer_.clear();
}

auto table(const std::vector<std::vector<std::string>>& rows, bool colour) -> std::string {
  auto widths = std::vector<std::size_t>{};
  auto numbers = std::vector<bool>{};
  for (auto r = std::size_t{0}; r < rows.size(); ++r)
    for (auto c = std::size_t{0}; c < rows[r].size(); ++c) {
      if (c >= widths.size()) {
        widths.resize(c + 1, 0);
        numbers.resize(c + 1, true);
      }
      widths[c] = std::max(widths[c], width(rows[r][c]));
      if (r > 0 && !rows[r][c].empty() && !is_number(rows[r][c])) numbers[c] = false;
    }
  auto out = std::string{};
  for (auto r = std::size_t{0}; r < rows.size(); ++r) {
    auto line = std::string{};
    for (auto c = std::size_t{0}; c < rows[r].size(); ++c) {
      const auto pad = std::string(widths[c] - width(rows[r][c]), ' ');
      if (c > 0) line += "  ";
      line += numbers[c] && rows.size() > 1 ? pad + rows[r][c] : rows[r][c] + pad;
    }
    while (line.ends_with(' ')) line.pop_back();
    out += colour && r == 0 ? fmt::format("\x1b[1m{}\x1b[0m\n", line) : line + "\n";
  }
  return out;
}

}  // namespace serjeant::cli

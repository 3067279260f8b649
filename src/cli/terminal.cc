#include "cli/terminal.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
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
  auto told = Diagnostic{};
  told.message = error.message;
  auto status = kUsage;
  switch (error.code) {
    case Code::kNotFound:
      told.code = "SJ0030";
      break;
    case Code::kMalformed:
      told.code = "SJ0031";
      break;
    case Code::kTooLarge:
      told.code = "SJ0032";
      break;
    case Code::kUnsupported:
      told.code = "SJ0033";
      break;
    case Code::kIo:
      told.code = "SJ0034";
      status = kInternal;
      break;
    case Code::kInternal:
      told.code = "SJ0035";
      status = kInternal;
      break;
  }
  if (!error.where.empty() && error.message.find(error.where) == std::string::npos)
    told.places.push_back({.file = error.where, .text = {}});
  say(told);
  return status;
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

auto terminal_width(int fd) -> std::size_t {
  auto size = winsize{};
  if (::isatty(fd) == 0) return 0;
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

auto clip(std::string_view text, std::size_t most) -> std::string {
  if (width(text) <= most) return std::string(text);
  const auto kept = most > 3 ? most - 3 : 0;
  auto end = std::size_t{0};
  for (auto seen = std::size_t{0}; end < text.size(); ++end)
    if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && seen++ == kept) break;
  return std::string(text.substr(0, end)) + std::string("...").substr(0, most - kept);
}

namespace {

// A time is of no use without its end.
auto is_time(std::string_view text) -> bool {
  return text.size() >= 20 && text[4] == '-' && text[10] == 'T' && text.back() == 'Z';
}

// Takes from the widest columns of words until the line fits, but leaves each readable.
void fit(std::vector<std::size_t>& widths, const std::vector<bool>& fixed, std::size_t most) {
  constexpr auto kLeast = std::size_t{8};
  auto total = 2 * (widths.size() - 1);
  for (const auto w : widths) total += w;
  while (total > most) {
    auto widest = widths.size();
    for (auto c = std::size_t{0}; c < widths.size(); ++c)
      if (!fixed[c] && widths[c] > kLeast &&
          (widest == widths.size() || widths[c] > widths[widest]))
        widest = c;
    if (widest == widths.size()) return;
    --widths[widest];
    --total;
  }
}

}  // namespace

auto table(const std::vector<std::vector<std::string>>& rows, bool colour, std::size_t most)
    -> std::string {
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
  if (most > 0 && !widths.empty()) {
    auto fixed = numbers;
    for (auto r = std::size_t{1}; r < rows.size(); ++r)
      for (auto c = std::size_t{0}; c < rows[r].size(); ++c)
        if (is_time(rows[r][c])) fixed[c] = true;
    fit(widths, fixed, most);
  }
  auto out = std::string{};
  for (auto r = std::size_t{0}; r < rows.size(); ++r) {
    auto line = std::string{};
    for (auto c = std::size_t{0}; c < rows[r].size(); ++c) {
      const auto cell = clip(rows[r][c], widths[c]);
      const auto pad = std::string(widths[c] - width(cell), ' ');
      if (c > 0) line += "  ";
      line += numbers[c] && rows.size() > 1 ? pad + cell : cell + pad;
    }
    while (line.ends_with(' ')) line.pop_back();
    out += colour && r == 0 ? fmt::format("\x1b[1m{}\x1b[0m\n", line) : line + "\n";
  }
  return out;
}

}  // namespace serjeant::cli

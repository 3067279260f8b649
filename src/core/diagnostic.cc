#include "core/diagnostic.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/text.h"

namespace serjeant {
namespace {

struct Paint {
  bool on;
  auto operator()(std::string_view escape, std::string_view text) const -> std::string {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", escape, text) : std::string(text);
  }
};

auto word(Diagnostic::Severity severity) -> std::string_view {
  switch (severity) {
    case Diagnostic::Severity::kError:
      return "error";
    case Diagnostic::Severity::kWarning:
      return "warning";
    case Diagnostic::Severity::kNote:
      return "note";
  }
  return "error";
}

void draw(std::string& out, const Place& place, const Paint& paint) {
  out += fmt::format("  {} {}", paint("36", "-->"), printable(place.file));
  if (place.line == 0) {
    out += '\n';
    return;
  }
  out += fmt::format(":{}:{}\n", place.line, place.column);
  if (place.text.empty()) return;
  constexpr auto widest = std::size_t{160};
  const auto line = printable(std::string_view(place.text).substr(0, widest));
  const auto before = printable(
      std::string_view(place.text).substr(0, std::min<std::size_t>(place.column - 1, widest)));
  out += fmt::format("{:>5} | {}\n", place.line, line);
  if (place.column > widest) return;
  const auto length = std::max(1u, std::min(place.length, static_cast<std::uint32_t>(widest)));
  out += fmt::format("      | {}{}\n", std::string(before.size(), ' '),
                     paint("31;1", std::string(length, '^')));
}

}  // namespace

auto render(const Diagnostic& d, bool colour) -> std::string {
  const auto paint = Paint{colour};
  const auto shade = d.severity == Diagnostic::Severity::kError ? "31;1" : "33;1";
  auto out = fmt::format("{}: {}\n", paint(shade, fmt::format("{}[{}]", word(d.severity), d.code)),
                         printable(d.message));
  for (const auto& place : d.places) draw(out, place, paint);
  for (const auto& note : d.notes) out += fmt::format("  note: {}\n", printable(note));
  if (!d.help.empty()) out += fmt::format("  {}: {}\n", paint("32", "help"), printable(d.help));
  return out;
}

}  // namespace serjeant

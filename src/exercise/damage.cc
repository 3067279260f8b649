#include "exercise/damage.h"

namespace serjeant::exercise {
namespace {

constexpr auto kShare = 30'000u;          // of a million rows
constexpr auto kHead = std::size_t{220};  // bytes at the start that stay whole

auto is_letter(char c) -> bool { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

auto Damage::apply(std::uint64_t number, std::string_view newline, Dialect dialect,
                   std::string& row) const -> std::string_view {
  auto draw = Stream{key_, number};
  if (!draw.chance(kShare) || row.size() < 2 * kHead) return {};
  const auto body = row.size() - newline.size();
  const auto at = kHead + draw.below(static_cast<std::uint32_t>(body - kHead));
  switch (draw.below(4)) {
    case 0: {
      auto end = at;
      // Not inside a character, and not between the two of a doubled quote.
      while (end > kHead && !is_letter(row[end - 1])) --end;
      row.resize(end);
      row += newline;
      return "cut";
    }
    case 1: {
      auto from = at;
      while (from > kHead && !is_letter(row[from])) --from;
      if (!is_letter(row[from])) return {};
      for (auto i = from; i < from + 4 && i < body && is_letter(row[i]); ++i) row[i] = '\0';
      return "nul";
    }
    case 2: {
      const auto csv = !dialect_header(dialect).empty();
      const auto quote = row.find(csv ? "\"\":" : "\":", at / 2);
      if (quote == std::string::npos) return {};
      row.erase(quote, 1);
      return "quote";
    }
    default:
      row.resize(body);
      row += newline == "\n" ? "\r\n" : "\n";
      return "newline";
  }
}

}  // namespace serjeant::exercise

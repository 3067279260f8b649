#include "detect/sigma/pattern.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "core/text.h"

namespace serjeant::sigma {
namespace {

constexpr auto kDashes =
    std::to_array<std::string_view>({"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"});
constexpr auto kMostSpellings = std::size_t{3125};

auto is_tail(char c) -> bool { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Bytes of the code point at `at`; 1 for a byte that begins none.
auto step(std::string_view text, std::size_t at) -> std::size_t {
  const auto first = static_cast<unsigned char>(text[at]);
  const auto want = first < 0xc2   ? 1u
                    : first < 0xe0 ? 2u
                    : first < 0xf0 ? 3u
                    : first < 0xf5 ? 4u
                                   : 1u;
  return want > 1 && at + want <= text.size() && is_utf8(text.substr(at, want)) ? want : 1;
}

auto code_at(std::string_view text, std::size_t at, std::size_t length) -> std::uint32_t {
  const auto first = static_cast<unsigned char>(text[at]);
  if (length == 1) return first < 0x80 ? first : 0xfffd;
  auto code = first & (0xffu >> (length + 1));
  for (auto i = std::size_t{1}; i < length; ++i)
    code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3fu);
  return code;
}

// What \w is to Python's `re`: letters, numbers and the underscore.
auto is_word(std::uint32_t code) -> bool {
  if (code == '_') return true;
  const auto c = static_cast<UChar32>(code);
  const auto type = u_charType(c);
  return u_isalpha(c) || type == U_DECIMAL_DIGIT_NUMBER || type == U_LETTER_NUMBER ||
         type == U_OTHER_NUMBER;
}

auto word_before(std::string_view text, std::size_t at) -> bool {
  if (at == 0) return false;
  auto from = at - 1;
  while (from > 0 && at - from < 4 && is_tail(text[from])) --from;
  if (from + step(text, from) != at) return false;
  return is_word(code_at(text, from, at - from));
}

auto word_after(std::string_view text, std::size_t at) -> bool {
  return at < text.size() && is_word(code_at(text, at, step(text, at)));
}

auto is_run(const Piece& piece) -> bool { return piece.kind == Piece::Kind::kRun; }
auto is_text(const Piece& piece) -> bool { return piece.kind == Piece::Kind::kText; }

void add_text(Pattern& pattern, std::string_view text) {
  if (text.empty()) return;
  if (pattern.pieces.empty() || !is_text(pattern.pieces.back()))
    pattern.pieces.push_back({Piece::Kind::kText, {}});
  pattern.pieces.back().text += text;
}

// The code points of a pattern, one by one: what the matcher walks over.
struct Unit {
  Piece::Kind kind;
  std::string_view bytes;
};

auto units_of(const Pattern& pattern) -> std::vector<Unit> {
  auto out = std::vector<Unit>{};
  for (const auto& piece : pattern.pieces) {
    if (!is_text(piece)) {
      out.push_back({piece.kind, {}});
      continue;
    }
    const auto text = std::string_view(piece.text);
    for (auto at = std::size_t{0}; at < text.size();) {
      const auto length = step(text, at);
      out.push_back({Piece::Kind::kText, text.substr(at, length)});
      at += length;
    }
  }
  return out;
}

// How many bytes of `text` at `at` this unit takes; 0 if it does not match.
auto takes(const Unit& unit, std::string_view text, std::size_t at) -> std::size_t {
  if (at >= text.size()) return 0;
  switch (unit.kind) {
    case Piece::Kind::kText:
      return text.substr(at).starts_with(unit.bytes) ? unit.bytes.size() : 0;
    case Piece::Kind::kOne:
      return step(text, at);
    case Piece::Kind::kDash:
      for (const auto dash : kDashes)
        if (text.substr(at).starts_with(dash)) return dash.size();
      return 0;
    case Piece::Kind::kRun:
      return 0;
  }
  return 0;
}

// Walks both, and on a mismatch returns to the last `*` and gives it one code
// point more. An earlier `*` need never be tried again: what stands between
// two of them was met at the earliest place.
auto walk(const std::vector<Unit>& units, std::string_view text) -> bool {
  auto unit = std::size_t{0};
  auto at = std::size_t{0};
  auto star = std::string_view::npos;
  auto star_at = std::size_t{0};
  while (at < text.size() || unit < units.size()) {
    if (unit < units.size()) {
      if (units[unit].kind == Piece::Kind::kRun) {
        star = unit++;
        star_at = at;
        continue;
      }
      if (const auto taken = takes(units[unit], text, at); taken > 0) {
        at += taken;
        ++unit;
        continue;
      }
    }
    if (star == std::string_view::npos || star_at >= text.size()) return false;
    star_at += step(text, star_at);
    at = star_at;
    unit = star + 1;
  }
  return true;
}

}  // namespace

auto parse_pattern(std::string_view text) -> Pattern {
  auto out = Pattern{};
  auto plain = std::string{};
  const auto flush = [&] {
    add_text(out, plain);
    plain.clear();
  };
  for (auto at = std::size_t{0}; at < text.size(); ++at) {
    const auto c = text[at];
    if (c == '\\' && at + 1 < text.size() &&
        (text[at + 1] == '\\' || text[at + 1] == '*' || text[at + 1] == '?')) {
      plain += text[++at];
    } else if (c == '*') {
      flush();
      if (out.pieces.empty() || !is_run(out.pieces.back()))
        out.pieces.push_back({Piece::Kind::kRun, {}});
    } else if (c == '?') {
      flush();
      out.pieces.push_back({Piece::Kind::kOne, {}});
    } else {
      plain += c;
    }
  }
  flush();
  return out;
}

auto literal_pattern(std::string_view text) -> Pattern {
  auto out = Pattern{};
  add_text(out, text);
  return out;
}

auto has_wildcard(const Pattern& pattern) -> bool {
  return std::any_of(pattern.pieces.begin(), pattern.pieces.end(), [](const Piece& piece) {
    return piece.kind == Piece::Kind::kRun || piece.kind == Piece::Kind::kOne;
  });
}

auto literal_of(const Pattern& pattern) -> std::string {
  auto out = std::string{};
  for (const auto& piece : pattern.pieces) out += piece.text;
  return out;
}

void open_front(Pattern& pattern) {
  if (pattern.pieces.empty() || !is_run(pattern.pieces.front()))
    pattern.pieces.insert(pattern.pieces.begin(), Piece{Piece::Kind::kRun, {}});
}

void open_back(Pattern& pattern) {
  if (pattern.pieces.empty() || !is_run(pattern.pieces.back()))
    pattern.pieces.push_back({Piece::Kind::kRun, {}});
}

void mark_dashes(Pattern& pattern) {
  auto out = Pattern{};
  for (const auto& piece : pattern.pieces) {
    if (!is_text(piece)) {
      out.pieces.push_back(piece);
      continue;
    }
    const auto text = std::string_view(piece.text);
    auto from = std::size_t{0};
    for (auto at = std::size_t{0}; at < text.size(); ++at) {
      if (text[at] != '-' && text[at] != '/') continue;
      if (word_before(text, at) || !word_after(text, at + 1)) continue;
      add_text(out, text.substr(from, at - from));
      out.pieces.push_back({Piece::Kind::kDash, std::string(1, text[at])});
      from = at + 1;
    }
    add_text(out, text.substr(from));
  }
  pattern.pieces = std::move(out.pieces);
}

auto spell_dashes(const Pattern& pattern) -> std::optional<std::vector<Pattern>> {
  auto out = std::vector<Pattern>(1);
  for (const auto& piece : pattern.pieces) {
    if (piece.kind != Piece::Kind::kDash) {
      for (auto& spelt : out) {
        if (is_text(piece))
          add_text(spelt, piece.text);
        else
          spelt.pieces.push_back(piece);
      }
      continue;
    }
    if (out.size() * kDashes.size() > kMostSpellings) return std::nullopt;
    auto more = std::vector<Pattern>{};
    more.reserve(out.size() * kDashes.size());
    for (const auto& spelt : out) {
      for (const auto dash : kDashes) {
        more.push_back(spelt);
        add_text(more.back(), dash);
      }
    }
    out = std::move(more);
  }
  return out;
}

void encode_utf16(Pattern& pattern, Utf16 form) {
  auto marked = form != Utf16::kMarked;
  for (auto& piece : pattern.pieces) {
    if (!is_text(piece)) continue;
    auto bytes = std::string{};
    const auto put = [&](std::uint32_t unit) {
      const auto high = static_cast<char>(unit >> 8);
      const auto low = static_cast<char>(unit & 0xff);
      bytes += form == Utf16::kBig ? high : low;
      bytes += form == Utf16::kBig ? low : high;
    };
    if (!marked) put(0xfeff);
    marked = true;
    const auto text = std::string_view(piece.text);
    for (auto at = std::size_t{0}; at < text.size();) {
      const auto length = step(text, at);
      const auto code = code_at(text, at, length);
      if (code < 0x10000) {
        put(code);
      } else {
        put(0xd800 + ((code - 0x10000) >> 10));
        put(0xdc00 + ((code - 0x10000) & 0x3ff));
      }
      at += length;
    }
    piece.text = std::move(bytes);
  }
}

auto base64_of(const Pattern& pattern) -> Pattern {
  return literal_pattern(base64_encode(literal_of(pattern)));
}

auto base64_offsets_of(const Pattern& pattern) -> std::vector<Pattern> {
  // Characters that depend on the bytes before and behind, by shift and by
  // (length + shift) mod 3.
  constexpr auto before = std::to_array<std::size_t>({0, 2, 3});
  constexpr auto behind = std::to_array<std::size_t>({0, 3, 2});
  const auto bytes = literal_of(pattern);
  auto out = std::vector<Pattern>{};
  for (auto shift = std::size_t{0}; shift < 3; ++shift) {
    const auto whole = base64_encode(std::string(shift, ' ') + bytes);
    const auto cut = before[shift] + behind[(bytes.size() + shift) % 3];
    if (whole.size() <= cut) continue;  // too short to leave a trace at this place
    out.push_back(
        literal_pattern(std::string_view(whole).substr(before[shift], whole.size() - cut)));
  }
  return out;
}

void finish_pattern(Pattern& pattern, bool cased) {
  auto joined = Pattern{};
  for (const auto& piece : pattern.pieces) {
    if (is_text(piece))
      add_text(joined, piece.text);
    else if (!is_run(piece) || joined.pieces.empty() || !is_run(joined.pieces.back()))
      joined.pieces.push_back(piece);
  }
  pattern.pieces = std::move(joined.pieces);
  pattern.cased = cased;
  if (cased) return;
  for (auto& piece : pattern.pieces)
    if (is_text(piece)) piece.text = fold_case(piece.text);
}

auto matches(const Pattern& pattern, std::string_view text) -> bool {
  const auto& pieces = pattern.pieces;
  if (pieces.empty()) return text.empty();
  // The five common shapes by the library's own searches; the same answer, and
  // plain to see.
  const auto front = is_run(pieces.front());
  const auto back = is_run(pieces.back());
  if (pieces.size() == 1)
    return front || (is_text(pieces[0]) ? text == pieces[0].text : walk(units_of(pattern), text));
  if (pieces.size() == 2 && front && is_text(pieces[1])) return text.ends_with(pieces[1].text);
  if (pieces.size() == 2 && back && is_text(pieces[0])) return text.starts_with(pieces[0].text);
  if (pieces.size() == 3 && front && back && is_text(pieces[1]))
    return text.find(pieces[1].text) != std::string_view::npos;
  return walk(units_of(pattern), text);
}

}  // namespace serjeant::sigma

#include "read/mail/words.h"

#include <algorithm>

#include "core/text.h"
#include "read/mail/transfer.h"

namespace serjeant::mail {
namespace {

constexpr auto kLongestWord = std::size_t{4096};

// "Q" of RFC 2047, section 4.2; folds inside are passed over.
auto decode_q(std::string_view text) -> std::string {
  auto out = std::string{};
  out.reserve(text.size());
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    const auto c = text[i];
    if (c == '_') {
      out += ' ';
    } else if (c == '\r' || c == '\n') {
      while (i + 1 < text.size() && is_blank(text[i + 1])) ++i;
    } else if (c == '=' && i + 2 < text.size()) {
      if (const auto byte = from_hex(text.substr(i + 1, 2))) {
        out += *byte;
        i += 2;
      } else {
        out += c;
      }
    } else {
      out += c;
    }
  }
  return out;
}

auto needs_work(std::string_view text) -> bool {
  return text.find('\n') != text.npos || text.find("=?") != text.npos;
}

auto plain(std::string_view raw, Fallback fallback, Arena& arena) -> std::string_view {
  return to_utf8(raw, {}, fallback, arena).utf8;
}

}  // namespace

auto take_encoded_word(std::string_view text, Fallback fallback, Arena& arena, std::string& out)
    -> std::size_t {
  if (!text.starts_with("=?")) return 0;
  text = text.substr(0, kLongestWord);
  const auto mark = text.find('?', 2);
  if (mark == text.npos || mark == 2 || mark + 2 >= text.size() || text[mark + 2] != '?') return 0;
  auto charset = text.substr(2, mark - 2);
  if (charset.find_first_of(" \t\r\n=\"<>") != charset.npos) return 0;
  charset = charset.substr(0, charset.find('*'));  // the language is of no use here
  const auto kind = text[mark + 1];
  const auto start = mark + 3;
  const auto is_q = kind == 'q' || kind == 'Q';
  if (!is_q && kind != 'b' && kind != 'B') return 0;
  // In Q text "?=" may be the end or, if it stands at the very start, "=XX" behind
  // a "?" that should have been coded; the first "?=" is taken, as clients do.
  const auto end = text.find("?=", start);
  if (end == text.npos) return 0;
  const auto coded = text.substr(start, end - start);
  auto bytes = std::string{};
  if (is_q)
    bytes = decode_q(coded);
  else
    bytes = decode_base64(coded, arena).bytes;
  out += to_utf8(bytes, charset, fallback, arena).utf8;
  return end + 2;
}

auto unstructured(std::string_view raw, Fallback fallback, Arena& arena) -> std::string_view {
  raw = trim(raw);
  if (!needs_work(raw)) return plain(raw, fallback, arena);
  auto out = std::string{};
  auto run = std::size_t{0};  // start of plain text not yet copied
  auto after_word = false;
  const auto flush = [&](std::size_t end, bool before_word) {
    auto text = raw.substr(run, end - run);
    if (before_word || end == raw.size())
      while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    if (after_word)
      while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    if (text.empty()) return;
    if (after_word) out += ' ';
    const auto decoded = plain(text, fallback, arena);
    for (auto i = std::size_t{0}; i < decoded.size(); ++i) {
      if (decoded[i] != '\n' && decoded[i] != '\r') {
        out += decoded[i];
        continue;
      }
      while (!out.empty() && is_blank(out.back())) out.pop_back();
      while (i + 1 < decoded.size() && is_blank(decoded[i + 1])) ++i;
      out += ' ';
    }
    after_word = false;
  };
  auto at = std::size_t{0};
  while (at < raw.size()) {
    const auto mark = raw.find("=?", at);
    if (mark == raw.npos) break;
    auto word = std::string{};
    const auto length = take_encoded_word(raw.substr(mark), fallback, arena, word);
    if (length == 0) {
      at = mark + 1;
      continue;
    }
    const auto had = out.size();
    flush(mark, true);
    if (out.size() != had) out += ' ';
    out += word;
    after_word = true;
    at = run = mark + length;
  }
  if (run < raw.size()) flush(raw.size(), false);
  return arena.copy(out);
}

auto unfolded(std::string_view raw, Fallback fallback, Arena& arena) -> std::string_view {
  raw = trim(raw);
  const auto text = plain(raw, fallback, arena);
  if (text.find('\n') == text.npos) return text;
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    if (text[i] != '\n' && text[i] != '\r') {
      out += text[i];
      continue;
    }
    while (!out.empty() && is_blank(out.back())) out.pop_back();
    while (i + 1 < text.size() && is_blank(text[i + 1])) ++i;
    out += ' ';
  }
  return arena.copy(out);
}

auto text_list(std::string_view raw, Fallback fallback, Arena& arena)
    -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  for (const auto item : split(raw, ',')) {
    const auto text = unstructured(item, fallback, arena);
    if (!text.empty()) out.push_back(text);
  }
  return out;
}

auto take_comment(std::string_view text, std::string& out) -> std::size_t {
  auto depth = 0;
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    auto c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      ++i;  // a fold between the mark and what it marks is passed over
      if (text[i] == '\r' || text[i] == '\n')
        while (i + 1 < text.size() && is_blank(text[i])) ++i;
      if (text[i] != '\r' && text[i] != '\n') out += text[i];
    } else if (c == '(') {
      if (depth++ > 0) out += c;
    } else if (c == ')') {
      if (--depth == 0) return i + 1;
      out += c;
    } else if (c == '\r' || c == '\n') {
      while (i + 1 < text.size() && is_blank(text[i + 1])) ++i;
      while (!out.empty() && is_blank(out.back())) out.pop_back();
      if (!out.empty()) out += ' ';
    } else {
      out += c;
    }
  }
  return text.size();
}

}  // namespace serjeant::mail

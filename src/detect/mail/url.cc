#include "detect/mail/url.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace serjeant::mail {
namespace {

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }
auto is_letter(char c) -> bool { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
auto is_hex(char c) -> bool { return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }
auto is_vowel(char c) -> bool {
  c |= 32;
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

auto scheme_length(std::string_view text) -> std::size_t {
  if (text.empty() || !is_letter(text[0])) return 0;
  for (auto i = std::size_t{1}; i < text.size() && i < 32; ++i) {
    if (text[i] == ':') return i;
    if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '+' && text[i] != '-' &&
        text[i] != '.')
      return 0;
  }
  return 0;
}

// Takes out tabs and line ends anywhere and controls and blanks at the ends;
// "\" is "/" up to the query for schemes of the web.
auto tidy(std::string_view text) -> std::string {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  auto out = std::string{};
  out.reserve(text.size());
  for (const auto c : text)
    if (c != '\t' && c != '\n' && c != '\r') out += c;
  return out;
}

void fill(Url& url) {
  const auto length = scheme_length(url.whole);
  auto rest = url.whole.substr(length + 1);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const auto end = std::min(rest.find_first_of("/?#"), rest.size());
    auto authority = rest.substr(0, end);
    rest.remove_prefix(end);
    if (const auto at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
    if (authority.starts_with('[')) {
      url.host = authority.substr(0, std::min(authority.find(']'), authority.size() - 1) + 1);
    } else {
      url.host = authority.substr(0, authority.find(':'));
    }
  }
  if (const auto hash = rest.find('#'); hash != rest.npos) {
    url.fragment = rest.substr(hash + 1);
    rest = rest.substr(0, hash);
  }
  if (const auto mark = rest.find('?'); mark != rest.npos) {
    url.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  url.path = rest;
}

// Removes "." and ".." segments (RFC 3986, section 5.2.4).
auto merge_path(std::string_view base, std::string_view relative) -> std::string {
  auto segments = std::vector<std::string_view>{};
  const auto add = [&](std::string_view path) {
    for (const auto segment : split(path, '/')) {
      if (segment == "..") {
        if (!segments.empty()) segments.pop_back();
      } else if (segment != ".") {
        segments.push_back(segment);
      }
    }
  };
  const auto tail = std::min(relative.find_first_of("?#"), relative.size());
  if (!relative.starts_with('/')) {
    add(base.substr(0, base.rfind('/') == base.npos ? 0 : base.rfind('/')));
    if (segments.empty()) segments.emplace_back();
  }
  add(relative.substr(0, tail));
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < segments.size(); ++i) {
    if (i != 0) out += '/';
    out += segments[i];
  }
  if (!out.starts_with('/')) out.insert(out.begin(), '/');
  return out + std::string(relative.substr(tail));
}

auto looks_like_date(std::string_view digits) -> bool {
  if (digits.size() == 4) return digits >= "1970" && digits <= "2060";
  if (digits.size() != 8 && digits.size() != 6) return false;
  const auto year = digits.substr(0, 4);
  if (year < "1990" || year > "2060") return false;
  const auto month = digits.substr(4, 2);
  return month >= "01" && month <= "12" && (digits.size() == 6 || digits.substr(6) <= "31");
}

// "logo-120", "banner2x", "h1": a word with a size or version behind it.
auto is_word_with_number(std::string_view text) -> bool {
  auto letters = std::size_t{0};
  while (letters < text.size() && is_letter(text[letters])) ++letters;
  if (letters < 3) return false;
  const auto word = text.substr(0, letters);
  if (std::none_of(word.begin(), word.end(), is_vowel)) return false;
  if (letters == 3 && text.size() > 4) {  // three letters are a name only if they are a known one
    constexpr auto names = std::array<std::string_view, 10>{"img", "pic", "ico", "col", "row",
                                                            "tab", "box", "bar", "top", "nav"};
    if (std::find(names.begin(), names.end(), word) == names.end()) return false;
  }
  auto rest = text.substr(letters);
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '_')) rest.remove_prefix(1);
  if (rest == "1x" || rest == "2x" || rest == "3x" || rest == "4x" || rest.ends_with("px"))
    rest = rest.substr(0, rest.find_last_of("0123456789") + 1);
  return rest.size() <= 4 && std::all_of(rest.begin(), rest.end(), is_digit);
}

}  // namespace

auto read_url(std::string_view text, std::string_view base, Arena& arena) -> Url {
  auto whole = tidy(text);
  auto url = Url{};
  if (whole.empty()) return url;
  if (whole.starts_with("\\\\")) {  // a Windows share, as Outlook opens it
    std::replace(whole.begin(), whole.end(), '\\', '/');
    whole = "file:" + whole;
  }
  auto length = scheme_length(whole);
  if (length == 0) {
    if (whole.starts_with("//")) {
      const auto base_scheme = scheme_length(base);
      const auto scheme =
          base_scheme == 0 ? std::string("https") : lower_ascii(base.substr(0, base_scheme));
      whole = scheme + ":" + whole;
    } else {
      if (scheme_length(base) == 0) return url;
      auto at_base = Url{};
      at_base.whole = base;
      fill(at_base);
      const auto front =
          base.substr(0, base.find(at_base.host) + at_base.host.size());  // scheme and host
      const auto port_end = std::min(base.find_first_of("/?#", front.size()), base.size());
      whole = std::string(base.substr(0, port_end)) + merge_path(at_base.path, whole);
    }
    length = scheme_length(whole);
  }
  auto end = length + 1;
  auto lowered = lower_ascii(std::string_view(whole).substr(0, length));
  const auto web = lowered == "http" || lowered == "https" || lowered == "ftp";
  if (web || lowered == "file") {
    for (auto i = end; i < whole.size() && whole[i] != '?' && whole[i] != '#'; ++i)
      if (whole[i] == '\\') whole[i] = '/';
    // "http:/host" and "http:host" still name a host.
    auto slashes = std::size_t{0};
    while (end + slashes < whole.size() && whole[end + slashes] == '/') ++slashes;
    if (web && slashes != 2) whole.replace(end, slashes, "//");
    if (lowered == "file" && slashes > 3) whole.replace(end, slashes, "//");
    end = std::min(whole.find_first_of("/?#", end + 2), whole.size());
  }
  for (auto i = std::size_t{0}; i < end && i < whole.size(); ++i)
    if (whole[i] >= 'A' && whole[i] <= 'Z') whole[i] = static_cast<char>(whole[i] | 32);
  url.whole = arena.copy(whole);
  url.scheme = url.whole.substr(0, length);
  fill(url);
  return url;
}

auto is_remote(const Url& url) -> bool {
  if (url.scheme == "http" || url.scheme == "https" || url.scheme == "ftp")
    return !url.host.empty();
  return url.scheme == "file" && !url.host.empty() && url.host != "localhost";
}

auto percent_decode(std::string_view text) -> std::string {
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size())
      if (const auto byte = from_hex(text.substr(i + 1, 2))) {
        out += *byte;
        i += 2;
        continue;
      }
    out += text[i];
  }
  return out;
}

auto url_pieces(const Url& url, std::string_view domain, Arena& arena) -> std::vector<UrlPiece> {
  constexpr auto kMostPieces = std::size_t{64};
  auto out = std::vector<UrlPiece>{};
  if (url.host.size() > domain.size() + 1 && url.host.ends_with(domain))
    for (const auto label : split(url.host.substr(0, url.host.size() - domain.size() - 1), '.'))
      out.push_back({label, "host"});
  for (const auto segment : split(url.path, '/')) {
    if (segment.empty() || out.size() >= kMostPieces) continue;
    // "name.ext" without its extension, if that looks like one.
    auto name = segment;
    const auto dot = segment.rfind('.');
    if (dot != segment.npos && dot != 0 && segment.size() - dot <= 6) {
      const auto extension = segment.substr(dot + 1);
      if (!extension.empty() && is_letter(extension[0])) name = segment.substr(0, dot);
      if (extension == "woff2" || extension == "mp3" || extension == "mp4")
        name = segment.substr(0, dot);
    }
    out.push_back({name, "path"});
  }
  auto query = url.query;
  while (!query.empty() && out.size() < kMostPieces) {
    const auto end = std::min(query.find_first_of("&;"), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = pair.find('=');
    if (equals == pair.npos)
      out.push_back({pair, "query:"});
    else
      out.push_back(
          {pair.substr(equals + 1), arena.copy("query:" + std::string(pair.substr(0, equals)))});
  }
  if (!url.fragment.empty() && out.size() < kMostPieces) out.push_back({url.fragment, "fragment"});
  return out;
}

auto piece_shape(std::string_view text) -> PieceShape {
  if (text.size() < 3) return PieceShape::kWord;
  auto digits = std::size_t{0}, letters = std::size_t{0}, upper = std::size_t{0},
       hexes = std::size_t{0}, vowels = std::size_t{0}, others = std::size_t{0},
       changes = std::size_t{0};
  auto last = 0;
  for (const auto c : text) {
    auto kind = 3;
    if (is_digit(c)) {
      ++digits;
      kind = 1;
    } else if (is_letter(c)) {
      ++letters;
      kind = 2;
      if (c >= 'A' && c <= 'Z') ++upper;
      if (is_vowel(c)) ++vowels;
    } else {
      ++others;
    }
    if (is_hex(c)) ++hexes;
    if (last != 0 && kind != last && kind != 3 && last != 3) ++changes;
    last = kind;
  }
  if (text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
      text[23] == '-' && hexes == 32)
    return PieceShape::kUuid;
  if (others == 0 && letters == 0) {
    if (digits < 4 || looks_like_date(text)) return PieceShape::kWord;
    return PieceShape::kNumber;
  }
  if (others == 0 && hexes == text.size() && text.size() >= 8 && digits != 0)
    return PieceShape::kHex;
  if (digits == 0) {
    // Letters only: long and with capitals inside words, or hardly a vowel.
    if (others != 0) {
      const auto base64 = text.size() >= 16 && upper >= 3 && upper < letters &&
                          std::all_of(text.begin(), text.end(), [](char c) {
                            return is_letter(c) || c == '_' || c == '-' || c == '=' || c == '%';
                          });
      return base64 && vowels * 4 < letters ? PieceShape::kMixed : PieceShape::kWord;
    }
    auto inside = std::size_t{0};  // capitals that do not begin a word of CamelCase
    for (auto i = std::size_t{1}; i < text.size(); ++i)
      if (text[i] <= 'Z' && text[i - 1] <= 'Z') ++inside;
    const auto random = text.size() >= 8 &&
                        ((upper >= 3 && upper < letters && inside >= 1) || vowels * 6 < letters);
    return random ? PieceShape::kMixed : PieceShape::kWord;
  }
  // Letters and digits. Dates, sizes and names with a number are words.
  if (is_word_with_number(text)) return PieceShape::kWord;
  auto words = std::size_t{0}, numbers = std::size_t{0}, odd = std::size_t{0};
  auto start = std::size_t{0};
  for (auto i = std::size_t{0}; i <= text.size(); ++i) {
    if (i < text.size() && (is_letter(text[i]) || is_digit(text[i]) || text[i] == '%')) continue;
    const auto run = text.substr(start, i - start);
    start = i + 1;
    if (run.empty()) continue;
    const auto all_digits = std::all_of(run.begin(), run.end(), is_digit);
    const auto all_letters = std::all_of(run.begin(), run.end(), is_letter);
    if (all_digits)
      run.size() < 4 || looks_like_date(run) ? ++numbers : ++odd;
    else if (all_letters || is_word_with_number(run))
      run.size() >= 3 || all_letters ? ++words : ++odd;
    else
      ++odd;
  }
  if (others != 0) {
    // Words with small numbers between ("budget-2024-vote", "ferry_2"): a name, if words of
    // three and more letters prevail; "sv-5531", "ob-9", "0412-77" are not names.
    auto long_words = std::size_t{0};
    start = 0;
    for (auto i = std::size_t{0}; i <= text.size(); ++i) {
      if (i < text.size() && (is_letter(text[i]) || is_digit(text[i]))) continue;
      const auto run = text.substr(start, i - start);
      start = i + 1;
      if (run.size() >= 3 && std::all_of(run.begin(), run.end(), is_letter)) ++long_words;
    }
    if (odd == 0 && long_words >= 2) return PieceShape::kWord;
    if (odd == 0 && letters == 0 && looks_like_date(std::string(text.substr(0, 4))))
      return PieceShape::kWord;
    if (odd == 0 && long_words == 1 && numbers <= 1 && vowels != 0) {
      // One word and a small number: "page-12" is a name, "ent-62" hardly.
      const auto small = letters >= 4 ? std::size_t{3} : std::size_t{1};
      return digits <= small ? PieceShape::kWord : PieceShape::kMixed;
    }
    return PieceShape::kMixed;
  }
  if (changes == 1 && letters >= 4 && digits <= 3 && vowels != 0) return PieceShape::kWord;
  return PieceShape::kMixed;
}

auto url_template(const Url& url, std::string_view domain, Arena& arena) -> std::string_view {
  auto out = std::string{};
  auto from = url.whole.data();
  for (const auto& piece : url_pieces(url, domain, arena)) {
    const auto shape = piece_shape(piece.text);
    if (shape == PieceShape::kWord || piece.text.data() < from) continue;
    out.append(from, static_cast<std::size_t>(piece.text.data() - from));
    const auto size = std::to_string(piece.text.size());
    switch (shape) {
      case PieceShape::kNumber:
        out += "{num:" + size + "}";
        break;
      case PieceShape::kUuid:
        out += "{uuid}";
        break;
      case PieceShape::kHex:
        out += "{hex:" + size + "}";
        break;
      default:
        out += "{mix:" + size + "}";
    }
    from = piece.text.data() + piece.text.size();
  }
  const auto* const end = url.whole.data() + url.whole.size();
  out.append(from, static_cast<std::size_t>(end - from));
  return arena.copy(out);
}

}  // namespace serjeant::mail

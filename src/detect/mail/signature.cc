#include "detect/mail/signature.h"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostWords = std::size_t{20'000};
constexpr auto kEmpty = std::numeric_limits<std::uint32_t>::max();

// splitmix64's finaliser: equal on every machine, good enough to spread.
auto mix(std::uint64_t x) -> std::uint64_t {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

auto hash_of(std::string_view text) -> std::uint64_t {
  auto h = std::uint64_t{0xcbf29ce484222325u};
  for (const auto c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return mix(h);
}

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 1;
};
auto character_at(std::string_view text, std::size_t at) -> Character {
  const auto lead = static_cast<unsigned char>(text[at]);
  const auto length = lead < 0x80 ? 1u : lead < 0xe0 ? 2u : lead < 0xf0 ? 3u : 4u;
  if (at + length > text.size()) return {lead, 1};
  auto code = length == 1 ? std::uint32_t{lead} : std::uint32_t{lead} & (0xffu >> (length + 1));
  for (auto i = 1u; i < length; ++i)
    code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fu);
  return {code, length};
}

// Scripts that put no blanks between words: each character counts as one.
auto stands_alone(std::uint32_t code) -> bool {
  return (code >= 0x2e80 && code < 0xa4d0) || (code >= 0xac00 && code < 0xd7b0) ||
         (code >= 0xf900 && code < 0xfb00) || (code >= 0x0e00 && code < 0x0e80) ||
         (code >= 0x20000 && code < 0x32000);
}

auto is_word(std::uint32_t code) -> bool {
  if (code < 0x80) return (code >= 'a' && code <= 'z') || code == '\'';
  if (code < 0xc0) return false;
  return !(code >= 0x2000 && code < 0x2070) && !(code >= 0x3000 && code < 0x3040) &&
         !(code >= 0xfe00 && code < 0xfe10) && code != 0xfeff && code != 0xfffd &&
         !(code >= 0xff00 && code < 0xff20);
}

auto is_address_like(std::string_view word) -> bool {
  return word.find("://") != word.npos || word.find('@') != word.npos ||
         starts_with_ignoring_case(word, "www.");
}

}  // namespace

auto normal_words(std::string_view text, const std::vector<std::string>& strip)
    -> std::vector<std::string> {
  const auto stripped = std::unordered_set<std::string_view>(strip.begin(), strip.end());
  auto out = std::vector<std::string>{};
  auto seen_words = false;
  for (auto rest = text; !rest.empty() && out.size() < kMostWords;) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "-- " && seen_words) break;  // the signature (RFC 3676, section 4.3)
    const auto shown = trim(line);
    if (shown.starts_with('>') || shown.starts_with('|')) continue;
    if (seen_words &&
        (shown.starts_with("-----Original Message") || shown.starts_with("________________")))
      break;
    auto piece = std::string_view{};
    for (auto left = shown; !left.empty();) {
      const auto start = left.find_first_not_of(" \t");
      if (start == left.npos) break;
      left.remove_prefix(start);
      const auto stop = std::min(left.find_first_of(" \t"), left.size());
      piece = left.substr(0, stop);
      left.remove_prefix(stop);
      if (is_address_like(piece)) continue;
      const auto folded = fold_case(piece);
      auto word = std::string{};
      const auto flush = [&] {
        while (word.ends_with('\'')) word.pop_back();
        if (!word.empty() && !stripped.contains(word) && out.size() < kMostWords) {
          out.push_back(word);
          seen_words = true;
        }
        word.clear();
      };
      for (auto i = std::size_t{0}; i < folded.size();) {
        const auto [code, length] = character_at(folded, i);
        if (stands_alone(code)) {
          flush();
          word = folded.substr(i, length);
          flush();
        } else if (is_word(code)) {
          word += std::string_view(folded).substr(i, length);
        } else if (code >= '0' && code <= '9') {
          // "q3" and "q4" are one word, a number alone is none
        } else if (code != 0x200b && code != 0x200c && code != 0x200d && code != 0xad &&
                   code != 0xfeff) {
          flush();  // but not at characters without width, which are put in to break words
        }
        i += length;
      }
      flush();
    }
  }
  return out;
}

auto text_signature(const std::vector<std::string>& words, TextSignature& out) -> std::uint32_t {
  out = {};
  auto shingles = std::vector<std::uint64_t>{};
  if (words.empty()) return 0;
  const auto wanted = std::min(words.size(), std::size_t{3});
  auto hashes = std::vector<std::uint64_t>{};
  hashes.reserve(words.size());
  for (const auto& word : words) hashes.push_back(hash_of(word));
  for (auto i = std::size_t{0}; i + wanted <= hashes.size(); ++i) {
    auto h = std::uint64_t{wanted};
    for (auto k = std::size_t{0}; k < wanted; ++k) h = mix(h * 0x9e3779b97f4a7c15u + hashes[i + k]);
    shingles.push_back(h);
  }
  std::sort(shingles.begin(), shingles.end());
  shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
  min_hash(shingles, out.data(), out.size());
  return static_cast<std::uint32_t>(shingles.size());
}

void min_hash(const std::vector<std::uint64_t>& shingles, std::uint32_t* out, std::size_t bins) {
  std::fill(out, out + bins, 0);
  if (shingles.empty()) return;
  auto smallest = std::vector<std::uint32_t>(bins, kEmpty);
  for (const auto shingle : shingles) {
    const auto h = mix(shingle ^ 0x2545f4914f6cdd1du);
    auto& bin = smallest[(h >> 32) % bins];
    bin = std::min(bin, static_cast<std::uint32_t>(h) & 0x7fffffffu);
  }
  // An empty bin takes the value of another, chosen by a hash of (bin, attempt), so that two
  // sets whose bins are empty in the same places choose alike.
  for (auto i = std::size_t{0}; i < bins; ++i) {
    auto from = i;
    for (auto attempt = std::uint64_t{1}; smallest[from] == kEmpty; ++attempt)
      from = static_cast<std::size_t>(mix(i * 0x9e3779b97f4a7c15u + attempt) % bins);
    out[i] = smallest[from];
  }
}

}  // namespace serjeant::mail

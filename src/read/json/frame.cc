#include "read/json/frame.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "read/scan.h"

namespace serjeant::json {
namespace {

auto is_space(char c) -> bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

auto skip_space(std::string_view text, std::size_t at) -> std::size_t {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

namespace {

// The backslashes that escape what follows them: the first, third... of a run.
// `carry` is 1 if the block before ended in such a one. Returns the escaped
// places.
auto escaped(std::uint64_t slashes, std::uint64_t& carry) -> std::uint64_t {
  auto out = carry;
  slashes &= ~carry;
  carry = 0;
  while (slashes != 0) {
    const auto at = scan::lowest(slashes);
    if (at == 63) {
      carry = 1;
      break;
    }
    out |= std::uint64_t{2} << at;
    slashes &= ~(std::uint64_t{3} << at);
  }
  return out;
}

// After a line end inside of a string: if the next line begins an object, the
// string was cut and that is the next record. `at` is moved over what was
// looked at.
enum class Next : std::uint8_t { kText, kObject, kEnd };
auto after_line(std::string_view text, std::size_t& at) -> Next {
  while (at < text.size() && (is_space(text[at]) || text[at] == ',')) ++at;
  if (at == text.size()) return Next::kEnd;
  if (text[at] != '{') return Next::kText;
  const auto name = skip_space(text, at + 1);
  if (name == text.size()) return Next::kEnd;
  return text[name] == '"' ? Next::kObject : Next::kText;
}

}  // namespace

auto measure(std::string_view text, std::size_t at) -> Extent {
  auto depth = std::size_t{0};
  auto carry = std::uint64_t{0};   // the last byte escapes the next
  auto inside = std::uint64_t{0};  // all ones while in a string
  auto before = std::uint64_t{1};  // the last byte may stand before a string
  auto string = at;                // the begin of the last string
  auto crossed = std::size_t{0};   // line ends in strings up to here were looked at
  for (; at < text.size(); at += scan::kBlock) {
    const auto block = scan::Block::load(text, at);
    const auto quotes = block.equal('"') & ~escaped(block.equal('\\'), carry);
    const auto strings = scan::parity(quotes) ^ inside;
    const auto lower = _mm_set1_epi8(0x20);
    const auto opens = block.mask(
        [&](__m128i p) { return _mm_cmpeq_epi8(_mm_or_si128(p, lower), _mm_set1_epi8('{')); });
    const auto closes = block.mask(
        [&](__m128i p) { return _mm_cmpeq_epi8(_mm_or_si128(p, lower), _mm_set1_epi8('}')); });
    const auto spaces =
        block.mask([&](__m128i p) { return _mm_cmpeq_epi8(_mm_min_epu8(p, lower), p); });
    // A string begins after a bracket, comma, colon or blank, never after
    // anything else: if it seems to, a quote was lost and inside is outside.
    const auto leads = opens | spaces | block.either(',', ':');
    auto stop = quotes & strings & ~(leads << 1 | before);
    before = leads >> 63;

    const auto up = opens & ~strings;
    const auto down = closes & ~strings;
    auto close = scan::kBlock;
    // Only a block with enough closing brackets can hold the last one.
    if (static_cast<std::size_t>(std::popcount(down)) >= depth) {
      auto closed = std::size_t{0};
      for (auto rest = down; rest != 0; rest &= rest - 1) {
        const auto place = scan::lowest(rest);
        const auto opened = std::popcount(up & scan::below(place));
        if (depth + static_cast<std::size_t>(opened) == ++closed) {
          close = place;
          break;
        }
      }
    }
    const auto ours = close < scan::kBlock ? scan::below(close) : ~std::uint64_t{0};
    stop &= ours;

    auto lines = spaces & strings & ours;
    if (lines != 0) lines &= block.equal('\n');
    if (stop != 0) lines &= scan::below(scan::lowest(stop));
    for (; lines != 0; lines &= lines - 1) {
      const auto line = scan::lowest(lines);
      if (at + line < crossed) continue;
      crossed = at + line;
      const auto next = after_line(text, crossed);
      if (next == Next::kText) continue;
      if (next == Next::kEnd) return {text.size(), 0, Extent::Why::kOpen};
      stop = std::uint64_t{1} << line;
      break;
    }
    if (stop != 0) {
      const auto place = scan::lowest(stop);
      const auto began = quotes & strings & scan::below(place);
      if (began != 0) string = at + scan::highest(began);
      return {at + place, string, Extent::Why::kBroken};
    }
    if (const auto began = quotes & strings; began != 0) string = at + scan::highest(began);
    if (close < scan::kBlock) return {at + close + 1, 0, Extent::Why::kClosed};
    depth += static_cast<std::size_t>(std::popcount(up));
    depth -= static_cast<std::size_t>(std::popcount(down));
    inside = (strings >> 63) != 0 ? ~std::uint64_t{0} : 0;
  }
  return {text.size(), 0, Extent::Why::kOpen};
}

auto string_end(std::string_view text, std::size_t at) -> std::size_t {
  for (++at; at < text.size();) {
    const auto quote = scan::find(text, '"', at);
    if (quote == text.size()) return quote;
    auto slashes = std::size_t{0};
    while (quote - slashes > at && text[quote - slashes - 1] == '\\') ++slashes;
    if (slashes % 2 == 0) return quote + 1;
    at = quote + 1;
  }
  return text.size();
}

namespace {

// Names under which exports keep their records; under the first group nothing
// but records is kept, the second has other uses too.
constexpr auto kSure = std::array{"value", "records", "items", "results", "hits"};
constexpr auto kMaybe = std::array{"events", "data",     "logs",       "entries",  "rows",
                                   "result", "messages", "activities", "auditlogs"};
constexpr auto kOuter = std::array{"hits", "data", "response", "result", "results"};

template <class Names>
auto is_one_of(const Names& names, std::string_view quoted) -> bool {
  const auto name = quoted.substr(1, quoted.size() - 2);
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view word) { return equals_ignoring_ascii_case(name, word); });
}

// The end of the value at `at`; the size of `text` if it does not end, or is
// broken.
auto value_end(std::string_view text, std::size_t at) -> std::size_t {
  if (text[at] == '"') return string_end(text, at);
  if (text[at] == '{' || text[at] == '[') {
    const auto value = measure(text, at);
    return value.why == Extent::Why::kClosed ? value.end : text.size();
  }
  return std::min(text.find_first_of(",}] \t\r\n", at), text.size());
}

// Do only scalars follow in the object whose value ended at `at`?
auto scalars_follow(std::string_view text, std::size_t at) -> bool {
  for (auto members = 0; members < 8; ++members) {
    at = skip_space(text, at);
    if (at >= text.size() || text[at] == '}') return true;
    if (text[at] != ',') return false;
    at = skip_space(text, at + 1);
    if (at >= text.size() || text[at] != '"') return false;
    at = skip_space(text, string_end(text, at));
    if (at >= text.size() || text[at] != ':') return false;
    at = skip_space(text, at + 1);
    if (at >= text.size()) return true;
    if (text[at] == '{' || text[at] == '[') return false;
    at = value_end(text, at);
  }
  return false;
}

}  // namespace

auto find_wrapper(std::string_view text, std::size_t at, std::size_t reach)
    -> std::optional<Wrapper> {
  text = text.substr(0, std::max(at, reach));
  at = skip_space(text, at);
  if (at >= text.size()) return std::nullopt;
  if (text[at] == '[') return Wrapper{at + 1, {}, {}};
  if (text[at] != '{') return std::nullopt;

  auto first_key = std::string_view{};
  auto members = std::size_t{0};
  auto scalars = true;
  auto levels = 0;
  ++at;
  while (levels < 3) {
    at = skip_space(text, at);
    if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
    if (at >= text.size() || text[at] != '"') return std::nullopt;
    const auto end = string_end(text, at);
    const auto key = text.substr(at, end - at);
    if (key.size() < 2) return std::nullopt;
    if (first_key.empty()) first_key = key;
    ++members;
    at = skip_space(text, end);
    if (at >= text.size() || text[at] != ':') return std::nullopt;
    at = skip_space(text, at + 1);
    if (at >= text.size()) return std::nullopt;
    const auto container = text[at] == '{' || text[at] == '[';
    const auto inner = skip_space(text, at + 1);
    if (text[at] == '[' && inner < text.size() && (text[inner] == '{' || text[inner] == ']')) {
      const auto found = Wrapper{at + 1, first_key, key};
      if (is_one_of(kSure, key)) return found;
      // A lesser name, or any name if there is nothing else, needs a look at
      // what stands beside it: records have arrays of objects too.
      const auto maybe = is_one_of(kMaybe, key) && members <= 8;
      if (scalars && (maybe || (members == 1 && text[inner] == '{'))) {
        const auto rest = skip_space(text, value_end(text, at));
        const auto alone = rest >= text.size() || text[rest] == '}';
        if (alone || (maybe && scalars_follow(text, rest))) return found;
      }
    }
    if (text[at] == '{' && is_one_of(kOuter, key)) {
      ++levels;
      ++at;
      continue;
    }
    scalars = scalars && !container;
    // Out of an inner object that held no records.
    at = skip_space(text, value_end(text, at));
    for (; levels > 0 && at < text.size() && text[at] == '}'; --levels)
      at = skip_space(text, at + 1);
  }
  return std::nullopt;
}

}  // namespace serjeant::json

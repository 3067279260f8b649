#include "core/json.h"

#include <emmintrin.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <vector>

#include "core/text.h"

namespace serjeant {
namespace {

auto is_space(char c) -> bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// The number of bytes of `text` from `from` on that are neither a quote, a
// backslash nor a control; sixteen at a time.
auto plain_run(std::string_view text, std::size_t from) -> std::size_t {
  auto at = from;
  const auto quote = _mm_set1_epi8('"');
  const auto slash = _mm_set1_epi8('\\');
  const auto space = _mm_set1_epi8(0x1f);
  while (at + 16 <= text.size()) {
    auto block = __m128i{};
    std::memcpy(&block, text.data() + at, 16);
    const auto special =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, slash)),
                     _mm_cmpeq_epi8(_mm_min_epu8(block, space), block));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(special));
    if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask)) - from;
    at += 16;
  }
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '"' || c == '\\' || c < 0x20) break;
    ++at;
  }
  return at - from;
}

auto hex4(std::string_view digits) -> std::optional<std::uint32_t> {
  auto value = std::uint32_t{0};
  if (digits.size() < 4) return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 4, value, 16);
  if (error != std::errc{} || end != digits.data() + 4) return std::nullopt;
  return value;
}

// One value, read token by token onto the document.
class Parser {
 public:
  Parser(std::string_view text, Document& out, Arena& arena, JsonLimits limits)
      : text_(text), out_(out), arena_(arena), limits_(limits) {}

  auto run(std::string_view key) -> JsonOutcome {
    const auto first = out_.size();
    if (!values(key) && out_.size() == first) out_.add(Kind::kNull, key);
    for (; !open_.empty(); open_.pop_back()) out_.close(open_.back().index);
    outcome_.consumed = at_;
    outcome_.complete = !stopped_;
    return outcome_;
  }

 private:
  struct Open {
    std::size_t index;
    bool object;
  };

  auto stop(FaultKind kind) -> bool {
    note(kind);
    stopped_ = true;
    return false;
  }
  void note(FaultKind kind) {
    if (outcome_.fault && *outcome_.fault != FaultKind::kBadEncoding) return;
    if (outcome_.fault && kind == FaultKind::kBadEncoding) return;
    outcome_.fault = kind;
    outcome_.fault_at = at_;
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  // At the end of the text, false with the fault noted.
  auto more() -> bool {
    skip_space();
    return at_ < text_.size() || stop(FaultKind::kTruncated);
  }

  auto values(std::string_view key) -> bool {
    for (;;) {
      if (!one(key)) return false;
      // After a value: close what ends here, then find the next member's name.
      for (;;) {
        if (open_.empty()) return true;
        if (!more()) return false;
        const auto object = open_.back().object;
        if (text_[at_] == (object ? '}' : ']')) {
          ++at_;
          close();
          continue;
        }
        if (opened_) {
          opened_ = false;
        } else {
          if (text_[at_] != ',') return stop(FaultKind::kBadSyntax);
          ++at_;
          if (!more()) return false;
        }
        key = {};
        if (object && !name(key)) return false;
        break;
      }
    }
  }

  void close() {
    out_.close(open_.back().index);
    open_.pop_back();
    opened_ = false;
  }

  auto name(std::string_view& key) -> bool {
    if (text_[at_] != '"') return stop(FaultKind::kBadSyntax);
    if (!string(key) || !more()) return false;
    if (text_[at_] != ':') return stop(FaultKind::kBadSyntax);
    ++at_;
    return true;
  }

  // A scalar, or the opening of a container (`opened_` is then set).
  auto one(std::string_view key) -> bool {
    if (!more()) return false;
    if (++count_ > limits_.nodes) return stop(FaultKind::kTooMany);
    const auto c = text_[at_];
    if (c == '{' || c == '[') {
      if (open_.size() == limits_.depth) return stop(FaultKind::kTooDeep);
      ++at_;
      open_.push_back({out_.open(c == '{' ? Kind::kObject : Kind::kArray, key), c == '{'});
      opened_ = true;
      return true;
    }
    opened_ = false;
    if (c == '"') {
      auto text = std::string_view{};
      if (!string(text)) return false;
      out_.add(Kind::kText, key, text);
      return true;
    }
    return word(key);
  }

  auto word(std::string_view key) -> bool {
    auto end = at_;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != ',' && text_[end] != '}' &&
           text_[end] != ']' && text_[end] != ':' && text_[end] != '"')
      ++end;
    const auto word = text_.substr(at_, end - at_);
    if (word == "true" || word == "false")
      out_.add(Kind::kBool, key, word);
    else if (word == "null")
      out_.add(Kind::kNull, key);
    else if (is_json_number(word))
      out_.add(Kind::kNumber, key, word);
    else
      return stop(end == text_.size() ? FaultKind::kTruncated : FaultKind::kBadSyntax);
    // A number at the very end of a cut text may have lost digits; inside an
    // open container the end of the text is a cut anyway and is noted there.
    at_ = end;
    return true;
  }

  // The string at `at_`, which is a quote.
  auto string(std::string_view& out) -> bool {
    const auto begin = at_ + 1;
    auto run = plain_run(text_, begin);
    if (begin + run < text_.size() && text_[begin + run] == '"') {
      out = text_.substr(begin, run);
      check_encoding(out);
      at_ = begin + run + 1;
      return true;
    }
    return escaped(begin, out);
  }

  auto escaped(std::size_t at, std::string_view& out) -> bool {
    // Decoding never lengthens: the rest up to the next unescaped quote is enough.
    auto close = at;
    while (close < text_.size() && text_[close] != '"') {
      close += text_[close] == '\\' ? 2u : 1u;
      if (close < text_.size()) close += plain_run(text_, close);
      while (close < text_.size() && static_cast<unsigned char>(text_[close]) < 0x20) ++close;
    }
    if (close >= text_.size()) return stop(FaultKind::kTruncated);
    const auto room = close - at;
    auto* const begin = arena_.take(room);
    auto* to = begin;
    while (at < close) {
      const auto run = std::min(plain_run(text_, at), close - at);
      std::memcpy(to, text_.data() + at, run);
      to += run;
      at += run;
      if (at == close) break;
      if (text_[at] == '\\') {
        at = escape(at, close, to);
      } else {  // a raw control: not JSON, but the evidence says so
        *to++ = text_[at++];
      }
    }
    arena_.give_back(static_cast<std::size_t>(begin + room - to));
    out = {begin, static_cast<std::size_t>(to - begin)};
    check_encoding(out);
    at_ = close + 1;
    return true;
  }

  auto escape(std::size_t at, std::size_t close, char*& to) -> std::size_t {
    const auto c = text_[at + 1];
    constexpr auto from = std::string_view("\"\\/bfnrt");
    constexpr auto into = std::string_view("\"\\/\b\f\n\r\t");
    if (const auto which = from.find(c); which != std::string_view::npos) {
      *to++ = into[which];
      return at + 2;
    }
    if (c != 'u') {  // unknown escape: keep it as it stands
      note(FaultKind::kBadEncoding);
      *to++ = '\\';
      return at + 1;
    }
    auto code = hex4(text_.substr(at + 2, close - at - 2));
    if (!code) {
      note(FaultKind::kBadEncoding);
      *to++ = '\\';
      return at + 1;
    }
    at += 6;
    if (*code >= 0xd800 && *code < 0xdc00 && text_.substr(at, 2) == "\\u") {
      const auto low = hex4(text_.substr(at + 2, close - at - 2));
      if (low && *low >= 0xdc00 && *low < 0xe000) {
        code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
        at += 6;
      }
    }
    if (*code >= 0xd800 && *code < 0xe000) {
      note(FaultKind::kBadEncoding);
      code = 0xfffd;
    }
    to += encode_utf8(*code, to);
    return at;
  }

  void check_encoding(std::string_view text) {
    if (!is_utf8(text)) note(FaultKind::kBadEncoding);
  }

  std::string_view text_;
  Document& out_;
  Arena& arena_;
  JsonLimits limits_;
  JsonOutcome outcome_;
  std::vector<Open> open_;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  bool opened_ = false;
  bool stopped_ = false;
};

}  // namespace

auto parse_json(std::string_view text, std::string_view key, Document& out, Arena& arena,
                JsonLimits limits) -> JsonOutcome {
  return Parser(text, out, arena, limits).run(key);
}

auto is_json_number(std::string_view text) -> bool {
  auto at = std::size_t{0};
  const auto digits = [&] {
    const auto from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at > from;
  };
  if (at < text.size() && text[at] == '-') ++at;
  if (at < text.size() && text[at] == '0')
    ++at;
  else if (!digits())
    return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size() && at > 0;
}

void append_json_text(std::string& out, std::string_view text) {
  auto clean = std::string{};
  if (!is_utf8(text)) {
    clean = replace_bad_utf8(text);
    text = clean;
  }
  out += '"';
  auto at = std::size_t{0};
  while (at < text.size()) {
    const auto run = plain_run(text, at);
    out.append(text, at, run);
    at += run;
    if (at == text.size()) break;
    const auto c = text[at++];
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: {
        constexpr auto hex = std::string_view("0123456789abcdef");
        out += "\\u00";
        out += hex[static_cast<unsigned char>(c) >> 4];
        out += hex[static_cast<unsigned char>(c) & 15];
      }
    }
  }
  out += '"';
}

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}
auto JsonWriter::begin_object() -> JsonWriter& {
  separate();
  out_ += '{';
  first_ = true;
  return *this;
}
auto JsonWriter::end_object() -> JsonWriter& {
  out_ += '}';
  first_ = false;
  return *this;
}
auto JsonWriter::begin_array() -> JsonWriter& {
  separate();
  out_ += '[';
  first_ = true;
  return *this;
}
auto JsonWriter::end_array() -> JsonWriter& {
  out_ += ']';
  first_ = false;
  return *this;
}
auto JsonWriter::key(std::string_view name) -> JsonWriter& {
  separate();
  append_json_text(out_, name);
  out_ += ':';
  first_ = true;
  return *this;
}
auto JsonWriter::text(std::string_view value) -> JsonWriter& {
  separate();
  append_json_text(out_, value);
  return *this;
}
auto JsonWriter::number(std::int64_t value) -> JsonWriter& {
  auto digits = std::array<char, 24>{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
}
auto JsonWriter::unsigned_number(std::uint64_t value) -> JsonWriter& {
  auto digits = std::array<char, 24>{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return raw({digits.data(), static_cast<std::size_t>(end - digits.data())});
}
auto JsonWriter::boolean(bool value) -> JsonWriter& { return raw(value ? "true" : "false"); }
auto JsonWriter::null() -> JsonWriter& { return raw("null"); }
auto JsonWriter::raw(std::string_view json) -> JsonWriter& {
  separate();
  out_ += json;
  return *this;
}
auto JsonWriter::value(Value value) -> JsonWriter& {
  // Walks the flat nodes with a stack of ends: depth is bounded by the reader.
  struct Open {
    const Node* end;
    bool object;
  };
  auto open = std::vector<Open>{};
  const auto* at = value.node();
  if (at == nullptr) return null();
  const auto* const end = at + at->size;
  for (; at != end; ++at) {
    for (; !open.empty() && open.back().end == at; open.pop_back())
      open.back().object ? end_object() : end_array();
    if (!open.empty() && open.back().object) key(at->key);
    switch (at->kind) {
      case Kind::kNull: null(); break;
      case Kind::kBool: raw(at->text); break;
      case Kind::kNumber: is_json_number(at->text) ? raw(at->text) : text(at->text); break;
      case Kind::kText: text(at->text); break;
      case Kind::kArray:
        begin_array();
        open.push_back({at + at->size, false});
        break;
      case Kind::kObject:
        begin_object();
        open.push_back({at + at->size, true});
        break;
    }
  }
  for (; !open.empty(); open.pop_back()) open.back().object ? end_object() : end_array();
  return *this;
}

}  // namespace serjeant

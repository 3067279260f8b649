#include "core/json.h"

#include <emmintrin.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <vector>

#include "core/json_names.h"
#include "core/narrow.h"
#include "core/text.h"

namespace serjeant {
namespace {

auto is_space(char c) -> bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

constexpr auto kEndsWord = [] {
  auto out = std::array<bool, 256>{};
  for (const auto c : std::string_view(" \n\r\t,}]:\"")) out[static_cast<unsigned char>(c)] = true;
  return out;
}();

// Which of sixteen bytes are a quote, a backslash or a control, and which are
// not ASCII, as one bit a byte.
struct Sixteen {
  std::uint32_t special, high;
  explicit Sixteen(const char* at) {
    auto block = __m128i{};
    std::memcpy(&block, at, 16);
    const auto any = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
                                               _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))),
                                  _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1f)), block));
    special = static_cast<std::uint32_t>(_mm_movemask_epi8(any));
    high = static_cast<std::uint32_t>(_mm_movemask_epi8(block));
  }
  auto high_before_special() const -> bool { return (high & ((special & (0 - special)) - 1)) != 0; }
};

// The first byte from `at` on that is a quote, a backslash or a control, or
// `end`; sixteen at a time. `high` is set if one before it is not ASCII.
auto plain_end(const char* at, const char* end, bool& high) -> const char* {
  auto seen = std::uint32_t{0};
  for (; end - at >= 16; at += 16) {
    const auto block = Sixteen(at);
    if (block.special != 0) {
      high = high || seen != 0 || block.high_before_special();
      return at + std::countr_zero(block.special);
    }
    seen |= block.high;
  }
  for (; at < end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c == '"' || c == '\\' || c < 0x20) break;
    seen |= c & 0x80u;
  }
  high = high || seen != 0;
  return at;
}

// How many bytes of `text` from `from` on are none of these.
auto plain_run(std::string_view text, std::size_t from) -> std::size_t {
  auto high = false;
  const auto* const at = text.data() + from;
  return static_cast<std::size_t>(plain_end(at, text.data() + text.size(), high) - at);
}

// Copies `count` bytes to where at least as many are free as follow `from`
// before `end`.
void copy_run(char* to, const char* from, std::size_t count, const char* end) {
  if (count <= 16 && end - from >= 16)
    std::memcpy(to, from, 16);
  else
    std::memcpy(to, from, count);
}

auto hex4(std::string_view digits) -> std::optional<std::uint32_t> {
  auto value = std::uint32_t{0};
  if (digits.size() < 4) return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 4, value, 16);
  if (error != std::errc{} || end != digits.data() + 4) return std::nullopt;
  return value;
}

// One value, read token by token onto the document. There is no stack: while
// a container is open, its node's `size` holds the index of the one around it.
class Parser {
 public:
  Parser(std::string_view text, Document& out, Arena& arena, JsonLimits limits, JsonNames* names)
      : begin_(text.data()),
        end_(text.data() + text.size()),
        at_(text.data()),
        out_(out),
        arena_(arena),
        names_(names),
        limits_(limits) {}

  auto run(std::string_view key) -> JsonOutcome {
    const auto first = out_.size();
    if (!values(key) && out_.size() == first) out_.add(Kind::kNull, key);
    while (depth_ != 0) close();
    outcome_.consumed = static_cast<std::size_t>(at_ - begin_);
    outcome_.complete = !stopped_;
    return outcome_;
  }

 private:
  auto stop(FaultKind kind) -> bool {
    note(kind);
    stopped_ = true;
    return false;
  }
  void note(FaultKind kind) {
    if (outcome_.fault && *outcome_.fault != FaultKind::kBadEncoding) return;
    if (outcome_.fault && kind == FaultKind::kBadEncoding) return;
    outcome_.fault = kind;
    outcome_.fault_at = static_cast<std::size_t>(at_ - begin_);
  }
  // At the end of the text, false with the fault noted.
  auto more() -> bool {
    if (at_ != end_ && static_cast<unsigned char>(*at_) > ' ') return true;  // mostly
    while (at_ != end_ && is_space(*at_)) ++at_;
    return at_ != end_ || stop(FaultKind::kTruncated);
  }

  auto values(std::string_view key) -> bool {
    for (;;) {
      if (!one(key)) return false;
      // After a value: close what ends here, then find the next member's name.
      for (;;) {
        if (depth_ == 0) return true;
        if (!more()) return false;
        if (*at_ == (object_ ? '}' : ']')) {
          ++at_;
          close();
          opened_ = false;
          continue;
        }
        if (opened_) {
          opened_ = false;
        } else {
          if (*at_ != ',') return stop(FaultKind::kBadSyntax);
          ++at_;
          if (!more()) return false;
        }
        key = {};
        if (object_ && !name(key)) return false;
        break;
      }
    }
  }

  void open(std::string_view key) {
    const auto kind = *at_ == '{' ? Kind::kObject : Kind::kArray;
    const auto index = out_.open(kind, key);
    out_.node(index).size = narrow<std::uint32_t>(current_);
    current_ = index;
    object_ = kind == Kind::kObject;
    ++depth_;
  }
  void close() {
    const auto around = std::size_t{out_.node(current_).size};
    out_.close(current_);
    current_ = around;
    --depth_;
    object_ = depth_ != 0 && out_.node(current_).kind == Kind::kObject;
  }

  auto name(std::string_view& key) -> bool {
    if (*at_ != '"') return stop(FaultKind::kBadSyntax);
    if (names_ != nullptr) {
      key = names_->expected(at_ + 1, end_);
      if (!key.empty()) {
        at_ += key.size() + 3;  // with its quotes and the colon
        return true;
      }
    }
    if (!string(key)) return false;
    if (names_ != nullptr && plain_) key = names_->keep(key);
    if (!more()) return false;
    if (*at_ != ':') return stop(FaultKind::kBadSyntax);
    ++at_;
    return true;
  }

  // A scalar, or the opening of a container (`opened_` is then set).
  auto one(std::string_view key) -> bool {
    if (!more()) return false;
    if (++count_ > limits_.nodes) return stop(FaultKind::kTooMany);
    const auto c = *at_;
    if (c == '"') {
      opened_ = false;
      auto text = std::string_view{};
      if (!string(text)) return false;
      out_.add(Kind::kText, key, text);
      return true;
    }
    if (c == '{' || c == '[') {
      if (depth_ == limits_.depth) return stop(FaultKind::kTooDeep);
      open(key);
      ++at_;
      opened_ = true;
      return true;
    }
    opened_ = false;
    return word(key);
  }

  auto word(std::string_view key) -> bool {
    const auto* end = at_;
    while (end != end_ && !kEndsWord[static_cast<unsigned char>(*end)]) ++end;
    const auto word = std::string_view(at_, static_cast<std::size_t>(end - at_));
    if (word == "true" || word == "false")
      out_.add(Kind::kBool, key, word);
    else if (word == "null")
      out_.add(Kind::kNull, key);
    else if (is_json_number(word))
      out_.add(Kind::kNumber, key, word);
    else
      return stop(end == end_ ? FaultKind::kTruncated : FaultKind::kBadSyntax);
    // A number at the very end of a cut text may have lost digits; inside an
    // open container the end of the text is a cut anyway and is noted there.
    at_ = end;
    return true;
  }

  // The string at `at_`, which is a quote.
  auto string(std::string_view& out) -> bool {
    auto high = false;
    const auto* const begin = at_ + 1;
    const auto* stop = begin;
    if (end_ - begin >= 16) {  // most end here, without a call
      const auto block = Sixteen(begin);
      if (block.special != 0) {
        high = block.high_before_special();
        stop += std::countr_zero(block.special);
      } else {
        high = block.high != 0;
        stop = plain_end(begin + 16, end_, high);
      }
    } else {
      stop = plain_end(begin, end_, high);
    }
    if (stop == end_ || *stop != '"') return escaped(begin, out);
    out = {begin, static_cast<std::size_t>(stop - begin)};
    plain_ = !high;
    if (high) check_encoding(out);
    at_ = stop + 1;
    return true;
  }

  auto escaped(const char* from, std::string_view& out) -> bool {
    plain_ = false;
    // Decoding never lengthens: the rest up to the next unescaped quote is enough.
    auto high = false;
    const auto* close = from;
    for (;;) {
      close = plain_end(close, end_, high);
      if (close == end_ || (*close == '\\' && end_ - close < 2)) return stop(FaultKind::kTruncated);
      if (*close == '"') break;
      // An escaped byte is checked with the rest of the decoded text.
      if (*close == '\\') high = high || (static_cast<unsigned char>(close[1]) & 0x80u) != 0;
      close += *close == '\\' ? 2 : 1;
    }
    const auto room = static_cast<std::size_t>(close - from);
    auto* const begin = arena_.take(room);
    auto* to = begin;
    for (;;) {
      const auto* const run = plain_end(from, close, high);
      const auto count = static_cast<std::size_t>(run - from);
      copy_run(to, from, count, close);
      to += count;
      from = run;
      if (from == close) break;
      if (*from == '\\')
        from = escape(from, close, to);
      else  // a raw control: not JSON, but the evidence says so
        *to++ = *from++;
    }
    arena_.give_back(static_cast<std::size_t>(begin + room - to));
    out = {begin, static_cast<std::size_t>(to - begin)};
    if (high) check_encoding(out);
    at_ = close + 1;
    return true;
  }

  // Decodes the escape at `at`, which ends before `close`.
  auto escape(const char* at, const char* close, char*& to) -> const char* {
    constexpr auto from = std::string_view("\"\\/bfnrt");
    constexpr auto into = std::string_view("\"\\/\b\f\n\r\t");
    const auto c = at[1];
    if (const auto which = from.find(c); which != std::string_view::npos) {
      *to++ = into[which];
      return at + 2;
    }
    const auto rest = [&](const char* begin) {
      return std::string_view(begin, static_cast<std::size_t>(close - begin));
    };
    auto code = c == 'u' ? hex4(rest(at + 2)) : std::nullopt;
    if (!code) {  // no escape that JSON knows: kept as it stands
      note(FaultKind::kBadEncoding);
      *to++ = '\\';
      return at + 1;
    }
    at += 6;
    if (*code >= 0xd800 && *code < 0xdc00 && rest(at).starts_with("\\u")) {
      const auto low = hex4(rest(at + 2));
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

  const char* begin_;
  const char* end_;
  const char* at_;
  Document& out_;
  Arena& arena_;
  JsonNames* names_;  // null: none are remembered
  JsonLimits limits_;
  JsonOutcome outcome_;
  std::size_t current_ = 0;  // the innermost open container, if `depth_`
  std::size_t depth_ = 0;
  std::size_t count_ = 0;
  bool object_ = false;  // is it an object?
  bool opened_ = false;
  bool plain_ = false;  // the last string was ASCII without escapes
  bool stopped_ = false;
};

}  // namespace

auto parse_json(std::string_view text, std::string_view key, Document& out, Arena& arena,
                JsonLimits limits) -> JsonOutcome {
  return Parser(text, out, arena, limits, nullptr).run(key);
}

auto parse_json(std::string_view text, std::string_view key, Document& out, Arena& arena,
                JsonNames& names) -> JsonOutcome {
  names.begin();
  return Parser(text, out, arena, {}, &names).run(key);
}

auto is_json_number(std::string_view text) -> bool {
  if (text.empty()) return false;
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
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
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
      case Kind::kNull:
        null();
        break;
      case Kind::kBool:
        raw(at->text);
        break;
      case Kind::kNumber:
        is_json_number(at->text) ? raw(at->text) : text(at->text);
        break;
      case Kind::kText:
        text(at->text);
        break;
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

#include "core/yaml.h"

#include <fmt/core.h>
#include <yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "core/narrow.h"
#include "core/text.h"

namespace serjeant {
namespace {

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }

// libyaml counts positions in code points; we answer in bytes. For text that
// is not ASCII, remembers the byte offset of every 256th code point.
class Offsets {
 public:
  explicit Offsets(std::string_view text) : text_(text) {
    if (text.starts_with("\xef\xbb\xbf")) start_ = 3;
    if (is_ascii(text.substr(start_))) return;
    auto count = std::size_t{0};
    for (auto at = start_; at < text.size(); ++at) {
      if (is_tail(text[at])) continue;
      if (count % kStep == 0) every_.push_back(at);
      ++count;
    }
  }
  auto byte_at(std::size_t index) const -> std::size_t {
    if (every_.empty()) return std::min(start_ + index, text_.size());
    const auto step = std::min(index / kStep, every_.size() - 1);
    auto at = every_[step];
    for (auto left = index - step * kStep; left > 0 && at < text_.size(); --left) {
      ++at;
      while (at < text_.size() && is_tail(text_[at])) ++at;
    }
    return at;
  }

 private:
  static constexpr auto kStep = std::size_t{256};
  static auto is_tail(char c) -> bool { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }
  std::string_view text_;
  std::size_t start_ = 0;
  std::vector<std::size_t> every_;
};

auto read_float(std::string_view text) -> std::optional<double> {
  if (text.starts_with('+')) text.remove_prefix(1);
  auto value = 0.0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
auto has_float_form(std::string_view t) -> bool {
  auto at = std::size_t{0};
  const auto digits = [&] {
    const auto from = at;
    while (at < t.size() && is_digit(t[at])) ++at;
    return at - from;
  };
  if (at < t.size() && (t[at] == '-' || t[at] == '+')) ++at;
  const auto whole = digits();
  if (at < t.size() && t[at] == '.') {
    ++at;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (at < t.size() && (t[at] == 'e' || t[at] == 'E')) {
    ++at;
    if (at < t.size() && (t[at] == '-' || t[at] == '+')) ++at;
    if (digits() == 0) return false;
  }
  return at == t.size();
}

auto read_based(std::string_view digits, int base) -> std::optional<YamlScalar> {
  auto value = std::uint64_t{0};
  const auto* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (stop != end || digits.empty()) return YamlScalar{};  // not a number: text
  if (error != std::errc{}) return YamlScalar{};
  if (value > INT64_MAX) return YamlScalar{YamlKind::kFloat, 0, static_cast<double>(value)};
  return YamlScalar{YamlKind::kInteger, static_cast<std::int64_t>(value),
                    static_cast<double>(value)};
}

class Reader {
 public:
  Reader(std::string_view text, YamlLimits limits) : text_(text), limits_(limits), offsets_(text) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Reader(const Reader&) = delete;
  auto operator=(const Reader&) -> Reader& = delete;
  ~Reader() { yaml_parser_delete(&parser_); }

  auto run() -> std::vector<YamlDocument> {
    for (;;) {
      auto event = yaml_event_t{};
      if (yaml_parser_parse(&parser_, &event) == 0) {
        syntax_error();
        return finish();
      }
      const auto type = event.type;
      const auto go_on = take(event);
      yaml_event_delete(&event);
      if (!go_on || type == YAML_STREAM_END_EVENT) return finish();
    }
  }

 private:
  auto mark_of(const yaml_mark_t& from, const yaml_mark_t& to) const -> YamlMark {
    const auto begin = offsets_.byte_at(from.index);
    const auto end = std::max(begin, offsets_.byte_at(to.index));
    return {narrow<std::uint32_t>(begin), narrow<std::uint32_t>(end - begin),
            narrow<std::uint32_t>(std::min<std::size_t>(from.line, UINT32_MAX - 1) + 1)};
  }

  void flaw(YamlFlawKind kind, std::string message, YamlMark mark,
            std::optional<YamlMark> first = std::nullopt) {
    if (!inside_) {
      out_.emplace_back();
      out_.back().mark = mark;
      inside_ = true;
    }
    if (!out_.back().flaw) out_.back().flaw = YamlFlaw{kind, std::move(message), mark, first};
  }

  void syntax_error() {
    auto mark = parser_.problem_mark;
    if (parser_.error == YAML_READER_ERROR) {
      auto at = YamlMark{};
      at.offset = narrow<std::uint32_t>(std::min(parser_.problem_offset, text_.size()));
      at.line = narrow<std::uint32_t>(
          1 +
          std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at.offset), '\n'));
      at.length = at.offset < text_.size() ? 1 : 0;
      flaw(YamlFlawKind::kEncoding, "a character that YAML does not allow", at);
      return;
    }
    if (parser_.error == YAML_MEMORY_ERROR) {
      flaw(YamlFlawKind::kLimit, "the document is too large", {});
      return;
    }
    auto message = std::string(parser_.problem ? parser_.problem : "not YAML");
    if (parser_.context) message = fmt::format("{} {}", message, parser_.context);
    auto at = mark_of(mark, mark);
    at.length = at.offset < text_.size() ? 1 : 0;  // it may stand behind the last byte
    flaw(YamlFlawKind::kSyntax, std::move(message), at);
  }

  // An open collection. Names seen in a mapping, to find a second one; small
  // mappings are compared one by one.
  struct Level {
    YamlNode node;
    bool key_next = false;
    std::string key;
    YamlMark key_mark;
    std::unordered_map<std::string, YamlMark> names;
  };

  auto take(const yaml_event_t& event) -> bool {
    const auto mark = mark_of(event.start_mark, event.end_mark);
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        return begin_document(mark);
      case YAML_DOCUMENT_END_EVENT:
        end_document(mark);
        return true;
      case YAML_ALIAS_EVENT:
        flaw(YamlFlawKind::kAlias, "an alias; aliases are not taken", mark);
        return add(YamlNode{}, mark);
      case YAML_SCALAR_EVENT:
        return scalar(event, mark);
      case YAML_SEQUENCE_START_EVENT: {
        const auto& data = event.data.sequence_start;
        refuse(data.anchor, data.tag, mark);
        return open(YamlKind::kSequence, mark);
      }
      case YAML_MAPPING_START_EVENT: {
        const auto& data = event.data.mapping_start;
        refuse(data.anchor, data.tag, mark);
        return open(YamlKind::kMapping, mark);
      }
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return close(mark);
      default:
        return true;
    }
  }

  auto begin_document(YamlMark mark) -> bool {
    if (++documents_ > limits_.documents) {
      flaw(YamlFlawKind::kLimit, fmt::format("more than {} documents", limits_.documents), mark);
      return false;
    }
    out_.emplace_back();
    out_.back().mark = mark;
    inside_ = true;
    return true;
  }

  void end_document(YamlMark mark) {
    auto& document = out_.back();
    const auto from = std::min<std::size_t>(
        document.root.mark.length > 0 ? document.root.mark.offset : document.mark.offset,
        text_.size());
    const auto whole = text_.substr(from, std::max<std::size_t>(mark.offset, from) - from);
    document.mark.offset = narrow<std::uint32_t>(from);
    document.mark.length = narrow<std::uint32_t>(trim(whole).size());
    if (document.root.mark.length > 0) document.mark.line = document.root.mark.line;
    inside_ = false;
    if (!document.flaw && document.root.is_null() && document.root.text.empty()) out_.pop_back();
  }

  void refuse(const yaml_char_t* anchor, const yaml_char_t* tag, YamlMark mark) {
    if (anchor) flaw(YamlFlawKind::kAnchor, "an anchor; anchors are not taken", mark);
    if (tag) flaw(YamlFlawKind::kTag, "a tag; tags are not taken", mark);
  }

  auto scalar(const yaml_event_t& event, YamlMark mark) -> bool {
    const auto& data = event.data.scalar;
    refuse(data.anchor, data.tag, mark);
    auto node = YamlNode{};
    node.kind = YamlKind::kText;
    node.plain = data.style == YAML_PLAIN_SCALAR_STYLE;
    node.text.assign(reinterpret_cast<const char*>(data.value), data.length);
    if (!levels_.empty() && levels_.back().key_next) return key(std::move(node), mark);
    if (node.plain) {
      if (const auto read = read_yaml_scalar(node.text)) {
        node.kind = read->kind;
        node.integer = read->integer;
        node.real = read->real;
      } else {
        flaw(YamlFlawKind::kNotFinite, "a number that is not finite", mark);
      }
    }
    return add(std::move(node), mark);
  }

  auto key(YamlNode node, YamlMark mark) -> bool {
    auto& level = levels_.back();
    level.key_next = false;
    const auto [seen, fresh] = level.names.emplace(node.text, mark);
    if (!fresh)
      flaw(YamlFlawKind::kDuplicateKey,
           fmt::format("the key '{}' stands twice in one mapping", seen->first), mark,
           seen->second);
    level.key = std::move(node.text);
    level.key_mark = mark;
    return true;
  }

  auto open(YamlKind kind, YamlMark mark) -> bool {
    if (!levels_.empty() && levels_.back().key_next) {
      flaw(YamlFlawKind::kBadKey, "a key must be a plain word or text", mark);
      levels_.back().key_next = false;
      // What follows is read as the value of a nameless key, and its own value
      // as the next key: the document is spoilt anyway.
    }
    if (levels_.size() >= limits_.depth) {
      flaw(YamlFlawKind::kLimit, fmt::format("nested deeper than {} levels", limits_.depth), mark);
      return false;
    }
    if (!count(mark)) return false;
    auto& level = levels_.emplace_back();
    level.node.kind = kind;
    level.node.mark = mark;
    level.key_next = kind == YamlKind::kMapping;
    return true;
  }

  auto close(YamlMark mark) -> bool {
    auto node = std::move(levels_.back().node);
    levels_.pop_back();
    const auto begin = node.mark.offset;
    const auto end = std::max<std::size_t>(mark.offset + mark.length, begin);
    const auto whole = text_.substr(begin, end - begin);
    auto whole_mark = node.mark;
    whole_mark.length = narrow<std::uint32_t>(begin + trim(whole).size() - begin);
    return attach(std::move(node), whole_mark);
  }

  auto count(YamlMark mark) -> bool {
    if (++nodes_ <= limits_.nodes) return true;
    flaw(YamlFlawKind::kLimit, fmt::format("more than {} values", limits_.nodes), mark);
    return false;
  }

  auto add(YamlNode node, YamlMark mark) -> bool {
    return count(mark) && attach(std::move(node), mark);
  }

  auto attach(YamlNode node, YamlMark mark) -> bool {
    node.mark = mark;
    if (levels_.empty()) {
      out_.back().root = std::move(node);
      return true;
    }
    auto& level = levels_.back();
    if (level.node.kind == YamlKind::kMapping) {
      if (level.key_next) {  // an alias as a key; the flaw is told already
        level.key_next = false;
        return true;
      }
      node.key = std::move(level.key);
      node.key_mark = level.key_mark;
      level.key_next = true;
    }
    level.node.items.push_back(std::move(node));
    return true;
  }

  auto finish() -> std::vector<YamlDocument> { return std::move(out_); }

  std::string_view text_;
  YamlLimits limits_;
  Offsets offsets_;
  yaml_parser_t parser_{};
  std::vector<YamlDocument> out_;
  std::vector<Level> levels_;
  std::uint32_t documents_ = 0;
  std::uint32_t nodes_ = 0;
  bool inside_ = false;
};

auto refused(YamlFlawKind kind, std::string message, YamlMark mark) -> std::vector<YamlDocument> {
  auto out = std::vector<YamlDocument>(1);
  out[0].flaw = YamlFlaw{kind, std::move(message), mark, std::nullopt};
  out[0].mark = mark;
  return out;
}

// Where the first byte stands that is not part of well-formed UTF-8. The
// longest good prefix is found by halving, since `is_utf8` is fast.
auto first_bad_byte(std::string_view text) -> std::size_t {
  auto good = std::size_t{0};
  auto bad = text.size();
  while (bad - good > 4) {
    auto middle = good + (bad - good) / 2;
    while (middle > good && (static_cast<unsigned char>(text[middle]) & 0xc0) == 0x80) --middle;
    if (middle == good) break;
    if (is_utf8(text.substr(good, middle - good)))
      good = middle;
    else
      bad = middle;
  }
  while (good < text.size()) {
    auto length = std::size_t{1};
    while (length < 4 && good + length <= text.size() && !is_utf8(text.substr(good, length)))
      ++length;
    if (good + length > text.size() || !is_utf8(text.substr(good, length))) break;
    good += length;
  }
  return good;
}

}  // namespace

auto yaml_kind_word(YamlKind kind) -> std::string_view {
  switch (kind) {
    case YamlKind::kNull:
      return "null";
    case YamlKind::kBool:
      return "a boolean";
    case YamlKind::kInteger:
    case YamlKind::kFloat:
      return "a number";
    case YamlKind::kText:
      return "text";
    case YamlKind::kSequence:
      return "a list";
    case YamlKind::kMapping:
      return "a mapping";
  }
  return "nothing";
}

auto YamlNode::find(std::string_view name) const -> const YamlNode* {
  if (!is_mapping()) return nullptr;
  for (const auto& item : items)
    if (item.key == name) return &item;
  return nullptr;
}

auto YamlNode::text_of(std::string_view name) const -> std::string_view {
  const auto* const found = find(name);
  return found && found->is_scalar() && !found->is_null() ? std::string_view(found->text)
                                                          : std::string_view{};
}

auto read_yaml_scalar(std::string_view t) -> std::optional<YamlScalar> {
  if (t.empty() || t == "~" || t == "null" || t == "Null" || t == "NULL")
    return YamlScalar{YamlKind::kNull};
  if (t == "true" || t == "True" || t == "TRUE") return YamlScalar{YamlKind::kBool, 1, 1};
  if (t == "false" || t == "False" || t == "FALSE") return YamlScalar{YamlKind::kBool, 0, 0};
  if (t.starts_with("0x")) return read_based(t.substr(2), 16);
  if (t.starts_with("0o")) return read_based(t.substr(2), 8);
  const auto unsigned_part = t.starts_with('-') || t.starts_with('+') ? t.substr(1) : t;
  if (!unsigned_part.empty() && std::all_of(unsigned_part.begin(), unsigned_part.end(), is_digit)) {
    if (unsigned_part.size() > 1 && unsigned_part[0] == '0') return YamlScalar{};
    if (const auto whole = to_int(t.starts_with('+') ? unsigned_part : t))
      return YamlScalar{YamlKind::kInteger, *whole, static_cast<double>(*whole)};
    const auto real = read_float(t);
    if (!real) return std::nullopt;
    return YamlScalar{YamlKind::kFloat, 0, *real};
  }
  if (unsigned_part == ".inf" || unsigned_part == ".Inf" || unsigned_part == ".INF" ||
      t == ".nan" || t == ".NaN" || t == ".NAN")
    return std::nullopt;
  if (!has_float_form(t)) return YamlScalar{};
  const auto real = read_float(t);
  if (!real) return std::nullopt;
  return YamlScalar{YamlKind::kFloat, 0, *real};
}

auto read_yaml(std::string_view text, YamlLimits limits) -> std::vector<YamlDocument> {
  if (text.size() > std::min<std::size_t>(limits.bytes, INT32_MAX))
    return refused(YamlFlawKind::kLimit,
                   fmt::format("{} bytes; the limit is {}", text.size(), limits.bytes), {});
  if (!is_utf8(text)) {
    const auto at = first_bad_byte(text);
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    return refused(YamlFlawKind::kEncoding, "bytes that are not UTF-8",
                   {narrow<std::uint32_t>(at), 1, narrow<std::uint32_t>(line)});
  }
  return Reader(text, limits).run();
}

auto place_of(YamlMark mark, std::string_view text, std::string_view file) -> Place {
  auto place = Place{};
  place.file = file;
  const auto at = std::min<std::size_t>(mark.offset, text.size());
  auto begin = at;
  constexpr auto widest = std::size_t{4096};
  while (begin > 0 && text[begin - 1] != '\n' && text[begin - 1] != '\r') --begin;
  auto end = at;
  while (end < text.size() && text[end] != '\n' && text[end] != '\r' && end - begin < widest) ++end;
  place.line = mark.line;
  place.column = narrow<std::uint32_t>(at - begin + 1);
  place.length = std::max(1u, std::min(mark.length, narrow<std::uint32_t>(end - at)));
  place.text = text.substr(begin, end - begin);
  return place;
}

}  // namespace serjeant

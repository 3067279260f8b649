#include "intel/stix/pattern_value.h"

#include <re2/re2.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "core/text.h"

namespace serjeant::stix {
namespace {

auto compose(std::string_view text) -> std::string {
  if (is_ascii(text) || !is_utf8(text)) return std::string(text);
  auto status = U_ZERO_ERROR;
  const auto* nfc = unorm2_getNFCInstance(&status);
  auto wide = std::u16string(text.size(), u'\0');
  auto length = std::int32_t{0};
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  auto composed = std::u16string(wide.size() * 3 + 1, u'\0');
  const auto units = unorm2_normalize(nfc, wide.data(), length, composed.data(),
                                      static_cast<std::int32_t>(composed.size()), &status);
  auto out = std::string(static_cast<std::size_t>(std::max(units, 0)) * 3, '\0');
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &length, composed.data(), units,
              &status);
  if (U_FAILURE(status) != 0) return std::string(text);
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// Text whose code points are all below 256, as so many bytes.
auto as_bytes(std::string_view text) -> std::optional<std::string> {
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      out += text[i];
    } else if ((byte == 0xc2 || byte == 0xc3) && i + 1 < text.size()) {
      out += static_cast<char>((byte & 3) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3f));
    } else {
      return std::nullopt;
    }
  }
  return out;
}

auto sign(int difference) -> int { return (difference > 0) - (difference < 0); }

// Two numbers as they are spelt, exact where both are whole.
auto order_numbers(std::string_view a, std::string_view b) -> int {
  if (a.starts_with('+')) a.remove_prefix(1);
  if (b.starts_with('+')) b.remove_prefix(1);
  const auto whole_a = to_int(a), whole_b = to_int(b);
  if (whole_a && whole_b) return (*whole_a > *whole_b) - (*whole_a < *whole_b);
  const auto read = [](std::string_view text) {
    auto out = 0.0;
    const auto negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    // The grammar of patterns has ".5"; a zero before it harms no other number.
    const auto spelt = "0" + std::string(text);
    std::from_chars(spelt.data(), spelt.data() + spelt.size(), out);
    return negative ? -out : out;
  };
  const auto x = read(a), y = read(b);
  return (x > y) - (x < y);
}

auto is_number(LiteralKind kind) -> bool {
  return kind == LiteralKind::kInteger || kind == LiteralKind::kFloat;
}
auto is_bytes(LiteralKind kind) -> bool {
  return kind == LiteralKind::kHex || kind == LiteralKind::kBinary;
}

// Does `text` match `like`, where % is any text and _ any character? Both UTF-8.
// The usual two-pointer walk: back to the last % and one character further.
auto is_like(std::string_view text, std::string_view like) -> bool {
  const auto next = [](std::string_view from, std::size_t at) {
    ++at;
    while (at < from.size() && (static_cast<unsigned char>(from[at]) & 0xc0) == 0x80) ++at;
    return at;
  };
  auto t = std::size_t{0}, l = std::size_t{0};
  auto star = std::string_view::npos, from = std::size_t{0};
  while (t < text.size()) {
    if (l < like.size() && like[l] == '%') {
      star = l++;
      from = t;
    } else if (l < like.size() && like[l] == '_') {
      ++l;
      t = next(text, t);
    } else if (l < like.size() && like[l] == text[t]) {
      ++l;
      ++t;
    } else if (star != std::string_view::npos) {
      l = star + 1;
      from = next(text, from);
      t = from;
    } else {
      return false;
    }
  }
  while (l < like.size() && like[l] == '%') ++l;
  return l == like.size();
}

}  // namespace

// Once for text and, where the expression is below 256 throughout, for bytes.
struct Comparator::Expression {
  std::unique_ptr<RE2> text, bytes;
};

Comparator::Comparator(const PatternNode& node) : node_(node) {}
Comparator::~Comparator() = default;

auto Comparator::read_times(std::string& why) -> bool {
  for (const auto& literal : node_.literals) {
    times_.emplace_back();
    if (literal.kind != LiteralKind::kTime) continue;
    const auto read = read_moment(literal.value);
    if (!read || !read->exists) {
      why = "there is no time " + printable(literal.value);
      return false;
    }
    times_.back() = read->at;
  }
  return true;
}

auto Comparator::prepare(const PatternNode& node, std::string& why) -> std::unique_ptr<Comparator> {
  auto out = std::unique_ptr<Comparator>(new Comparator(node));
  if (!out->read_times(why)) return nullptr;
  const auto& literals = node.literals;
  for (const auto& literal : literals) {
    const auto a = literals[0].kind, b = literal.kind;
    if (a == b || (is_number(a) && is_number(b)) || (is_bytes(a) && is_bytes(b))) continue;
    why = "the values of a set are to be of one type";
    return nullptr;
  }
  if (node.op == PatternOp::kLike) out->like_ = compose(literals[0].value);
  if (node.op == PatternOp::kIsSubset || node.op == PatternOp::kIsSuperset)
    out->block_ = read_address(literals[0].value);
  if (node.op == PatternOp::kMatches) {
    auto options = RE2::Options(RE2::Quiet);
    options.set_max_mem(std::int64_t{8} << 20);
    out->expression_ = std::make_unique<Expression>();
    const auto expression = compose(literals[0].value);
    out->expression_->text = std::make_unique<RE2>(expression, options);
    if (!out->expression_->text->ok()) {
      why = "no expression that can be searched for: " + out->expression_->text->error();
      return nullptr;
    }
    if (const auto bytes = as_bytes(expression)) {
      options.set_encoding(RE2::Options::EncodingLatin1);
      out->expression_->bytes = std::make_unique<RE2>(*bytes, options);
      if (!out->expression_->bytes->ok()) out->expression_->bytes.reset();
    }
  }
  return out;
}

auto Comparator::equals(const Operand& operand, std::size_t at) const -> bool {
  const auto& literal = node_.literals[at];
  if (operand.bytes) {
    if (is_bytes(literal.kind)) return *operand.bytes == literal.value;
    return literal.kind == LiteralKind::kText && as_bytes(literal.value) == operand.bytes;
  }
  const auto value = operand.value;
  if (value.is_number())
    return is_number(literal.kind) && order_numbers(value.text(), literal.value) == 0;
  if (value.is_bool()) return literal.kind == LiteralKind::kBool && value.text() == literal.value;
  if (!value.is_text()) return false;
  if (times_[at]) {
    const auto time = read_moment(value.text());
    return time && time->at == *times_[at];
  }
  if (is_bytes(literal.kind)) return as_bytes(value.text()) == literal.value;
  return literal.kind == LiteralKind::kText && value.text() == literal.value;
}

auto Comparator::order(const Operand& operand) const -> std::optional<int> {
  const auto& literal = node_.literals[0];
  const auto value = operand.value;
  if (operand.bytes || is_bytes(literal.kind)) {
    const auto left = operand.bytes     ? operand.bytes
                      : value.is_text() ? as_bytes(value.text())
                                        : std::nullopt;
    const auto right = is_bytes(literal.kind)               ? std::optional(literal.value)
                       : literal.kind == LiteralKind::kText ? as_bytes(literal.value)
                                                            : std::nullopt;
    if (!left || !right) return std::nullopt;
    return sign(left->compare(*right));
  }
  if (value.is_number() && is_number(literal.kind))
    return order_numbers(value.text(), literal.value);
  if (!value.is_text()) return std::nullopt;
  if (times_[0]) {
    const auto time = read_moment(value.text());
    if (!time) return std::nullopt;
    return (time->at > *times_[0]) - (time->at < *times_[0]);
  }
  if (literal.kind != LiteralKind::kText) return std::nullopt;
  return sign(value.text().compare(literal.value));  // UTF-8 sorts like code points
}

auto Comparator::like(const Operand& operand) const -> bool {
  if (operand.bytes)
    return as_bytes(like_) && is_utf8(*operand.bytes) && is_like(compose(*operand.bytes), like_);
  return operand.value.is_text() && is_like(compose(operand.value.text()), like_);
}

auto Comparator::matches(const Operand& operand) const -> bool {
  if (operand.bytes)
    return expression_->bytes && RE2::PartialMatch(*operand.bytes, *expression_->bytes);
  return operand.value.is_text() &&
         RE2::PartialMatch(compose(operand.value.text()), *expression_->text);
}

auto Comparator::plain_met(const Operand& operand) const -> std::optional<bool> {
  switch (node_.op) {
    case PatternOp::kEqual:
      return equals(operand, 0);
    case PatternOp::kNotEqual:
      return !equals(operand, 0);
    case PatternOp::kIn:
      for (auto i = std::size_t{0}; i < node_.literals.size(); ++i)
        if (equals(operand, i)) return true;
      return false;
    case PatternOp::kLike:
      return like(operand);
    case PatternOp::kMatches:
      return matches(operand);
    case PatternOp::kExists:
      return true;
    case PatternOp::kIsSubset:
    case PatternOp::kIsSuperset: {
      const auto block = operand.bytes || !operand.value.is_text()
                             ? std::nullopt
                             : read_address(operand.value.text());
      if (!block || !block_) return false;
      return node_.op == PatternOp::kIsSubset ? contains(*block_, *block)
                                              : contains(*block, *block_);
    }
    default:
      break;
  }
  const auto way = order(operand);
  if (!way) return std::nullopt;
  switch (node_.op) {
    case PatternOp::kLess:
      return *way < 0;
    case PatternOp::kLessEqual:
      return *way <= 0;
    case PatternOp::kGreater:
      return *way > 0;
    default:
      return *way >= 0;
  }
}

auto Comparator::met(const Operand& operand, std::string& why) const -> std::optional<bool> {
  const auto has_time =
      std::any_of(times_.begin(), times_.end(), [](const auto& time) { return time.has_value(); });
  if (has_time && !operand.bytes && operand.value.is_text()) {
    const auto time = read_moment(operand.value.text());
    if (!time || !time->exists) {
      why = "compared with a time: " + printable(operand.value.text().substr(0, 60));
      return std::nullopt;
    }
  }
  const auto met = plain_met(operand);
  // What has no order is neither before nor not before (section 9.6.1).
  return met ? *met != node_.negated : false;
}

}  // namespace serjeant::stix

#include "detect/sigma/number.h"

#include <array>
#include <charconv>
#include <cmath>

namespace serjeant::sigma {
namespace {

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }

// The parts of a decimal number.
struct Parts {
  bool negative = false;
  std::string_view whole, fraction;
  std::int32_t exponent = 0;
  bool pointed = false;  // a point or an exponent was written
};

auto take_digits(std::string_view text, std::size_t& at) -> std::string_view {
  const auto from = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return text.substr(from, at - from);
}

auto split_number(std::string_view text) -> std::optional<Parts> {
  auto parts = Parts{};
  auto at = std::size_t{0};
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) parts.negative = text[at++] == '-';
  parts.whole = take_digits(text, at);
  if (at < text.size() && text[at] == '.') {
    parts.pointed = true;
    parts.fraction = take_digits(text, ++at);
  }
  if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    parts.pointed = true;
    auto minus = false;
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) minus = text[at++] == '-';
    const auto digits = take_digits(text, at);
    if (digits.empty()) return std::nullopt;
    for (const auto c : digits)
      if (parts.exponent < 10'000) parts.exponent = parts.exponent * 10 + (c - '0');
    if (minus) parts.exponent = -parts.exponent;
  }
  if (at != text.size()) return std::nullopt;
  return parts;
}

auto to_double(std::string_view text) -> double {
  if (text.starts_with('+')) text.remove_prefix(1);
  auto value = 0.0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    const auto parts = split_number(text);
    const auto huge = parts && parts->exponent >= 0;
    value = huge ? HUGE_VAL : 0.0;
    return parts && parts->negative ? -value : value;
  }
  return value;
}

}  // namespace

auto parse_number(std::string_view text) -> std::optional<Number> {
  const auto parts = split_number(text);
  if (!parts) return std::nullopt;
  auto out = Number{};
  out.real = to_double(text);
  if (!parts->pointed && parts->whole.size() <= 36) {
    out.whole = true;
    for (const auto c : parts->whole) out.integer = out.integer * 10 + (c - '0');
    if (parts->negative) out.integer = -out.integer;
  }
  return out;
}

auto compare(const Number& a, const Number& b) -> std::partial_ordering {
  if (a.whole && b.whole) {
    if (a.integer == b.integer) return std::partial_ordering::equivalent;
    return a.integer < b.integer ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  // A double that stands for a whole number is compared as one: it is exact,
  // and its partner need not be rounded.
  const auto whole_of = [](const Number& n) -> std::optional<Wide> {
    if (n.whole) return n.integer;
    if (std::abs(n.real) < 1e36 && std::trunc(n.real) == n.real) return static_cast<Wide>(n.real);
    return std::nullopt;
  };
  const auto x = whole_of(a);
  const auto y = whole_of(b);
  if (x && y) {
    if (*x == *y) return std::partial_ordering::equivalent;
    return *x < *y ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  return a.real <=> b.real;
}

auto canonical_text(std::int64_t value) -> std::string { return std::to_string(value); }

auto canonical_text(double value) -> std::string {
  auto buffer = std::array<char, 512>{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    std::abs(value) < 1e36 ? std::chars_format::fixed : std::chars_format::general);
  if (error != std::errc{}) return {};
  return {buffer.data(), end};
}

auto parse_decimal(std::string_view text) -> std::optional<Wide> {
  const auto parts = split_number(text);
  if (!parts) return std::nullopt;
  // Digit i of whole+fraction stands for 10^(whole.size() - 1 - i + exponent).
  auto out = Wide{0};
  const auto put = [&](std::string_view digits, std::int64_t first_power) {
    auto power = first_power;
    for (const auto c : digits) {
      if (c != '0') {
        if (power >= 18) return false;
        if (power >= -9) {
          auto unit = Wide{1};
          for (auto i = std::int64_t{-9}; i < power; ++i) unit *= 10;
          out += unit * (c - '0');
        }
      }
      --power;
    }
    return true;
  };
  const auto whole_size = static_cast<std::int64_t>(parts->whole.size());
  if (!put(parts->whole, whole_size - 1 + parts->exponent)) return std::nullopt;
  if (!put(parts->fraction, -1 + static_cast<std::int64_t>(parts->exponent))) return std::nullopt;
  return parts->negative ? -out : out;
}

auto holds(Comparison comparison, std::partial_ordering order) -> bool {
  switch (comparison) {
    case Comparison::kEqual:
      return order == 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessEqual:
      return order <= 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kGreaterEqual:
      return order >= 0;
    case Comparison::kNotEqual:
      return order != 0;
  }
  return false;
}

}  // namespace serjeant::sigma

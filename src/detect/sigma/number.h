#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Numbers of rules and events. Comparisons of whole numbers are exact beyond
// 64 bits, others are made in double (decision D16 of the Sigma notes). Sums
// over a window are exact too, so that they do not depend on the order or
// the number of additions: decimals with nine digits after the point.
namespace serjeant::sigma {

__extension__ typedef __int128 Wide;

struct Number {
  bool whole = false;  // written without point and exponent, at most 36 digits
  Wide integer = 0;
  double real = 0;
};

// A decimal number, and nothing else: sign, digits, point, exponent. No blanks,
// no hexadecimal, no infinity.
auto parse_number(std::string_view text) -> std::optional<Number>;
// 517 and 517.0 are equal; a whole number and a fraction are compared exactly
// where the fraction has a whole value.
auto compare(const Number& a, const Number& b) -> std::partial_ordering;

// The shortest decimal text of a number of a rule: "517", "1.5".
auto canonical_text(std::int64_t value) -> std::string;
auto canonical_text(double value) -> std::string;

// A decimal as a count of 1e-9. Digits beyond the ninth are cut; nothing if
// the text is no number or its size is 1e18 or more.
constexpr auto kDecimalOne = Wide{1'000'000'000};
auto parse_decimal(std::string_view text) -> std::optional<Wide>;

enum class Comparison : std::uint8_t {
  kEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kNotEqual
};
auto holds(Comparison comparison, std::partial_ordering order) -> bool;

}  // namespace serjeant::sigma

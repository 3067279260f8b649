#include "intel/stix/jcs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/json.h"
#include "core/text.h"

namespace serjeant::stix {
namespace {

// UTF-8 sorts like code points. UTF-16 does not: the surrogates of what lies
// beyond U+FFFF come before U+E000 to U+FFFF, whose UTF-8 begins with EE and EF.
auto weight(char c) -> int {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0xee || byte == 0xef ? byte + 0x20 : byte;
}

// Of a number that is no double: is it too small rather than too large? Its
// exponent is then far below zero, whatever its digits.
auto is_below_one(std::string_view number) -> bool {
  const auto e = number.find_first_of("eE");
  if (e != std::string_view::npos && e + 1 < number.size() && number[e + 1] == '-') return true;
  const auto point = number.find('.');
  return e == std::string_view::npos && point != std::string_view::npos &&
         number.substr(0, point).find_first_of("123456789") == std::string_view::npos;
}

auto scalar(Value value, std::string& out) -> Result<> {
  switch (value.kind()) {
    case Kind::kNull:
      out += "null";
      return {};
    case Kind::kBool:
      out += value.text();
      return {};
    case Kind::kNumber: {
      const auto text = value.text();
      auto number = 0.0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc::result_out_of_range && is_below_one(text))
        number = 0;  // too small to tell from nothing, as ECMAScript reads it
      else if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
        return fail(Code::kMalformed, "a number beyond the doubles has no canonical form");
      append_number(out, number);
      return {};
    }
    default:
      if (!is_utf8(value.text()))
        return fail(Code::kMalformed, "text that is not UTF-8 has no canonical form");
      append_json_text(out, value.text());
      return {};
  }
}

// An object or array that is being written, its members in the order to come.
struct Open {
  std::vector<Value> members;
  std::size_t next = 0;
  bool object = false;
};

auto open(Value value) -> Result<Open> {
  auto out = Open{.members = {value.begin(), value.end()}, .object = value.is_object()};
  if (!out.object) return out;
  std::sort(out.members.begin(), out.members.end(),
            [](Value a, Value b) { return before_in_utf16(a.key(), b.key()); });
  const auto twice = std::adjacent_find(out.members.begin(), out.members.end(),
                                        [](Value a, Value b) { return a.key() == b.key(); });
  if (twice != out.members.end())
    return fail(Code::kMalformed, "a name that occurs twice in one object has no canonical form");
  return out;
}

}  // namespace

auto before_in_utf16(std::string_view a, std::string_view b) -> bool {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return weight(x) < weight(y); });
}

void append_number(std::string& out, double number) {
  if (number == 0) {
    out += '0';
    return;
  }
  // The shortest digits that read back as the same double, d.ddde±xx.
  auto buffer = std::array<char, 64>{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                     std::chars_format::scientific);
  auto text =
      std::string_view(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const auto e = text.find('e');
  auto digits = std::string(text.substr(0, 1));
  if (e > 2) digits += text.substr(2, e - 2);
  auto exponent = 0;
  const auto* from = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(from, text.data() + text.size(), exponent);
  const auto count = static_cast<int>(digits.size());
  const auto point = exponent + 1;  // how many digits stand before the point
  if (point > 21 || point < -5) {
    out += digits[0];
    if (count > 1) (out += '.') += std::string_view(digits).substr(1);
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  } else if (point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else if (count <= point) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
  } else {
    out += std::string_view(digits).substr(0, static_cast<std::size_t>(point));
    out += '.';
    out += std::string_view(digits).substr(static_cast<std::size_t>(point));
  }
}

auto canonical_json(Value value) -> Result<std::string> {
  auto out = std::string{};
  auto stack = std::vector<Open>{};
  auto at = value;
  while (true) {
    if (at.is_object() || at.is_array()) {
      SJ_TRY(auto opened, open(at));
      out += opened.object ? '{' : '[';
      stack.push_back(std::move(opened));
    } else {
      SJ_DO(scalar(at, out));
    }
    while (!stack.empty() && stack.back().next == stack.back().members.size()) {
      out += stack.back().object ? '}' : ']';
      stack.pop_back();
    }
    if (stack.empty()) return out;
    auto& top = stack.back();
    at = top.members[top.next];
    if (top.next++ > 0) out += ',';
    if (!top.object) continue;
    if (!is_utf8(at.key()))
      return fail(Code::kMalformed, "a name that is not UTF-8 has no canonical form");
    append_json_text(out, at.key());
    out += ':';
  }
}

}  // namespace serjeant::stix

#include "intel/stix/jcs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/json.h"
#include "core/text.h"

namespace serjeant::stix {
namespace {

// Order of two texts of valid UTF-8 by their UTF-16 units. Bytes order code points,
// and so do units, but that those beyond U+FFFF, as surrogates (D800 to DFFF), come
// before U+E000 to U+FFFF: lead bytes F0 to F4 before EE and EF.
auto unit_less(std::string_view a, std::string_view b) -> bool {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
  const auto rank = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xF0) return byte - 2;  // before EE
    return byte >= 0xEE ? byte + 16 : static_cast<int>(byte);
  };
  return rank(*x) < rank(*y);
}

struct Level {
  std::vector<Value> members;
  std::size_t next = 0;
  bool is_object = false;
};

auto open_level(Value value) -> Result<Level> {
  auto out = Level{{value.begin(), value.end()}, 0, value.is_object()};
  if (!out.is_object) return out;
  std::sort(out.members.begin(), out.members.end(),
            [](Value a, Value b) { return unit_less(a.key(), b.key()); });
  const auto twice = std::adjacent_find(out.members.begin(), out.members.end(),
                                        [](Value a, Value b) { return a.key() == b.key(); });
  if (twice != out.members.end())
    return fail(Code::kMalformed,
                fmt::format("the name '{}' stands twice in one object", printable(twice->key())));
  return out;
}

auto append_scalar(Value value, std::string& out) -> Result<> {
  switch (value.kind()) {
    case Kind::kNull:
      out += "null";
      return {};
    case Kind::kText:
      append_json_text(out, value.text());
      return {};
    case Kind::kNumber: {
      auto number = 0.0;
      const auto text = value.text();
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || !std::isfinite(number))
        return fail(Code::kMalformed,
                    fmt::format("no double holds the number {}", printable(text)));
      append_canonical_number(number, out);
      return {};
    }
    default:
      out += value.text();
      return {};
  }
}

}  // namespace

void append_canonical_number(double number, std::string& out) {
  if (number == 0) {  // also for -0
    out += '0';
    return;
  }
  if (number < 0) out += '-';
  // d.ddde+xx with the fewest digits.
  auto buffer = fmt::memory_buffer{};
  auto room = std::array<char, 32>{};
  const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), std::abs(number),
                                          std::chars_format::scientific);
  const auto text = std::string_view(room.data(), static_cast<std::size_t>(end - room.data()));
  const auto mark = text.find('e');
  auto digits = std::string(text.substr(0, 1));
  if (mark > 2) digits += text.substr(2, mark - 2);
  auto exponent = 0;
  auto from = mark + 1;
  if (text[from] == '+') ++from;
  std::from_chars(text.data() + from, text.data() + text.size(), exponent);
  // ECMA-262, 6.1.6.1.20: the value is digits * 10^(point - count).
  const auto count = static_cast<int>(digits.size());
  const auto point = exponent + 1;
  if (count <= point && point <= 21) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(point));
    out += '.';
    out += digits.substr(static_cast<std::size_t>(point));
  } else if (-6 < point && point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else {
    out += digits[0];
    if (count > 1) out += '.';
    out += digits.substr(1);
    out += point > 0 ? "e+" : "e-";
    out += fmt::format("{}", std::abs(point - 1));
  }
}

auto append_canonical(Value value, std::string& out) -> Result<> {
  auto levels = std::vector<Level>{};
  const auto enter = [&](Value inner) -> Result<> {
    if (inner.is_scalar()) return append_scalar(inner, out);
    SJ_TRY(auto level, open_level(inner));
    out += level.is_object ? '{' : '[';
    levels.push_back(std::move(level));
    return {};
  };
  SJ_DO(enter(value));
  while (!levels.empty()) {
    auto& level = levels.back();
    if (level.next == level.members.size()) {
      out += level.is_object ? '}' : ']';
      levels.pop_back();
      continue;
    }
    if (level.next != 0) out += ',';
    const auto member = level.members[level.next++];
    if (level.is_object) {
      append_json_text(out, member.key());
      out += ':';
    }
    SJ_DO(enter(member));
  }
  return {};
}

}  // namespace serjeant::stix

#include "intel/stix/moment.h"

#include "core/time.h"

namespace serjeant::stix {
namespace {

auto digits(std::string_view text, std::size_t from, std::size_t count) -> std::uint32_t {
  auto out = std::uint32_t{0};
  for (const auto c : text.substr(from, count))
    out = out * 10 + static_cast<std::uint32_t>(c - '0');
  return out;
}

auto days_in_month(std::uint32_t year, std::uint32_t month) -> std::uint32_t {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

auto read_moment(std::string_view text) -> std::optional<ReadMoment> {
  constexpr auto kForm = std::string_view("dddd-dd-ddTdd:dd:dd");
  if (text.size() <= kForm.size() || text.back() != 'Z') return std::nullopt;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (auto i = std::size_t{0}; i < kForm.size(); ++i)
    if (kForm[i] == 'd' ? !is_digit(text[i]) : text[i] != kForm[i]) return std::nullopt;
  auto fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
  auto nanos = std::uint32_t{0};
  if (!fraction.empty()) {
    if (fraction.front() != '.' || fraction.size() == 1) return std::nullopt;
    auto worth = std::uint32_t{100'000'000};
    for (const auto c : fraction.substr(1)) {
      if (!is_digit(c)) return std::nullopt;
      nanos += worth * static_cast<std::uint32_t>(c - '0');
      worth /= 10;
    }
  }
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  const auto days = days_from_civil(static_cast<std::int32_t>(year), month, 1) + day - 1;
  return ReadMoment{
      .at = {.seconds = days * 86'400 + hour * 3'600 + minute * 60 + second, .nanos = nanos},
      .exists = year > 0 && day <= days_in_month(year, month)};
}

}  // namespace serjeant::stix

#include "read/mail/date.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/text.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }
auto is_letter(char c) -> bool { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Hours from GMT of the zone names of RFC 5322, section 4.3, and the most common others.
auto zone_from_name(std::string_view name) -> std::optional<int> {
  constexpr auto zones = std::array<std::pair<std::string_view, int>, 22>{{
      {"GMT", 0},  {"UT", 0},   {"UTC", 0},  {"Z", 0},    {"EST", -5}, {"EDT", -4},
      {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7},
      {"BST", 1},  {"WET", 0},  {"WEST", 1}, {"CET", 1},  {"MET", 1},  {"MEZ", 1},
      {"CEST", 2}, {"MEST", 2}, {"EET", 2},  {"JST", 9},
  }};
  for (const auto& [word, hours] : zones)
    if (equals_ignoring_ascii_case(word, name)) return hours;
  // "EST5EDT": the name before the digit counts.
  const auto digit = std::find_if(name.begin(), name.end(), is_digit);
  if (digit != name.begin() && digit != name.end())
    return zone_from_name(name.substr(0, static_cast<std::size_t>(digit - name.begin())));
  return std::nullopt;
}

// Behind the last semicolon that stands outside of comments.
auto date_part(std::string_view raw) -> std::string_view {
  if (raw.find(';') == raw.npos) return raw;
  auto depth = 0;
  auto start = std::size_t{0};
  for (auto i = std::size_t{0}; i < raw.size(); ++i) {
    if (raw[i] == '\\')
      ++i;
    else if (raw[i] == '(')
      ++depth;
    else if (raw[i] == ')')
      depth = std::max(0, depth - 1);
    else if (raw[i] == ';' && depth == 0)
      start = i + 1;
  }
  return raw.substr(start);
}

class DateParser {
 public:
  explicit DateParser(std::string_view text) : text_(text) {}

  auto parse() -> std::optional<MailDate> {
    while (at_ < text_.size() && !done_) step();
    if (failed_ || !day_ || *day_ == 0 || !month_ || !year_ || times_ == 0) return std::nullopt;
    date_.day = *day_;
    date_.month = *month_;
    date_.year = full_year();
    return date_;
  }

 private:
  void step() {
    const auto c = text_[at_];
    if (c == '(') {
      auto comment = std::string{};
      at_ += take_comment(text_.substr(at_), comment);
    } else if (is_digit(c)) {
      number('\0');
    } else if ((c == '+' || c == '-') && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]) &&
               times_ >= 2) {
      ++at_;
      number(c);
    } else if (is_letter(c)) {
      word();
    } else {
      ++at_;
    }
  }

  void number(char sign) {
    const auto start = at_;
    auto value = std::uint32_t{0};
    while (at_ < text_.size() && is_digit(text_[at_])) {
      if (value < 100'000'000) value = value * 10 + static_cast<std::uint32_t>(text_[at_] - '0');
      ++at_;
    }
    const auto digits = at_ - start;
    const auto colon = at_ < text_.size() && text_[at_] == ':';
    if (sign != '\0' || (times_ == 3 && year_) ||
        (times_ == 2 && year_ && !colon_seen_ && (digits > 2 || value > 60))) {
      zone(sign, value, digits);
      return;
    }
    // A time is told by its colons, so that it may stand before the year (ctime).
    if (day_ && month_ && (colon || colon_seen_ || year_) && times_ < 3) {
      (times_ == 0 ? date_.hour : times_ == 1 ? date_.minute : date_.second) = value;
      ++times_;
      colon_seen_ = colon;
      // Fractions of a second, which no standard of mail has.
      if (times_ == 3 && at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1]))
        for (++at_; at_ < text_.size() && is_digit(text_[at_]);) ++at_;
      return;
    }
    colon_seen_ = false;
    if (!day_ && digits == 4 && !month_) {  // 2003-07-01
      year_ = value;
      year_digits_ = digits;
    } else if (!day_ && !(year_ && !month_)) {
      day_ = value;
    } else if (!month_) {
      if (value < 1 || value > 12) failed_ = true;
      month_ = value;
    } else if (!day_) {
      day_ = value;
    } else if (!year_) {
      year_ = value;
      year_digits_ = digits;
    }
  }

  void zone(char sign, std::uint32_t value, std::size_t digits) {
    if (at_ < text_.size() && text_[at_] == ':' && digits <= 2 && at_ + 1 < text_.size() &&
        is_digit(text_[at_ + 1])) {  // +02:00
      ++at_;
      auto minutes = std::uint32_t{0};
      for (auto n = 0; n < 2 && at_ < text_.size() && is_digit(text_[at_]); ++n)
        minutes = minutes * 10 + static_cast<std::uint32_t>(text_[at_++] - '0');
      value = value * 100 + minutes;
    }
    date_.before_gmt = sign == '-';
    date_.zone_hour = std::min(value / 100, std::uint32_t{99});
    date_.zone_minute = value % 100;
    date_.zoned = sign == '+' || (sign == '-' && value != 0);
    done_ = true;
  }

  void word() {
    const auto start = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const auto name = text_.substr(start, at_ - start);
    if (times_ >= 2 && day_ && month_) {
      if (equals_ignoring_ascii_case(name, "am")) return;
      if (equals_ignoring_ascii_case(name, "pm")) {
        if (date_.hour < 12) date_.hour += 12;
        return;
      }
      const auto hours = zone_from_name(name);
      date_.before_gmt = hours && *hours < 0;
      date_.zone_hour = hours ? static_cast<std::uint32_t>(*hours < 0 ? -*hours : *hours) : 0;
      date_.zoned = hours.has_value();
      // ctime puts the year behind the zone, and some write "GMT+2".
      if (year_) done_ = !(at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-'));
      return;
    }
    if (!month_) {
      // The month's first three letters decide ("September"); a weekday comes before any number.
      const auto month = name.size() >= 3 ? month_from_name(name.substr(0, 3)) : std::nullopt;
      if (month)
        month_ = *month;
      else if (day_)
        failed_ = true;
    }
  }

  // RFC 5322, section 4.3.
  auto full_year() const -> std::int32_t {
    const auto year = static_cast<std::int32_t>(std::min(*year_, std::uint32_t{99'999}));
    if (year_digits_ <= 2) return year < 50 ? 2000 + year : 1900 + year;
    if (year_digits_ == 3) return 1900 + year;
    return year;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  MailDate date_;
  std::optional<std::uint32_t> day_, month_, year_;
  std::size_t year_digits_ = 0;
  int times_ = 0;
  bool colon_seen_ = false;  // the last number ended at a colon
  bool done_ = false, failed_ = false;
};

}  // namespace

auto parse_date(std::string_view raw) -> std::optional<MailDate> {
  return DateParser(date_part(raw)).parse();
}

auto to_nanos(const MailDate& date) -> std::optional<Nanos> {
  const auto civil = Civil{.year = date.year,
                           .month = date.month,
                           .day = date.day,
                           .hour = date.hour,
                           .minute = date.minute,
                           .second = std::min(date.second, date.second == 60 ? 59u : date.second)};
  const auto local = nanos_from_civil(civil);
  if (!local || date.zone_hour > 24 || date.zone_minute > 59) return std::nullopt;
  const auto shift =
      static_cast<Nanos>(date.zone_hour) * kHour + static_cast<Nanos>(date.zone_minute) * kMinute;
  return date.before_gmt ? *local + shift : *local - shift;
}

}  // namespace serjeant::mail

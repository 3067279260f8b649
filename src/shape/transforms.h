#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/arena.h"

// What a profile may do to a value before it goes into a column.
namespace serjeant {

enum class Transform : std::uint8_t {
  kAccount,    // the account key: claims taken off, case folded
  kDashNull,   // "-", "(empty)", "NULL" are no value
  kPlusSpace,  // "+" stands for a blank (IIS)
  kLower,      // case folded
  kTrim,
  kMessageId,    // in angle brackets, white space taken off
  kFirst,        // the first of a list with ; or , between
  kLast,         // what follows the last / or backslash
  kHost,         // the host of a URL
  kInteger,      // the digits at its begin; nothing if there are none
  kUnquote,      // one pair of " or ' taken off
  kAfterColon,   // "smtp:a@b.example" is "a@b.example"
  kAfterEquals,  // "number=77;from=1" is "77"
  kPhone         // a telephone number as E.164 has it, where it can be told
};

auto transform_from_word(std::string_view word) -> std::optional<Transform>;
auto transform_words() -> std::vector<std::string_view>;

// Changed text lives in `arena`. Empty text stays empty.
auto apply(Transform transform, std::string_view text, Arena& arena) -> std::string_view;

}  // namespace serjeant

#pragma once

#include <string_view>
#include <vector>

#include "core/arena.h"

// Message-ID, In-Reply-To, References, Content-ID (RFC 5322, section 3.6.4).
namespace serjeant::mail {

// The ids of `raw` in order, without angle brackets, blanks inside kept as
// written. Without any bracket the whole value is one id, if it is not empty.
// Views into `raw`.
auto parse_ids(std::string_view raw) -> std::vector<std::string_view>;

// What two ids are compared by: "<left@right>", folds and blanks and comments
// taken out, the right side in lower case (it is a domain); empty for nothing.
auto canonical_id(std::string_view id, Arena& arena) -> std::string_view;

}  // namespace serjeant::mail

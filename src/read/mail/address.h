#pragma once

#include <string_view>
#include <vector>

#include "core/arena.h"
#include "read/mail/charset.h"

// Address lists (RFC 5322, sections 3.4 and 4.4), with what mail really holds:
// names with unquoted specials, comments in any place, missing brackets,
// trailing text, source routes, groups without an end. List-* fields (RFC 2369)
// have the same shape, with URIs for addresses.
namespace serjeant::mail {

struct Mailbox {
  std::string_view name;     // decoded; comments behind it in brackets; empty if there is none
  std::string_view address;  // without brackets and comments, inner blanks as written; may be empty
};

// Mailboxes outside of a group are in groups of their own that have no name.
struct Group {
  std::string_view name;
  bool named = false;  // written as "name: ... ;"
  std::vector<Mailbox> members;
};

// In the order written. Decoded text lives in `arena`, the rest is of `raw`.
// Linear.
auto parse_addresses(std::string_view raw, Fallback fallback, Arena& arena) -> std::vector<Group>;

// All mailboxes that have an address, groups opened.
auto parse_mailboxes(std::string_view raw, Fallback fallback, Arena& arena) -> std::vector<Mailbox>;

// "@route:user@host" without its route, blanks and a dot at the end taken out,
// lower case: what two addresses are compared by. Local parts are compared
// without case as well, since no system that matters tells them apart.
auto canonical_address(std::string_view address, Arena& arena) -> std::string_view;

// What stands behind the last "@"; empty if there is none.
auto domain_of(std::string_view address) -> std::string_view;

}  // namespace serjeant::mail

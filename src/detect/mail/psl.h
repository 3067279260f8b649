#pragma once

#include <string_view>

#include "core/arena.h"

namespace serjeant::mail {

// The domain that somebody registered: the public suffix and one label more
// ("parliament.example" of "mail.parliament.example"), by the public suffix
// list that libpsl holds. An IP address, a public suffix alone and a single
// label are returned as they are. `host` in lower case.
auto registrable_domain(std::string_view host, Arena& arena) -> std::string_view;

// "2024-..."-like name of the list, for the case's configuration; may be empty.
auto public_suffix_list_version() -> std::string_view;

}  // namespace serjeant::mail

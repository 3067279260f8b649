#pragma once

#include <string>
#include <string_view>

#include "detect/finding.h"

namespace serjeant::cli {

// A finding as bytes for sorted runs, and back. What follows it (its event)
// comes back in `rest`. False if the bytes are damaged.
void encode_finding(const Finding& finding, std::string& out);
auto decode_finding(std::string_view bytes, Finding& out, std::string_view& rest) -> bool;

// The host of a URL or host name, lower case, without port: "" if there is none.
auto host_of(std::string_view object) -> std::string;

}  // namespace serjeant::cli

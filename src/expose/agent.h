#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "expose/names.h"

namespace serjeant {

// A client string, taken apart as far as comparing people's habits needs.
struct Agent {
  std::string full;    // platform, program and version: "Windows NT 10.0 Chrome 89.0.4389.114"
  std::string family;  // platform and program, without versions: "Windows Chrome"
};

// Reads user agents (RFC 9110, section 10.1.5), with or without the prefix that
// Exchange puts before them ("Client=OWA;Mozilla/5.0 (..."), and the names of
// Exchange's own protocols ("Client=MSExchangeRPC" is "Outlook"). Text that is
// none of these is taken as a program's name. Empty for an empty string.
auto read_agent(std::string_view text) -> Agent;

// Client strings as numbers: of the full client and of its family (names.h).
struct AgentNumber {
  std::uint32_t full = 0, family = 0;
};
class AgentNames {
 public:
  auto number(std::string_view text) -> AgentNumber;
  auto name(std::uint32_t number) const -> const std::string& { return names_.text(number); }

 private:
  Names names_;
  std::unordered_map<std::string, AgentNumber, TextHash, std::equal_to<>> seen_;
};

// Programs of the provider that fetch a file on a person's behalf in order to
// draw it: editors in the browser, previews, thumbnails. Their downloads are
// no downloads.
auto is_rendering(std::string_view agent) -> bool;

}  // namespace serjeant

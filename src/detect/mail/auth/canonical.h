#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The forms in which a message is signed (RFC 6376, section 3.4).
namespace serjeant::mail {

enum class Canonical : std::uint8_t { kSimple, kRelaxed };

// A message as it went over the wire. Files often keep mail with LF alone, which
// cannot be transmitted: without any CRLF in the header all LF are taken for it.
struct WireMessage {
  struct WireField {
    std::string_view name;   // without blanks at its end
    std::string_view value;  // behind the colon, folds and line end included
    std::string_view raw;    // all of it
  };
  std::string bytes;  // the views point here: not copied, not moved from
  std::vector<WireField> fields;
  std::string_view body;
  bool line_ends_changed = false;

  explicit WireMessage(std::string_view raw);
  WireMessage(const WireMessage&) = delete;
  auto operator=(const WireMessage&) -> WireMessage& = delete;
};

// With its line end. Of `relaxed`: name in lower case, runs of blanks one blank,
// none around the colon and at the end.
auto canonical_field(std::string_view name, std::string_view value, std::string_view raw,
                     Canonical form) -> std::string;
auto canonical_body(std::string_view body, Canonical form) -> std::string;

// What a signature with that h= covers of the header: for each name the next
// field from the bottom (section 5.4.2), without `own`, then `own` itself with
// an empty b= and no line end. Names separated by ":".
auto signed_fields(const WireMessage& message, std::string_view names,
                   const WireMessage::WireField& own, Canonical form) -> std::string;

}  // namespace serjeant::mail

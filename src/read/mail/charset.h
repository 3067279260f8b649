#pragma once

#include <string_view>

#include "core/arena.h"

// Text of any charset to UTF-8. The only file of the mail reader that knows
// ICU is charset.cc.
namespace serjeant::mail {

// What becomes of bytes that their charset cannot explain.
enum class Fallback {
  kReplace,      // U+FFFD, as the standards have it
  kWindows1252,  // the text is taken as Windows-1252: what undeclared old mail mostly is
};

struct Text {
  std::string_view utf8;
  bool bad = false;      // bytes that are not of the charset; replaced or taken as Windows-1252
  bool unknown = false;  // the charset's name is not known; taken as UTF-8
};

// `charset` is a MIME label in any case, or empty (UTF-8 is tried). A byte-order
// mark of UTF-8 or UTF-16 at the start wins over a label of the UTF family and
// is dropped. ISO-8859-1 and US-ASCII are read as the WHATWG Encoding Standard
// says, as Windows-1252 and as UTF-8. The result is `bytes` itself where
// nothing had to change, else lives in `arena`. Linear.
auto to_utf8(std::string_view bytes, std::string_view charset, Fallback fallback, Arena& arena)
    -> Text;

}  // namespace serjeant::mail

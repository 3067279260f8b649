#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "read/record.h"

namespace serjeant {

// The reader of an mbox or of a single message (EML, a Maildir file), or null
// if `bytes` is neither. `name` breaks ties: ".eml" and Maildir names are read
// as one message, even if a "From " line stands before it. Formats "mbox" and
// "eml". Records carry Record::message and the fields of read/mail/native.h; a
// marker line before the message belongs to its record, and gives the fields
// `mbox-from` (its text) and, with doubtful lines inside, a fault kAmbiguous.
auto open_mail_reader(std::string_view bytes, std::uint32_t source, std::string_view name)
    -> std::unique_ptr<Reader>;

}  // namespace serjeant

#pragma once

#include "core/arena.h"
#include "core/value.h"
#include "read/mail/message.h"

namespace serjeant::mail {

// The native fields of a mail, as an object in `out`:
//   message-id, date (as written), date-utc (RFC 3339, if it can be read), from (address),
//   from_name, to[], cc[], bcc[] (addresses), reply-to, return-path, sender (addresses),
//   subject (decoded), mailer (X-Mailer or User-Agent), delivered-to[], list-id,
//   list-unsubscribe, content-type, received[] and authentication-results[] (unfolded),
//   attachments[] {name, type, bytes}, body (plain text, at most 16 KiB), urls[] (at most 256),
// then every other field under its lower-case name, unfolded, repeated ones repeated.
// Absent ones are left out, but for `body`. Texts point into the message or `arena`.
void build_native(const Message& message, Document& out, Arena& arena);

constexpr auto kBodyBytes = std::size_t{16} << 10;
constexpr auto kMostUrls = std::size_t{256};

}  // namespace serjeant::mail

#pragma once

#include <optional>
#include <string_view>

#include "core/arena.h"
#include "read/mail/date.h"

// One hop of the way a message took, from a Received field (RFC 5321, section
// 4.4, and what Postfix, Exim, Sendmail, qmail, Exchange and their like write).
// It is what its writer says: only hops written by servers that one trusts are
// evidence of transit.
namespace serjeant::mail {

struct Hop {
  std::string_view from;       // host or address after "from", as written, brackets taken off
  std::string_view from_ip;    // the client's address as the server saw it
  std::string_view from_rdns;  // the client's name as the server looked it up
  std::string_view helo;       // where the server says it apart from "from"
  std::string_view helo_cmd;   // "Helo", "Ehlo", "Lhlo" or empty
  std::string_view ident;      // who the client said to be (RFC 1413, authentication)
  std::string_view by;         // the server that wrote the field
  std::string_view via;
  std::string_view with;  // "SMTP", "ESMTP", "ESMTPS", "ESMTPA", "ESMTPSA", "LMTP", "LMTPA",
                          // "LMTPS", "LMTPSA", "HTTP", "HTTPS", "IMAP", "POP3", "Local", "MMS"
  std::string_view id;
  std::string_view for_;         // recipient, brackets taken off
  std::string_view tls_version;  // "TLSv1_2", ...
  std::string_view tls_cipher;
  std::optional<MailDate> date;
};

// Views into `raw` or `arena` or constants. Never fails; what is absent is
// empty. Linear.
auto parse_received(std::string_view raw, Arena& arena) -> Hop;

// "192.0.2.1", "2001:db8::1", with or without brackets, "IPv6:", zone id or
// port: the address alone, or empty if it is none.
auto address_literal(std::string_view text) -> std::string_view;

}  // namespace serjeant::mail

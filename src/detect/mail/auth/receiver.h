#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "detect/mail/auth/canonical.h"
#include "detect/mail/facts.h"

// Where a message came in, and what the server there wrote down: a witness of
// its own beside what we can still check.
namespace serjeant::mail {

// The topmost hop with a client of another organisation at a public address.
// Everything below it is the sender's claim. Of one mail this is a guess.
struct Boundary {
  std::size_t hop = 0;  // index into MailFacts::hops
  std::string by, helo, client;
  Ip ip;
  std::optional<Nanos> at;
};
auto boundary_of(const MailFacts& facts) -> std::optional<Boundary>;

// One method=result of an Authentication-Results field (RFC 8601), or the word
// of a Received-SPF.
struct Said {
  std::string method, result;
  std::string server;    // authserv-id
  std::string domain;    // header.d of dkim, domain of smtp.mailfrom of spf, header.from of dmarc
  std::string selector;  // header.s
  bool trusted = false;  // the boundary's name, and above the boundary
  bool boundary_server = false;  // the boundary's name, wherever it stands
};
// At most 100.
auto receiver_said(const WireMessage& message, const std::optional<Boundary>& boundary)
    -> std::vector<Said>;

}  // namespace serjeant::mail

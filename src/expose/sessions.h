#pragma once

#include <set>
#include <string>
#include <vector>

#include "expose/facts.h"

// Splits what an account did into stays and sessions into strands. A session
// is not a person: a stolen cookie shares its owner's session, and an address
// can serve a thief and his victim alike. So acts are attributed, not sessions
// and not addresses (exposure notes, sections 0 and 6.5).
namespace serjeant {

// An unbroken stay (no pause of 24 h or more) at one address with one family of
// clients.
struct Stay {
  Ip ip;
  std::uint32_t family = 0;
  Nanos first = 0, last = 0;
  std::vector<std::uint32_t> deeds;  // into AccountFacts::deeds, in order of time
  std::vector<std::int64_t> days;    // sorted
  std::set<std::uint32_t> agents;
  std::set<std::string_view> sessions;
  std::uint32_t sign_ins = 0, acts = 0;  // acts: all but sign-ins
};
// In order of (first, address, family). Acts without a telling client ("Client=
// OWA;Action=ViaProxy", none at all) go with the client that last used the same
// address in the same session, else at the same address.
auto find_stays(const AccountFacts& facts) -> std::vector<Stay>;

// A part of a session that has one network and one family of clients.
struct Strand {
  Ip ip;  // the first address seen
  std::uint32_t family = 0;
  Nanos first = 0, last = 0;
  std::vector<std::uint32_t> deeds;
  bool has_sign_in = false;  // a fresh one
};
struct Session {
  std::string_view native;
  Nanos first = 0, last = 0;
  std::vector<Strand> strands;  // in order of first
  // A strand comes back after another one acted: two hands on one session.
  bool interleaved = false;
  // One strand follows another with the same client: it moved.
  bool roaming = false;
};
// In order of (first, native name). Acts without a session key are in none.
auto find_sessions(const AccountFacts& facts) -> std::vector<Session>;

}  // namespace serjeant

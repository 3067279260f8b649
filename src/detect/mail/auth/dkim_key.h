#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "detect/mail/auth/dns_snapshot.h"

// Public keys of signatures, as the DNS had them (RFC 6376, section 3.6; RFC
// 8463), and the check of a signature with one.
namespace serjeant::mail {

enum class KeyState : std::uint8_t {
  kUsable,
  kNotObserved,  // nobody asked for it
  kAbsent,       // the name was seen not to exist
  kTemporary,    // the query was seen to fail
  kRevoked,      // p= is empty
  kMalformed,    // no key record
  kRefused,      // a key that must not be used so: kind, hash, service, length
};

struct DkimKey {
  KeyState state = KeyState::kNotObserved;
  std::string name;    // "selector._domainkey.domain"
  std::string reason;  // why it is not usable
  bool ed25519 = false;
  bool testing = false, same_domain = false;  // t=y, t=s
  std::string hashes;                         // h=, without blanks; empty = any
  std::uint32_t bits = 0;                     // of an RSA key
  std::string bytes;                          // RSA: DER; Ed25519: 32 octets
  const DnsInterval* seen = nullptr;          // of the snapshot; null if not observed
  Nanos distance = 0;
  bool distance_known = false;
};

struct Algorithm {
  bool known = false;
  bool ed25519 = false;
  bool sha1 = false;  // recognised, never accepted (RFC 8301)
};
auto read_algorithm(std::string_view text) -> Algorithm;

// `dns` may be null: then nothing was observed.
auto find_key(const DnsSnapshot* dns, std::string_view selector, std::string_view domain,
              const Algorithm& algorithm, std::optional<Nanos> at) -> DkimKey;
// Reads one key record.
auto read_key(std::string_view record, const Algorithm& algorithm) -> DkimKey;

auto digest_of(std::string_view bytes, bool sha1) -> std::string;
// Does `signature` (not coded) fit `bytes`? Of a key that is not usable: no.
auto fits(const DkimKey& key, const Algorithm& algorithm, std::string_view bytes,
          std::string_view signature) -> bool;

}  // namespace serjeant::mail

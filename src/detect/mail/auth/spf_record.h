#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

// The language of SPF records (RFC 7208, sections 4.5, 5, 6, 7 and 12).
namespace serjeant::mail {

enum class SpfMechanism : std::uint8_t { kAll, kInclude, kA, kMx, kPtr, kIp4, kIp6, kExists };

struct SpfDirective {
  SpfMechanism mechanism = SpfMechanism::kAll;
  char qualifier = '+';                    // + - ~ ?
  std::string domain;                      // domain-spec, not expanded; empty = the domain itself
  std::array<std::uint8_t, 16> network{};  // of ip4 (first 4 bytes) and ip6
  std::uint32_t prefix4 = 32, prefix6 = 128;  // bits that count
  std::string text;                           // as written, for reasons
};

struct SpfRecord {
  std::vector<SpfDirective> directives;
  std::string redirect, explanation;  // domain-specs, not expanded; empty = not there
  std::string flaw;                   // the term that is not of the grammar; then nothing counts
};

// "v=spf1" alone or before a blank, in any case.
auto is_spf_record(std::string_view text) -> bool;
// `text` is an SPF record, version and all. The whole of it is checked before
// anything counts (section 4.6). Linear.
auto parse_spf_record(std::string_view text) -> SpfRecord;

// What the letters of macros stand for (section 7.2).
struct SpfMacros {
  std::string sender, local, sender_domain;  // s l o
  std::string domain, helo;                  // d h
  std::string ip;                            // i: dotted quad or dotted nibbles
  std::string ip_readable;                   // c
  std::string ip_kind;                       // v: "in-addr", "ip6"
  std::string validated;                     // p; "unknown" if there is none
  std::string receiver = "unknown";          // r
  std::string seconds = "0";                 // t
};

// Does the text use the p macro, which costs lookups?
auto uses_validated_name(std::string_view text) -> bool;

enum class SpfText : std::uint8_t { kDomain, kExplanation };
// Expands a domain-spec or explanation; nothing if it is not of the grammar.
// Of a domain longer than 253 bytes labels at the left are left out (section
// 7.3). The result is at most 64 KiB, more is taken as not of the grammar.
auto expand_spf(std::string_view text, const SpfMacros& macros, SpfText kind)
    -> std::optional<std::string>;

}  // namespace serjeant::mail

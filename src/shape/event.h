#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/arena.h"
#include "core/id.h"
#include "core/span.h"
#include "core/time.h"
#include "core/value.h"

// The event: a typed spine for joins and all native fields under their
// original names (docs/formats/event.md). Null is: empty text, zero id, zero
// number, kUnknown.
namespace serjeant {

namespace mail {
struct Message;
}

enum class Outcome : std::uint8_t { kUnknown, kSuccess, kFailure, kPasswordOnly, kBlocked };
enum class ActorKind : std::uint8_t {
  kUnknown,
  kPerson,
  kService,
  kApplication,
  kProvider,
  kAnonymous
};
enum class IpRole : std::uint8_t {
  kUnknown,
  kUser,
  kEgressShared,
  kProvider,
  kRelayKnown,
  kPrivate,
  kLoopback
};
enum class ObjectKind : std::uint8_t {
  kNone,
  kFile,
  kUrl,
  kRule,
  kApplication,
  kNumber,
  kMail,
  kFolder,
  kMailbox,
  kAccount,
  kRole,
  kOther
};
enum EventFlag : std::uint32_t {
  kRepeat = 1,       // equal id and equal content as an earlier record
  kCut = 2,          // read from a truncated record
  kWrapperTime = 4,  // the time is the wrapper's
  kThrottled = 8,    // the log says that it stopped logging
  kDelegate = 16,    // by somebody else than the mailbox's owner
  kNoise = 32,       // service noise: kept for heartbeats, not for stories
  kIdConflict = 64,  // equal id, other content
  kExternal = 128,   // the actor is of another organisation
};

// The words of the enumerations in outputs and profiles ("password-only",
// "egress-shared"), and back; nothing for an unknown word.
auto outcome_word(Outcome outcome) -> std::string_view;
auto actor_kind_word(ActorKind kind) -> std::string_view;
auto ip_role_word(IpRole role) -> std::string_view;
auto object_kind_word(ObjectKind kind) -> std::string_view;
auto basis_word(TimeBasis basis) -> std::string_view;
auto outcome_from_word(std::string_view word) -> std::optional<Outcome>;
auto actor_kind_from_word(std::string_view word) -> std::optional<ActorKind>;
auto object_kind_from_word(std::string_view word) -> std::optional<ObjectKind>;
auto flag_word(EventFlag flag) -> std::string_view;  // of a single flag
auto flag_from_word(std::string_view word) -> std::optional<EventFlag>;

// An IPv6 address, IPv4 mapped (::ffff:a.b.c.d). All zero = none.
struct Ip {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Ip&) const = default;
  auto empty() const -> bool { return *this == Ip{}; }
  auto is_v4() const -> bool;
};
auto parse_ip(std::string_view text) -> Ip;   // strict; none if it is not an address
auto format_ip(const Ip& ip) -> std::string;  // RFC 5952; v4 in dots; empty for none
// The network that stands for an address: /24 of IPv4, /48 of IPv6.
auto network_of(const Ip& ip) -> Ip;

// A thing that the record names besides its object: a mail item read, an
// attachment, a file.
struct ItemRef {
  std::string_view kind;       // "mail", "attachment", "file", "folder", "object"
  std::string_view key;        // Message-ID in angle brackets as written, or path
  std::string_view native_id;  // item id, if the log gives one
  std::string_view container;  // folder path
  std::uint64_t bytes = 0;
};

// One field a column of the spine; see exposure.md section 4 for meanings.
// Text points into the source, the arena, or constant data.
struct Event {
  Span span;
  Id eid;  // of (source SHA-256, offset, length); filled by the case's caller

  // where it comes from
  std::string_view profile;                     // "m365-audit", "iis-w3c", "mail", ... or "unknown"
  std::string_view product, category, service;  // Sigma log source; empty = not stated
  std::string_view service_too;  // a second service that it belongs to as well: every
                                 // Microsoft 365 audit record is "audit" besides
                                 // "exchange", "threat_management"

  // when
  Nanos at = 0;  // meaningful if basis is not kNone
  TimeBasis basis = TimeBasis::kNone;
  std::uint32_t uncertainty_ms = 0;

  // what
  std::uint32_t class_uid = 0;    // OCSF class
  std::uint16_t activity_id = 0;  // OCSF activity
  Outcome outcome = Outcome::kUnknown;
  std::string_view operation;  // native name of the act, canonical spelling ("UserLoggedIn")

  // who and where
  std::string_view org;    // name of the organisation that gave the evidence, or the tenant's
  std::string_view actor;  // account key: case-folded UPN or address
  ActorKind actor_kind = ActorKind::kUnknown;
  std::string_view target;   // account acted upon, same form
  std::string_view mailbox;  // owner of the mailbox, same form
  std::string_view session;  // session key
  std::string_view token;    // token key
  std::string_view device;
  std::string_view app;         // application (id) that asked
  std::string_view client_app;  // application behind the resource (ClientAppId)
  std::string_view agent;       // user agent or client string
  Ip ip;
  std::uint16_t port = 0;
  std::uint32_t asn = 0;
  std::string_view country;  // two letters, from an offline table
  IpRole ip_role = IpRole::kUnknown;

  // on what
  std::string_view object;
  ObjectKind object_kind = ObjectKind::kNone;
  std::string_view message_id;  // as written
  std::uint32_t item_count = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::string_view error;   // native error code or word
  std::uint32_t flags = 0;  // EventFlag

  // identity of the record in its log
  std::string_view record_id;      // the log's own id; empty if it has none
  std::uint64_t content_hash = 0;  // of the canonical native fields: repeats have equal ones
  std::int32_t result_index = -1;  // ResultIndex, ResultCount of the export; -1 = none
  std::int32_t result_count = -1;

  std::span<const ItemRef> items;
  Value native;                            // canonical names, an object
  std::span<const Fault> faults;           // the reader's and the profile's
  const mail::Message* message = nullptr;  // where the record is a mail
};

// The spine as one JSON object, in the order of the columns above, nulls left
// out; used by `read --spine`, `show` and the case's event rows alike. Ends
// without a line end.
void write_spine(const Event& event, std::string& out);

// Everything of an event but `message`, as bytes for sorted runs, and back.
// `encode_event` appends. `decode_event` copies the bytes into `arena`, so that
// decoded text, items and faults live there; the nodes of `native` are put into
// `document`, which is cleared first. It returns false, and leaves `out`
// unspecified, for bytes that `encode_event` of this build did not write: cut,
// damaged, or of another version. Time and memory are linear in the bytes.
void encode_event(const Event& event, std::string& out);
auto decode_event(std::string_view bytes, Arena& arena, Document& document, Event& out) -> bool;

}  // namespace serjeant

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/id.h"
#include "core/span.h"
#include "core/time.h"
#include "expose/account.h"
#include "expose/agent.h"
#include "shape/event.h"

// What one account's records come to, before anything is judged. Filled by one
// walk over the account's events, emptied for the next account.
namespace serjeant {

// A record that something said can be traced to.
struct Cite {
  Span span;
  Id eid;
  Nanos at = 0;
};

// A mail item that a record names.
struct ItemFact {
  std::string_view message_id;  // in angle brackets; "" if the log gave none
  std::string_view native_id;
  std::string_view folder;
};

// One act, reduced to what the analyses compare. Texts live in the account's
// arena; agents and families are numbers of the book's names.
struct Deed {
  Cite cite;
  ActKind kind;
  Ip ip;
  IpRole place = IpRole::kUnknown;
  std::uint32_t agent = 0, family = 0;  // full and coarse client
  std::string_view client;              // client string as written
  std::string_view session, token, app, client_app, record, object, error, actor, device;
  std::string_view operation;
  std::string_view request;  // sign-ins: grant or flow, as the log names it
  bool sync = false, throttled = false, delegate = false, external = false;
  bool fresh = false;  // sign-ins: somebody typed or approved something
  std::uint64_t bytes = 0;
  std::uint32_t items_first = 0, items = 0;
};

// Is the deed's address a place where a person can be?
inline auto has_place(const Deed& deed) -> bool {
  return !deed.ip.empty() && deed.place != IpRole::kProvider && deed.place != IpRole::kLoopback;
}

struct AccountFacts {
  std::string key, org;
  std::string profile;  // of its mail reads
  ActorKind kind = ActorKind::kUnknown;
  bool as_mailbox = false;  // some record names it as a mailbox's owner
  std::uint64_t records = 0;
  Nanos first = 0, last = 0;
  std::vector<Deed> deeds;
  std::vector<ItemFact> items;
  Arena arena;

  void clear();
};

// Adds one event of the account; acts of no interest are only counted.
void add_event(const Event& event, ActKind kind, AgentNames& agents, AccountFacts& out);

inline auto day_of(Nanos at) -> std::int64_t {
  return at >= 0 ? at / kDay : -((-at + kDay - 1) / kDay);
}

// Who read: what a read counts for (exposure notes, section 8).
enum class ReadBy : std::uint8_t { kAddress, kApplication, kProvider, kDelegate };
struct ReadOrigin {
  ReadBy kind = ReadBy::kAddress;
  std::string key;  // address, "app:ID", "provider", or the delegate's account
};
auto read_origin(const Deed& deed) -> ReadOrigin;
auto read_origin_word(ReadBy kind) -> std::string_view;

}  // namespace serjeant

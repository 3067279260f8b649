#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "expose/account.h"
#include "expose/facts.h"

// Changes to what guards an account or a tenant: rules, forwarding, rights,
// roles, accounts, secrets, second factors, audit switches (exposure notes,
// section 6.8).
namespace serjeant {

struct Change {
  Cite cite;
  std::string account, org;  // who did it
  Control control = Control::kNone;
  bool undoes = false, failed = false;
  std::string operation, result, record, session, object;
  Ip ip;
  IpRole place = IpRole::kUnknown;
  std::vector<std::pair<std::string, std::string>> detail;  // what was set, names as in the log

  // What the change is about, in words that joins use.
  std::string on;      // mailbox, account, application or rule acted upon; folded
  std::string to;      // who gets the right, the role or the mail
  std::string app_id;  // applications and grants
  std::string name;    // rule, role, application

  // How far it serves an intruder: micro-nats and the reasons, in order.
  std::int64_t weight = 0;
  std::vector<std::string> reasons;
  std::optional<Nanos> undone;  // when the same thing was taken back
};

// Reads a control change from its record. `ours` tells whether a mail domain
// belongs to the tenant.
auto read_change(const Event& event, ActKind kind) -> Change;
void weigh_change(Change& change, const std::function<bool(std::string_view)>& ours);

// Pairs what was set with what took it back: same kind, same thing, later.
// `changes` are sorted by time.
void pair_undone(std::vector<Change>& changes);

// Roles whose holder can give himself anything else.
auto is_privileged_role(std::string_view role) -> bool;

// A change that an intruder would leave behind to stay: weight of 3 nats or
// more, and not the undoing of one.
constexpr auto kNat = std::int64_t{1'000'000};
auto is_hostile(const Change& change) -> bool;

}  // namespace serjeant

#pragma once

#include <memory>
#include <string_view>

#include "shape/event.h"

// Whose record an event is, and what sort of act it tells of. Everything in
// expose/ groups by these two answers.
namespace serjeant {

// The account that an event is sorted and told under: the mailbox's owner for
// acts on mail items (a delegate's read belongs to the mailbox that was read),
// else the actor. Empty if the record names nobody.
auto account_of(const Event& event) -> std::string_view;

// Was it done by a person or in a person's name, rather than by the provider's
// machinery? True for persons and for keys of unknown kind that look like an
// address.
auto by_person(const Event& event) -> bool;

enum class Act : std::uint8_t {
  kNone,
  kSignIn,        // a sign-in that succeeded
  kSignInFailed,  // one that did not, whatever the error
  kMailRead,
  kMailSent,
  kMailRemoved,
  kMailSearched,
  kFile,
  kConsent,
  kControl  // rules, rights, roles, accounts, applications, switches
};

// What a control change turns on or off.
enum class Control : std::uint8_t {
  kNone,
  kInboxRule,
  kTransportRule,
  kMailbox,  // Set-Mailbox: forwarding, send-on-behalf, auditing
  kPermission,
  kRole,
  kGroup,
  kAccount,
  kPassword,
  kFactor,
  kApplication,
  kSecret,
  kAppRole,
  kGrant,
  kAudit,
  kFederation,
  kPolicy,
  kDevice,
  kSearch
};
auto control_word(Control control) -> std::string_view;

struct ActKind {
  Act act = Act::kNone;
  Control control = Control::kNone;
  bool undoes = false;  // removes, disables or deletes

  friend auto operator==(const ActKind&, const ActKind&) -> bool = default;
};

// Of the operation's name, compared without case, outer blanks, a final full
// stop and kinds of dash. Linear in the name.
auto kind_of_operation(std::string_view operation) -> ActKind;
// Of an event; remembers names that it has met, so that a stream of millions
// costs one table look-up each.
class ActNames {
 public:
  ActNames();
  ~ActNames();
  ActNames(const ActNames&) = delete;
  auto operator=(const ActNames&) -> ActNames& = delete;
  auto kind(const Event& event) -> ActKind;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace serjeant

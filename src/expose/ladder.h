#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expose/coverage.h"
#include "expose/reach.h"
#include "expose/verdict.h"
#include "store/rows.h"

// How far it got with each account, rung by rung (exposure notes, section 7),
// and why not further. A rung is never taken from a higher intention: each asks
// for its own record.
namespace serjeant {

enum class Rung : std::uint8_t {
  kTargeted,   // T0
  kDelivered,  // T1
  kOpened,     // T2
  kClicked,    // T3
  kAttempted,  // T4
  kTakenOver,  // T5
  kReachable,  // T6
  kAccessed,   // T7
  kLeft,       // T8
  kAbused      // T9
};
auto rung_words(Rung rung) -> std::string_view;

// low, likely, high: is it so at least (certain or strong), likely (probable or
// better), at most (possible or better)? Each 0 or 1, so that sums over accounts
// count accounts.
struct Step {
  Rung rung = Rung::kTargeted;
  int low = 0, likely = 0, high = 0;
  std::string certainty;
  std::optional<Nanos> first, last;
  Id campaign;
  std::string words;  // the proof, a sentence
  std::vector<BasisRecord> basis;
};

// A control change that outlives its maker's stay.
struct Persistence {
  std::string kind;  // inbox_rule, forward, transport_rule, permission, role, account, secret, ...
  BasisRecord record;
  std::optional<Nanos> undone;
  std::int64_t weight = 0;
  std::string words;
  std::uint64_t forwarded = 0;  // mails that a trace shows where it sends them
  std::vector<BasisRecord> forwarded_basis;
  std::string actor_certainty;  // of a foreign hand: strong, probable, undecidable
};

// What is kept of an account until all accounts are known.
struct AccountStory {
  std::string key, org;
  bool person = true;
  Nanos first = 0, last = 0;
  bool reads_logged = false;  // some read of its mailbox is in the log
  std::vector<Verdict> verdicts;
  std::vector<Attack> attacks;
  std::vector<Persistence> persistence;
  struct OpenedTo {  // a right on this account that an intruder gave away
    std::string to, by;
    std::string certainty;
    BasisRecord record;
  };
  std::vector<OpenedTo> opened_to;
  std::string created_by;  // taken-over account that created this one
  struct AimedAt {
    const Aim* aim = nullptr;
    const AimReach* reach = nullptr;
  };
  std::vector<AimedAt> aims;
  std::vector<StrandRow> strands;  // of its sessions, their verdict still open
};

struct Ladder {
  std::vector<Step> steps;      // lowest first; rungs that nothing speaks for are absent
  std::optional<Rung> rung;     // the highest likely one
  std::optional<Rung> at_most;  // the highest possible one
  std::string sub;              // credentials_known, or ""
  std::string certainty;        // of `rung`
  std::string why;              // the proof of the highest likely rung
  std::string why_not_higher;
};
auto climb(const AccountStory& story, const CoverageBook& book) -> Ladder;

}  // namespace serjeant

#pragma once

#include <vector>

#include "expose/control.h"
#include "expose/guess.h"
#include "expose/sessions.h"
#include "expose/signin.h"
#include "expose/verdict.h"

namespace serjeant {

// One hand's stays that may be an intruder's, cut loose from its account's memory: it can
// be judged again when other accounts' stays are known.
struct Candidate {
  Verdict verdict;  // without its word and certainty
  struct Part {
    Ip ip;
    std::string family;
    Nanos first = 0, last = 0;
  };
  std::vector<Part> parts;  // its stays, in order of time
  std::vector<std::string> clients;
  std::uint64_t acts = 0;              // besides sign-ins
  std::vector<const Change*> changes;  // made in it, or tied to it by time
  bool by_own_acts = false;            // its control acts alone weigh 3 nats or more
};

struct StayContext {
  const OriginBook& origins;
  const GuessBook& guesses;
  const AgentNames& agents;
  std::uint32_t account = 0;                      // number in `origins`
  std::vector<const Change*> changes;             // of the account, by time
  const std::vector<Verdict>* guessed = nullptr;  // credentials_known verdicts
};

// Weighs the account's stays (exposure notes, sections 6.1 to 6.8) and returns
// those for which anything speaks.
auto weigh_stays(const AccountFacts& facts, const Habit& habit, const StayContext& context)
    -> std::vector<Candidate>;

// Gives each candidate its word. First those that their own acts decide; then
// an address that served one of these, with the same client within a day, counts
// against other accounts' stays there. The more accounts were looked at, the more a
// stranger has to weigh.
void judge_candidates(std::vector<Candidate>& candidates, std::size_t accounts);

}  // namespace serjeant

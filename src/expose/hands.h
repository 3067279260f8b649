#pragma once

#include <cstdint>
#include <vector>

#include "expose/sessions.h"

namespace serjeant {

// How much speaks against a stay's being the owner's, acts left aside.
struct StayWeight {
  std::int64_t total = 0;   // micro-nats
  std::int64_t client = 0;  // of it, by the client
};

// Which stays are one hand's: those that speak for a stranger by 1.5 nats or
// more are joined if they share a session and a family of clients or an address,
// or an address and a family within 7 days. A stay for which nothing speaks joins
// one that shares a session with it and has the same, foreign client (the
// stranger at an address that the owner uses too) or the same address (the
// sign-in through an adversary's proxy, which shows the owner's client).
// Groups in order of their first stay, indexes rising; stays that join nothing
// are in none.
auto join_hands(const std::vector<Stay>& stays, const std::vector<StayWeight>& weights)
    -> std::vector<std::vector<std::size_t>>;

}  // namespace serjeant

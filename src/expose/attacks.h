#pragma once

#include <optional>
#include <vector>

#include "expose/guess.h"
#include "expose/signin.h"
#include "expose/verdict.h"

namespace serjeant {

// The guessing that an account met, strays of one hour joined; in order of time.
auto find_attacks(const AccountFacts& facts, const GuessBook& book, const AgentNames& agents)
    -> std::vector<Attack>;

// Did an attack learn the password? A success, or an error that comes after the
// right password only, with the guessing client string from the guessing
// network, in the attack or within 24 h after it. A success by another client
// from the same address is not enough.
auto judge_attacks(const AccountFacts& facts, const GuessBook& book, const Habit& habit,
                   const OriginBook& origins, const AgentNames& agents,
                   std::vector<Attack>& attacks) -> std::vector<Verdict>;

}  // namespace serjeant

#pragma once

#include <vector>

#include "expose/consent.h"
#include "expose/files.h"
#include "expose/verdict.h"

namespace serjeant {

// Judges every application that the account consented to, or that acted in its
// name: was a way in opened, and was it used? Applications whose rights reach
// no data and that show no use are left out.
auto judge_apps(const AccountFacts& facts, const AppBook& book) -> std::vector<Verdict>;

}  // namespace serjeant

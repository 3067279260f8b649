#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "core/progress.h"
#include "expose/expose.h"
#include "intel/knowledge.h"
#include "seal/evidence.h"
#include "store/case_writer.h"

// Everything that a run takes in, as sealed sources: evidence, rosters, rules,
// intelligence. All of it is hashed, since all of it is part of the answer.
namespace serjeant::cli {

enum class Role : std::uint8_t { kEvidence, kRoster, kRules, kIntel };
auto role_word(Role role) -> std::string_view;

struct Inputs {
  Evidence evidence;         // all sources
  std::vector<Role> roles;   // roles[id - 1]
  std::uint32_t roster = 0;  // id of the roster; 0 = none given
  auto role(std::uint32_t id) const -> Role { return roles[id - 1]; }
};

auto take_inputs(const Arguments& arguments, const SealOptions& options, Progress& progress)
    -> Result<Inputs>;

// The three roots of casefile.md section 3, and the build.
auto make_frame(const Inputs& inputs, const Arguments& arguments) -> Frame;

// The roster that was given, entered as persons; empty if there is none.
auto roster_of(const Inputs& inputs, CaseWriter& out) -> Result<std::vector<RosterEntry>>;

// What the given bundles know, entered with their names; null if there is none.
// Of several bundles the one with the most groups is weighed by, the others are
// entered only.
auto knowledge_of(const Inputs& inputs, CaseWriter& out) -> Result<std::unique_ptr<Knowledge>>;

// Source, origin, leaf and org rows.
struct SourceTotal;
void write_sources(const Inputs& inputs, const std::map<std::uint32_t, SourceTotal>& totals,
                   CaseWriter& out);

}  // namespace serjeant::cli

#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "expose/agent.h"
#include "expose/consent.h"
#include "expose/control.h"
#include "expose/coverage.h"
#include "expose/expose.h"
#include "expose/files.h"
#include "expose/guess.h"
#include "expose/names.h"
#include "expose/native.h"
#include "expose/origins.h"

namespace serjeant {

// What one walk over everything teaches: an organisation's usual places and
// clients, who guesses passwords, its applications, its changes of control,
// and what its logs cover. Memory grows with accounts, places and changes, not
// with records.
class Background {
 public:
  struct Org {
    OriginBook origins;
    GuessBook guesses;
    std::map<std::string, std::uint64_t, std::less<>> domains;  // of its people, by records
    // Changes by account, in order of time.
    std::unordered_map<std::string, std::vector<Change>, TextHash, std::equal_to<>> changes;
    auto ours(std::string_view domain) const -> bool;
  };

  auto learn(const EventStream& events, ExposeSummary& summary) -> Result<>;
  // Counts events for coverage only.
  auto cover(const EventStream& events) -> Result<>;
  void finish(const std::vector<SourceFacts>& sources);

  auto org(std::string_view name) const -> const Org&;
  // Number of an account in the books of its organisation; 0 if it never acted.
  auto account(std::string_view org, std::string_view key) const -> std::uint32_t;

  AgentNames agents;
  AppBook apps;
  LinkUses links;
  CoverageBook coverage;

 private:
  void learn_event(const Event& event, ActKind kind, Org& org, std::uint32_t account);
  void learn_control(const Event& event, ActKind kind, Org& org);
  std::map<std::string, Org, std::less<>> orgs_;
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> accounts_;
};

}  // namespace serjeant

#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "expose/background.h"
#include "expose/rows.h"
#include "expose/stays.h"

namespace serjeant {

// Goes account by account, writes down the facts of each, and keeps of it only
// what has to wait for the others.
class Stories {
 public:
  Stories(Background& background, CaseFacts& facts, std::span<const RosterEntry> roster);

  auto read(const EventStream& by_account) -> Result<>;
  // `reach` has one entry an aim, in their order.
  void aimed_at(std::span<const Aim> aims, const std::vector<AimReach>& reach);
  // Counts the mails that went where a rule or a forwarding sends them, while it
  // stood.
  auto follow_forwards(const EventStream& deliveries) -> Result<>;
  // Verdicts, then what they mean for other accounts, then the rungs.
  void judge(ExposeSummary& summary);

 private:
  using Key = std::pair<std::string, std::string>;  // organisation, account
  void tell(AccountFacts& facts);
  auto person_of(std::string_view account) const -> Id;
  void spread(const Candidate& candidate);
  void plant(AccountStory& story) const;

  Background& background_;
  CaseFacts& facts_;
  std::map<std::string, Id, std::less<>> persons_;  // by address
  std::map<std::string, std::string, std::less<>> main_address_;
  std::map<Key, AccountStory> stories_;
  std::map<Key, std::vector<AccountStory*>> by_local_part_;  // of the address
  struct Forwarded {
    std::uint64_t mails = 0;
    std::vector<BasisRecord> basis;  // the first ones
  };
  std::map<const Change*, Forwarded> forwarded_;
  std::map<const Change*, std::string> foreign_;  // changes of intruders: how certainly theirs
  std::vector<Candidate> candidates_;
  std::uint64_t items_read_ = 0;
};

}  // namespace serjeant

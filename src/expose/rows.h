#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "expose/consent.h"
#include "expose/control.h"
#include "expose/coverage.h"
#include "expose/ladder.h"
#include "expose/mailread.h"
#include "expose/sessions.h"
#include "expose/signin.h"
#include "expose/verdict.h"
#include "store/case_writer.h"

// Puts what was found into the case. Facts of an account are claims, one a kind
// of fact, whose `literal` names the kind ("signins", "mail_read", "mail_sent",
// "mail_removed", "files", "consents", "control_changes", "attacks",
// "persistence") and whose `quantity` is a JSON array; entry n of the array
// rests on evidence n of the claim. Verdicts are claims of their own
// (predicate compromised), rungs are exposures with a claim of the same id.
namespace serjeant {

struct Listing {
  // Entries that a fact lists, and message ids that a mailbox does. An account
  // that nothing speaks against gets the short list; what is left out is counted.
  std::size_t entries = 1'000;
};

class CaseFacts {
 public:
  CaseFacts(CaseWriter& out, Tlp tlp, const AgentNames& agents);

  void account(const AccountFacts& facts, Id person);
  void sign_ins(const AccountFacts& facts, const std::vector<SignInGroup>& groups, Listing limit);
  // Reads with their items, and the sessions and strands that they lie in. The
  // strands are kept back in `strands`: their verdict comes when all accounts
  // are known.
  void mail_reads(const AccountFacts& facts, const std::vector<MailReadGroup>& groups,
                  const std::vector<Session>& sessions, bool all_sessions, Listing limit,
                  std::vector<StrandRow>& strands);
  void strand(StrandRow row) { out_.add(std::move(row)); }
  void mail_sent(const AccountFacts& facts, Listing limit);
  void mail_removed(const AccountFacts& facts, Listing limit);
  void files(const AccountFacts& facts, Listing limit);
  void consents(std::string_view account, std::string_view org,
                const std::vector<const Consent*>& consents);
  void changes(std::string_view account, std::string_view org,
               const std::vector<const Change*>& changes);
  void attacks(const AccountStory& story);
  void persistence(const AccountStory& story);
  void verdict(const Verdict& verdict);
  void ladder(const AccountStory& story, const Ladder& ladder);
  void gap(const Gap& gap);
  void log(const LogCover& log);

  // Events that rows refer to by id: their own rows are owed to the case.
  auto cited() const -> const std::unordered_set<Id>& { return cited_; }

 private:
  void claim(std::string_view kind, std::string_view account, std::string_view org,
             std::string quantity, std::string words, const std::vector<Span>& evidence);
  void cite(const Id& eid) {
    if (!eid.empty()) cited_.insert(eid);
  }

  CaseWriter& out_;
  Tlp tlp_;
  const AgentNames& agents_;
  Id asserter_;
  std::unordered_set<Id> cited_;
};

}  // namespace serjeant

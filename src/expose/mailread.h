#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "expose/coverage.h"
#include "expose/facts.h"

// Which mail was read, by whom, how surely (exposure notes, section 8).
namespace serjeant {

// The reads of one mailbox that count for one reader in one mode.
struct MailReadGroup {
  ReadBy by = ReadBy::kAddress;
  std::string origin;
  bool sync = false;  // whole folders, items not listed
  Nanos first = 0, last = 0;
  std::vector<std::uint32_t> deeds;    // in order of time
  std::set<std::string> addresses;     // as the log has them
  std::set<std::string_view> clients;  // client strings
  std::set<std::string_view> sessions;
  std::set<std::string_view> folders;
  std::set<std::string_view> message_ids;
  std::set<std::string_view> unnamed;  // item ids that came without a Message-ID
  std::uint64_t references = 0;        // items named, repeats counted
  bool throttled = false;

  // Bounds on the number of different mails read. No upper bound but the
  // mailbox itself where `whole_mailbox`, or the named folders where not empty.
  std::uint64_t at_least = 0;
  bool whole_mailbox = false;
  std::set<std::string_view> whole_folders;
  std::vector<std::string> because;
};
// In order of (first, kind, origin, mode).
auto group_mail_reads(const AccountFacts& facts) -> std::vector<MailReadGroup>;

// Finds the pauses of a mailbox's log: records that say so, and 1,000 reads
// within 24 h (learn.microsoft.com, "Use MailItemsAccessed to investigate
// compromised accounts"); tells `book`.
void find_throttling(const AccountFacts& facts, std::string_view profile, CoverageBook& book);

// Fills the bounds of a group from its modes and the gaps beside it.
void bound_reads(const AccountFacts& facts, const CoverageBook& book, MailReadGroup& group);

}  // namespace serjeant

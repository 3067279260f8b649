#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/result.h"
#include "detect/mail/facts.h"
#include "store/aims.h"
#include "store/case_writer.h"

// Mails to campaigns: which of them belong together, and why.
namespace serjeant {

// All messages, ordered by (uid, source, offset); the same message found in
// several mailboxes comes several times. To be walked as often as needed.
class MailStream {
 public:
  virtual ~MailStream() = default;
  virtual auto each(const std::function<void(const mail::MailFacts&)>& take) const -> Result<> = 0;
};

struct CampaignOutcome {
  std::vector<Aim> aims;  // sorted by (recipient, at, mail)
  std::uint64_t messages = 0, campaigns = 0, members = 0, bulk = 0;
};

// Adds campaigns, members, links with their reasons, and the claims about them
// to `out`. No two mails are tied without two independent families of
// evidence; the result does not depend on the order of the stream's sources.
auto find_campaigns(const MailStream& mails, CaseWriter& out) -> Result<CampaignOutcome>;

}  // namespace serjeant

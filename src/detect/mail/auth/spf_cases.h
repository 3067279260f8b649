#pragma once

#include <string>
#include <string_view>

#include "core/span.h"
#include "detect/mail/auth/dns_snapshot.h"

namespace serjeant::mail {

// Questions about connections without a message, as a mail server's log has
// them: NDJSON {"id","ip","helo","mail_from"[,"time"]}, one a line; answers to
// `out`, one a line, in order, with the id as it was written. What cannot be
// asked is a fault (kBadSyntax) and answered with {"id","error"}. Spans count
// from the start of `text`.
auto answer_spf_cases(std::string_view text, const DnsSnapshot& dns, std::string& out)
    -> std::vector<Fault>;

}  // namespace serjeant::mail

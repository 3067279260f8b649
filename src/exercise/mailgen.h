#pragma once

#include <string>

#include "exercise/mailplan.h"
#include "exercise/truth.h"

namespace serjeant::exercise {

// The message as delivered, RFC 5322, with LF line ends (mbox files of our
// parliament are kept on Unix); EML files of the quarantine have CRLF.
void render_mail(const World& world, const MailPlan& plan, const Mail& mail, std::string& out);

// Writes one file of the plan and notes where each message lies.
auto write_mail_file(const World& world, const MailPlan& plan, const MailFile& file,
                     const std::string& dir, std::vector<MailTruth>& truth) -> Result<ExerciseFile>;

}  // namespace serjeant::exercise

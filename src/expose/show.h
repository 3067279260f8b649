#pragma once

#include <functional>
#include <string_view>

#include "store/case_reader.h"

// Prints what a case holds on accounts, one JSON object a line, keys in a fixed
// order (docs/exposure.md describes each). `line` gets the object without its
// line end.
namespace serjeant {

using LineSink = std::function<void(std::string_view line)>;

// One account a line, by name: {account, org, kind, person, ladder{}, steps[],
// signins[], mail_read[], mail_sent[], mail_removed[], files[], consents[],
// control_changes[], attacks[], takeovers[], persistence[]}.
auto show_accounts(const CaseReader& reader, const LineSink& line) -> Result<>;
// One strand a line: {account, session, strand, ip, client, device, first, last,
// events, llr, verdict}.
auto show_sessions(const CaseReader& reader, const LineSink& line) -> Result<>;
// One item and reader a line: {mailbox, kind, key, session, strand, mode, proven,
// first, last, event}.
auto show_items(const CaseReader& reader, const LineSink& line) -> Result<>;
// First the logs ({log...}), then the gaps ({gap...}).
auto show_coverage(const CaseReader& reader, const LineSink& line) -> Result<>;

}  // namespace serjeant

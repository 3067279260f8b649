#pragma once

#include <string>
#include <vector>

#include "core/id.h"
#include "core/span.h"
#include "core/time.h"

namespace serjeant {

// What campaign/ hands on to expose/: a mail of a campaign reached for a
// person's address. One a (mail, recipient).
struct Aim {
  Id campaign;
  Id mail;                 // uid of the message
  std::string recipient;   // address, lower case
  std::string mailbox;     // custodian in whose evidence it lay; "" if not known
  std::string message_id;  // canonical, with angle brackets
  Span span;               // the message
  Nanos at = 0;
  TimeBasis basis = TimeBasis::kNone;
  std::vector<std::string> open_hosts;   // hosts fetched on display
  std::vector<std::string> click_hosts;  // hosts of links
  std::vector<std::string> tokens;       // token values bound to this recipient or mail
};

}  // namespace serjeant

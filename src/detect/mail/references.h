#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "detect/mail/facts.h"
#include "detect/mail/url.h"
#include "read/mail/message.h"

// Everything in the parts of a mail that names something outside of it, and
// what of the mail is seen as text.
namespace serjeant::mail {

struct Contents {
  std::vector<Reference> refs;
  std::vector<std::string_view>
      numbers;       // IMAP part number of each part ("" for multiparts at the top)
  std::string text;  // the body as seen: HTML's visible text, else plain
  std::vector<std::uint64_t> skeleton;  // of the first HTML body
  std::uint32_t elements = 0;
};

// Reads HTML, AMP, SVG, plain text, calendars, cards, message/external-body and
// the relationships of Office documents, in nested messages too. At most 5,000
// references a mail.
auto read_contents(const Message& message, const std::vector<Recipient>& recipients, Arena& arena)
    -> Contents;

// Relationships with TargetMode="External" in an Office file (ECMA-376, part 2,
// section 9.3): (path of the .rels file, type's last word, target). Nothing if
// it is no such file or cannot be unpacked within its budget.
struct OfficeLink {
  std::string path, type, target;
};
auto office_links(std::string_view zip) -> std::vector<OfficeLink>;

// Addresses in a calendar or card (RFC 5545, RFC 6350): property, parameter or
// value, in order.
struct CardLink {
  std::string context;  // "ics.image", "vcard.photo", "ics.altrep"
  std::string url;
  Fetch fetch = Fetch::kClick;
  Visibility visibility = Visibility::kNotApplicable;
};
auto card_links(std::string_view text, bool calendar) -> std::vector<CardLink>;

}  // namespace serjeant::mail

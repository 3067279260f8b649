#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/id.h"
#include "core/sha256.h"
#include "core/span.h"
#include "core/time.h"
#include "read/mail/message.h"
#include "shape/event.h"

// What is known of one mail: everything that grouping mails into campaigns,
// telling beacons and naming targets needs, and nothing that needs a second
// mail. Facts, not findings: a tracking pixel is as true of honest newsletters.
namespace serjeant::mail {

enum class AddressKind : std::uint8_t { kTo, kCc, kBcc, kDeliveredTo, kOriginalTo };
struct Recipient {
  std::string_view address;  // canonical, lower case
  std::string_view name;     // as shown; may be empty
  AddressKind kind = AddressKind::kTo;
};

// One Received field, from the top; only hops above the trust boundary are
// evidence, which the mailbox as a whole must tell.
struct HopFact {
  std::string_view from, helo, rdns, by;  // hosts in lower case
  Ip ip;                                  // of the client, if stated
  Nanos at = 0;
  bool dated = false;
};

struct SignatureFact {
  std::string_view domain, selector;  // d=, s= of a DKIM-Signature, lower case
};

// An identifier of the sending account at a mass-mail house or list server.
struct TenantFact {
  std::string_view header;  // lower case: "list-id", "feedback-id", "x-mailgun-sid", ...
  std::string_view value;   // its part that stays the same from mail to mail
};

// Asks for a receipt (Disposition-Notification-To and its like).
struct ReceiptFact {
  std::string_view header;   // as written
  std::string_view address;  // canonical
  bool same_domain = false;  // registrable domain equal to From's
};

struct AttachmentFact {
  std::string_view name, type;  // type "application/pdf", lower case
  std::string_view part;        // IMAP part number, "2.1"
  std::uint64_t bytes = 0;      // decoded
  Digest sha256{};
};

enum class Fetch : std::uint8_t { kOpen, kClient, kClick, kAttachment, kNever };
enum class Visibility : std::uint8_t { kVisible, kHidden, kUnknown, kNotApplicable };
auto fetch_word(Fetch fetch) -> std::string_view;
auto visibility_word(Visibility visibility) -> std::string_view;

// Why something is not seen; bits. Those of `Reference::hidden_by_ancestor`
// hold for an element around it.
enum HiddenReason : std::uint32_t {
  kHiddenSize = 1,        // at most 2 px wide or high
  kHiddenDisplay = 2,     // display:none
  kHiddenVisibility = 4,  // visibility:hidden or collapse
  kHiddenOpacity = 8,     // opacity of at most 0.02, or filter:opacity
  kHiddenMaxHeight = 16,  // max-height of at most 2 px
  kHiddenMaxWidth = 32,
  kHiddenOverflow = 64,     // inside a box of no size that cuts what runs over
  kHiddenOffScreen = 128,   // moved outside by position, margin or text-indent
  kHiddenClip = 256,        // clip or clip-path leaves nothing
  kHiddenScale = 512,       // transform:scale(0)
  kHiddenAttribute = 1024,  // hidden attribute, closed details, type=hidden
  kHiddenNoPicture = 2048,  // loads, but is no picture (style sheet, font, sound)
  kHiddenSheet = 4096,      // the deciding rule stands in a style sheet
};
// "size<=2px", "display:none", ...
auto hidden_word(HiddenReason reason) -> std::string_view;

enum class TokenKind : std::uint8_t { kOpaque, kUuid, kCounter, kAddress };
enum class Maps : std::uint8_t { kUnknown, kYes };
struct Token {
  std::string_view value;
  std::string_view where;  // "host", "path", "query:NAME", "fragment"
  TokenKind kind = TokenKind::kOpaque;
  std::string_view transform;   // of kAddress: "plain", "hex", "base64", "base64url", "rot13",
                                // "md5", "sha1", "sha256", with "_prefixN" where cut
  Maps maps = Maps::kUnknown;   // kYes: computable from a recipient's address
  std::uint32_t recipient = 0;  // index into MailFacts::recipients, if kYes
};

// Something outside of the mail that it names: fetched by showing it, by a
// click, by opening an attachment, or never.
struct Reference {
  std::string_view url;        // decoded, absolute
  std::string_view host;       // lower case, without port; empty for some schemes
  std::string_view domain;     // registrable domain (public suffix list), or the address
  std::string_view part;       // IMAP part number; "2!word/x.rels" inside a container
  std::string_view context;    // "img.src", "css.background", "a.href", ... (docs/formats/eml.md)
  std::string_view template_;  // URL with variable segments as {hex:16}, {uuid}, {num:4}, ...
  Span span;                   // its bytes where the part is not encoded, else the encoded body
  Fetch fetch = Fetch::kClick;
  Visibility visibility = Visibility::kNotApplicable;
  std::uint32_t hidden = 0, hidden_by_ancestor = 0;  // HiddenReason bits
  std::vector<Token> tokens;  // values that may stand for a recipient, a mail or a campaign
};

constexpr auto kMinHashes = std::size_t{128};
constexpr auto kDomHashes = std::size_t{32};
using TextSignature = std::array<std::uint32_t, kMinHashes>;
using DomSignature = std::array<std::uint32_t, kDomHashes>;

// Views are valid as long as the message, the arena, or the bytes that were
// decoded.
struct MailFacts {
  Span span;     // of the message in its source
  Id uid;        // from the SHA-256 of its raw octets: the same in every mailbox
  Nanos at = 0;  // Date; else the time of the newest hop
  TimeBasis basis = TimeBasis::kNone;
  std::int32_t zone_minutes = 0;  // of Date, east positive; meaningful if `zoned`
  bool zoned = false;
  std::string_view message_id;                    // canonical: "<left@right>"
  std::vector<std::string_view> references;       // In-Reply-To and References, canonical
  std::string_view subject;                       // decoded
  std::string_view from, from_name, from_domain;  // address canonical; domain registrable
  std::vector<std::string_view> more_from;        // other From addresses: readers may differ
  std::string_view sender, return_path, reply_to;
  std::string_view envelope_from;     // address on the mbox marker line
  std::string_view custodian;         // best hint whose mailbox it lay in: Delivered-To,
                                      // X-Original-To, X-Envelope-To; may be empty
  std::vector<Recipient> recipients;  // canonical, each address and kind once
  std::vector<HopFact> hops;          // from the top
  std::vector<SignatureFact> signatures;
  std::vector<TenantFact> tenants;
  std::vector<ReceiptFact> receipts;
  std::string_view mailer;
  std::string_view originating_ip;  // X-Originating-IP and its like, as written
  bool list = false;                // List-* fields or a mailing list's Precedence
  bool bulk = false;  // Precedence bulk or junk, Auto-Submitted, Feedback-ID, one-click
  std::string_view unsubscribe_host;  // of the first http URL of List-Unsubscribe
  std::vector<AttachmentFact> attachments;
  std::vector<Reference> refs;   // in order of parts and places
  std::uint32_t text_bytes = 0;  // of the plain reading of the body, decoded
  std::uint32_t shingles = 0;    // distinct 3-word shingles behind `text`; 0 = no signature
  TextSignature text{};
  std::uint32_t elements = 0;  // of the HTML; 0 = no `dom`
  DomSignature dom{};
  Id dom_exact;                               // equal for equal skeletons
  std::vector<std::string_view> persona;      // "message-id=h32@d", "zone=+0800", ... sorted
  std::uint32_t faults = 0, ambiguities = 0;  // of the reader: how odd the mail is
};

// From a message as read with decoding. `owner_names` is of no concern here:
// the recipient's own name and address are taken from the mail itself.
auto mail_facts(const Message& message, Arena& arena) -> MailFacts;
// As above; the event's time and basis win where they are set. The event must
// have a message.
auto mail_facts(const Event& event, Arena& arena) -> MailFacts;

// One JSON object on one line, keys in fixed order, absent ones left out.
void write_mail_facts(const MailFacts& facts, std::string& out);

// As bytes for sorted runs, and back. Decoding never reads outside of `bytes`;
// false if they are not what `encode_mail_facts` wrote. Texts point into
// `bytes`.
void encode_mail_facts(const MailFacts& facts, std::string& out);
auto decode_mail_facts(std::string_view bytes, MailFacts& out) -> bool;

// Estimated Jaccard similarity of two texts or skeletons, in parts per
// thousand; 0 if one has none.
auto text_likeness(const MailFacts& a, const MailFacts& b) -> std::uint32_t;
auto dom_likeness(const MailFacts& a, const MailFacts& b) -> std::uint32_t;

}  // namespace serjeant::mail

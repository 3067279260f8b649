#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/sha256.h"
#include "core/span.h"
#include "read/mail/charset.h"
#include "read/mail/content_type.h"
#include "read/mail/header.h"
#include "read/mail/transfer.h"

// A message as a flat list of parts, each with the spans of what it was made
// from (RFC 5322, RFC 2045 to 2049). This is the `rfc` view: strict where the
// standards are clear, tolerant as in RFC 7103 elsewhere. Where other readers
// would see something else, an Ambiguity says so with the bytes; the views of
// particular mail programs are derived from these parts and ambiguities.
namespace serjeant::mail {

constexpr auto kNoPart = std::uint32_t{0xffffffff};

// Readers of mail that may disagree; bits of Ambiguity::views.
enum View : std::uint8_t { kViewRfc = 1, kViewOutlook = 2, kViewGmail = 4 };

enum class AmbiguityKind : std::uint8_t {
  kFromFieldRepeated,
  kFieldNameLeadingSpace,
  kFieldNameTrailingSpace,
  kFromTwoAddresses,
  kEncodedWordHoldsAddress,
  kFromSourceRoute,
  kTrailingTextAfterAngleAddress,
  kNulInField,
  kDuplicateContentType,
  kDuplicateCte,
  kUnknownCteUsed,
  kBoundaryMissing,
  kBoundaryPrefixOfOther,
  kBoundaryInWrongLevel,
  kEpilogueContent,
  kPreambleContent,
  kParameterRepeated,
  kRfc2231AndPlainFilename,
  kBase64Junk,
  kBase64EarlyPadding,
  kQpInvalid,
  kHeaderWithoutColon,
  kNestingLimit,
  kUuInText,
  kMultipartEncoded,
};
// "from_field_repeated", ...
auto ambiguity_word(AmbiguityKind kind) -> std::string_view;

// A place where two readers of the same bytes may see different mails.
struct Ambiguity {
  AmbiguityKind kind;
  std::uint8_t views = 0;  // View bits of those known to differ from `rfc`; 0 = not evaluated
  std::vector<Span> spans;
};

enum class PartKind : std::uint8_t { kLeaf, kMultipart, kMessage };

// Offsets of spans count in the part's buffer (below): for all but parts of an
// encoded nested message that is the source itself.
struct Part {
  std::uint32_t parent = kNoPart;
  std::uint32_t buffer = 0;  // index into Message::buffers
  std::uint32_t depth = 0;
  PartKind kind = PartKind::kLeaf;
  Encoding encoding = Encoding::kNone;
  bool cut = false;               // a part of a multipart that no delimiter ended
  bool type_stated = false;       // a Content-Type field was there and could be read
  std::uint32_t first_field = 0;  // Message::fields[first_field, +field_count)
  std::uint32_t field_count = 0;
  Span header;    // from the first field to behind the blank line
  Span body;      // everything behind: of a multipart, with preamble, delimiters and epilogue
  Span preamble;  // of a multipart, without the delimiter line
  Span opening;   // first delimiter line, its line end included
  Span closing;   // close-delimiter line, its line end included; length 0 = there was none
  Span epilogue;  // behind it
  std::string_view type = "text", subtype = "plain";  // lower case; the default where not stated
  ContentType content_type;
  ContentType disposition;
  std::string_view name;  // file name: disposition's, else the type's; decoded
  Transferred decoded;    // of a leaf or encoded message, if reading was asked to decode
};

// Bytes that parts lie in: 0 is the message in its source, others are decoded
// bodies of encoded message/rfc822 parts.
struct Buffer {
  std::string_view bytes;
  std::uint32_t owner = kNoPart;  // the part whose decoded body this is
};

struct Message {
  Span span;                     // all octets of the message, without an mbox marker line
  Span marker;                   // the "From " line before it; length 0 = none
  std::string_view marker_text;  // its octets
  std::vector<Buffer> buffers;   // never empty
  std::vector<Part> parts;       // never empty; depth first; parts[0] is the message itself
  std::vector<Field> fields;     // of all parts, in order
  std::vector<Ambiguity> ambiguities;
  std::vector<Span> unread;  // header bytes beyond a limit

  auto raw() const -> std::string_view { return buffers[0].bytes; }
  // The octets of a span of that part.
  auto bytes(const Part& part, Span at) const -> std::string_view;
  auto fields_of(const Part& part) const -> std::span<const Field> {
    return {fields.data() + part.first_field, part.field_count};
  }
  // First field of that kind in a part, or null.
  auto find(const Part& part, FieldId id) const -> const Field*;
  auto header(FieldId id) const -> const Field* { return find(parts[0], id); }
  // Where the part's bytes, or the encoded part that holds them, lie in the source.
  auto evidence(const Part& part) const -> Span;
};

struct MessageLimits {
  HeaderLimits header;
  std::uint32_t depth = 64;
  std::uint32_t parts = 10'000;
  bool decode = true;  // fill Part::decoded
};

// Reads one message. `raw` is its octets from the first header byte on, at most
// 4 GiB - 1 of them; `at` says where they lie. Everything points into `raw` or
// `arena`. Never fails; always gives at least one part. Linear in `raw`.
// Guarantees (fuzz/mime_fuzz.cc): in each buffer the headers and bodies of the
// top part cover all bytes; the parts of a multipart lie in its body in order,
// apart from each other by delimiter lines only.
// Faults: those of split_header; kBadSyntax (multipart without its boundary, a
// part closed by an outer boundary, unknown transfer encoding, undecodable
// octets), kTruncated (no close-delimiter), kTooDeep, kTooMany.
auto read_message(std::string_view raw, Span at, Arena& arena, const MessageLimits& limits = {})
    -> Parsed<Message>;

// The part's transfer-decoded octets; those of Part::decoded if they are there.
auto decoded_bytes(const Message& message, const Part& part, Arena& arena) -> std::string_view;
// As text in UTF-8 by the part's charset. For HTML without a declared charset
// that is not UTF-8, what its first 1,024 octets declare.
auto decoded_text(const Message& message, const Part& part, Fallback fallback, Arena& arena)
    -> Text;

// Which parts a reader shows as body, in its plain and HTML form, and which are
// attachments (RFC 8621, section 4.1.4; but pictures, sound and film shown in
// the body count as attachments too, since they are files). Indexes of leaf and
// message parts, for parts below `root` without entering nested messages.
struct Bodies {
  std::vector<std::uint32_t> text, html, attachments;
  std::vector<std::uint32_t> shown_media;  // those of `attachments` that the body shows
};
auto sort_bodies(const Message& message, std::uint32_t root = 0) -> Bodies;

}  // namespace serjeant::mail

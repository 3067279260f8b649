#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/span.h"

// Splits the header block of a message into fields (RFC 5322, section 2.2).
//
// Nothing is decoded or unfolded here: that is the next step's work, and it
// needs the raw bytes. Tested by header_test.cc and fuzz/mail_header_fuzz.cc.
namespace serjeant::mail {

// Field names that something in the program reads; all others are kOther and
// live by their written name.
enum class FieldId : std::uint8_t {
  kOther,
  kFrom,
  kTo,
  kCc,
  kBcc,
  kSender,
  kReplyTo,
  kReturnPath,
  kSubject,
  kDate,
  kMessageId,
  kInReplyTo,
  kReferences,
  kReceived,
  kComments,
  kKeywords,
  kMimeVersion,
  kContentType,
  kContentTransferEncoding,
  kContentDisposition,
  kContentId,
  kContentDescription,
  kContentLanguage,
  kContentLocation,
  kResentFrom,
  kResentTo,
  kResentCc,
  kResentBcc,
  kResentSender,
  kResentDate,
  kResentMessageId,
  kListId,
  kListUnsubscribe,
  kListArchive,
  kListHelp,
  kListOwner,
  kListPost,
  kListSubscribe,
  kDkimSignature,
  kArcSeal,
  kArcMessageSignature,
  kArcAuthenticationResults,
  kAuthenticationResults,
  kDeliveredTo,
  kXOriginalTo,
  kXMailer,
  kUserAgent,
  kContentLength,
  kCount
};
// Case and white space at the end do not matter (RFC 5322, section 4.5.8).
auto field_id(std::string_view name) -> FieldId;
// The usual lower-case spelling; empty for kOther.
auto field_word(FieldId id) -> std::string_view;

struct Field {
  std::string_view name;   // as written, without the colon
  std::string_view value;  // as written, folds included, without the last line end
  Span span;               // the whole field, with its last line end
  FieldId id = FieldId::kOther;
};

struct Header {
  std::vector<Field> fields;
  std::size_t size = 0;  // bytes taken from the block, the closing blank line included
};

// What is beyond a limit is reported as a fault and left unread.
struct HeaderLimits {
  std::uint32_t bytes = 1u << 20;
  std::uint32_t fields = 10'000;
};

// `block` starts at the first header byte and may run on into the body; `at`
// is where it lies in its source. The fields point into `block`, which must
// outlive them. Field and fault spans, in order, cover the first `size` bytes
// without gap or overlap, but for the blank line.
//
// Faults: kBadHeader (a line without a name and a colon), kTooLong, kTooMany.
// Time is linear in the bytes taken.
auto split_header(std::string_view block, Span at, HeaderLimits limits = {}) -> Parsed<Header>;

}  // namespace serjeant::mail

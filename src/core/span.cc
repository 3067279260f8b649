#include "core/span.h"

namespace serjeant {

auto fault_word(FaultKind kind) -> std::string_view {
  switch (kind) {
    case FaultKind::kTruncated:
      return "truncated";
    case FaultKind::kBadEncoding:
      return "bad-encoding";
    case FaultKind::kBadHeader:
      return "bad-header";
    case FaultKind::kBadSyntax:
      return "bad-syntax";
    case FaultKind::kBadColumns:
      return "bad-columns";
    case FaultKind::kBadQuote:
      return "bad-quote";
    case FaultKind::kBadTime:
      return "bad-time";
    case FaultKind::kBadNumber:
      return "bad-number";
    case FaultKind::kNul:
      return "nul";
    case FaultKind::kDuplicateKey:
      return "duplicate-key";
    case FaultKind::kTimeFromWrapper:
      return "time-from-wrapper";
    case FaultKind::kIdConflict:
      return "id-conflict";
    case FaultKind::kAmbiguous:
      return "ambiguous";
    case FaultKind::kEncrypted:
      return "encrypted";
    case FaultKind::kUnsupported:
      return "unsupported";
    case FaultKind::kUnreadable:
      return "unreadable";
    case FaultKind::kTooDeep:
      return "limit-depth";
    case FaultKind::kTooLong:
      return "limit-length";
    case FaultKind::kTooMany:
      return "limit-count";
    case FaultKind::kTooBig:
      return "limit-size";
    case FaultKind::kRatio:
      return "limit-ratio";
    case FaultKind::kBadChecksum:
      return "bad-checksum";
    case FaultKind::kTemplateMissing:
      return "template-missing";
    case FaultKind::kGap:
      return "gap";
    case FaultKind::kOutOfOrder:
      return "out-of-order";
    case FaultKind::kChanged:
      return "changed";
  }
  SJ_CHECK(false);
  return {};
}

}  // namespace serjeant

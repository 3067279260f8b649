#pragma once

#include "detect/finding.h"

namespace serjeant {

// Of a finding of one event. Where the caller fills no `eid` the span stands in.
inline auto finding_id(const RuleInfo& rule, const Id& eid, const Span& span) -> Id {
  auto id = IdBuilder("finding");
  id.add(view(rule.sha256)).add(eid);
  if (eid.empty()) id.add(span.offset).add(std::uint64_t{span.length});
  return id.finish();
}

}  // namespace serjeant

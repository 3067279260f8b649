#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "detect/matcher.h"
#include "detect/sigma/fast/rule_group.h"
#include "detect/sigma/rule.h"

namespace serjeant {

struct RuleSet::Impl {
  std::vector<RuleInfo> infos;
  std::vector<std::pair<std::uint32_t, Diagnostic>> diagnostics;
  sigma::Compiled compiled;
  // Grows as routes are met; guarded by itself.
  std::unique_ptr<sigma::fast::RuleGroups> groups =
      std::make_unique<sigma::fast::RuleGroups>(compiled);
};

}  // namespace serjeant

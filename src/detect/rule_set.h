#pragma once

#include <utility>
#include <vector>

#include "detect/matcher.h"
#include "detect/sigma/rule.h"

namespace serjeant {

struct RuleSet::Impl {
  std::vector<RuleInfo> infos;
  std::vector<std::pair<std::uint32_t, Diagnostic>> diagnostics;
  sigma::Compiled compiled;
};

}  // namespace serjeant

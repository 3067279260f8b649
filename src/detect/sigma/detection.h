#pragma once

#include "core/yaml.h"
#include "detect/sigma/modifier.h"
#include "detect/sigma/rule.h"
#include "detect/sigma/trouble.h"

namespace serjeant::sigma {

// Reads the selections of a `detection` or `filter` mapping into `judgement`,
// in order, leaving out the members named in `reserved`: a map is AND, a list
// of maps or lists is OR, texts are keywords, a mixed list is OR of both (D29).
void parse_selections(const YamlNode& mapping, const std::vector<std::string_view>& reserved,
                      const Placeholders& placeholders, Judgement& judgement,
                      Complaints& complaints);

}  // namespace serjeant::sigma

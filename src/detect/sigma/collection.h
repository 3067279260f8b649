#pragma once

#include <string>
#include <vector>

#include "core/yaml.h"
#include "detect/sigma/trouble.h"

namespace serjeant::sigma {

// One document of a file, after the merging that old rule collections ask for.
struct Source {
  YamlNode root;
  YamlMark mark;
  std::string digest_text;  // what its hash is taken of: its own text, and what was merged in
  Complaints complaints;
  bool inherits_id = false;  // from a global or repeated document: it is not its own
  bool inherits_name = false;
};

// The documents of a file. `action: global` is merged into those that follow,
// `action: reset` ends that, `action: repeat` is merged into the document
// before (deep, as pySigma does); none of them stands alone but `repeat`.
auto read_collection(std::string_view file, std::string_view text) -> std::vector<Source>;

}  // namespace serjeant::sigma

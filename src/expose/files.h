#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expose/facts.h"

namespace serjeant {

enum class FileAct : std::uint8_t {
  kAccess,
  kPreview,
  kDownload,  // a copy left: downloaded or synchronised
  kUpload,
  kModify,
  kRemove,
  kLink,      // a link for anybody was made
  kLinkUsed,  // and used
  kOther
};
auto file_act(std::string_view operation) -> FileAct;
auto file_act_word(FileAct act) -> std::string_view;

// Did this act take a copy away for a person or program? Programs of the
// provider that draw a file in the browser do not (exposure notes, section 9).
auto takes_file(const Deed& deed) -> bool;

// Uses of links for anybody, by the file they open: made by people who are not
// in the tenant, so under other accounts than the link's maker.
class LinkUses {
 public:
  void see(const Event& event);
  struct Use {
    std::uint64_t times = 0;
    Nanos first = 0, last = 0;
    Cite cite;
  };
  auto of(std::string_view org, std::string_view object) const -> const Use*;

 private:
  std::map<std::pair<std::string, std::string>, Use> uses_;
};

}  // namespace serjeant

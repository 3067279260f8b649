#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "detect/mail/facts.h"

// What an HTML body fetches, shows and looks like, without laying it out:
// styles are resolved for every open element, and something is hidden only if a
// rule can be named for it (docs/formats/eml.md). What cannot be known stays
// unknown.
namespace serjeant::mail {

struct PageReference {
  std::string_view url;            // as written, references decoded
  std::string_view context;        // "img.src", ...
  std::size_t at = 0, length = 0;  // where in the text
  Fetch fetch = Fetch::kClick;
  Visibility visibility = Visibility::kNotApplicable;
  std::uint32_t hidden = 0, hidden_by_ancestor = 0;
};

struct Page {
  std::vector<PageReference> refs;      // in order, at most kMostReferences
  std::string_view base;                // of the first base element
  std::string text;                     // what is seen, blocks on lines of their own
  std::size_t hidden_text = 0;          // bytes of text that is not seen
  std::vector<std::uint64_t> skeleton;  // hashes of runs of tags, for the DOM signature
  std::uint32_t elements = 0;
  bool has_form = false, has_script = false;
  bool cut = false;  // a limit was met: styles or references beyond were not looked at
};

constexpr auto kMostReferences = std::size_t{5000};

// `html` in UTF-8. `amp`: the AMP part of a mail, which some clients show
// instead: everything is fetched by those only.
auto read_page(std::string_view html, bool amp, Arena& arena) -> Page;

// Plain addresses in text: "https://..." up to a blank or quote.
auto find_addresses(std::string_view text, std::size_t limit) -> std::vector<std::string_view>;

}  // namespace serjeant::mail

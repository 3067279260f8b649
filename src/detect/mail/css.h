#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/arena.h"

// Style sheets as far as they decide whether something is seen and what is
// fetched (CSS Syntax 3, Selectors 3: type, class, id, descendant, child).
// What is not understood applies to nothing and is not guessed at.
namespace serjeant::mail {

struct Declaration {
  std::string_view name;   // lower case
  std::string_view value;  // trimmed, comments and "!important" taken out
  bool important = false;
};

// "a:b; c:d". Linear.
auto parse_declarations(std::string_view text, Arena& arena) -> std::vector<Declaration>;

// Arguments of every url(...) in a value, quotes taken off.
auto css_urls(std::string_view value) -> std::vector<std::string_view>;

struct CompoundSelector {
  std::string_view tag;  // lower case; empty = any
  std::string_view id;
  std::vector<std::string_view> classes;
};

// What a selector is matched against.
struct StyledElement {
  std::string_view tag, id;
  std::vector<std::string_view> classes;
};

struct Rule {
  std::vector<CompoundSelector> path;  // from outermost to the element itself
  std::uint32_t specificity = 0;
  std::uint32_t order = 0;
  bool conditional = false;  // inside of a media query that not every client meets
  std::uint32_t block = 0;   // index into StyleSheet::blocks
};

struct SheetReference {
  std::string_view url;
  std::string_view context;  // "css.import", "css.font_face"
};

class StyleSheet {
 public:
  // Adds the text of a style element. Rules beyond 4,000 are not looked at
  // (`cut` says so).
  void add(std::string_view text, Arena& arena);
  // Rules whose path ends at the element that `ancestors` ends with; at most
  // `budget` comparisons, which it lowers; 0 left = not all were tried.
  void match(const std::vector<const StyledElement*>& ancestors, std::uint64_t& budget,
             std::vector<const Rule*>& out) const;

  auto empty() const -> bool { return rules_.empty(); }
  auto declarations(const Rule& rule) const -> const std::vector<Declaration>& {
    return blocks_[rule.block];
  }
  auto blocks() const -> std::size_t { return blocks_.size(); }
  auto block(std::size_t index) const -> const std::vector<Declaration>& { return blocks_[index]; }
  auto references() const -> const std::vector<SheetReference>& { return references_; }
  auto cut() const -> bool { return cut_; }

 private:
  void rules(std::string_view text, Arena& arena);
  void selector(std::string_view text, bool conditional, Arena& arena);

  std::vector<Rule> rules_;
  std::vector<std::vector<Declaration>> blocks_;
  std::vector<SheetReference> references_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>>
      by_key_;  // "#id", ".class", "tag"
  std::vector<std::uint32_t> universal_;
  bool cut_ = false;
};

// A length in px: "0", "1px", "-9999px", "2pt", "0.5em"; nothing for percent,
// auto and what cannot be known. Thousandths of a px.
struct CssLength {
  bool known = false;
  std::int64_t milli_px = 0;
};
auto css_length(std::string_view text) -> CssLength;

}  // namespace serjeant::mail

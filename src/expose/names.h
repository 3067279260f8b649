#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/narrow.h"

namespace serjeant {

// Lets maps keyed by std::string be asked with a view.
struct TextHash {
  using is_transparent = void;
  auto operator()(std::string_view text) const -> std::size_t {
    return std::hash<std::string_view>{}(text);
  }
};

// Texts as small numbers, in order of first use. Number 0 is the empty text.
// Numbers depend on the order of the input, so they never reach an output.
class Names {
 public:
  Names() { number(""); }

  auto number(std::string_view text) -> std::uint32_t {
    if (auto found = numbers_.find(text); found != numbers_.end()) return found->second;
    auto fresh = narrow<std::uint32_t>(texts_.size());
    texts_.emplace_back(text);
    numbers_.emplace(texts_.back(), fresh);
    return fresh;
  }
  auto text(std::uint32_t number) const -> const std::string& { return texts_[number]; }
  auto size() const -> std::size_t { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // addresses stay
  std::unordered_map<std::string_view, std::uint32_t, TextHash, std::equal_to<>> numbers_;
};

}  // namespace serjeant

#include "detect/sigma/detection.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "core/narrow.h"

namespace serjeant::sigma {
namespace {

class Builder {
 public:
  Builder(const Placeholders& placeholders, Judgement& judgement, Complaints& complaints)
      : placeholders_(placeholders), judgement_(judgement), complaints_(complaints) {}

  // Depth is bounded by that of the YAML reader.
  auto detection(const YamlNode& node) -> std::optional<std::uint32_t> {
    if (node.is_mapping()) return mapping(node);
    if (node.is_sequence()) return sequence(node);
    if (node.is_null())
      return refuse(Trouble::kEmptySelection, node, "the selection holds nothing");
    return keywords({&node});
  }

 private:
  auto mapping(const YamlNode& node) -> std::optional<std::uint32_t> {
    if (node.items.empty())
      return refuse(Trouble::kEmptySelection, node, "the selection holds nothing");
    auto all = Node{Node::Kind::kAnd, 0, {}};
    for (const auto& entry : node.items) {
      auto item = build_item(entry, placeholders_, complaints_);
      if (!item) continue;  // told already; the next may be wrong too
      all.children.push_back(add(std::move(*item)));
    }
    if (all.children.empty()) return std::nullopt;
    return add(std::move(all));
  }

  auto sequence(const YamlNode& node) -> std::optional<std::uint32_t> {
    if (node.items.empty())
      return refuse(Trouble::kEmptySelection, node, "the selection holds nothing");
    auto any = Node{Node::Kind::kOr, 0, {}};
    auto words = std::vector<const YamlNode*>{};
    for (const auto& entry : node.items) {
      if (entry.is_scalar()) {
        words.push_back(&entry);
      } else if (const auto child = detection(entry)) {
        any.children.push_back(*child);
      }
    }
    if (!words.empty())
      if (const auto child = keywords(words)) any.children.push_back(*child);
    if (any.children.empty()) return std::nullopt;
    return add(std::move(any));
  }

  auto keywords(const std::vector<const YamlNode*>& words) -> std::optional<std::uint32_t> {
    auto item = build_keywords(words, complaints_);
    if (!item) return std::nullopt;
    return add(std::move(*item));
  }

  auto add(Item item) -> std::uint32_t {
    judgement_.items.push_back(std::move(item));
    return add({Node::Kind::kItem, narrow<std::uint32_t>(judgement_.items.size() - 1), {}});
  }
  auto add(Node node) -> std::uint32_t {
    judgement_.nodes.push_back(std::move(node));
    return narrow<std::uint32_t>(judgement_.nodes.size() - 1);
  }

  auto refuse(Trouble trouble, const YamlNode& node, std::string_view message)
      -> std::optional<std::uint32_t> {
    complaints_.add(trouble, node.key.empty() ? node.mark : node.key_mark, std::string(message));
    return std::nullopt;
  }

  const Placeholders& placeholders_;
  Judgement& judgement_;
  Complaints& complaints_;
};

}  // namespace

void parse_selections(const YamlNode& mapping, const std::vector<std::string_view>& reserved,
                      const Placeholders& placeholders, Judgement& judgement,
                      Complaints& complaints) {
  auto builder = Builder(placeholders, judgement, complaints);
  for (const auto& entry : mapping.items) {
    if (std::find(reserved.begin(), reserved.end(), entry.key) != reserved.end()) continue;
    const auto root = builder.detection(entry);
    // A selection that failed is still defined: the condition that names it
    // should not be blamed as well.
    judgement.selections.push_back({entry.key, root.value_or(0)});
  }
}

}  // namespace serjeant::sigma

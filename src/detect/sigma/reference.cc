#include "detect/sigma/reference.h"

#include <algorithm>

#include "core/sha256.h"
#include "core/text.h"

namespace serjeant::sigma {
namespace {

constexpr auto kMostMatched = std::size_t{64};
constexpr auto kMostKept = std::size_t{256};
constexpr auto kLongestKept = std::size_t{1024};

auto equals_number(const Test& test, Value leaf) -> bool {
  if (leaf.is_number()) {
    const auto number = parse_number(leaf.text());
    return number && compare(*number, test.number) == 0;
  }
  return leaf.is_text() && leaf.text() == test.text;
}

auto compares(const Test& test, Value leaf) -> bool {
  if (!leaf.is_number() && !leaf.is_text()) return false;
  const auto number = parse_number(leaf.text());
  return number && holds(test.comparison, compare(*number, test.number));
}

auto time_part_holds(const Test& test, Value leaf) -> bool {
  if (!leaf.is_number() && !leaf.is_text()) return false;
  const auto value = part_of_time(test.part, leaf.text(), leaf.is_number());
  return value &&
         holds(test.comparison, compare({true, *value, static_cast<double>(*value)}, test.number));
}

// One test on one value that is not null.
auto meets(const Test& test, Value leaf, EventView& view) -> bool {
  switch (test.kind) {
    case Test::Kind::kText:
      return matches(test.pattern, test.pattern.cased ? leaf.text() : view.folded(leaf.text()));
    case Test::Kind::kNumber:
      return equals_number(test, leaf);
    case Test::Kind::kBool:
      return (leaf.is_bool() || leaf.is_text()) &&
             equals_ignoring_ascii_case(leaf.text(), test.flag ? "true" : "false");
    case Test::Kind::kRegex:
      return test.regex->search(leaf.text());
    case Test::Kind::kNetwork: {
      const auto address = parse_address(leaf.text());
      return address && contains(test.network, *address);
    }
    case Test::Kind::kCompare:
      return compares(test, leaf);
    case Test::Kind::kTimePart:
      return time_part_holds(test, leaf);
    case Test::Kind::kNull:
    case Test::Kind::kExists:
    case Test::Kind::kFieldRef:
      return false;
  }
  return false;
}

auto related(FieldRelation relation, std::string_view own, std::string_view other) -> bool {
  switch (relation) {
    case FieldRelation::kEqual:
      return own == other;
    case FieldRelation::kContains:
      return own.find(other) != std::string_view::npos;
    case FieldRelation::kStartsWith:
      return own.starts_with(other);
    case FieldRelation::kEndsWith:
      return own.ends_with(other);
  }
  return false;
}

// Any pair of members of the two fields, as folded texts; null equals nothing.
auto refers(const Test& test, const EventView::Field& field, EventView& view, const FieldMap* map)
    -> bool {
  const auto& other = view.field(test.text, map);
  for (const auto a : field.leaves) {
    if (a.is_null()) continue;
    const auto own = view.folded(a.text());
    for (const auto b : other.leaves)
      if (!b.is_null() && related(test.relation, own, view.folded(b.text()))) return true;
  }
  return false;
}

auto cut(std::string_view text, std::size_t most) -> std::string {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return std::string(text.substr(0, most));
}

// A list of alternatives under the item's `all`.
template <class Holds>
auto item_holds(const Item& item, Holds&& one) -> bool {
  const auto alternative = [&](const Alternative& value) {
    return std::any_of(value.tests.begin(), value.tests.end(), one);
  };
  const auto met = item.all ? std::all_of(item.values.begin(), item.values.end(), alternative)
                            : std::any_of(item.values.begin(), item.values.end(), alternative);
  return met != item.negated;
}

auto node_holds(const Judgement& judgement, std::uint32_t index, EventView& view,
                const FieldMap* map) -> bool {
  const auto& node = judgement.nodes[index];
  const auto child = [&](std::uint32_t at) { return node_holds(judgement, at, view, map); };
  switch (node.kind) {
    case Node::Kind::kAnd:
      return std::all_of(node.children.begin(), node.children.end(), child);
    case Node::Kind::kOr:
      return std::any_of(node.children.begin(), node.children.end(), child);
    case Node::Kind::kNot:
      return !child(node.children[0]);
    case Node::Kind::kItem:
      return holds(judgement.items[node.index], view, map);
    case Node::Kind::kSelection:
      return child(judgement.selections[node.index].root);
  }
  return false;
}

void collect_item(const Item& item, EventView& view, const FieldMap* map,
                  std::vector<Matched>& out) {
  const auto add = [&](std::string_view field, std::string_view value, const Alternative& by) {
    auto pattern = item.modifiers.empty() ? by.shown : item.modifiers + ": " + by.shown;
    out.push_back({std::string(field), cut(value, kLongestKept), cut(pattern, kLongestKept)});
  };
  for (const auto& alternative : item.values) {
    if (out.size() >= kMostMatched) return;
    auto found = false;
    for (const auto& test : alternative.tests) {
      if (found) break;
      if (item.field.empty()) {
        for (const auto leaf : view.values()) {
          if (!meets(test, leaf, view)) continue;
          add(leaf.key(), leaf.text(), alternative);
          found = true;
          break;
        }
        continue;
      }
      const auto& field = view.field(item.field, map);
      for (const auto leaf : field.leaves) {
        if (leaf.is_null() || !meets(test, leaf, view)) continue;
        add(item.field, leaf.text(), alternative);
        found = true;
        break;
      }
      if (!found && holds(test, field, view, map)) {  // null, exists, fieldref
        add(item.field, field.leaves.empty() ? std::string_view{} : field.leaves[0].text(),
            alternative);
        found = true;
      }
    }
  }
}

void collect_node(const Judgement& judgement, std::uint32_t index, EventView& view,
                  const FieldMap* map, std::vector<Matched>& out) {
  if (out.size() >= kMostMatched) return;
  const auto& node = judgement.nodes[index];
  switch (node.kind) {
    case Node::Kind::kAnd:
    case Node::Kind::kOr:
      for (const auto child : node.children)
        if (node.kind == Node::Kind::kAnd || node_holds(judgement, child, view, map))
          collect_node(judgement, child, view, map, out);
      break;
    case Node::Kind::kNot:
      break;
    case Node::Kind::kItem:
      if (!judgement.items[node.index].negated)
        collect_item(judgement.items[node.index], view, map, out);
      break;
    case Node::Kind::kSelection:
      collect_node(judgement, judgement.selections[node.index].root, view, map, out);
      break;
  }
}

}  // namespace

auto holds(const Test& test, const EventView::Field& field, EventView& view, const FieldMap* map)
    -> bool {
  switch (test.kind) {
    case Test::Kind::kNull:
      return !field.present || std::any_of(field.leaves.begin(), field.leaves.end(),
                                           [](Value leaf) { return leaf.is_null(); });
    case Test::Kind::kExists:
      return field.present == test.flag;
    case Test::Kind::kFieldRef:
      return refers(test, field, view, map);
    default:
      return std::any_of(field.leaves.begin(), field.leaves.end(),
                         [&](Value leaf) { return !leaf.is_null() && meets(test, leaf, view); });
  }
}

auto holds_anywhere(const Test& test, EventView& view) -> bool {
  const auto& values = view.values();
  if (std::any_of(values.begin(), values.end(),
                  [&](Value leaf) { return meets(test, leaf, view); }))
    return true;
  if (view.raw().empty()) return false;
  const auto line = serjeant::Node{{}, view.raw(), 1, Kind::kText};
  return meets(test, Value(&line), view);
}

auto holds(const Item& item, EventView& view, const FieldMap* map) -> bool {
  if (item.field.empty())
    return item_holds(item, [&](const Test& test) { return holds_anywhere(test, view); });
  const auto& field = view.field(item.field, map);
  return item_holds(item, [&](const Test& test) { return holds(test, field, view, map); });
}

auto holds(const Judgement& judgement, EventView& view, const FieldMap* map) -> bool {
  return node_holds(judgement, judgement.root, view, map);
}

void collect_matched(const Judgement& judgement, EventView& view, const FieldMap* map,
                     std::vector<Matched>& out) {
  collect_node(judgement, judgement.root, view, map, out);
}

auto kept_values(const EventView::Field& field) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  for (const auto leaf : field.leaves) {
    if (leaf.is_null()) continue;
    if (out.size() >= kMostKept) break;
    const auto text = leaf.text();
    if (text.size() <= kLongestKept)
      out.emplace_back(text);
    else
      out.push_back(cut(text, kLongestKept - 40) + "#" + hex(sha256(text)).substr(0, 32));
  }
  return out;
}

auto covers(const LogSource& wide, const LogSource& narrow) -> bool {
  const auto met = [](const std::string& w, const std::string& n) { return w.empty() || w == n; };
  return met(wide.product, narrow.product) && met(wide.category, narrow.category) &&
         met(wide.service, narrow.service);
}

auto text_of(const LogSource& source) -> std::string {
  const auto part = [](const std::string& word) { return word.empty() ? std::string("-") : word; };
  return part(source.product) + "/" + part(source.category) + "/" + part(source.service);
}

}  // namespace serjeant::sigma

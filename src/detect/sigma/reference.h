#pragma once

#include <string_view>
#include <vector>

#include "detect/finding.h"
#include "detect/route.h"
#include "detect/sigma/rule.h"

// The slow evaluator: a rule is a tree, and the tree is walked. No index, no
// memory between events. Every faster way of judging must agree with it; it
// stays for ever as their test, and as the answer to "why".
namespace serjeant::sigma {

// Does one test hold for a field? Decisions D1 to D18.
auto holds(const Test& test, const EventView::Field& field, EventView& view, const FieldMap* map)
    -> bool;
// For an item without a field (D12).
auto holds_anywhere(const Test& test, EventView& view) -> bool;
auto holds(const Item& item, EventView& view, const FieldMap* map) -> bool;
auto holds(const Judgement& judgement, EventView& view, const FieldMap* map) -> bool;

// The items that made a judgement true: each with the first value that met it.
// Parts under `not` give none. At most 64.
void collect_matched(const Judgement& judgement, EventView& view, const FieldMap* map,
                     std::vector<Matched>& out);

// The fields that correlations want of a match: texts of the leaves that are
// not null, each at most 1 KiB (longer ones are cut and told apart by a hash),
// at most 256.
auto kept_values(const EventView::Field& field) -> std::vector<std::string>;

// ISO 8601 week and the other parts of a time as it is written; nothing if it
// cannot be read (D17).
auto part_of_time(TimePart part, std::string_view text, bool number) -> std::optional<std::int64_t>;

}  // namespace serjeant::sigma

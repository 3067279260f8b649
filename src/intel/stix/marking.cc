#include "intel/stix/marking.h"

#include <algorithm>

#include "core/text.h"

namespace serjeant::stix {
namespace {

// "a.b.[0]": the next step, taken off the front.
auto step_of(std::string_view& selector) -> std::string_view {
  const auto dot = selector.find('.');
  const auto step = selector.substr(0, dot);
  selector = dot == std::string_view::npos ? std::string_view{} : selector.substr(dot + 1);
  return step;
}

auto is_empty(Value value) -> bool {
  return value.is_null() || (value.is_text() && value.text().empty()) ||
         ((value.is_array() || value.is_object()) && value.begin() == value.end());
}

// Is `inner` a part of what `outer` selects, and not the same?
auto is_within(std::string_view inner, std::string_view outer) -> bool {
  return inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '.';
}

auto applies(const GranularMarking& part, std::string_view selector, const MarkingQuery& query)
    -> bool {
  if (part.language ? !query.languages : !query.references) return false;
  return part.selector == selector || (query.inherited && is_within(selector, part.selector)) ||
         (query.descendants && is_within(part.selector, selector));
}

auto check(Value object, const MarkingQuery& query) -> MarkingFault {
  if (query.of_object) return MarkingFault::kNone;
  if (query.selectors.empty()) return MarkingFault::kBadSelector;
  const auto all = std::all_of(query.selectors.begin(), query.selectors.end(),
                               [&](const auto& one) { return selects(object, one); });
  return all ? MarkingFault::kNone : MarkingFault::kBadSelector;
}

auto is_marking_id(std::string_view mark) -> bool {
  return mark.starts_with("marking-definition--");
}

auto clear(Markings& markings, const MarkingQuery& query) -> MarkingFault {
  if (query.of_object) {
    markings.whole.clear();
    return MarkingFault::kNone;
  }
  if (markings.parts.empty()) return MarkingFault::kNone;
  auto found = false;
  for (auto at = markings.parts.begin(); at != markings.parts.end();) {
    const auto here = std::find(query.selectors.begin(), query.selectors.end(), at->selector) !=
                      query.selectors.end();
    found = found || here;
    at = here && (at->language ? query.languages : query.references) ? markings.parts.erase(at)
                                                                     : std::next(at);
  }
  return found ? MarkingFault::kNone : MarkingFault::kNotFound;
}

void add(Markings& markings, const MarkingQuery& query) {
  for (const auto& mark : query.marks) {
    if (query.of_object) markings.whole.insert(mark);
    for (const auto& selector : query.selectors)
      markings.parts.insert({mark, selector, !is_marking_id(mark)});
  }
}

auto remove(Markings& markings, const MarkingQuery& query) -> MarkingFault {
  if (query.of_object) {
    if (markings.whole.empty()) return MarkingFault::kNone;
    for (const auto& mark : query.marks)
      if (!markings.whole.contains(mark)) return MarkingFault::kNotFound;
    for (const auto& mark : query.marks) markings.whole.erase(mark);
    return MarkingFault::kNone;
  }
  if (markings.parts.empty()) return MarkingFault::kNone;
  auto removed = std::size_t{0};
  for (const auto& mark : query.marks)
    for (const auto& selector : query.selectors)
      removed += markings.parts.erase({mark, selector, !is_marking_id(mark)});
  return removed > 0 ? MarkingFault::kNone : MarkingFault::kNotFound;
}

}  // namespace

auto marking_fault_word(MarkingFault fault) -> std::string_view {
  switch (fault) {
    case MarkingFault::kNone:
      return "";
    case MarkingFault::kBadSelector:
      return "no such part of the object";
    case MarkingFault::kNotFound:
      return "no such marking to remove";
    case MarkingFault::kBadValue:
      return "a marking is the id of a marking definition or a language tag";
    case MarkingFault::kRevoked:
      return "a revoked object has no further version";
  }
  return "";
}

auto read_markings(Value object) -> Markings {
  auto out = Markings{};
  const auto refs = object.find("object_marking_refs");
  if (refs.is_text()) out.whole.emplace(refs.text());
  if (refs.is_array())
    for (const auto ref : refs) out.whole.emplace(ref.text());
  const auto parts = object.find("granular_markings");
  if (!parts.is_array()) return out;
  for (const auto part : parts) {
    const auto selectors = part.find("selectors");
    if (!selectors.is_array()) continue;
    for (const auto* name : {"marking_ref", "lang"}) {
      const auto mark = part.find(name);
      if (!mark.is_text() || mark.text().empty()) continue;
      for (const auto selector : selectors)
        out.parts.insert({std::string(mark.text()), std::string(selector.text()),
                          std::string_view(name) == "lang"});
    }
  }
  return out;
}

namespace {

auto selected(Value object, std::string_view selector) -> Value {
  if (selector.empty()) return {};
  auto at = object;
  while (!selector.empty()) {
    const auto step = step_of(selector);
    if (at.is_object()) {
      at = at.find(step);
    } else if (at.is_array() && step.size() > 2 && step.front() == '[' && step.back() == ']') {
      auto index = to_uint(step.substr(1, step.size() - 2));
      if (!index) return {};
      auto found = Value{};
      for (const auto member : at)
        if ((*index)-- == 0) {
          found = member;
          break;
        }
      at = found;
    } else {
      return {};
    }
    if (!at) return {};
  }
  return at;
}

}  // namespace

auto selects(Value object, std::string_view selector) -> bool {
  const auto found = selected(object, selector);
  return found && !is_empty(found);
}

auto is_there(Value object, std::string_view selector) -> bool {
  return static_cast<bool>(selected(object, selector));
}

auto get_markings(Value object, const MarkingQuery& query) -> Marked {
  auto out = Marked{.fault = check(object, query), .marks = {}};
  if (out.fault != MarkingFault::kNone) return out;
  auto markings = read_markings(object);
  if (query.of_object || query.inherited) out.marks = std::move(markings.whole);
  for (const auto& part : markings.parts)
    for (const auto& selector : query.selectors)
      if (applies(part, selector, query)) out.marks.insert(part.mark);
  return out;
}

auto is_marked(Value object, const MarkingQuery& query) -> IsMarked {
  const auto found = get_markings(object, query);
  auto out = IsMarked{.fault = found.fault, .marked = false};
  if (out.fault != MarkingFault::kNone) return out;
  const auto is_there = [&](const std::string& mark) { return found.marks.contains(mark); };
  if (query.marks.empty())
    out.marked = !found.marks.empty();
  else if (query.of_object)
    out.marked = std::any_of(query.marks.begin(), query.marks.end(), is_there);
  else
    out.marked = std::all_of(query.marks.begin(), query.marks.end(), is_there);
  return out;
}

auto change_markings(Value object, MarkingChange change, const MarkingQuery& query) -> Remarked {
  auto out = Remarked{.fault = check(object, query), .markings = read_markings(object)};
  if (out.fault != MarkingFault::kNone) return out;
  if (object.find("revoked").text() == "true") {
    out.fault = MarkingFault::kRevoked;
    return out;
  }
  if (change != MarkingChange::kClear &&
      std::any_of(query.marks.begin(), query.marks.end(),
                  [](const auto& mark) { return mark.empty(); })) {
    out.fault = MarkingFault::kBadValue;
    return out;
  }
  switch (change) {
    case MarkingChange::kAdd:
      add(out.markings, query);
      break;
    case MarkingChange::kRemove:
      out.fault = remove(out.markings, query);
      break;
    case MarkingChange::kSet:
      out.fault = clear(out.markings, query);
      if (out.fault == MarkingFault::kNone) add(out.markings, query);
      break;
    case MarkingChange::kClear:
      out.fault = clear(out.markings, query);
      break;
  }
  return out;
}

}  // namespace serjeant::stix

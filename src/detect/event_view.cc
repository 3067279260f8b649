#include <algorithm>
#include <charconv>
#include <map>

#include "core/json.h"
#include "core/text.h"
#include "detect/route.h"

namespace serjeant {
namespace {

// Arrays unfold, objects have no text. Without recursion: a subtree is a
// stretch of nodes, and an object is jumped over.
void add_leaves(Value value, EventView::Field& out) {
  value = windows::unwrap(value);
  out.present = true;
  const auto* node = value.node();
  const auto* const end = node + node->size;
  while (node < end) {
    if (node->kind == Kind::kObject) {
      const auto inner = windows::unwrap(Value(node));
      if (inner.is_scalar()) out.leaves.push_back(inner);
      node += node->size;
    } else {
      if (node->kind != Kind::kArray) out.leaves.push_back(Value(node));
      ++node;
    }
  }
}

// A literal key with the whole rest of the name, else every way to cut the
// name at a dot, through objects and arrays of objects. Two steps of the walk
// never stand at the same node, so it ends after as many as there are nodes.
template <class Found>
void walk_path(Value root, std::string_view name, Found found) {
  struct Step {
    Value at;
    std::string_view rest;
  };
  auto stack = std::vector<Step>{{root, name}};
  while (!stack.empty()) {
    const auto [at, rest] = stack.back();
    stack.pop_back();
    if (at.is_array()) {
      // Members are pushed in reverse, so that values come in reading order.
      const auto from = stack.size();
      for (const auto member : at)
        if (!member.is_scalar()) stack.push_back({member, rest});
      std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(from), stack.end());
      continue;
    }
    if (!at.is_object()) continue;
    auto literal = false;
    for (const auto member : at) {
      if (member.key() != rest) continue;
      literal = true;  // a name that stands twice has the values of both
      found(member);
    }
    if (literal) continue;
    const auto from = stack.size();
    for (const auto member : at) {
      const auto key = member.key();
      if (!member.is_scalar() && key.size() < rest.size() && rest[key.size()] == '.' &&
          rest.starts_with(key))
        stack.push_back({member, rest.substr(key.size() + 1)});
    }
    std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(from), stack.end());
  }
}

void find_path(Value root, std::string_view name, EventView::Field& out) {
  walk_path(root, name, [&](Value found) { add_leaves(found, out); });
}

auto values_at(Value root, std::string_view name) -> std::vector<Value> {
  auto out = std::vector<Value>{};
  walk_path(root, name, [&](Value found) { out.push_back(found); });
  return out;
}

// Members whose name is `name` but for blanks (R6).
void find_blanked(Value object, std::string_view name, EventView::Field& out) {
  for (const auto member : object) {
    const auto key = member.key();
    if (key.size() <= name.size() || key.find(' ') == std::string_view::npos) continue;
    auto at = std::size_t{0};
    const auto same = std::all_of(key.begin(), key.end(), [&](char c) {
      return c == ' ' || (at < name.size() && name[at++] == c);
    });
    if (same && at == name.size()) add_leaves(member, out);
  }
}

}  // namespace

void EventView::reset(const Event& event, std::string_view raw) {
  event_ = &event;
  raw_ = raw;
  fields_.clear();
  folded_.clear();
  values_.clear();
  values_known_ = false;
  arena_->reset();
  derived_.clear();
  parts_ = windows::parts_of(event.native);
  windows_ = false;
  const auto may_be = event.product == "windows" || event.profile == "unknown" ||
                      event.product.empty() || event.profile.starts_with("windows") ||
                      event.profile.starts_with("evtx") || event.profile.starts_with("sysmon");
  if (may_be && event.native.is_object()) windows_ = !channel().empty() && !event_id().empty();
}

auto EventView::system_text(std::string_view name) const -> std::string_view {
  return system_leaf(name).text();
}

auto EventView::system_leaf(std::string_view name) const -> Value {
  auto out = Field{};
  system_field(name, out);
  return out.leaves.empty() ? Value{} : out.leaves[0];
}

void EventView::system_field(std::string_view name, Field& out) const {
  if (const auto value = windows::system_value(parts_, name)) add_leaves(value, out);
}

void EventView::native(std::string_view name, Field& out) {
  if (!windows_) {
    find_path(parts_.root, name, out);
    return;
  }
  // EventData and UserData shadow System (R7), then the record as a whole.
  for (const auto part : {parts_.data, parts_.user_data}) {
    if (!part) continue;
    find_path(part, name, out);
    if (!out.present) find_blanked(part, name, out);
    if (out.present) return;
  }
  system_field(name, out);
  if (out.present) return;
  find_path(parts_.root, name, out);
  if (!out.present) find_blanked(parts_.root, name, out);
  if (out.present) return;
  // Classic PowerShell puts its fields as lines "Name=value" into Data (R8).
  if (name == "Data" || !equals_ignoring_ascii_case(channel(), "Windows PowerShell")) return;
  for (const auto blob : field("Data", nullptr).leaves) {
    for (const auto line : split(blob.text(), '\n')) {
      const auto text = trim(line);
      if (text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name))
        add_derived(Kind::kText, text.substr(name.size() + 1), out);
    }
  }
}

void EventView::add_derived(Kind kind, std::string_view text, Field& out) {
  derived_.push_back({{}, text, 1, kind});
  out.present = true;
  out.leaves.push_back(Value(&derived_.back()));
}

auto EventView::first_of(const std::vector<std::string>& names) -> const Field& {
  for (const auto& name : names)
    if (const auto& found = field(name, nullptr); found.present) return found;
  static const auto none = Field{};
  return none;
}

// Adds what the mapping gives.
void EventView::mapped(const MappedField& how, Field& out) {
  switch (how.how) {
    case MappedField::How::kCopy: {
      const auto from = first_of(how.from);
      out.present = out.present || from.present;
      out.leaves.insert(out.leaves.end(), from.leaves.begin(), from.leaves.end());
      break;
    }
    case MappedField::How::kHex: {
      const auto from = first_of(how.from);
      for (const auto leaf : from.leaves) {
        const auto text = leaf.text();
        auto value = std::uint64_t{0};
        const auto* const end = text.data() + text.size();
        if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
          const auto [stop, error] = std::from_chars(text.data() + 2, end, value, 16);
          if (error == std::errc{} && stop == end) {
            add_derived(Kind::kNumber, arena_->copy(std::to_string(value)), out);
            continue;
          }
        }
        out.present = true;
        out.leaves.push_back(leaf);
      }
      break;
    }
    case MappedField::How::kWords: {
      const auto from = first_of(how.from);
      for (const auto leaf : from.leaves)
        for (const auto& [word, meaning] : how.words)
          if (equals_ignoring_ascii_case(leaf.text(), word)) add_derived(Kind::kText, meaning, out);
      break;
    }
    case MappedField::How::kJoin:
      join(how, out);
      break;
    case MappedField::How::kJson:
      as_json(how, out);
      break;
    case MappedField::How::kNamed:
      named(how, out);
      break;
    case MappedField::How::kArguments:
      arguments(how, out);
      break;
    case MappedField::How::kEnding:
      ending(how, out);
      break;
    case MappedField::How::kLast:
      for (const auto from = first_of(how.from); const auto leaf : from.leaves)
        add_derived(Kind::kText, leaf.text().substr(leaf.text().rfind('/') + 1), out);
      break;
  }
}

void EventView::join(const MappedField& how, Field& out) {
  auto text = std::string{};
  auto any = false;
  for (const auto& name : how.from) {
    const auto& part = field(name, nullptr);
    if (part.leaves.empty() || part.leaves[0].is_null()) continue;
    if (any) text += how.by;
    text += part.leaves[0].text();
    any = true;
  }
  for (const auto& [begin, ours] : how.begins) {
    if (!starts_with_ignoring_case(text, begin)) continue;
    text.replace(0, begin.size(), ours);
    break;
  }
  if (any) add_derived(Kind::kText, arena_->copy(text), out);
}

// The native value at a path of plain names, lists passed through, as JSON.
void EventView::as_json(const MappedField& how, Field& out) {
  for (const auto& path : how.from) {
    for (const auto value : values_at(parts_.root, path)) {
      if (value.is_scalar()) {
        add_leaves(value, out);
        continue;
      }
      auto text = std::string{};
      JsonWriter(text).value(value);
      add_derived(Kind::kText, arena_->copy(text), out);
    }
    if (out.present) return;
  }
}

void EventView::named(const MappedField& how, Field& out) {
  for (const auto list : values_at(parts_.root, how.from[0])) {
    const auto entry_of = [&](Value entry) {
      if (!entry.is_object() || !equals_ignoring_ascii_case(entry.find(how.from[1]).text(), how.by))
        return;
      for (auto i = std::size_t{2}; i < how.from.size(); ++i)
        if (const auto value = entry.find(how.from[i])) add_leaves(value, out);
    };
    if (!list.is_array())
      entry_of(list);
    else
      for (const auto entry : list) entry_of(entry);
  }
}

// An execve record says how many arguments there are. Where another record of
// the same event has fields of those names, its values come first.
void EventView::arguments(const MappedField& how, Field& out) {
  const auto& counted = field(how.by, nullptr);
  const auto count = counted.leaves.empty() ? std::nullopt : to_uint(counted.leaves.back().text());
  auto text = std::string{};
  for (auto i = std::uint64_t{0}; i < count.value_or(0) && i < 1024; ++i) {
    const auto name = arena_->copy(how.from[0] + std::to_string(i));
    auto one = Field{};
    native(name, one);
    if (one.leaves.empty()) break;
    if (i != 0) text += ' ';
    text += one.leaves.back().text();
  }
  if (!text.empty()) add_derived(Kind::kText, arena_->copy(text), out);
}

void EventView::ending(const MappedField& how, Field& out) {
  const auto from = first_of(how.from);
  for (const auto leaf : from.leaves) {
    auto path = leaf.text().substr(0, leaf.text().find_first_of("?#"));
    path.remove_prefix(std::min(path.rfind('/') + 1, path.size()));
    const auto dot = path.rfind('.');
    if (dot != std::string_view::npos) add_derived(Kind::kText, path.substr(dot + 1), out);
  }
}

auto EventView::field(std::string_view name, const FieldMap* map) -> const Field& {
  if (const auto found = fields_.find({map, name}); found != fields_.end()) return found->second;
  auto out = Field{};
  const auto is_named = [&](const MappedField& one) { return one.name == name; };
  if (!map) {
    native(name, out);
  } else {
    // One name may come from several places; the record's own field of that
    // name stands for all of them, unless it means something else.
    const auto first = std::find_if(map->begin(), map->end(), is_named);
    if (first == map->end() || !first->only) out = field(name, nullptr);
    if (!out.present)
      for (auto how = first; how != map->end(); ++how)
        if (is_named(*how)) mapped(*how, out);
  }
  return fields_.emplace(Key{map, name}, std::move(out)).first->second;
}

auto EventView::varies(std::string_view name, const FieldMap* map) -> bool {
  if (map)
    for (const auto& one : *map)
      if (one.name == name && one.how != MappedField::How::kCopy) return true;
  // The lines of a blob decide which fields a classic PowerShell record has (R8).
  return windows_ && name != "Data" && !field(name, map).present &&
         equals_ignoring_ascii_case(channel(), "Windows PowerShell");
}

auto EventView::values() -> const std::vector<Value>& {
  if (values_known_) return values_;
  values_known_ = true;
  const auto* node = event_->native.node();
  if (!node) return values_;
  for (const auto* const end = node + node->size; node < end; ++node)
    if (node->kind < Kind::kArray && node->kind != Kind::kNull) values_.push_back(Value(node));
  return values_;
}

auto EventView::folded(std::string_view text) -> std::string_view {
  auto& kept = folded_[text.data()];
  if (kept.second.data() == nullptr || kept.first != text.size())
    kept = {text.size(), arena_->copy(fold_case(text))};
  return kept.second;
}

}  // namespace serjeant

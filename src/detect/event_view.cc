#include <algorithm>
#include <charconv>
#include <map>

#include "core/text.h"
#include "detect/route.h"

namespace serjeant {
namespace {

// evtx_dump writes an element with attributes as {"#attributes": .., "#text": ..}.
auto unwrap(Value value) -> Value {
  if (!value.is_object()) return value;
  const auto text = value.find("#text");
  return text ? text : value;
}

// Arrays unfold, objects have no text. Without recursion: a subtree is a
// stretch of nodes, and an object is jumped over.
void add_leaves(Value value, EventView::Field& out) {
  value = unwrap(value);
  out.present = true;
  const auto* node = value.node();
  const auto* const end = node + node->size;
  while (node < end) {
    if (node->kind == Kind::kObject) {
      const auto inner = unwrap(Value(node));
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
void find_path(Value root, std::string_view name, EventView::Field& out) {
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
      add_leaves(member, out);
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

// Names of System under which other writers keep the same thing.
struct SystemName {
  std::string_view name, winlog, flat;
};
constexpr SystemName kSystemNames[] = {
    {"Channel", "channel", "Channel"},
    {"Provider_Name", "provider_name", "SourceName"},
    {"Provider_Guid", "provider_guid", "ProviderGuid"},
    {"EventID", "event_id", "EventID"},
    {"Computer", "computer_name", "Hostname"},
    {"EventRecordID", "record_id", "RecordNumber"},
    {"Task", "task", "Task"},
    {"Opcode", "opcode", "Opcode"},
    {"Keywords", "keywords", "Keywords"},
};

auto find_parts(Value root) -> WindowsParts {
  auto out = WindowsParts{};
  out.root = root;
  out.winlog = root.find("winlog");
  auto holder = root.find("Event");
  if (!holder.is_object()) holder = out.winlog.is_object() ? out.winlog : root;
  out.system = holder.find("System");
  out.data = holder.find(out.winlog.is_object() ? "event_data" : "EventData");
  auto user_data = holder.find(out.winlog.is_object() ? "user_data" : "UserData");
  if (user_data.is_object()) {
    out.user_data = user_data;
    for (const auto member : user_data)
      if (member.is_object() && member.key() != "#attributes") out.user_data = member;
  }
  if (!out.data.is_object()) out.data = {};
  if (!out.system.is_object()) out.system = {};
  if (!out.winlog.is_object()) out.winlog = {};
  return out;
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
  parts_ = find_parts(event.native);
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
  if (parts_.system) {
    for (const auto member : parts_.system)
      if (member.key() == name) add_leaves(member, out);
    if (out.present) return;
    // Provider_Name is the attribute Name of the element Provider.
    const auto bar = name.find('_');
    if (bar == std::string_view::npos) return;
    const auto element = parts_.system.find(name.substr(0, bar));
    if (const auto value = element.get("#attributes", name.substr(bar + 1))) add_leaves(value, out);
    return;
  }
  for (const auto& known : kSystemNames) {
    if (known.name != name) continue;
    if (const auto value = parts_.winlog.find(known.winlog)) {
      add_leaves(value, out);
      return;
    }
    if (const auto value = parts_.root.find(name)) {
      add_leaves(value, out);
      return;
    }
    if (const auto value = parts_.root.find(known.flat)) add_leaves(value, out);
    return;
  }
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

// True if the mapping had a value.
auto EventView::mapped(const MappedField& how, Field& out) -> bool {
  switch (how.how) {
    case MappedField::How::kCopy: {
      const auto& from = field(how.from[0], nullptr);
      if (from.present) out = from;
      break;
    }
    case MappedField::How::kHex: {
      const auto from = field(how.from[0], nullptr);
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
    case MappedField::How::kJoin: {
      auto text = std::string{};
      auto any = false;
      for (const auto& name : how.from) {
        const auto& part = field(name, nullptr);
        if (part.leaves.empty() || part.leaves[0].is_null()) continue;
        if (any) text += how.by;
        text += part.leaves[0].text();
        any = true;
      }
      if (any) add_derived(Kind::kText, arena_->copy(text), out);
      break;
    }
    case MappedField::How::kWords: {
      const auto from = field(how.from[0], nullptr);
      for (const auto leaf : from.leaves)
        for (const auto& [word, meaning] : how.words)
          if (equals_ignoring_ascii_case(leaf.text(), word)) add_derived(Kind::kText, meaning, out);
      break;
    }
  }
  return out.present;
}

auto EventView::field(std::string_view name, const FieldMap* map) -> const Field& {
  if (const auto found = fields_.find({map, name}); found != fields_.end()) return found->second;
  auto out = Field{};
  const MappedField* how = nullptr;
  if (map)
    for (const auto& one : *map)
      if (one.name == name) how = &one;
  if (!how) {
    if (map)
      out = field(name, nullptr);
    else
      native(name, out);
  } else if (!how->only) {
    out = field(name, nullptr);
    if (!out.present) mapped(*how, out);
  } else {
    mapped(*how, out);
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

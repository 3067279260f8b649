#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/route.h"
#include "detect/sigma/fast/value_index.h"
#include "detect/sigma/rule.h"

// Conditions of many rules as one graph over atoms. An atom is a test on a
// field; what two rules have in common, an atom or a whole selection, is one
// node, judged once an event.
namespace serjeant::sigma::fast {

using NodeId = std::uint32_t;
using SlotId = std::uint32_t;

// A field by the name that rules use, under the names of a log source. Slot 0
// is every value of the event (keywords, D12).
struct Slot {
  std::string_view name;
  const FieldMap* map = nullptr;
};
constexpr auto kAnywhere = SlotId{0};

struct Atom {
  enum class Shape : std::uint8_t { kEquals, kStarts, kEnds, kContains, kPattern, kRegex, kOther };
  Shape shape = Shape::kOther;
  SlotId slot = 0;
  std::string_view literal;  // of the first four shapes
  const Test* test = nullptr;
  SlotId other = 0;  // of kFieldRef: the field that it is compared with
};

// Any of many texts in a field, by an index of its own.
struct Set {
  SlotId slot = 0;
  ValueIndex index;
  std::vector<Trigger> triggers;  // what the index holds
};

struct GraphNode {
  enum class Kind : std::uint8_t { kAnd, kOr, kNot, kAtom, kSet };
  Kind kind = Kind::kAnd;
  std::uint32_t begin = 0;  // of its children; kAtom, kSet: which
  std::uint32_t count = 0;
};

// Constant once built. Holds pointers into the rules it was made of.
struct Program {
  std::vector<Slot> slots;
  std::vector<GraphNode> nodes;
  std::vector<NodeId> children;
  std::vector<Atom> atoms;
  std::deque<Set> sets;

  auto children_of(const GraphNode& node) const -> std::span<const NodeId> {
    // Where there are none, `begin` is no place among them.
    if (node.count == 0) return {};
    return std::span<const NodeId>(children).subspan(node.begin, node.count);
  }
};

// The literal shape of a pattern and its text: nothing for other shapes.
auto shape_of(const Pattern& pattern, std::string_view& literal) -> Atom::Shape;

class ProgramBuilder {
 public:
  ProgramBuilder();
  // The node that holds if and only if the judgement does, where its fields are
  // looked up with `map`. The judgement outlives the program.
  auto add(const Judgement& judgement, const FieldMap* map) -> NodeId;
  auto slot(std::string_view name, const FieldMap* map) -> SlotId;
  auto take() -> Program { return std::move(program_); }
  auto program() const -> const Program& { return program_; }

 private:
  auto tree(const Judgement& judgement, std::uint32_t index, const FieldMap* map) -> NodeId;
  auto item(const Item& item, const FieldMap* map) -> NodeId;
  auto test(const Test& test, SlotId slot) -> NodeId;
  auto set(const std::vector<const Test*>& tests, SlotId slot) -> NodeId;
  auto join(GraphNode::Kind kind, std::vector<NodeId> children) -> NodeId;
  auto shared(const std::string& key, GraphNode node) -> NodeId;

  Program program_;
  std::unordered_map<std::string, NodeId> nodes_;
  std::unordered_map<std::string, SlotId> slots_;
  std::string key_;
};

}  // namespace serjeant::sigma::fast

#include "detect/sigma/fast/program.h"

#include <algorithm>

#include "core/check.h"
#include "core/narrow.h"

namespace serjeant::sigma::fast {
namespace {

// From so many texts on, an index is quicker than one after the other.
constexpr auto kSetFrom = std::size_t{12};

template <class T>
void put(std::string& key, const T& value) {
  key.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& key, std::string_view text) {
  put(key, text.size());
  key += text;
}

// Everything that decides a test, as bytes: equal tests have equal keys.
void put_test(std::string& key, const Test& test) {
  put(key, test.kind);
  switch (test.kind) {
    case Test::Kind::kText:
      put(key, test.pattern.cased);
      for (const auto& piece : test.pattern.pieces) {
        put(key, piece.kind);
        if (piece.kind == Piece::Kind::kText) put_text(key, piece.text);
      }
      return;
    case Test::Kind::kNumber:
    case Test::Kind::kCompare:
    case Test::Kind::kTimePart:
      put_text(key, test.text);
      put(key, test.comparison);
      put(key, test.part);
      put(key, test.number.whole);
      put(key, test.number.integer);
      put(key, test.number.real);
      return;
    case Test::Kind::kBool:
    case Test::Kind::kExists:
      put(key, test.flag);
      return;
    case Test::Kind::kNull:
      return;
    case Test::Kind::kRegex:
      put(key, test.regex.get());
      return;
    case Test::Kind::kNetwork:
      put(key, test.network.base.bytes);
      put(key, test.network.base.v4);
      put(key, test.network.prefix);
      return;
    case Test::Kind::kFieldRef:
      put(key, test.relation);
      put_text(key, test.text);
      return;
  }
}

auto trigger_kind(Atom::Shape shape) -> Trigger::Kind {
  switch (shape) {
    case Atom::Shape::kEquals:
      return Trigger::Kind::kEquals;
    case Atom::Shape::kStarts:
      return Trigger::Kind::kStarts;
    case Atom::Shape::kEnds:
      return Trigger::Kind::kEnds;
    case Atom::Shape::kContains:
      return Trigger::Kind::kContains;
    default:
      return Trigger::Kind::kPresent;
  }
}

// Can an index of texts answer this test exactly?
auto fits_set(const Test& test) -> bool {
  if (test.kind != Test::Kind::kText || test.pattern.cased) return false;
  auto literal = std::string_view{};
  switch (shape_of(test.pattern, literal)) {
    case Atom::Shape::kEquals:
      return true;
    case Atom::Shape::kStarts:
    case Atom::Shape::kEnds:
    case Atom::Shape::kContains:
      return !literal.empty();
    default:
      return false;
  }
}

}  // namespace

auto shape_of(const Pattern& pattern, std::string_view& literal) -> Atom::Shape {
  const auto& pieces = pattern.pieces;
  const auto is = [&](std::size_t at, Piece::Kind kind) { return pieces[at].kind == kind; };
  constexpr auto text = Piece::Kind::kText;
  constexpr auto run = Piece::Kind::kRun;
  literal = {};
  if (pieces.empty()) return Atom::Shape::kEquals;
  if (pieces.size() == 1 && is(0, text)) {
    literal = pieces[0].text;
    return Atom::Shape::kEquals;
  }
  if (pieces.size() == 2 && is(0, run) && is(1, text)) {
    literal = pieces[1].text;
    return Atom::Shape::kEnds;
  }
  if (pieces.size() == 2 && is(0, text) && is(1, run)) {
    literal = pieces[0].text;
    return Atom::Shape::kStarts;
  }
  if (pieces.size() == 3 && is(0, run) && is(1, text) && is(2, run)) {
    literal = pieces[1].text;
    return Atom::Shape::kContains;
  }
  return Atom::Shape::kPattern;
}

ProgramBuilder::ProgramBuilder() { program_.slots.push_back({}); }

auto ProgramBuilder::slot(std::string_view name, const FieldMap* map) -> SlotId {
  if (name.empty()) return kAnywhere;
  auto key = std::string{};
  put(key, map);
  key += name;
  const auto [at, fresh] = slots_.emplace(std::move(key), narrow<SlotId>(program_.slots.size()));
  if (fresh) program_.slots.push_back({name, map});
  return at->second;
}

auto ProgramBuilder::add(const Judgement& judgement, const FieldMap* map) -> NodeId {
  return tree(judgement, judgement.root, map);
}

// As deep as the rule's own tree, which its reader bounds.
auto ProgramBuilder::tree(const Judgement& judgement, std::uint32_t index, const FieldMap* map)
    -> NodeId {
  const auto& node = judgement.nodes[index];
  switch (node.kind) {
    case Node::Kind::kSelection:
      return tree(judgement, judgement.selections[node.index].root, map);
    case Node::Kind::kItem:
      return item(judgement.items[node.index], map);
    case Node::Kind::kAnd:
    case Node::Kind::kOr:
    case Node::Kind::kNot:
      break;
  }
  auto children = std::vector<NodeId>{};
  for (const auto child : node.children) children.push_back(tree(judgement, child, map));
  return join(node.kind == Node::Kind::kAnd  ? GraphNode::Kind::kAnd
              : node.kind == Node::Kind::kOr ? GraphNode::Kind::kOr
                                             : GraphNode::Kind::kNot,
              std::move(children));
}

auto ProgramBuilder::item(const Item& item, const FieldMap* map) -> NodeId {
  const auto at = slot(item.field, map);
  auto values = std::vector<NodeId>{};
  if (item.all) {
    for (const auto& value : item.values) {
      auto tests = std::vector<NodeId>{};
      for (const auto& one : value.tests) tests.push_back(test(one, at));
      values.push_back(join(GraphNode::Kind::kOr, std::move(tests)));
    }
  } else {
    auto texts = std::vector<const Test*>{};
    for (const auto& value : item.values)
      for (const auto& one : value.tests)
        if (fits_set(one)) texts.push_back(&one);
    const auto as_set = texts.size() >= kSetFrom;
    if (as_set) values.push_back(set(texts, at));
    for (const auto& value : item.values)
      for (const auto& one : value.tests)
        if (!as_set || !fits_set(one)) values.push_back(test(one, at));
  }
  const auto met = join(item.all ? GraphNode::Kind::kAnd : GraphNode::Kind::kOr, std::move(values));
  return item.negated ? join(GraphNode::Kind::kNot, {met}) : met;
}

auto ProgramBuilder::test(const Test& test, SlotId slot) -> NodeId {
  key_.assign(1, 'a');
  put(key_, slot);
  put_test(key_, test);
  const auto found = nodes_.find(key_);
  if (found != nodes_.end()) return found->second;
  auto atom = Atom{Atom::Shape::kOther, slot, {}, &test};
  if (test.kind == Test::Kind::kText) atom.shape = shape_of(test.pattern, atom.literal);
  if (test.kind == Test::Kind::kRegex) atom.shape = Atom::Shape::kRegex;
  if (test.kind == Test::Kind::kFieldRef)
    atom.other = this->slot(test.text, program_.slots[slot].map);
  program_.atoms.push_back(atom);
  return shared(key_,
                {GraphNode::Kind::kAtom, narrow<std::uint32_t>(program_.atoms.size() - 1), 0});
}

auto ProgramBuilder::set(const std::vector<const Test*>& tests, SlotId slot) -> NodeId {
  key_.assign(1, 's');
  put(key_, slot);
  for (const auto* test : tests) put_test(key_, *test);
  const auto found = nodes_.find(key_);
  if (found != nodes_.end()) return found->second;
  auto& set = program_.sets.emplace_back();
  set.slot = slot;
  for (const auto* test : tests) {
    auto literal = std::string_view{};
    const auto shape = shape_of(test->pattern, literal);
    set.triggers.push_back({trigger_kind(shape), std::string(literal), {}});
    set.index.add(set.triggers.back(), 0);
  }
  set.index.freeze();
  return shared(key_, {GraphNode::Kind::kSet, narrow<std::uint32_t>(program_.sets.size() - 1), 0});
}

auto ProgramBuilder::join(GraphNode::Kind kind, std::vector<NodeId> children) -> NodeId {
  if (kind != GraphNode::Kind::kNot) {
    // The order of parts decides nothing.
    std::sort(children.begin(), children.end());
    children.erase(std::unique(children.begin(), children.end()), children.end());
    if (children.size() == 1) return children[0];
  }
  key_.assign(1, 'n');
  put(key_, kind);
  for (const auto child : children) put(key_, child);
  if (const auto found = nodes_.find(key_); found != nodes_.end()) return found->second;
  const auto begin = narrow<std::uint32_t>(program_.children.size());
  program_.children.insert(program_.children.end(), children.begin(), children.end());
  return shared(key_, {kind, begin, narrow<std::uint32_t>(children.size())});
}

auto ProgramBuilder::shared(const std::string& key, GraphNode node) -> NodeId {
  program_.nodes.push_back(node);
  const auto id = narrow<NodeId>(program_.nodes.size() - 1);
  nodes_.emplace(key, id);
  return id;
}

}  // namespace serjeant::sigma::fast

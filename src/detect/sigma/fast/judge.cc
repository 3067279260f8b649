#include "detect/sigma/fast/judge.h"

#include <algorithm>

#include "core/narrow.h"
#include "detect/sigma/fast/bytes.h"
#include "detect/sigma/fast/find.h"
#include "detect/sigma/fast/folded.h"
#include "detect/sigma/reference.h"

namespace serjeant::sigma::fast {

void Judge::begin(const Event& event, std::string_view raw, Plan& plan, std::uint32_t epoch,
                  EventView& view, bool& view_ready) {
  event_ = &event;
  plan_ = &plan;
  program_ = &plan.scratch->group->program;
  results_ = plan.scratch->results.data();
  epoch_ = epoch;
  root_ = event.native.node();
  size_ = root_ == nullptr ? 0 : root_->size;
  raw_node_ = {{}, raw, 1, Kind::kText};
  view_ = &view;
  view_ready_ = &view_ready;
  extra_.clear();
  derived_.clear();
  if (folds_.size() < size_ + 1) folds_.resize(size_ + 1);
  arena_.reset();
}

auto Judge::view() -> EventView& {
  if (!*view_ready_) view_->reset(*event_, raw_node_.text);
  *view_ready_ = true;
  return *view_;
}

auto Judge::vary(SlotId slot) -> Derived {
  for (const auto& known : derived_)
    if (known.slot == slot) return known;
  const auto& [name, map] = program_->slots[slot];
  const auto& field = view().field(name, map);
  const auto begin = narrow<std::uint32_t>(extra_.size());
  extra_.insert(extra_.end(), field.leaves.begin(), field.leaves.end());
  if (folds_.size() < size_ + 1 + extra_.size()) folds_.resize(size_ + 1 + extra_.size());
  // A number may have meant another value in an event before.
  for (auto i = begin; i < extra_.size(); ++i) folds_[size_ + 1 + i] = {};
  derived_.push_back({slot, begin, narrow<std::uint32_t>(field.leaves.size()), field.present});
  return derived_.back();
}

auto Judge::is_present(SlotId slot) -> bool {
  const auto& place = plan_->places[slot];
  return place.state == Plan::State::kVarying ? vary(slot).present
                                              : place.state == Plan::State::kSteady;
}

auto Judge::folded(std::uint32_t number) -> std::string_view {
  auto& fold = folds_[number];
  if (fold.epoch != epoch_) {
    const auto text = fold_padded(leaf(number).text(), arena_);
    fold = {epoch_, narrow<std::uint32_t>(text.size()), text.data()};
  }
  return {fold.at, fold.size};
}

auto Judge::holds(NodeId node) -> bool {
  const auto known = results_[node];
  if (known >> 1 == epoch_) return (known & 1) != 0;
  const auto result = compute(node);
  results_[node] = epoch_ << 1 | (result ? 1u : 0u);
  return result;
}

auto Judge::compute(NodeId id) -> bool {
  const auto& node = program_->nodes[id];
  switch (node.kind) {
    case GraphNode::Kind::kAnd:
      for (const auto child : program_->children_of(node))
        if (!holds(child)) return false;
      return true;
    case GraphNode::Kind::kOr:
      for (const auto child : program_->children_of(node))
        if (holds(child)) return true;
      return false;
    case GraphNode::Kind::kNot:
      return !holds(program_->children_of(node)[0]);
    case GraphNode::Kind::kAtom:
      return atom_holds(program_->atoms[node.begin]);
    case GraphNode::Kind::kSet: {
      const auto& set = program_->sets[node.begin];
      return any_leaf(set.slot, [&](std::uint32_t number) {
        const auto value = leaf(number);
        if (value.is_null()) return false;
        auto met = false;
        set.index.probe(folded(number), value, [&](std::uint32_t) { met = true; });
        return met;
      });
    }
  }
  return false;
}

auto Judge::atom_holds(const Atom& atom) -> bool {
  const auto& test = *atom.test;
  const auto own = atom.slot != kAnywhere;  // keywords know only values
  switch (test.kind) {
    case Test::Kind::kNull:
      return own && (!is_present(atom.slot) || any_leaf(atom.slot, [&](std::uint32_t number) {
               return leaf(number).is_null();
             }));
    case Test::Kind::kExists:
      return own && is_present(atom.slot) == test.flag;
    case Test::Kind::kFieldRef:
      return own && refers(atom);
    default:
      return any_leaf(atom.slot, [&](std::uint32_t number) {
        return !leaf(number).is_null() && meets(atom, number);
      });
  }
}

// Any pair of members of the two fields (D18).
auto Judge::refers(const Atom& atom) -> bool {
  return any_leaf(atom.slot, [&](std::uint32_t a) {
    return !leaf(a).is_null() && any_leaf(atom.other, [&](std::uint32_t b) {
      if (leaf(b).is_null()) return false;
      const auto own = folded(a);
      const auto other = folded(b);
      switch (atom.test->relation) {
        case FieldRelation::kEqual:
          return same(own, other);
        case FieldRelation::kContains:
          return contains_text(own, other);
        case FieldRelation::kStartsWith:
          return own.starts_with(other);
        case FieldRelation::kEndsWith:
          return own.ends_with(other);
      }
      return false;
    });
  });
}

auto Judge::meets(const Atom& atom, std::uint32_t number) -> bool {
  const auto& test = *atom.test;
  if (atom.shape == Atom::Shape::kRegex) return test.regex->search(leaf(number).text());
  if (atom.shape == Atom::Shape::kOther) {
    one_.present = true;
    one_.leaves.assign(1, leaf(number));
    return sigma::holds(test, one_, *view_, nullptr);
  }
  if (test.pattern.cased) return matches(test.pattern, leaf(number).text());
  const auto text = folded(number);
  switch (atom.shape) {
    case Atom::Shape::kEquals:
      return same(text, atom.literal);
    case Atom::Shape::kStarts:
      return text.starts_with(atom.literal);
    case Atom::Shape::kEnds:
      return text.ends_with(atom.literal);
    case Atom::Shape::kContains:
      return contains_text(text, atom.literal);
    default:
      return matches(test.pattern, text);
  }
}

}  // namespace serjeant::sigma::fast

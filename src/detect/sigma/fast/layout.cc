#include "detect/sigma/fast/layout.h"

#include <algorithm>
#include <array>

#include "core/narrow.h"
#include "core/text.h"
#include "detect/sigma/fast/bytes.h"

namespace serjeant::sigma::fast {
namespace {

constexpr auto kLargest = std::uint32_t{4096};  // nodes of an event that is remembered
constexpr auto kMostLayouts = std::size_t{1024};
constexpr auto kMostRemembered = std::size_t{20'000};  // plans, and values that lead to them
constexpr auto kMostScratches = std::size_t{128};
constexpr auto kRecent = std::size_t{4};
constexpr auto kSystemNames =
    std::to_array<std::string_view>({"Channel", "Provider_Name", "EventID"});

auto form_of(const serjeant::Node& node) -> std::uint32_t {
  if (node.kind < Kind::kArray) return 0;
  return node.size * 2 + (node.kind == Kind::kObject ? 1 : 0);
}

auto size_of(const Event& event) -> std::uint32_t {
  const auto* node = event.native.node();
  return node == nullptr ? 0 : node->size;
}

auto hash_of_event(const Event& event) -> std::uint64_t {
  auto hash = hash_of(event.product, hash_of(event.category, hash_of(event.service)));
  hash = hash_of(event.profile, hash);
  const auto* node = event.native.node();
  if (node == nullptr) return hash;
  for (const auto* const end = node + node->size; node < end; ++node)
    hash = hash_of(node->key, hash + form_of(*node));
  return hash;
}

auto layout_of(const Event& event) -> std::unique_ptr<Layout> {
  auto out = std::make_unique<Layout>();
  out->profile = event.profile;
  out->product = event.product;
  out->category = event.category;
  out->service = event.service;
  out->service_too = event.service_too;
  const auto* node = event.native.node();
  const auto size = size_of(event);
  for (auto i = std::uint32_t{0}; i < size; ++i) {
    out->shapes.push_back({narrow<std::uint32_t>(out->names.size()),
                           narrow<std::uint32_t>(node[i].key.size()), form_of(node[i])});
    out->names += node[i].key;
  }
  return out;
}

// The offset of a value in the event, if it is a part of it.
auto offset_of(Value value, const Event& event) -> std::optional<std::uint32_t> {
  const auto* const root = event.native.node();
  const auto* const node = value.node();
  if (root == nullptr || node < root || node >= root + root->size) return std::nullopt;
  return static_cast<std::uint32_t>(node - root);
}

// What becomes of a rule for all events of a plan, by what fields there are.
class Outlook {
 public:
  Outlook(const Program& program, const std::vector<Plan::Place>& places)
      : program_(program), places_(places) {}
  auto may_hold(NodeId node) const -> bool { return judge(node) != Answer::kNo; }

 private:
  enum class Answer : std::uint8_t { kNo, kYes, kOpen };

  auto judge(NodeId id) const -> Answer {
    const auto& node = program_.nodes[id];
    const auto children = program_.children_of(node);
    switch (node.kind) {
      case GraphNode::Kind::kNot: {
        const auto inner = judge(children[0]);
        return inner == Answer::kOpen ? inner : inner == Answer::kNo ? Answer::kYes : Answer::kNo;
      }
      case GraphNode::Kind::kAnd:
      case GraphNode::Kind::kOr: {
        const auto decides = node.kind == GraphNode::Kind::kAnd ? Answer::kNo : Answer::kYes;
        auto open = false;
        for (const auto child : children) {
          const auto one = judge(child);
          if (one == decides) return decides;
          open = open || one == Answer::kOpen;
        }
        return open ? Answer::kOpen : decides == Answer::kNo ? Answer::kYes : Answer::kNo;
      }
      case GraphNode::Kind::kAtom: {
        const auto& atom = program_.atoms[node.begin];
        if (atom.slot == kAnywhere || places_[atom.slot].state != Plan::State::kAbsent)
          return Answer::kOpen;
        if (atom.test->kind == Test::Kind::kNull) return Answer::kYes;
        if (atom.test->kind == Test::Kind::kExists)
          return atom.test->flag ? Answer::kNo : Answer::kYes;
        return Answer::kNo;
      }
      case GraphNode::Kind::kSet: {
        const auto slot = program_.sets[node.begin].slot;
        return slot == kAnywhere || places_[slot].state != Plan::State::kAbsent ? Answer::kOpen
                                                                                : Answer::kNo;
      }
    }
    return Answer::kOpen;
  }

  const Program& program_;
  const std::vector<Plan::Place>& places_;
};

auto equal_routes(const Route& a, const Route& b) -> bool {
  return a.unknown == b.unknown && a.key == b.key &&
         std::equal(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(),
                    [](const RoutedSource& x, const RoutedSource& y) {
                      return x.source == y.source && x.map == y.map;
                    });
}

auto is_classic(EventView& view) -> bool {
  return view.windows() && equals_ignoring_ascii_case(view.channel(), "Windows PowerShell");
}

}  // namespace

auto Layout::fits(const Event& event) const -> bool {
  const auto size = size_of(event);
  if (size != shapes.size() || !same(product, event.product) || !same(category, event.category) ||
      !same(service, event.service) || !same(profile, event.profile) ||
      !same(service_too, event.service_too))
    return false;
  const auto* node = event.native.node();
  const auto* const names_begin = names.data();
  for (const auto& shape : shapes) {
    if (!same({names_begin + shape.begin, shape.length}, node->key) || shape.form != form_of(*node))
      return false;
    ++node;
  }
  return true;
}

auto Layouts::find_layout(const Event& event) -> Layout* {
  for (auto i = std::size_t{0}; i < recent_.size(); ++i) {
    if (!recent_[i]->fits(event)) continue;
    if (i > 0) std::swap(recent_[i], recent_[i - 1]);
    return recent_[i > 0 ? i - 1 : 0];
  }
  const auto found = layouts_.find(hash_of_event(event));
  if (found == layouts_.end()) return nullptr;
  for (const auto& layout : found->second) {
    if (!layout->fits(event)) continue;
    if (recent_.size() < kRecent)
      recent_.push_back(layout.get());
    else
      recent_.back() = layout.get();
    return layout.get();
  }
  return nullptr;
}

auto Layouts::add_layout(std::unique_ptr<Layout> layout, const Event& event) -> Layout& {
  if (layout->shapes.size() > kLargest) {
    loose_ = std::move(layout);
    return *loose_;
  }
  if (count_ >= kMostLayouts || remembered_ >= kMostRemembered) {
    recent_.clear();
    layouts_.clear();
    count_ = remembered_ = 0;
    if (scratches_.size() > kMostScratches) scratches_.clear();
  }
  ++count_;
  auto& list = layouts_[hash_of_event(event)];
  list.push_back(std::move(layout));
  return *list.back();
}

auto Layouts::plan(const Event& event, std::string_view raw, EventView& view, bool& ready)
    -> Plan& {
  auto* layout = find_layout(event);
  const auto ask = [&] {
    if (!ready) view.reset(event, raw);
    ready = true;
  };
  if (layout == nullptr) {
    ask();
    auto fresh = layout_of(event);
    const auto note = [&](Value leaf) {
      const auto at = leaf ? offset_of(leaf, event) : std::nullopt;
      if (leaf && !at) fresh->steady = false;
      fresh->deciding.push_back(at.value_or(Layout::kMissing));
    };
    for (const auto name : kSystemNames) note(view.system_leaf(name));
    for (const auto& name : Router::deciding_fields()) {
      const auto& field = view.field(name, nullptr);
      note(field.leaves.empty() ? Value{} : field.leaves[0]);
    }
    std::erase(fresh->deciding, Layout::kMissing);
    layout = &add_layout(std::move(fresh), event);
  }
  if (!layout->steady) {
    ask();
    return *plan_by_route(*layout, view);
  }
  values_.clear();
  const auto* const root = event.native.node();
  for (const auto at : layout->deciding) {
    const auto text = root[at].text;
    const auto size = text.size();
    values_.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  }
  if (layout->last_plan != nullptr && layout->last_values == values_) return *layout->last_plan;
  auto* plan = static_cast<Plan*>(nullptr);
  if (const auto found = layout->plan_of_values.find(values_);
      found != layout->plan_of_values.end()) {
    plan = found->second;
  } else {
    ask();
    plan = plan_by_route(*layout, view);
    ++remembered_;
    layout->plan_of_values.emplace(values_, plan);
    if (layout->plan_of_values.size() > kMostRemembered) layout->plan_of_values.clear();
  }
  layout->last_values = values_;
  layout->last_plan = plan;
  return *plan;
}

auto Layouts::plan_by_route(Layout& layout, EventView& view) -> Plan* {
  const auto& route = router_.route(view);
  const auto classic = is_classic(view);
  for (const auto& plan : layout.plans)
    if (plan->windows == view.windows() && plan->classic == classic &&
        equal_routes(plan->route, route))
      return plan.get();
  ++remembered_;
  layout.plans.push_back(make_plan(route, view));
  return layout.plans.back().get();
}

auto Layouts::make_plan(const Route& route, EventView& view) -> std::unique_ptr<Plan> {
  auto out = std::make_unique<Plan>();
  out->route = route;
  out->windows = view.windows();
  out->classic = is_classic(view);
  out->scratch = &scratch(groups_.get(route));
  out->source = &counts_.sources[route.key];
  const auto& group = *out->scratch->group;
  const auto& event = view.event();
  const auto& slots = group.program.slots;
  out->places.resize(slots.size());
  // Keywords: every scalar is looked at.
  auto& anywhere = out->places[kAnywhere];
  anywhere.state = Plan::State::kSteady;
  const auto* const root = event.native.node();
  for (auto i = std::uint32_t{0}; i < size_of(event); ++i)
    if (root[i].kind < Kind::kArray) out->nodes.push_back(i);
  anywhere.count = narrow<std::uint32_t>(out->nodes.size());
  for (auto slot = SlotId{1}; slot < slots.size(); ++slot) {
    const auto& field = view.field(slots[slot].name, slots[slot].map);
    auto& place = out->places[slot];
    place.begin = narrow<std::uint32_t>(out->nodes.size());
    auto varies = view.varies(slots[slot].name, slots[slot].map);
    for (const auto leaf : field.leaves) {
      const auto at = offset_of(leaf, event);
      varies = varies || !at;
      if (at) out->nodes.push_back(*at);
    }
    if (varies) {
      out->nodes.resize(place.begin);
      place.state = Plan::State::kVarying;
      if (!group.indexes[slot].empty() || !group.present[slot].empty())
        out->varying.push_back(slot);
      continue;
    }
    if (!field.present) continue;
    place.state = Plan::State::kSteady;
    place.count = narrow<std::uint32_t>(out->nodes.size()) - place.begin;
  }
  for (auto slot = SlotId{0}; slot < slots.size(); ++slot) {
    const auto& place = out->places[slot];
    if (place.state != Plan::State::kSteady) continue;
    if (!group.indexes[slot].empty())
      for (auto i = std::uint32_t{0}; i < place.count; ++i)
        out->probes.push_back({out->nodes[place.begin + i], slot});
    if (place.count > 0)
      out->fixed.insert(out->fixed.end(), group.present[slot].begin(), group.present[slot].end());
  }
  std::stable_sort(out->probes.begin(), out->probes.end(),
                   [](const auto& a, const auto& b) { return a.node < b.node; });
  out->fixed.insert(out->fixed.end(), group.always.begin(), group.always.end());
  std::sort(out->fixed.begin(), out->fixed.end());
  out->fixed.erase(std::unique(out->fixed.begin(), out->fixed.end()), out->fixed.end());
  const auto outlook = Outlook(group.program, out->places);
  std::erase_if(out->fixed,
                [&](std::uint32_t rule) { return !outlook.may_hold(group.rules[rule].root); });
  for (const auto slot : group.wanted) {
    if (out->places[slot].state == Plan::State::kVarying)
      out->unseen.push_back(slot);
    else if (out->places[slot].state == Plan::State::kSteady)
      out->source->fields.emplace(slots[slot].name);
  }
  return out;
}

auto Layouts::scratch(std::shared_ptr<const RuleGroup> group) -> Scratch& {
  auto& out = scratches_[group.get()];
  if (out) return *out;
  out = std::make_unique<Scratch>();
  out->first_tag = next_tag_;
  next_tag_ += narrow<std::uint32_t>(group->program.slots.size() * 2);
  out->results.resize(group->program.nodes.size());
  out->woken.resize(group->rules.size());
  out->habits.resize(group->program.slots.size());
  out->group = std::move(group);
  return *out;
}

void Layouts::clear_results() {
  for (const auto& [group, scratch] : scratches_) {
    std::fill(scratch->results.begin(), scratch->results.end(), 0);
    std::fill(scratch->woken.begin(), scratch->woken.end(), 0);
  }
}

}  // namespace serjeant::sigma::fast

#include "detect/sigma/fast/witness.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "detect/sigma/fast/rarity.h"
#include "detect/sigma/fast/regex_literal.h"

namespace serjeant::sigma::fast {
namespace {

constexpr auto kNever = 1e6;     // cost of what no trigger stands for
constexpr auto kPresence = 0.6;  // a field that is there at all
constexpr auto kWorst = 0.9;     // beyond it, judging every event is as good

// Folded text that a value must hold: ASCII only where the pattern compares
// bytes as they are, since folding may change what stands around a cut.
auto ascii_runs(std::string_view text) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  auto run = std::string{};
  for (const auto c : text) {
    if (static_cast<unsigned char>(c) < 0x80) {
      run += c;
      continue;
    }
    if (!run.empty()) out.push_back(lower_ascii(run));
    run.clear();
  }
  if (!run.empty()) out.push_back(lower_ascii(run));
  return out;
}

struct Choice {
  double cost = kNever;
  std::vector<Trigger> triggers;
  void offer(double other, std::vector<Trigger> by) {
    if (other >= cost) return;
    cost = other;
    triggers = std::move(by);
  }
};

void offer_contained(Choice& choice, std::string_view text) {
  if (text.empty()) return;
  choice.offer(Rarity::shared().share(text), {{Trigger::Kind::kContains, std::string(text), {}}});
}

// An anchored text is met less often than a contained one, and costs no scan.
void offer_anchored(Choice& choice, Trigger::Kind kind, std::string_view text) {
  if (text.empty()) return;
  const auto share = Rarity::shared().share(text);
  choice.offer(share * (kind == Trigger::Kind::kEquals ? 0.05 : 0.3),
               {{kind, std::string(text), {}}});
}

// ` -x`: too little text on either side of a dash that has five spellings, so
// all five with both sides.
void offer_dashes(Choice& choice, const std::vector<Piece>& pieces, std::size_t dash) {
  constexpr auto spellings =
      std::to_array<std::string_view>({"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"});
  const auto text_of = [&](std::size_t at) {
    return at < pieces.size() && pieces[at].kind == Piece::Kind::kText
               ? std::string_view(pieces[at].text)
               : std::string_view{};
  };
  const auto before = dash > 0 ? text_of(dash - 1) : std::string_view{};
  const auto behind = text_of(dash + 1);
  auto triggers = std::vector<Trigger>{};
  auto cost = 0.0;
  for (const auto spelling : spellings) {
    auto text = std::string(before).append(spelling).append(behind);
    if (text.empty()) return;
    cost += Rarity::shared().share(text);
    triggers.push_back({Trigger::Kind::kContains, std::move(text), {}});
  }
  choice.offer(cost, std::move(triggers));
}

void choose_for_pattern(const Pattern& pattern, Choice& choice) {
  const auto& pieces = pattern.pieces;
  auto literal = std::string_view{};
  const auto shape = shape_of(pattern, literal);
  if (pattern.cased) {
    // A value that is equal to a text has an equal folded text.
    if (shape == Atom::Shape::kEquals)
      offer_anchored(choice, Trigger::Kind::kEquals, fold_case(literal));
    for (const auto& piece : pieces)
      if (piece.kind == Piece::Kind::kText)
        for (const auto& run : ascii_runs(piece.text)) offer_contained(choice, run);
    return;
  }
  if (shape == Atom::Shape::kEquals) {
    choice.offer(literal.empty() ? 0.05 : Rarity::shared().share(literal) * 0.05,
                 {{Trigger::Kind::kEquals, std::string(literal), {}}});
    return;
  }
  for (auto at = std::size_t{0}; at < pieces.size(); ++at) {
    if (pieces[at].kind == Piece::Kind::kDash) offer_dashes(choice, pieces, at);
    if (pieces[at].kind != Piece::Kind::kText) continue;
    if (at == 0) offer_anchored(choice, Trigger::Kind::kStarts, pieces[at].text);
    if (at + 1 == pieces.size()) offer_anchored(choice, Trigger::Kind::kEnds, pieces[at].text);
    offer_contained(choice, pieces[at].text);
  }
}

auto present() -> Trigger { return {}; }

}  // namespace

auto triggers_of(const Atom& atom, double& cost) -> std::vector<Trigger> {
  auto choice = Choice{};
  const auto& test = *atom.test;
  switch (test.kind) {
    case Test::Kind::kText:
      choose_for_pattern(test.pattern, choice);
      break;
    case Test::Kind::kNumber:
      // Event ids are numbers; some of them are half of a log.
      if (test.number.whole) choice.offer(0.03, {{Trigger::Kind::kNumber, test.text, {}}});
      break;
    case Test::Kind::kBool:
      choice.offer(0.3, {{Trigger::Kind::kEquals, test.flag ? "true" : "false", {}}});
      break;
    case Test::Kind::kRegex: {
      auto best = std::string{};
      for (auto& text : literals_of_regex(*test.regex))
        if (best.empty() || Rarity::shared().share(text) < Rarity::shared().share(best))
          best = std::move(text);
      offer_contained(choice, best);
      break;
    }
    case Test::Kind::kNetwork:
      choice.offer(0.1, {{Trigger::Kind::kNetwork, {}, test.network}});
      break;
    case Test::Kind::kNull:
      cost = kNever;
      return {};
    case Test::Kind::kExists:
      // An empty array is present too, and has no value.
      cost = kNever;
      return {};
    case Test::Kind::kFieldRef:
    case Test::Kind::kCompare:
    case Test::Kind::kTimePart:
      break;
  }
  choice.offer(kPresence, {present()});
  cost = choice.cost;
  return std::move(choice.triggers);
}

auto Witnesses::cost(NodeId node, bool positive) -> double {
  auto& known = costs_[positive ? 1 : 0];
  if (known.size() < program_.nodes.size()) known.resize(program_.nodes.size(), -1.0);
  if (known[node] < 0) {
    const auto value = compute(node, positive);
    costs_[positive ? 1 : 0][node] = value;
  }
  return costs_[positive ? 1 : 0][node];
}

auto Witnesses::compute(NodeId id, bool positive) -> double {
  const auto& node = program_.nodes[id];
  const auto children = program_.children_of(node);
  switch (node.kind) {
    case GraphNode::Kind::kNot:
      return cost(children[0], !positive);
    case GraphNode::Kind::kAnd:
    case GraphNode::Kind::kOr: {
      // "Not all of them" is "one of them not".
      const auto needs_all = (node.kind == GraphNode::Kind::kAnd) == positive;
      if (children.empty()) return kNever;
      auto least = kNever;
      auto sum = 0.0;
      for (const auto child : children) {
        const auto one = cost(child, positive);
        least = std::min(least, one);
        sum += one;
      }
      return std::min(needs_all ? least : sum, kNever);
    }
    case GraphNode::Kind::kAtom: {
      if (!positive) return kNever;
      const auto& atom = program_.atoms[node.begin];
      auto out = kNever;
      static_cast<void>(triggers_of(atom, out));
      // Keywords are looked for in every value.
      return atom.slot == kAnywhere ? std::min(out * 10, kNever) : out;
    }
    case GraphNode::Kind::kSet: {
      if (!positive) return kNever;
      auto sum = 0.0;
      for (const auto& trigger : program_.sets[node.begin].triggers)
        sum += Rarity::shared().share(trigger.text) *
               (trigger.kind == Trigger::Kind::kContains ? 1.0 : 0.3);
      return sum;
    }
  }
  return kNever;
}

void Witnesses::collect(NodeId id, bool positive, std::vector<Watch>& out) {
  const auto& node = program_.nodes[id];
  const auto children = program_.children_of(node);
  switch (node.kind) {
    case GraphNode::Kind::kNot:
      collect(children[0], !positive, out);
      return;
    case GraphNode::Kind::kAnd:
    case GraphNode::Kind::kOr:
      if ((node.kind == GraphNode::Kind::kAnd) == positive) {
        const auto best = std::min_element(
            children.begin(), children.end(),
            [&](NodeId a, NodeId b) { return cost(a, positive) < cost(b, positive); });
        collect(*best, positive, out);
        return;
      }
      for (const auto child : children) collect(child, positive, out);
      return;
    case GraphNode::Kind::kAtom: {
      const auto& atom = program_.atoms[node.begin];
      auto ignored = 0.0;
      for (auto& trigger : triggers_of(atom, ignored))
        out.push_back({atom.slot, std::move(trigger)});
      return;
    }
    case GraphNode::Kind::kSet: {
      const auto& set = program_.sets[node.begin];
      for (const auto& trigger : set.triggers) out.push_back({set.slot, trigger});
      return;
    }
  }
}

auto Witnesses::choose(NodeId node, std::vector<Watch>& out) -> bool {
  if (cost(node, true) > kWorst) return false;
  collect(node, true, out);
  return true;
}

}  // namespace serjeant::sigma::fast

#include "intel/stix/pattern_equal.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/json.h"
#include "core/text.h"
#include "intel/stix/address.h"
#include "intel/stix/jcs.h"
#include "intel/stix/moment.h"

namespace serjeant::stix {
namespace {

constexpr auto kMostAlternatives = std::size_t{1024};
constexpr auto kMostWork = std::size_t{1} << 23;  // pairs of alternatives compared

// Texts are put into keys with their length, so that no value can pose as structure.
void add_text(std::string& out, std::string_view text) {
  ((out += std::to_string(text.size())) += ':') += text;
}

auto number_key(std::string_view text) -> std::string {
  if (text.starts_with('+')) text.remove_prefix(1);
  auto number = 0.0;
  auto spelt = std::string(text);
  // ".5" is a number here, but none to from_chars everywhere.
  if (const auto point = spelt.find('.'); point == 0 || (point == 1 && spelt[0] == '-'))
    spelt.insert(point, "0");
  const auto [end, error] = std::from_chars(spelt.data(), spelt.data() + spelt.size(), number);
  if (error != std::errc{}) return spelt;
  auto out = std::string{};
  append_number(out, number);
  return out;
}

// Is the comparison's path `type:first`, or `type:first[any].last`?
auto is_path(const PatternNode& node, std::string_view type, std::string_view first,
             std::string_view last = {}) -> bool {
  if (node.type != type || node.path.size() != (last.empty() ? 1 : 3) || node.path[0].key != first)
    return false;
  return last.empty() || (node.path[1].kind != PathStep::Kind::kKey && node.path[2].key == last);
}

auto text_value(const PatternNode& node, const std::string& value) -> std::string {
  if (node.op == PatternOp::kMatches) return value;
  if (is_path(node, "windows-registry-key", "key") ||
      is_path(node, "windows-registry-key", "values", "name"))
    return fold_case(value);
  if (is_path(node, "ipv4-addr", "value") || is_path(node, "ipv6-addr", "value")) {
    const auto block = read_address(value);
    if (block && (block->size == 4) == (node.type == "ipv4-addr")) return print_address(*block);
  }
  return value;
}

auto literal_key(const PatternNode& node, const Literal& literal) -> std::string {
  auto out = std::string{};
  switch (literal.kind) {
    case LiteralKind::kInteger:
    case LiteralKind::kFloat:
      add_text(out += 'n', number_key(literal.value));
      break;
    case LiteralKind::kText:
      add_text(out += 's', text_value(node, literal.value));
      break;
    case LiteralKind::kBool:
      add_text(out += 'o', literal.value);
      break;
    case LiteralKind::kTime: {
      const auto at = read_moment(literal.value);
      if (at && at->exists)
        add_text(out += 't', std::to_string(at->at.seconds) + '.' + std::to_string(at->at.nanos));
      else
        add_text(out += 'T', literal.value);
      break;
    }
    case LiteralKind::kHex:
    case LiteralKind::kBinary:
      add_text(out += 'b', literal.value);
      break;
  }
  return out;
}

auto comparison_key(const PatternNode& node) -> std::string {
  auto out = std::string{};
  for (const auto& step : node.path) {
    out += step.kind == PathStep::Kind::kKey ? '.' : step.kind == PathStep::Kind::kAny ? '*' : '#';
    add_text(out, step.kind == PathStep::Kind::kIndex ? std::to_string(step.index) : step.key);
  }
  auto op = node.op;
  auto negated = node.negated;
  if (negated && (op == PatternOp::kEqual || op == PatternOp::kNotEqual)) {
    op = op == PatternOp::kEqual ? PatternOp::kNotEqual : PatternOp::kEqual;
    negated = false;
  }
  out += negated ? " NOT " : " ";
  (out += pattern_op_word(op)) += ' ';
  auto values = std::vector<std::string>{};
  for (const auto& literal : node.literals) values.push_back(literal_key(node, literal));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  for (const auto& value : values) out += value;
  return out;
}

// Comparisons that must hold together, of objects of one type.
struct Term {
  std::string type;
  std::set<std::string> all;
  friend auto operator<=>(const Term&, const Term&) = default;
};
using Terms = std::set<Term>;

// A OR (A AND B) is A.
auto absorb(const Terms& terms) -> Terms {
  auto out = Terms{};
  for (const auto& term : terms) {
    const auto weaker = [&](const Term& other) {
      return &other != &term && other.type == term.type && other.all.size() < term.all.size() &&
             std::includes(term.all.begin(), term.all.end(), other.all.begin(), other.all.end());
    };
    if (std::none_of(terms.begin(), terms.end(), weaker)) out.insert(term);
  }
  return out;
}

// Observations that must be bound together: one alone, a set (AND, doubles
// count) or a sequence (FOLLOWEDBY).
struct Bound {
  PatternKind kind = PatternKind::kObservation;
  bool qualified = false;
  std::vector<std::string> parts = {};
  friend auto operator<=>(const Bound&, const Bound&) = default;
};
using Alternatives = std::set<Bound>;

auto key_of(const Bound& bound) -> std::string {
  if (bound.kind == PatternKind::kObservation) return bound.parts[0];
  auto out = std::string(bound.kind == PatternKind::kAnd ? "&(" : ">(");
  for (const auto& part : bound.parts) add_text(out, part);
  return out + ')';
}

auto key_of(const Alternatives& alternatives) -> std::string {
  if (alternatives.size() == 1) return key_of(*alternatives.begin());
  auto keys = std::set<std::string>{};
  for (const auto& one : alternatives) keys.insert(key_of(one));
  auto out = std::string("|(");
  for (const auto& key : keys) add_text(out, key);
  return out + ')';
}

// Does whatever binds `container` bind `part` too?
auto is_part(const Bound& part, const Bound& container) -> bool {
  if (part.qualified || container.kind == PatternKind::kObservation) return false;
  const auto key = key_of(part);
  const auto& parts = container.parts;
  if (std::find(parts.begin(), parts.end(), key) != parts.end()) return true;
  if (part.kind != container.kind) return false;
  if (part.kind == PatternKind::kAnd)
    return std::includes(parts.begin(), parts.end(), part.parts.begin(), part.parts.end());
  auto next = part.parts.begin();
  for (const auto& one : parts)
    if (next != part.parts.end() && one == *next) ++next;
  return next == part.parts.end();
}

auto absorb(const Alternatives& alternatives) -> Alternatives {
  auto out = Alternatives{};
  for (const auto& one : alternatives) {
    const auto makes_idle = [&](const Bound& other) {
      return &other != &one && is_part(other, one);
    };
    if (std::none_of(alternatives.begin(), alternatives.end(), makes_idle)) out.insert(one);
  }
  return out;
}

class Normalizer {
 public:
  explicit Normalizer(const Pattern& pattern) : pattern_(pattern) {}

  auto run() -> std::optional<std::string> {
    const auto all = observations(pattern_.root);
    if (!all) return std::nullopt;
    return key_of(*all);
  }

 private:
  auto affords(std::size_t alternatives) -> bool {
    work_ += alternatives * alternatives;
    return alternatives <= kMostAlternatives && work_ <= kMostWork;
  }

  auto comparisons(std::uint32_t at) -> std::optional<Terms> {
    const auto& node = pattern_[at];
    if (node.kind == PatternKind::kCompare) return Terms{{node.type, {comparison_key(node)}}};
    auto out = Terms{};
    auto first = true;
    for (const auto child : node.children) {
      auto terms = comparisons(child);
      if (!terms) return std::nullopt;
      if (node.kind == PatternKind::kEitherHolds || first) {
        out.merge(*terms);
      } else {
        auto product = Terms{};
        for (const auto& a : out)
          for (const auto& b : *terms) {
            if (a.type != b.type) continue;  // no object is of two types
            auto both = a;
            both.all.insert(b.all.begin(), b.all.end());
            product.insert(std::move(both));
            if (product.size() > kMostAlternatives) return std::nullopt;
          }
        out = std::move(product);
      }
      first = false;
      if (!affords(out.size())) return std::nullopt;
      out = absorb(out);
    }
    return out;
  }

  auto observations(std::uint32_t at) -> std::optional<Alternatives> {
    const auto& node = pattern_[at];
    if (node.kind == PatternKind::kObservation) {
      const auto terms = comparisons(node.children[0]);
      if (!terms) return std::nullopt;
      auto key = std::string("[");
      for (const auto& term : *terms) {
        add_text(key, term.type);
        for (const auto& one : term.all) add_text(key, one);
        key += '|';
      }
      return Alternatives{{.kind = PatternKind::kObservation, .parts = {key + ']'}}};
    }
    if (node.kind >= PatternKind::kWithin) {
      const auto inner = observations(node.children[0]);
      if (!inner) return std::nullopt;
      auto key = std::string(1, static_cast<char>('A' + static_cast<int>(node.kind)));
      for (const auto& bound : node.bounds) add_text(key, bound_key(node, bound));
      add_text(key, key_of(*inner));
      return Alternatives{
          {.kind = PatternKind::kObservation, .qualified = true, .parts = {std::move(key)}}};
    }
    auto out = std::optional<Alternatives>{};
    for (const auto child : node.children) {
      auto next = observations(child);
      if (!next) return std::nullopt;
      if (!out)
        out = std::move(next);
      else if (node.kind == PatternKind::kOr)
        out->merge(*next);
      else
        out = product(node.kind, *out, *next);
      if (!out || !affords(out->size())) return std::nullopt;
      out = absorb(*out);
    }
    return out;
  }

  // `left` may already be a chain of `kind` that the first operands made; one that
  // stood in parentheses is flattened just so.
  static auto product(PatternKind kind, const Alternatives& left, const Alternatives& right)
      -> std::optional<Alternatives> {
    if (left.size() * right.size() > kMostAlternatives) return std::nullopt;
    auto out = Alternatives{};
    for (const auto& a : left)
      for (const auto& b : right) {
        auto made = Bound{.kind = kind};
        for (const auto* one : {&a, &b}) {
          if (one->kind == kind)
            made.parts.insert(made.parts.end(), one->parts.begin(), one->parts.end());
          else
            made.parts.push_back(key_of(*one));
        }
        if (kind == PatternKind::kAnd) std::sort(made.parts.begin(), made.parts.end());
        out.insert(std::move(made));
      }
    return out;
  }

  static auto bound_key(const PatternNode& node, const Literal& bound) -> std::string {
    if (node.kind != PatternKind::kStartStop) return number_key(bound.value);
    auto as_time = bound;
    as_time.kind = LiteralKind::kTime;
    return literal_key(node, as_time);
  }

  const Pattern& pattern_;
  std::size_t work_ = 0;
};

}  // namespace

auto compare_patterns(const Pattern& a, const Pattern& b) -> Equivalence {
  const auto first = Normalizer(a).run();
  const auto second = Normalizer(b).run();
  if (!first || !second) return Equivalence::kUndecided;
  return *first == *second ? Equivalence::kSame : Equivalence::kDifferent;
}

}  // namespace serjeant::stix

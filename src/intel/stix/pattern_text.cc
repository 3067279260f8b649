#include <algorithm>
#include <array>

#include "core/text.h"
#include "intel/stix/pattern.h"

// A pattern as text again, what it speaks of, and what is wrong with it beyond
// its grammar.
namespace serjeant::stix {
namespace {

auto quote(std::string_view text) -> std::string {
  auto out = std::string("'");
  for (const auto c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

auto print_literal(const Literal& literal) -> std::string {
  switch (literal.kind) {
    case LiteralKind::kText:
      return quote(literal.value);
    case LiteralKind::kTime:
      return "t'" + literal.value + "'";
    case LiteralKind::kHex:
      return "h'" + hex(literal.value) + "'";
    case LiteralKind::kBinary:
      return "b'" + base64_encode(literal.value) + "'";
    case LiteralKind::kInteger:
    case LiteralKind::kFloat:
    case LiteralKind::kBool:
      break;
  }
  return literal.value;
}

auto print_qualifier(const PatternNode& node) -> std::string {
  if (node.kind == PatternKind::kStartStop)
    return "START " + print_literal(node.bounds[0]) + " STOP " + print_literal(node.bounds[1]);
  return node.kind == PatternKind::kWithin ? "WITHIN " + node.bounds[0].value + " SECONDS"
                                           : "REPEATS " + node.bounds[0].value + " TIMES";
}

class Printer {
 public:
  explicit Printer(const Pattern& pattern) : pattern_(pattern) {}
  auto run() -> std::string {
    print(pattern_.root);
    return std::move(out_);
  }

 private:
  void print(std::uint32_t at) {
    const auto& node = pattern_[at];
    if (node.grouped) out_ += '(';
    switch (node.kind) {
      case PatternKind::kCompare:
        compare(node);
        break;
      case PatternKind::kBothHold:
      case PatternKind::kAnd:
        chain(node, " AND ");
        break;
      case PatternKind::kEitherHolds:
      case PatternKind::kOr:
        chain(node, " OR ");
        break;
      case PatternKind::kFollowedBy:
        chain(node, " FOLLOWEDBY ");
        break;
      case PatternKind::kObservation:
        out_ += '[';
        print(node.children[0]);
        out_ += ']';
        break;
      case PatternKind::kWithin:
      case PatternKind::kRepeats:
      case PatternKind::kStartStop:
        print(node.children[0]);
        (out_ += ' ') += print_qualifier(node);
        break;
    }
    if (node.grouped) out_ += ')';
  }
  void chain(const PatternNode& node, std::string_view word) {
    for (auto i = std::size_t{0}; i < node.children.size(); ++i) {
      if (i > 0) out_ += word;
      print(node.children[i]);
    }
  }
  void path(const PatternNode& node) {
    out_ += node.type;
    auto between = ':';
    for (const auto& step : node.path) {
      if (step.kind != PathStep::Kind::kKey) {
        ((out_ += '[') += step.key) += ']';
        continue;
      }
      (out_ += between) += step.quoted ? quote(step.key) : step.key;
      between = '.';
    }
  }
  void compare(const PatternNode& node) {
    if (node.op == PatternOp::kExists) {
      out_ += node.negated ? "NOT EXISTS " : "EXISTS ";
      path(node);
      return;
    }
    path(node);
    out_ += node.negated ? " NOT " : " ";
    (out_ += pattern_op_word(node.op)) += ' ';
    if (node.op != PatternOp::kIn) {
      out_ += print_literal(node.literals[0]);
      return;
    }
    out_ += '(';
    for (auto i = std::size_t{0}; i < node.literals.size(); ++i)
      (out_ += i > 0 ? ", " : "") += print_literal(node.literals[i]);
    out_ += ')';
  }

  const Pattern& pattern_;
  std::string out_;
};

// Nodes in the order of the text.
auto in_order(const Pattern& pattern) -> std::vector<const PatternNode*> {
  auto out = std::vector<const PatternNode*>{};
  auto open = std::vector<std::uint32_t>{pattern.root};
  while (!open.empty()) {
    const auto& node = pattern[open.back()];
    open.pop_back();
    out.push_back(&node);
    open.insert(open.end(), node.children.rbegin(), node.children.rend());
  }
  return out;
}

struct HashForm {
  std::string_view name;  // without hyphens, in capitals
  std::array<std::size_t, 2> digits;
};
constexpr auto kHashForms = std::array{
    HashForm{"MD5", {32, 32}},       HashForm{"RIPEMD160", {40, 40}},
    HashForm{"SHA1", {40, 40}},      HashForm{"SHA224", {56, 56}},
    HashForm{"SHA256", {64, 64}},    HashForm{"SHA384", {96, 96}},
    HashForm{"SHA512", {128, 128}},  HashForm{"SHA3224", {56, 56}},
    HashForm{"SHA3256", {64, 64}},   HashForm{"SHA3384", {96, 96}},
    HashForm{"SHA3512", {128, 128}}, HashForm{"WHIRLPOOL", {128, 128}},
    HashForm{"MD6", {32, 128}},
};

auto is_hex_digits(std::string_view text) -> bool {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

auto can_be_hash(std::string_view name, std::string_view value) -> bool {
  auto plain = std::string{};
  for (const auto c : name)
    if (c != '-') plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  if (plain == "SSDEEP") return !value.empty() && value.size() <= 148;
  for (const auto& form : kHashForms)
    if (form.name == plain)
      return value.size() >= form.digits[0] && value.size() <= form.digits[1] &&
             is_hex_digits(value);
  return true;
}

void check_hashes(const PatternNode& node, std::vector<PatternFlaw>& flaws) {
  const auto in_hashes = std::any_of(node.path.begin(), node.path.end(),
                                     [](const auto& step) { return step.key == "hashes"; });
  if (!in_hashes || node.path.back().kind != PathStep::Kind::kKey ||
      (node.op != PatternOp::kEqual && node.op != PatternOp::kNotEqual &&
       node.op != PatternOp::kIn))
    return;
  const auto& name = node.path.back().key;
  for (const auto& literal : node.literals)
    if (!can_be_hash(name, literal.value))
      flaws.push_back(
          {"this is no " + printable(name) + " hash", "", literal.offset, literal.length});
}

void check_qualifiers(const Pattern& pattern, const PatternNode& node,
                      std::vector<PatternFlaw>& flaws) {
  const auto is_qualifier = [](PatternKind kind) { return kind >= PatternKind::kWithin; };
  if (!is_qualifier(node.kind)) return;
  auto twice = false;
  const auto* at = &node;
  while (is_qualifier(at->kind)) {
    const auto& below = pattern[at->children[0]];
    if (below.grouped) return;  // what a group is qualified with is its own matter
    twice = twice || below.kind == node.kind;
    at = &below;
  }
  if (twice)
    flaws.push_back({"the same kind of qualifier twice on one observation",
                     "put the first in parentheses with its observation", node.bounds[0].offset,
                     node.bounds[0].length});
}

}  // namespace

auto print_pattern(const Pattern& pattern) -> std::string { return Printer(pattern).run(); }

auto check_pattern(const Pattern& pattern, PatternVersion version) -> std::vector<PatternFlaw> {
  auto flaws = std::vector<PatternFlaw>{};
  for (const auto* node : in_order(pattern)) {
    if (node->kind == PatternKind::kCompare) check_hashes(*node, flaws);
    if (version == PatternVersion::k21) check_qualifiers(pattern, *node, flaws);
  }
  return flaws;
}

auto inspect_pattern(const Pattern& pattern, std::string_view text) -> PatternContents {
  auto out = PatternContents{};
  for (const auto* node : in_order(pattern)) {
    if (node->kind == PatternKind::kAnd) out.observation_ops.insert("AND");
    if (node->kind == PatternKind::kOr) out.observation_ops.insert("OR");
    if (node->kind == PatternKind::kFollowedBy) out.observation_ops.insert("FOLLOWEDBY");
    if (node->kind >= PatternKind::kWithin) out.qualifiers.insert(print_qualifier(*node));
    if (node->kind != PatternKind::kCompare) continue;
    auto literal = std::string{};
    for (const auto& one : node->literals)
      (literal += literal.empty() ? "" : ",") += text.substr(one.offset, one.length);
    if (node->op == PatternOp::kIn) literal = "(" + literal + ")";
    out.comparisons[node->type].push_back(
        {node->path, (node->negated ? "NOT " : "") + node->op_text, std::move(literal)});
  }
  return out;
}

}  // namespace serjeant::stix

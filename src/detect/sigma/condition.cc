#include "detect/sigma/condition.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <set>

#include "core/narrow.h"
#include "core/text.h"

namespace serjeant::sigma {
namespace {

constexpr auto kLongest = std::size_t{64} << 10;
constexpr auto kDeepest = 64;
constexpr auto kMostNodes = std::size_t{100'000};

struct Token {
  std::string_view text;
  std::size_t at = 0;
};

auto is_name(char c) -> bool {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}
auto is_white(char c) -> bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Words of `also` besides those of names; anything else is a token of its own.
auto tokens_of(std::string_view text, std::string_view also) -> std::vector<Token> {
  const auto in_word = [&](char c) { return is_name(c) || also.find(c) != std::string_view::npos; };
  auto out = std::vector<Token>{};
  for (auto at = std::size_t{0}; at < text.size();) {
    if (is_white(text[at])) {
      ++at;
      continue;
    }
    auto end = at + 1;
    if (in_word(text[at]))
      while (end < text.size() && in_word(text[end])) ++end;
    else
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    out.push_back({text.substr(at, end - at), at});
    at = end;
  }
  return out;
}

auto is_operator(std::string_view word) -> bool {
  return word == "and" || word == "or" || word == "not";
}

// The grammar that conditions and expressions share:
//   or: and ("or" and)*   and: unary ("and" unary)*
//   unary: "not" unary | "(" or ")" | operand
class Parser {
 public:
  using Operand = std::function<std::optional<std::uint32_t>(Parser&)>;

  Parser(const YamlNode& node, std::vector<Node>& nodes, Trouble trouble, std::string_view also,
         Operand operand, Complaints& complaints)
      : node_(node),
        nodes_(nodes),
        trouble_(trouble),
        operand_(std::move(operand)),
        complaints_(complaints),
        tokens_(tokens_of(node.text, also)) {}

  auto run() -> std::optional<std::uint32_t> {
    if (tokens_.empty()) return refuse(0, "the condition is empty");
    const auto root = alternatives(0);
    if (!root) return std::nullopt;
    if (next_ < tokens_.size()) return refuse_next("expected 'and', 'or' or the end");
    return root;
  }

  auto peek(std::size_t ahead = 0) const -> std::string_view {
    return next_ + ahead < tokens_.size() ? tokens_[next_ + ahead].text : std::string_view{};
  }
  void take() { ++next_; }
  auto add(Node node) -> std::optional<std::uint32_t> {
    if (nodes_.size() >= kMostNodes) return refuse(0, "the condition unfolds to too many parts");
    nodes_.push_back(std::move(node));
    return narrow<std::uint32_t>(nodes_.size() - 1);
  }
  auto mark_of(std::size_t token) const -> YamlMark {
    if (token >= tokens_.size()) {
      return complaints_.inside(node_.mark, node_.text, node_.text.size(), 1);
    }
    return complaints_.inside(node_.mark, node_.text, tokens_[token].at,
                              tokens_[token].text.size());
  }
  auto next_mark() const -> YamlMark { return mark_of(next_); }
  auto refuse_next(std::string_view expected) -> std::optional<std::uint32_t> {
    const auto word = peek();
    if (word.empty()) return refuse(next_, fmt::format("the condition ends early: {}", expected));
    auto help = std::string{};
    const auto low = lower_ascii(word);
    if (low != word && (is_operator(low) || low == "of" || low == "all" || low == "any"))
      help = fmt::format("operators are written in lower case: {}", low);
    complaints_.add(trouble_, mark_of(next_), fmt::format("unexpected '{}': {}", word, expected),
                    std::move(help));
    return std::nullopt;
  }
  auto refuse(std::size_t token, std::string message) -> std::optional<std::uint32_t> {
    complaints_.add(trouble_, mark_of(token), std::move(message));
    return std::nullopt;
  }
  auto complaints() -> Complaints& { return complaints_; }

 private:
  auto alternatives(int depth) -> std::optional<std::uint32_t> {
    return chain(depth, Node::Kind::kOr, "or", &Parser::conjunction);
  }
  auto conjunction(int depth) -> std::optional<std::uint32_t> {
    return chain(depth, Node::Kind::kAnd, "and", &Parser::unary);
  }

  auto chain(int depth, Node::Kind kind, std::string_view word,
             std::optional<std::uint32_t> (Parser::*part)(int)) -> std::optional<std::uint32_t> {
    auto node = Node{kind, 0, {}};
    for (;;) {
      const auto child = (this->*part)(depth);
      if (!child) return std::nullopt;
      node.children.push_back(*child);
      if (peek() != word) break;
      take();
    }
    return node.children.size() == 1 ? std::optional(node.children[0]) : add(std::move(node));
  }

  auto unary(int depth) -> std::optional<std::uint32_t> {
    if (depth >= kDeepest) return refuse(next_, "the condition is nested too deeply");
    if (peek() == "not") {
      take();
      const auto child = unary(depth + 1);
      if (!child) return std::nullopt;
      return add({Node::Kind::kNot, 0, {*child}});
    }
    if (peek() == "(") {
      const auto opened = next_;
      take();
      const auto inner = alternatives(depth + 1);
      if (!inner) return std::nullopt;
      if (peek() != ")") {
        if (!peek().empty()) return refuse_next("expected 'and', 'or' or ')'");
        return refuse(opened, "this parenthesis is not closed");
      }
      take();
      return inner;
    }
    return operand_(*this);
  }

  const YamlNode& node_;
  std::vector<Node>& nodes_;
  Trouble trouble_;
  Operand operand_;
  Complaints& complaints_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

auto is_word(std::string_view token) -> bool { return !token.empty() && is_name(token[0]); }

// `1 of them`, `all of sel_*`, or one selection.
auto condition_operand(Parser& parser, const Judgement& judgement) -> std::optional<std::uint32_t> {
  const auto word = parser.peek();
  if (parser.peek(1) == "of") {
    if (word != "1" && word != "any" && word != "all")
      return parser.refuse_next("only '1 of', 'any of' and 'all of' are known");
    const auto all = word == "all";
    parser.take();
    parser.take();
    const auto pattern = parser.peek();
    if (pattern.empty() || (!is_word(pattern) && pattern[0] != '*') || is_operator(pattern))
      return parser.refuse_next("expected 'them' or the names of selections");
    auto node = Node{all ? Node::Kind::kAnd : Node::Kind::kOr, 0, {}};
    for (auto i = std::size_t{0}; i < judgement.selections.size(); ++i) {
      const auto& name = judgement.selections[i].name;
      if (name.starts_with('_') && !pattern.starts_with('_')) continue;
      if (pattern != "them" && !name_meets(name, pattern)) continue;
      const auto child = parser.add({Node::Kind::kSelection, narrow<std::uint32_t>(i), {}});
      if (!child) return std::nullopt;
      node.children.push_back(*child);
    }
    if (node.children.empty()) {
      auto known = std::vector<std::string_view>{};
      for (const auto& selection : judgement.selections) known.push_back(selection.name);
      parser.complaints().add(Trouble::kConditionEmptyPattern, parser.next_mark(),
                              fmt::format("'{}' names no selection", pattern),
                              did_you_mean(pattern, known));
      return std::nullopt;
    }
    parser.take();
    return parser.add(std::move(node));
  }
  if (!is_word(word) || is_operator(word) || word.find('*') != std::string_view::npos)
    return parser.refuse_next("expected a selection, 'not' or '('");
  for (auto i = std::size_t{0}; i < judgement.selections.size(); ++i) {
    if (judgement.selections[i].name != word) continue;
    parser.take();
    return parser.add({Node::Kind::kSelection, narrow<std::uint32_t>(i), {}});
  }
  auto known = std::vector<std::string_view>{};
  for (const auto& selection : judgement.selections) known.push_back(selection.name);
  parser.complaints().add(Trouble::kConditionUndefined, parser.next_mark(),
                          fmt::format("no selection is called '{}'", word),
                          did_you_mean(word, known));
  return std::nullopt;
}

}  // namespace

auto name_meets(std::string_view name, std::string_view pattern) -> bool {
  auto out = Pattern{};
  auto rest = pattern;
  for (;;) {
    const auto star = rest.find('*');
    if (star != 0 && !rest.empty())
      out.pieces.push_back({Piece::Kind::kText, std::string(rest.substr(0, star))});
    if (star == std::string_view::npos) break;
    open_back(out);
    rest.remove_prefix(star + 1);
  }
  finish_pattern(out, true);
  return matches(out, name);
}

auto parse_condition(const YamlNode& condition, Judgement& judgement, Complaints& complaints)
    -> std::optional<std::uint32_t> {
  if (condition.text.size() > kLongest) {
    complaints.add(Trouble::kConditionSyntax, condition.mark,
                   fmt::format("the condition is longer than {} bytes", kLongest));
    return std::nullopt;
  }
  auto parser = Parser(
      condition, judgement.nodes, Trouble::kConditionSyntax, "*",
      [&](Parser& at) { return condition_operand(at, judgement); }, complaints);
  return parser.run();
}

auto names_in_expression(std::string_view text) -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  if (text.size() > kLongest) return out;
  auto seen = std::set<std::string_view>{};
  for (const auto& token : tokens_of(text, "."))
    if (is_word(token.text) && !is_operator(token.text) && seen.insert(token.text).second)
      out.push_back(token.text);
  return out;
}

auto parse_expression(const YamlNode& condition, const std::vector<Reference>& references,
                      Complaints& complaints) -> std::optional<Expression> {
  if (condition.text.size() > kLongest) {
    complaints.add(Trouble::kCorrelationExpression, condition.mark,
                   fmt::format("the expression is longer than {} bytes", kLongest));
    return std::nullopt;
  }
  auto out = Expression{};
  const auto operand = [&](Parser& parser) -> std::optional<std::uint32_t> {
    const auto word = parser.peek();
    if (!is_word(word) || is_operator(word))
      return parser.refuse_next("expected a rule, 'not' or '('");
    for (auto i = std::size_t{0}; i < references.size(); ++i) {
      if (references[i].word != word) continue;
      parser.take();
      return parser.add({Node::Kind::kItem, narrow<std::uint32_t>(i), {}});
    }
    auto known = std::vector<std::string_view>{};
    for (const auto& reference : references) known.push_back(reference.word);
    parser.complaints().add(Trouble::kCorrelationExpression, parser.next_mark(),
                            fmt::format("'{}' is not among the rules of this correlation", word),
                            did_you_mean(word, known));
    return std::nullopt;
  };
  auto parser =
      Parser(condition, out.nodes, Trouble::kCorrelationExpression, ".", operand, complaints);
  const auto root = parser.run();
  if (!root) return std::nullopt;
  out.root = *root;
  auto used = std::set<std::uint32_t>{};
  for (const auto& node : out.nodes) {
    if (node.kind == Node::Kind::kNot) out.has_not = true;
    if (node.kind == Node::Kind::kItem) used.insert(node.index);
  }
  for (auto i = std::size_t{0}; i < references.size(); ++i) {
    if (used.contains(narrow<std::uint32_t>(i))) continue;
    complaints.add(
        Trouble::kCorrelationExpression, condition.mark,
        fmt::format("the rule '{}' does not occur in the expression", references[i].word));
    return std::nullopt;
  }
  return out;
}

auto ordered_steps(const YamlNode& condition, const Expression& expression, Complaints& complaints)
    -> std::optional<std::vector<OrderedStep>> {
  const auto refuse = [&](std::string message) -> std::optional<std::vector<OrderedStep>> {
    complaints.add(Trouble::kCorrelationExpression, condition.mark, std::move(message),
                   "an ordered expression is: first and not between and second");
    return std::nullopt;
  };
  // The leaves of a chain of `and`, left to right, by an explicit stack.
  auto out = std::vector<OrderedStep>{};
  auto none = std::vector<std::uint32_t>{};
  auto stack = std::vector<std::uint32_t>{expression.root};
  while (!stack.empty()) {
    const auto& node = expression.nodes[stack.back()];
    stack.pop_back();
    if (node.kind == Node::Kind::kAnd) {
      stack.insert(stack.end(), node.children.rbegin(), node.children.rend());
    } else if (node.kind == Node::Kind::kItem) {
      out.push_back({node.index, std::move(none)});
      none.clear();
    } else if (node.kind == Node::Kind::kNot &&
               expression.nodes[node.children[0]].kind == Node::Kind::kItem) {
      if (out.empty()) return refuse("'not' must stand between two rules");
      none.push_back(expression.nodes[node.children[0]].index);
    } else {
      return refuse("an ordered expression takes only 'and' and 'not' before a rule");
    }
  }
  if (!none.empty()) return refuse("'not' must stand between two rules");
  return out;
}

}  // namespace serjeant::sigma

#include <algorithm>
#include <limits>
#include <optional>

#include "core/text.h"
#include "intel/stix/pattern.h"
#include "intel/stix/pattern_lexer.h"

namespace serjeant::stix {
namespace {

constexpr auto kMostNesting = 256;
constexpr auto kMostLevels = 1024;
constexpr auto kMostBytes = std::size_t{1} << 20;

// A Pratt parser: each operator has a strength, and an operand takes operators
// to its right as long as they are stronger than what stands to its left.
class Parser {
 public:
  Parser(std::string_view text, PatternVersion version)
      : text_(text), version_(version), lexer_(text), token_(lexer_.next()) {}

  auto run() -> PatternOutcome {
    const auto root = observation(0);
    if (root && token_.kind != TokenKind::kEnd)
      flaw("expected the end of the pattern, an operator or a qualifier");
    out_.pattern.root = root.value_or(0);
    return std::move(out_);
  }

 private:
  using Index = std::optional<std::uint32_t>;

  auto flaw(std::string message, std::string help = {}) -> std::nullopt_t {
    if (!out_.flaws.empty()) return std::nullopt;
    if (token_.kind == TokenKind::kEnd)
      message += ", but the pattern ends";
    else
      message += ", not " + printable(token_.text.substr(0, 40));
    out_.flaws.push_back(
        {std::move(message), std::move(help), static_cast<std::uint32_t>(token_.offset),
         static_cast<std::uint32_t>(std::max<std::size_t>(token_.text.size(), 1))});
    return std::nullopt;
  }
  void advance() {
    end_ = token_.offset + token_.text.size();
    token_ = lexer_.next();
  }
  auto is_word(std::string_view word) const -> bool {
    return token_.kind == TokenKind::kKeyword && token_.text == word;
  }
  auto is_mark(char mark) const -> bool {
    return token_.kind == TokenKind::kMark && token_.text[0] == mark;
  }
  auto expect_mark(char mark, std::string_view where) -> bool {
    if (is_mark(mark)) {
      advance();
      return true;
    }
    flaw(std::string("expected '") + mark + "' " + std::string(where));
    return false;
  }
  auto expect_word(std::string_view word) -> bool {
    if (is_word(word)) {
      advance();
      return true;
    }
    flaw("expected " + std::string(word),
         equals_ignoring_ascii_case(token_.text, word) ? "keywords are written in capitals" : "");
    return false;
  }
  auto add(PatternNode made, std::size_t from) -> Index {
    made.offset = static_cast<std::uint32_t>(from);
    made.length = static_cast<std::uint32_t>(end_ - from);
    auto level = 1;
    for (const auto child : made.children) level = std::max(level, levels_[child] + 1);
    if (level > kMostLevels) return flaw("nested too deep");
    levels_.push_back(level);
    out_.pattern.nodes.push_back(std::move(made));
    return static_cast<std::uint32_t>(out_.pattern.nodes.size() - 1);
  }
  auto node(std::uint32_t at) -> PatternNode& { return out_.pattern.nodes[at]; }

  // `left` OP `right`; a chain of one operator becomes one node.
  auto join(PatternKind kind, std::uint32_t left, std::uint32_t right) -> Index {
    if (node(left).kind != kind || node(left).grouped)
      return add({.kind = kind, .children = {left, right}}, node(left).offset);
    node(left).children.push_back(right);
    node(left).length = static_cast<std::uint32_t>(end_ - node(left).offset);
    levels_[left] = std::max(levels_[left], levels_[right] + 1);
    if (levels_[left] > kMostLevels) return flaw("nested too deep");
    return left;
  }

  struct Operator {
    std::string_view word;
    PatternKind kind;
    int strength;
  };
  auto infix(bool inside) const -> std::optional<Operator> {
    if (is_word("AND"))
      return Operator{"AND", inside ? PatternKind::kBothHold : PatternKind::kAnd, 3};
    if (is_word("OR"))
      return Operator{"OR", inside ? PatternKind::kEitherHolds : PatternKind::kOr, 2};
    if (!inside && is_word("FOLLOWEDBY"))
      return Operator{"FOLLOWEDBY", PatternKind::kFollowedBy, 1};
    return std::nullopt;
  }

  auto deeper() -> bool {
    if (++depth_ <= kMostNesting) return true;
    flaw("nested more than 256 deep");
    return false;
  }

  auto observation(int strength) -> Index {
    auto left = qualified();
    while (left) {
      const auto op = infix(false);
      if (!op || op->strength <= strength) break;
      advance();
      const auto right = observation(op->strength);
      left = right ? join(op->kind, *left, *right) : Index{};
    }
    return left;
  }

  auto qualified() -> Index {
    auto left = simple();
    while (left && (is_word("WITHIN") || is_word("REPEATS") || is_word("START"))) {
      auto made = PatternNode{};
      made.children = {*left};
      const auto from = node(*left).offset;
      if (is_word("START")) {
        made.kind = PatternKind::kStartStop;
        advance();
        if (!time_bound(made) || !expect_word("STOP") || !time_bound(made)) return std::nullopt;
      } else {
        const auto repeats = is_word("REPEATS");
        made.kind = repeats ? PatternKind::kRepeats : PatternKind::kWithin;
        advance();
        const auto is_number =
            token_.kind == TokenKind::kInteger || (!repeats && token_.kind == TokenKind::kFloat);
        if (!is_number || token_.text[0] == '-')
          return flaw(repeats ? "expected how often, a whole number"
                              : "expected how many seconds, a number");
        made.bounds.push_back(literal());
        if (!expect_word(repeats ? "TIMES" : "SECONDS")) return std::nullopt;
      }
      left = add(std::move(made), from);
    }
    return left;
  }
  auto time_bound(PatternNode& made) -> bool {
    const auto right = token_.kind == TokenKind::kTime ||
                       (version_ == PatternVersion::k20 && token_.kind == TokenKind::kText);
    if (!right) {
      flaw("expected a time", "times are written t'2016-05-12T08:17:27.000Z'");
      return false;
    }
    made.bounds.push_back(literal());
    return true;
  }

  auto simple() -> Index {
    const auto from = token_.offset;
    if (!deeper()) return std::nullopt;
    auto made = Index{};
    if (is_mark('[')) {
      advance();
      const auto inner = comparison(0);
      if (!inner || !expect_mark(']', "after the comparisons")) return std::nullopt;
      made = add({.kind = PatternKind::kObservation, .children = {*inner}}, from);
    } else if (is_mark('(')) {
      advance();
      made = observation(0);
      if (!made || !expect_mark(')', "after the observations")) return std::nullopt;
      node(*made).grouped = true;
    } else {
      return flaw("expected '[' or '('",
                  "comparisons stand in square brackets: [file:name = 'a.exe']");
    }
    --depth_;
    return made;
  }

  auto comparison(int strength) -> Index {
    auto left = test();
    while (left) {
      const auto op = infix(true);
      if (!op || op->strength <= strength) break;
      advance();
      const auto right = comparison(op->strength);
      left = right ? join(op->kind, *left, *right) : Index{};
    }
    return left;
  }

  auto test() -> Index {
    const auto from = token_.offset;
    if (is_mark('(')) {
      if (!deeper()) return std::nullopt;
      advance();
      const auto inner = comparison(0);
      if (!inner || !expect_mark(')', "after the comparisons")) return std::nullopt;
      node(*inner).grouped = true;
      --depth_;
      return inner;
    }
    auto made = PatternNode{};
    if (version_ == PatternVersion::k21 && (is_word("EXISTS") || is_word("NOT"))) {
      made.negated = is_word("NOT");
      if (made.negated) advance();
      if (!expect_word("EXISTS")) return std::nullopt;
      made.op = PatternOp::kExists;
      made.op_text = "EXISTS";
      if (!path(made)) return std::nullopt;
      return add(std::move(made), from);
    }
    if (!path(made)) return std::nullopt;
    if (is_word("NOT")) {
      made.negated = true;
      advance();
    }
    if (!op(made) || !operand(made)) return std::nullopt;
    return add(std::move(made), from);
  }

  auto path(PatternNode& made) -> bool {
    if (token_.kind != TokenKind::kName && token_.kind != TokenKind::kHyphenName) {
      flaw("expected an object path such as file:name");
      return false;
    }
    made.type = token_.text;
    advance();
    if (!expect_mark(':', "after the object type") || !key(made)) return false;
    while (true) {
      if (is_mark('.')) {
        advance();
        if (!key(made)) return false;
      } else if (is_mark('[')) {
        advance();
        auto step = PathStep{.kind = PathStep::Kind::kAny, .key = std::string(token_.text)};
        if (token_.kind == TokenKind::kInteger) {
          const auto digits = token_.text.substr(token_.text[0] == '+' ? 1 : 0);
          step.kind = PathStep::Kind::kIndex;
          step.index = to_uint(digits).value_or(std::numeric_limits<std::uint64_t>::max());
        } else if (!is_mark('*')) {
          flaw("expected an index or *");
          return false;
        }
        advance();
        made.path.push_back(std::move(step));
        if (!expect_mark(']', "after the index")) return false;
      } else {
        return true;
      }
    }
  }
  auto key(PatternNode& made) -> bool {
    if (token_.kind == TokenKind::kName) {
      made.path.push_back({.key = std::string(token_.text)});
    } else if (token_.kind == TokenKind::kText) {
      made.path.push_back({.key = unescape(token_.text), .quoted = true});
    } else {
      flaw("expected the name of a property",
           token_.kind == TokenKind::kHyphenName
               ? "a name with a hyphen stands in quotes: '" + std::string(token_.text) + "'"
               : "");
      return false;
    }
    advance();
    return true;
  }

  auto op(PatternNode& made) -> bool {
    made.op_text = token_.text;
    const auto text = token_.text;
    if (token_.kind == TokenKind::kCompare) {
      made.op = text == "=" || text == "=="    ? PatternOp::kEqual
                : text == "!=" || text == "<>" ? PatternOp::kNotEqual
                : text == "<"                  ? PatternOp::kLess
                : text == "<="                 ? PatternOp::kLessEqual
                : text == ">"                  ? PatternOp::kGreater
                                               : PatternOp::kGreaterEqual;
    } else if (is_word("IN")) {
      made.op = PatternOp::kIn;
    } else if (is_word("LIKE")) {
      made.op = PatternOp::kLike;
    } else if (is_word("MATCHES")) {
      made.op = PatternOp::kMatches;
    } else if (is_word("ISSUBSET")) {
      made.op = PatternOp::kIsSubset;
    } else if (is_word("ISSUPERSET")) {
      made.op = PatternOp::kIsSuperset;
    } else {
      flaw("expected a comparison operator",
           "= != < <= > >= IN LIKE MATCHES ISSUBSET ISSUPERSET, in capitals");
      return false;
    }
    advance();
    return true;
  }

  auto operand(PatternNode& made) -> bool {
    if (made.op == PatternOp::kIn) {
      if (!expect_mark('(', "before the values of the set")) return false;
      while (!is_mark(')')) {
        if (!made.literals.empty() && !expect_mark(',', "between the values of the set"))
          return false;
        if (!is_literal(true)) {
          flaw("expected a value");
          return false;
        }
        made.literals.push_back(literal());
      }
      advance();
      return true;
    }
    const auto is_order = made.op == PatternOp::kLess || made.op == PatternOp::kLessEqual ||
                          made.op == PatternOp::kGreater || made.op == PatternOp::kGreaterEqual;
    const auto is_equal = made.op == PatternOp::kEqual || made.op == PatternOp::kNotEqual;
    if (is_order || is_equal ? !is_literal(is_equal) : token_.kind != TokenKind::kText) {
      flaw(is_order || is_equal ? "expected a value" : "expected a text in quotes",
           token_.kind == TokenKind::kName ? "texts stand in single quotes" : "");
      return false;
    }
    made.literals.push_back(literal());
    return true;
  }

  auto is_literal(bool bools) const -> bool {
    switch (token_.kind) {
      case TokenKind::kInteger:
      case TokenKind::kFloat:
      case TokenKind::kText:
      case TokenKind::kTime:
      case TokenKind::kHex:
      case TokenKind::kBinary:
        return true;
      default:
        return bools && (is_word("true") || is_word("false"));
    }
  }

  static auto unescape(std::string_view quoted) -> std::string {
    auto out = std::string{};
    quoted = quoted.substr(1, quoted.size() - 2);
    for (auto i = std::size_t{0}; i < quoted.size(); ++i) {
      if (quoted[i] == '\\') ++i;
      out += quoted[i];
    }
    return out;
  }

  // The literal at hand, which is one.
  auto literal() -> Literal {
    auto out = Literal{.value = std::string(token_.text),
                       .offset = static_cast<std::uint32_t>(token_.offset),
                       .length = static_cast<std::uint32_t>(token_.text.size())};
    const auto inside = [&] { return token_.text.substr(2, token_.text.size() - 3); };
    switch (token_.kind) {
      case TokenKind::kInteger:
        out.kind = LiteralKind::kInteger;
        break;
      case TokenKind::kFloat:
        out.kind = LiteralKind::kFloat;
        break;
      case TokenKind::kTime:
        out.kind = LiteralKind::kTime;
        out.value = inside();
        break;
      case TokenKind::kHex:
        out.kind = LiteralKind::kHex;
        out.value = from_hex(inside()).value_or("");
        break;
      case TokenKind::kBinary:
        out.kind = LiteralKind::kBinary;
        out.value = base64_decode(inside()).value_or("");  // the lexer asked before
        break;
      case TokenKind::kText:
        out.kind = LiteralKind::kText;
        out.value = unescape(token_.text);
        break;
      default:
        out.kind = LiteralKind::kBool;
        break;
    }
    advance();
    return out;
  }

  std::string_view text_;
  PatternVersion version_;
  PatternLexer lexer_;
  Token token_;
  std::size_t end_ = 0;      // of the last token taken
  int depth_ = 0;            // parentheses and brackets that are open
  std::vector<int> levels_;  // for each node: how many are below it, itself included
  PatternOutcome out_;
};

}  // namespace

auto pattern_op_word(PatternOp op) -> std::string_view {
  switch (op) {
    case PatternOp::kEqual:
      return "=";
    case PatternOp::kNotEqual:
      return "!=";
    case PatternOp::kGreater:
      return ">";
    case PatternOp::kLess:
      return "<";
    case PatternOp::kGreaterEqual:
      return ">=";
    case PatternOp::kLessEqual:
      return "<=";
    case PatternOp::kIn:
      return "IN";
    case PatternOp::kLike:
      return "LIKE";
    case PatternOp::kMatches:
      return "MATCHES";
    case PatternOp::kIsSubset:
      return "ISSUBSET";
    case PatternOp::kIsSuperset:
      return "ISSUPERSET";
    case PatternOp::kExists:
      return "EXISTS";
  }
  return "";
}

auto parse_pattern(std::string_view text, PatternVersion version) -> PatternOutcome {
  if (text.size() > kMostBytes)
    return {.pattern = {}, .flaws = {{"the pattern is longer than 1 MiB", "", 0, 1}}};
  if (!is_utf8(text)) return {.pattern = {}, .flaws = {{"the pattern is not UTF-8", "", 0, 1}}};
  return Parser(text, version).run();
}

}  // namespace serjeant::stix

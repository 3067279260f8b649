#include "cli/expression.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace serjeant::cli {
namespace {

struct Token {
  enum class Kind { kWord, kOpen, kClose, kAnd, kOr, kNot };
  Kind kind = Kind::kWord;
  std::string field;  // with modifiers; empty for a value alone
  std::string value;
  std::size_t at = 0, length = 0;
};

// YAML's single-quoted style: only the quote itself is doubled.
auto yaml_quoted(std::string_view text) -> std::string {
  auto out = std::string("'");
  for (const auto c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

class Translation {
 public:
  explicit Translation(std::string_view text) : text_(text) {}

  auto run() -> std::variant<std::string, Diagnostic> {
    if (!tokenize() || !check_order()) return *std::move(mistake_);
    auto out = std::string("title: search\nlogsource:\n  category: search\ndetection:\n");
    auto condition = std::string{};
    auto number = 0;
    for (const auto& token : tokens_) {
      if (!condition.empty()) condition += ' ';
      switch (token.kind) {
        case Token::Kind::kOpen:
          condition += "(";
          break;
        case Token::Kind::kClose:
          condition += ")";
          break;
        case Token::Kind::kAnd:
          condition += "and";
          break;
        case Token::Kind::kOr:
          condition += "or";
          break;
        case Token::Kind::kNot:
          condition += "not";
          break;
        case Token::Kind::kWord: {
          const auto name = fmt::format("t{}", ++number);
          condition += name;
          if (token.field.empty())
            out += fmt::format("  {}:\n    - {}\n", name, yaml_quoted(token.value));
          else
            out += fmt::format("  {}:\n    {}: {}\n", name, yaml_quoted(token.field),
                               yaml_value(token));
        }
      }
    }
    return out + fmt::format("  condition: {}\n", condition);
  }

 private:
  // `exists` wants a boolean; everything else is text, which equals numbers too.
  static auto yaml_value(const Token& token) -> std::string {
    if (token.field.ends_with("|exists")) return token.value;
    return yaml_quoted(token.value);
  }

  auto fail(std::string message, std::size_t at, std::size_t length, std::string help) -> bool {
    auto d = Diagnostic{};
    d.code = "SJ0020";
    d.message = std::move(message);
    d.places.push_back({"expression", 1, static_cast<std::uint32_t>(at + 1),
                        static_cast<std::uint32_t>(std::max<std::size_t>(1, length)),
                        std::string(text_)});
    d.help = std::move(help);
    mistake_ = std::move(d);
    return false;
  }

  // A run of text up to a blank or parenthesis, quotes taken off.
  auto piece(std::size_t& at, bool stop_at_equals, std::string& out) -> bool {
    while (at < text_.size()) {
      const auto c = text_[at];
      if (c == ' ' || c == '\t' || c == '(' || c == ')' || (stop_at_equals && c == '='))
        return true;
      if (c == '\'' || c == '"') {
        const auto close = text_.find(c, at + 1);
        if (close == std::string_view::npos)
          return fail("this quote is never closed", at, 1, "end the value with the same quote");
        out.append(text_, at + 1, close - at - 1);
        at = close + 1;
        continue;
      }
      out += c;
      ++at;
    }
    return true;
  }

  auto tokenize() -> bool {
    for (auto at = std::size_t{0}; at < text_.size();) {
      const auto c = text_[at];
      if (c == ' ' || c == '\t' || c == '\n') {
        ++at;
        continue;
      }
      auto token = Token{};
      token.at = at;
      if (c == '(' || c == ')') {
        token.kind = c == '(' ? Token::Kind::kOpen : Token::Kind::kClose;
        ++at;
      } else if (!word(at, c == '\'' || c == '"', token)) {
        return false;
      }
      token.length = at - token.at;
      tokens_.push_back(std::move(token));
    }
    if (tokens_.empty())
      return fail("the expression is empty", 0, 1, "for example: Operation=Send");
    return true;
  }

  auto word(std::size_t& at, bool begins_with_quote, Token& token) -> bool {
    auto first = std::string{};
    if (!piece(at, !begins_with_quote, first)) return false;
    if (!begins_with_quote && at < text_.size() && text_[at] == '=') {
      if (first.empty()) return fail("a field's name is missing", at, 1, "write Field=value");
      ++at;
      token.field = std::move(first);
      return piece(at, false, token.value);
    }
    if (!begins_with_quote) {
      if (first == "and" || first == "AND") token.kind = Token::Kind::kAnd;
      if (first == "or" || first == "OR") token.kind = Token::Kind::kOr;
      if (first == "not" || first == "NOT") token.kind = Token::Kind::kNot;
    }
    token.value = std::move(first);
    return true;
  }

  // Operands and operators must alternate; parentheses must match.
  auto check_order() -> bool {
    auto wants_operand = true;
    auto open = std::vector<std::size_t>{};
    for (const auto& token : tokens_) {
      const auto begins = token.kind == Token::Kind::kWord || token.kind == Token::Kind::kOpen ||
                          token.kind == Token::Kind::kNot;
      if (begins != wants_operand)
        return fail(
            begins ? "'and' or 'or' is missing before this" : "a term is missing before this",
            token.at, token.length, "terms are joined by and, or, not and parentheses");
      if (token.kind == Token::Kind::kOpen) open.push_back(token.at);
      if (token.kind == Token::Kind::kClose) {
        if (open.empty())
          return fail("this parenthesis was never opened", token.at, 1, "take it away");
        open.pop_back();
      }
      wants_operand = token.kind == Token::Kind::kOpen || token.kind == Token::Kind::kNot ||
                      token.kind == Token::Kind::kAnd || token.kind == Token::Kind::kOr;
    }
    if (!open.empty()) return fail("this parenthesis is never closed", open.back(), 1, "add ')'");
    if (wants_operand)
      return fail("a term is missing at the end", text_.size() - 1, 1,
                  "add one, or take the last operator away");
    return true;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::optional<Diagnostic> mistake_;
};

}  // namespace

auto rule_of_expression(std::string_view expression) -> std::variant<std::string, Diagnostic> {
  return Translation(expression).run();
}

auto in_expression(Diagnostic diagnostic, std::string_view expression) -> Diagnostic {
  for (auto& place : diagnostic.places) {
    // What is underlined in the rule stands in the expression too, unless it is of
    // the rule's own frame or was quoted otherwise there.
    const auto begin =
        std::min<std::size_t>(place.column == 0 ? 0 : place.column - 1, place.text.size());
    const auto marked = std::string_view(place.text).substr(begin, place.length);
    const auto at = marked.empty() ? std::string_view::npos : expression.find(marked);
    const auto found = at != std::string_view::npos;
    place = {"expression", 1, found ? static_cast<std::uint32_t>(at + 1) : 1,
             found ? static_cast<std::uint32_t>(marked.size())
                   : static_cast<std::uint32_t>(expression.size()),
             std::string(expression)};
  }
  return diagnostic;
}

}  // namespace serjeant::cli

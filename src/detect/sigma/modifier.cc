#include "detect/sigma/modifier.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/text.h"

namespace serjeant::sigma {
namespace {

constexpr auto kMostTests = std::size_t{20'000};  // of one value, after expansion

using Kind = Test::Kind;

// A value on its way through the modifiers. `fresh` means that none was
// applied yet: re, cidr and exists want that, and take the text as written.
struct Work {
  Test test;
  std::string raw;
  bool at_start = false, at_end = false;  // for regular expressions (D14)
  RegexOptions regex;
};

enum class Act : std::uint8_t {
  kContains,
  kStartsWith,
  kEndsWith,
  kAll,
  kCased,
  kNeq,
  kExists,
  kWindash,
  kRe,
  kReI,
  kReM,
  kReS,
  kBase64,
  kBase64Offset,
  kUtf16Little,
  kUtf16Big,
  kUtf16,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kYear,
  kCidr,
  kFieldRef,
  kExpand
};

struct Modifier {
  std::string_view name;
  Act act;
};

constexpr auto kModifiers = std::to_array<Modifier>({
    {"contains", Act::kContains},
    {"startswith", Act::kStartsWith},
    {"endswith", Act::kEndsWith},
    {"all", Act::kAll},
    {"cased", Act::kCased},
    {"neq", Act::kNeq},
    {"exists", Act::kExists},
    {"windash", Act::kWindash},
    {"re", Act::kRe},
    {"i", Act::kReI},
    {"ignorecase", Act::kReI},
    {"m", Act::kReM},
    {"multiline", Act::kReM},
    {"s", Act::kReS},
    {"dotall", Act::kReS},
    {"base64", Act::kBase64},
    {"base64offset", Act::kBase64Offset},
    {"wide", Act::kUtf16Little},
    {"utf16le", Act::kUtf16Little},
    {"utf16be", Act::kUtf16Big},
    {"utf16", Act::kUtf16},
    {"lt", Act::kLess},
    {"lte", Act::kLessEqual},
    {"gt", Act::kGreater},
    {"gte", Act::kGreaterEqual},
    {"minute", Act::kMinute},
    {"hour", Act::kHour},
    {"day", Act::kDay},
    {"week", Act::kWeek},
    {"month", Act::kMonth},
    {"year", Act::kYear},
    {"cidr", Act::kCidr},
    {"fieldref", Act::kFieldRef},
    {"expand", Act::kExpand},
});

auto kind_word(Kind kind) -> std::string_view {
  switch (kind) {
    case Kind::kText:
      return "text";
    case Kind::kNumber:
      return "a number";
    case Kind::kBool:
      return "a boolean";
    case Kind::kNull:
      return "null";
    case Kind::kExists:
      return "the result of exists";
    case Kind::kRegex:
      return "a regular expression";
    case Kind::kNetwork:
      return "a network";
    case Kind::kFieldRef:
      return "a field reference";
    case Kind::kCompare:
      return "a comparison";
    case Kind::kTimePart:
      return "a part of a time";
  }
  return "a value";
}

auto work_of(const YamlNode& node) -> Work {
  auto out = Work{};
  out.raw = node.text;
  switch (node.kind) {
    case YamlKind::kBool:
      out.test.kind = Kind::kBool;
      out.test.flag = node.integer != 0;
      break;
    case YamlKind::kInteger:
      out.test.kind = Kind::kNumber;
      out.test.number = {true, node.integer, node.real};
      out.test.text = canonical_text(node.integer);
      break;
    case YamlKind::kFloat:
      out.test.kind = Kind::kNumber;
      out.test.number = {false, 0, node.real};
      if (const auto exact = parse_number(node.text); exact && exact->whole) {
        out.test.number = *exact;  // beyond 64 bits, written as digits
        out.test.text = node.text.starts_with('+') ? node.text.substr(1) : node.text;
      } else {
        out.test.text = canonical_text(node.real);
      }
      break;
    case YamlKind::kText:
      out.test.kind = Kind::kText;
      out.test.pattern = parse_pattern(node.text);
      break;
    default:
      out.test.kind = Kind::kNull;
  }
  return out;
}

// The modifiers of one item, applied to one value after the other.
class Chain {
 public:
  Chain(const YamlNode& entry, const Placeholders& placeholders, Complaints& complaints)
      : entry_(entry), placeholders_(placeholders), complaints_(complaints) {}

  // Splits the key into field and modifiers.
  auto read_key(Item& item) -> bool {
    const auto key = std::string_view(entry_.key);
    const auto bar = key.find('|');
    item.field = key.substr(0, bar);
    if (bar == std::string_view::npos) return true;
    item.modifiers = key.substr(bar + 1);
    auto at = bar + 1;
    for (const auto name : split(item.modifiers, '|')) {
      const auto* const found = std::find_if(kModifiers.begin(), kModifiers.end(),
                                             [&](const auto& m) { return m.name == name; });
      const auto mark = complaints_.inside(entry_.key_mark, key, at, name.size());
      if (found == kModifiers.end()) {
        complaints_.add(Trouble::kUnknownModifier, mark, fmt::format("unknown modifier '{}'", name),
                        did_you_mean(name, modifier_names()));
        return false;
      }
      acts_.push_back({*found, mark});
      if (found->act == Act::kAll) item.all = true;
      if (found->act == Act::kNeq) item.negated = true;
      if (found->act == Act::kCased) cased_ = true;
      at += name.size() + 1;
    }
    return true;
  }

  auto apply(const YamlNode& value, bool keyword) -> std::optional<Alternative> {
    auto works = std::vector<Work>{work_of(value)};
    for (auto i = std::size_t{0}; i < acts_.size(); ++i) {
      auto out = std::vector<Work>{};
      for (auto& work : works)
        if (!act(acts_[i], i == 0, std::move(work), value, out)) return std::nullopt;
      if (out.size() > kMostTests) {
        complaints_.add(Trouble::kModifierType, value.mark,
                        fmt::format("this value unfolds to more than {} texts", kMostTests));
        return std::nullopt;
      }
      works = std::move(out);
    }
    auto alternative = Alternative{};
    alternative.shown = value.is_null() ? "null" : value.text;
    for (auto& work : works)
      if (!finish(work, keyword, value, alternative.tests)) return std::nullopt;
    return alternative;
  }

 private:
  struct Applied {
    Modifier modifier;
    YamlMark mark;
  };

  auto wrong_type(const Applied& applied, const Work& work, const YamlNode& value,
                  std::string_view takes) -> bool {
    complaints_.add(Trouble::kModifierType, applied.mark,
                    fmt::format("the modifier '{}' takes {}, not {}", applied.modifier.name, takes,
                                kind_word(work.test.kind)));
    complaints_.also_at(value.mark);
    return false;
  }

  auto act(const Applied& applied, bool first, Work work, const YamlNode& value,
           std::vector<Work>& out) -> bool {
    const auto kind = work.test.kind;
    switch (applied.modifier.act) {
      case Act::kAll:
      case Act::kNeq:
        break;
      case Act::kContains:
      case Act::kStartsWith:
      case Act::kEndsWith:
        return affix(applied, std::move(work), value, out);
      case Act::kCased:
        if (!to_text(work)) return wrong_type(applied, work, value, "text, numbers and booleans");
        break;
      case Act::kExists:
        if (!first) return misplaced(applied);
        if (kind != Kind::kBool) return wrong_type(applied, work, value, "true or false");
        work.test.kind = Kind::kExists;
        break;
      case Act::kWindash:
        if (kind != Kind::kText) return wrong_type(applied, work, value, "text");
        mark_dashes(work.test.pattern);
        break;
      case Act::kRe:
        if (!first) return misplaced(applied);
        if (kind != Kind::kText) return wrong_type(applied, work, value, "text");
        work.test.kind = Kind::kRegex;
        break;
      case Act::kReI:
      case Act::kReM:
      case Act::kReS:
        if (kind != Kind::kRegex)
          return wrong_type(applied, work, value, "a regular expression (it stands after 're')");
        if (applied.modifier.act == Act::kReI) work.regex.ignore_case = true;
        if (applied.modifier.act == Act::kReM) work.regex.multi_line = true;
        if (applied.modifier.act == Act::kReS) work.regex.dot_all = true;
        break;
      case Act::kUtf16Little:
      case Act::kUtf16Big:
      case Act::kUtf16:
      case Act::kBase64:
      case Act::kBase64Offset:
        return encode(applied, std::move(work), value, out);
      case Act::kLess:
        return compare_by(applied, Comparison::kLess, std::move(work), value, out);
      case Act::kLessEqual:
        return compare_by(applied, Comparison::kLessEqual, std::move(work), value, out);
      case Act::kGreater:
        return compare_by(applied, Comparison::kGreater, std::move(work), value, out);
      case Act::kGreaterEqual:
        return compare_by(applied, Comparison::kGreaterEqual, std::move(work), value, out);
      case Act::kMinute:
      case Act::kHour:
      case Act::kDay:
      case Act::kWeek:
      case Act::kMonth:
      case Act::kYear:
        if (kind == Kind::kCompare) {
          complaints_.add(
              Trouble::kModifierOrder, applied.mark,
              fmt::format("'{}' must stand before the comparison", applied.modifier.name));
          return false;
        }
        if (kind != Kind::kNumber) return wrong_type(applied, work, value, "a number");
        work.test.kind = Kind::kTimePart;
        work.test.part = static_cast<TimePart>(static_cast<int>(applied.modifier.act) -
                                               static_cast<int>(Act::kMinute));
        break;
      case Act::kCidr:
        return network(applied, first, std::move(work), value, out);
      case Act::kFieldRef:
        if (kind != Kind::kText) return wrong_type(applied, work, value, "text");
        if (has_wildcard(work.test.pattern)) {
          complaints_.add(Trouble::kModifierType, value.mark,
                          "a field reference holds no wildcards");
          return false;
        }
        work.test.kind = Kind::kFieldRef;
        work.test.text = literal_of(work.test.pattern);
        break;
      case Act::kExpand:
        return expand(applied, std::move(work), value, out);
    }
    out.push_back(std::move(work));
    return true;
  }

  auto misplaced(const Applied& applied) -> bool {
    complaints_.add(Trouble::kModifierOrder, applied.mark,
                    fmt::format("the modifier '{}' must be the first", applied.modifier.name));
    return false;
  }

  // Numbers and booleans under the generic modifiers are their texts (D32).
  static auto to_text(Work& work) -> bool {
    switch (work.test.kind) {
      case Kind::kText:
        return true;
      case Kind::kNumber:
        work.test.pattern = literal_pattern(work.test.text);
        break;
      case Kind::kBool:
        work.test.pattern = literal_pattern(work.test.flag ? "true" : "false");
        break;
      default:
        return false;
    }
    work.test.kind = Kind::kText;
    return true;
  }

  auto affix(const Applied& applied, Work work, const YamlNode& value, std::vector<Work>& out)
      -> bool {
    const auto front = applied.modifier.act != Act::kStartsWith;
    const auto back = applied.modifier.act != Act::kEndsWith;
    if (work.test.kind == Kind::kRegex) {
      if (!front) work.at_start = true;
      if (!back) work.at_end = true;
    } else if (work.test.kind == Kind::kFieldRef) {
      work.test.relation = front && back ? FieldRelation::kContains
                           : front       ? FieldRelation::kEndsWith
                                         : FieldRelation::kStartsWith;
    } else {
      if (!to_text(work))
        return wrong_type(applied, work, value,
                          "text, numbers, booleans, regular expressions and field references");
      if (front) open_front(work.test.pattern);
      if (back) open_back(work.test.pattern);
    }
    out.push_back(std::move(work));
    return true;
  }

  auto encode(const Applied& applied, Work work, const YamlNode& value, std::vector<Work>& out)
      -> bool {
    if (work.test.kind != Kind::kText) return wrong_type(applied, work, value, "text");
    const auto act = applied.modifier.act;
    const auto base64 = act == Act::kBase64 || act == Act::kBase64Offset;
    if (base64 && has_wildcard(work.test.pattern)) {
      complaints_.add(
          Trouble::kModifierType, value.mark,
          fmt::format("'{}' cannot encode a wildcard", applied.modifier.name),
          "put contains, startswith or endswith after it; escape a literal * or ? with \\");
      return false;
    }
    const auto spelt = spell_dashes(work.test.pattern);
    if (!spelt) {
      complaints_.add(Trouble::kModifierType, value.mark,
                      "more than five dashes cannot be permuted before an encoding");
      return false;
    }
    const auto before = out.size();
    for (auto pattern : *spelt) {
      auto encoded = std::vector<Pattern>{};
      if (act == Act::kBase64) {
        encoded.push_back(base64_of(pattern));
      } else if (act == Act::kBase64Offset) {
        encoded = base64_offsets_of(pattern);
      } else {
        encode_utf16(pattern, act == Act::kUtf16Little ? Utf16::kLittle
                              : act == Act::kUtf16Big  ? Utf16::kBig
                                                       : Utf16::kMarked);
        encoded.push_back(std::move(pattern));
      }
      for (auto& one : encoded) {
        auto next = work;
        next.test.pattern = std::move(one);
        out.push_back(std::move(next));
      }
    }
    if (out.size() > before) return true;
    complaints_.add(Trouble::kModifierType, value.mark, "an empty text leaves no trace in base64");
    return false;
  }

  auto compare_by(const Applied& applied, Comparison comparison, Work work, const YamlNode& value,
                  std::vector<Work>& out) -> bool {
    if (work.test.kind == Kind::kNumber)
      work.test.kind = Kind::kCompare;
    else if (work.test.kind != Kind::kTimePart || work.test.comparison != Comparison::kEqual)
      return wrong_type(applied, work, value, "a number or a part of a time");
    work.test.comparison = comparison;
    out.push_back(std::move(work));
    return true;
  }

  auto network(const Applied& applied, bool first, Work work, const YamlNode& value,
               std::vector<Work>& out) -> bool {
    if (!first) return misplaced(applied);
    if (work.test.kind != Kind::kText) return wrong_type(applied, work, value, "text");
    auto flaw = NetworkFlaw::kNone;
    const auto parsed = parse_network(work.raw, flaw);
    if (!parsed) {
      const auto why = flaw == NetworkFlaw::kHostBits ? "has bits set behind its prefix"
                       : flaw == NetworkFlaw::kPrefix ? "has no valid prefix"
                                                      : "is no address or network";
      complaints_.add(Trouble::kCidr, value.mark, fmt::format("'{}' {}", work.raw, why),
                      "write a network as 10.0.0.0/8 or 2001:db8::/32, or one address");
      return false;
    }
    work.test.kind = Kind::kNetwork;
    work.test.network = *parsed;
    out.push_back(std::move(work));
    return true;
  }

  // Cuts `%name%` out of the literal stretches and puts every value in its
  // place; values are literal. `\%` is a percent sign.
  auto expand(const Applied& applied, Work work, const YamlNode& value, std::vector<Work>& out)
      -> bool {
    if (work.test.kind != Kind::kText) return wrong_type(applied, work, value, "text");
    auto patterns = std::vector<Pattern>(1);
    auto missing = std::set<std::string, std::less<>>{};
    const auto add = [&](const Piece& piece) {
      for (auto& pattern : patterns) pattern.pieces.push_back(piece);
    };
    const auto plain = [&](std::string_view text) {
      auto unescaped = std::string{};
      for (auto i = std::size_t{0}; i < text.size(); ++i)
        if (text[i] != '\\' || i + 1 >= text.size() || text[i + 1] != '%') unescaped += text[i];
      if (!unescaped.empty()) add({Piece::Kind::kText, std::move(unescaped)});
    };
    for (const auto& piece : work.test.pattern.pieces) {
      if (piece.kind != Piece::Kind::kText) {
        add(piece);
        continue;
      }
      auto text = std::string_view(piece.text);
      for (;;) {
        auto name = std::string_view{};
        const auto at = find_placeholder(text, name);
        plain(text.substr(0, at));
        if (at == std::string_view::npos) break;
        text.remove_prefix(at + name.size() + 2);
        const auto found = placeholders_.find(name);
        if (found == placeholders_.end() || found->second.empty()) {
          missing.insert(std::string(name));
          continue;
        }
        if (patterns.size() * found->second.size() > kMostTests) {
          complaints_.add(Trouble::kPlaceholder, value.mark,
                          fmt::format("the placeholders unfold to more than {} texts", kMostTests));
          return false;
        }
        auto more = std::vector<Pattern>{};
        for (const auto& pattern : patterns) {
          for (const auto& text_value : found->second) {
            more.push_back(pattern);
            more.back().pieces.push_back({Piece::Kind::kText, text_value});
          }
        }
        patterns = std::move(more);
      }
    }
    for (const auto& name : missing)
      complaints_.add(
          Trouble::kPlaceholder, value.mark,
          fmt::format("no values for the placeholder %{}%", name),
          fmt::format("give them with --placeholder {}=VALUE, once for each value", name));
    if (!missing.empty()) return false;
    for (auto& pattern : patterns) {
      auto next = work;
      next.test.pattern = std::move(pattern);
      out.push_back(std::move(next));
    }
    return true;
  }

  // The next `%word%` whose first sign is not escaped.
  static auto find_placeholder(std::string_view text, std::string_view& name) -> std::size_t {
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
      if (at > 0 && text[at - 1] == '\\') continue;
      auto end = at + 1;
      while (end < text.size() && is_name(text[end])) ++end;
      if (end > at + 1 && end < text.size() && text[end] == '%') {
        name = text.substr(at + 1, end - at - 1);
        return at;
      }
    }
    return std::string_view::npos;
  }
  static auto is_name(char c) -> bool {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || static_cast<unsigned char>(c) >= 0x80;
  }

  auto finish(Work& work, bool keyword, const YamlNode& value, std::vector<Test>& out) -> bool {
    if (keyword) {
      if (work.test.kind == Kind::kNull) {
        complaints_.add(Trouble::kDetection, value.mark, "a keyword cannot be null");
        return false;
      }
      if (work.test.kind == Kind::kExists || work.test.kind == Kind::kFieldRef) {
        complaints_.add(Trouble::kModifierType, entry_.key_mark,
                        work.test.kind == Kind::kExists ? "'exists' needs a field"
                                                        : "'fieldref' needs a field");
        return false;
      }
      to_text(work);
      if (work.test.kind == Kind::kText) {
        open_front(work.test.pattern);
        open_back(work.test.pattern);
      }
    }
    if (work.test.kind == Kind::kText) finish_pattern(work.test.pattern, cased_);
    if (work.test.kind == Kind::kRegex) {
      work.regex.at_start = work.at_start;
      work.regex.at_end = work.at_end;
      auto flaw = RegexFlaw{};
      work.test.regex = Regex::compile(work.raw, work.regex, flaw);
      if (!work.test.regex) {
        const auto mark = complaints_.inside(value.mark, value.text, flaw.at, 2);
        if (flaw.feature)
          complaints_.add(Trouble::kRegexFeature, mark,
                          fmt::format("the expression uses {}", flaw.message),
                          "write it without: expressions must run in linear time");
        else
          complaints_.add(Trouble::kRegex, mark,
                          fmt::format("the expression cannot be read: {}", flaw.message));
        return false;
      }
    }
    out.push_back(std::move(work.test));
    return true;
  }

  const YamlNode& entry_;
  const Placeholders& placeholders_;
  Complaints& complaints_;
  std::vector<Applied> acts_;
  bool cased_ = false;
};

}  // namespace

auto modifier_names() -> const std::vector<std::string_view>& {
  static const auto names = [] {
    auto out = std::vector<std::string_view>{};
    for (const auto& modifier : kModifiers) out.push_back(modifier.name);
    return out;
  }();
  return names;
}

auto build_item(const YamlNode& entry, const Placeholders& placeholders, Complaints& complaints)
    -> std::optional<Item> {
  auto item = Item{};
  auto chain = Chain(entry, placeholders, complaints);
  if (!chain.read_key(item)) return std::nullopt;
  if (entry.is_mapping()) {
    complaints.add(Trouble::kDetection, entry.mark, "the value of a field cannot be a mapping",
                   "a field inside an object is written with dots: outer.inner");
    return std::nullopt;
  }
  auto values = std::vector<const YamlNode*>{};
  auto null = YamlNode{};  // an empty list is null (D29)
  null.mark = entry.mark;
  if (!entry.is_sequence()) {
    values.push_back(&entry);
  } else if (entry.items.empty()) {
    values.push_back(&null);
  } else {
    for (const auto& value : entry.items) values.push_back(&value);
  }
  for (const auto* const value : values) {
    if (!value->is_scalar()) {
      complaints.add(Trouble::kDetection, value->mark,
                     fmt::format("a value of a field cannot be {}", yaml_kind_word(value->kind)));
      return std::nullopt;
    }
    if (value->is_null() && values.size() > 1)
      complaints.add(Trouble::kLintNullInList, value->mark, "null is one of several values here",
                     "the specification wants a selection of its own for it");
    auto alternative = chain.apply(*value, item.field.empty());
    if (!alternative) return std::nullopt;
    item.values.push_back(std::move(*alternative));
  }
  if (item.all && values.size() == 1)
    complaints.add(Trouble::kLintAllOfOne, entry.key_mark, "'all' has no effect on a single value");
  return item;
}

auto build_keywords(const std::vector<const YamlNode*>& values, Complaints& complaints)
    -> std::optional<Item> {
  static const auto nothing = Placeholders{};
  static const auto bare = YamlNode{};
  auto item = Item{};
  auto chain = Chain(bare, nothing, complaints);
  for (const auto* const value : values) {
    auto alternative = chain.apply(*value, true);
    if (!alternative) return std::nullopt;
    item.values.push_back(std::move(*alternative));
  }
  return item;
}

}  // namespace serjeant::sigma

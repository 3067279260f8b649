#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "detect/sigma/condition.h"
#include "detect/sigma/parse.h"

namespace serjeant::sigma {
namespace {

constexpr auto kMostReferences = std::size_t{64};
constexpr auto kLongestTimespan = std::int64_t{200} * 366 * 86'400;  // seconds

struct TypeName {
  std::string_view name;
  CorrelationType type;
};
constexpr auto kTypes = std::to_array<TypeName>({
    {"event_count", CorrelationType::kEventCount},
    {"value_count", CorrelationType::kValueCount},
    {"temporal", CorrelationType::kTemporal},
    {"temporal_ordered", CorrelationType::kTemporalOrdered},
    {"value_sum", CorrelationType::kValueSum},
    {"value_avg", CorrelationType::kValueAvg},
    {"value_percentile", CorrelationType::kValuePercentile},
    {"value_median", CorrelationType::kValueMedian},
});

auto is_temporal(CorrelationType type) -> bool {
  return type == CorrelationType::kTemporal || type == CorrelationType::kTemporalOrdered;
}
auto is_numeric(CorrelationType type) -> bool {
  return type == CorrelationType::kValueSum || type == CorrelationType::kValueAvg ||
         type == CorrelationType::kValuePercentile || type == CorrelationType::kValueMedian;
}

auto texts_of(const YamlNode& node, std::vector<std::string>& out) -> bool {
  const auto take = [&](const YamlNode& value) {
    if (!value.is_scalar() || value.is_null() || value.text.empty()) return false;
    out.push_back(value.text);
    return true;
  };
  if (!node.is_sequence()) return take(node);
  for (const auto& value : node.items)
    if (!take(value)) return false;
  return !node.items.empty();
}

class CorrelationParser {
 public:
  CorrelationParser(const YamlNode& node, Complaints& complaints)
      : node_(node), complaints_(complaints) {}

  auto run() -> Correlation {
    type();
    rules();
    group_by();
    timespan();
    generate();
    if (typed_) condition();
    aliases();
    return std::move(out_);
  }

 private:
  void type() {
    const auto* const node = node_.find("type");
    const auto name = node_.text_of("type");
    const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                           [&](const auto& type) { return type.name == name; });
    if (found != kTypes.end()) {
      out_.type = found->type;
      typed_ = true;
      return;
    }
    auto known = std::vector<std::string_view>{};
    for (const auto& type : kTypes) known.push_back(type.name);
    complaints_.add(Trouble::kCorrelationType, node ? node->mark : node_.key_mark,
                    node ? fmt::format("no correlation is of the type '{}'", name)
                         : std::string("the correlation has no type"),
                    did_you_mean(name, known));
  }

  void rules() {
    const auto* const node = node_.find("rules");
    auto words = std::vector<std::string>{};
    if (node && !node->is_null()) {
      if (!texts_of(*node, words)) {
        complaints_.add(Trouble::kCorrelationRules, node->mark,
                        "rules must be a list of ids or names of rules");
        return;
      }
    } else if (const auto* const condition = node_.find("condition");
               condition && condition->is_text() && typed_ && is_temporal(out_.type)) {
      for (const auto name : names_in_expression(condition->text)) words.emplace_back(name);
    }
    if (words.empty())
      complaints_.add(Trouble::kCorrelationRules, node ? node->mark : node_.key_mark,
                      "the correlation names no rules");
    if (words.size() > kMostReferences)
      complaints_.add(Trouble::kCorrelationRules, node ? node->mark : node_.key_mark,
                      fmt::format("a correlation takes at most {} rules", kMostReferences));
    for (auto& word : words) out_.references.push_back({std::move(word), 0, {}, {}});
  }

  void group_by() {
    const auto* const node = node_.find("group-by");
    if (!node || node->is_null() || (node->is_sequence() && node->items.empty())) return;
    if (!texts_of(*node, out_.group_by))
      complaints_.add(Trouble::kCorrelationGroupBy, node->mark,
                      "group-by must be a list of fields");
  }

  void timespan() {
    const auto* const node = node_.find("timespan");
    const auto text = node_.text_of("timespan");
    const auto help = std::string("a whole number and a unit: 30s, 15m, 1h, 7d, 2w, 1M, 1y");
    if (!node || text.empty()) {
      complaints_.add(Trouble::kCorrelationTimespan, node ? node->mark : node_.key_mark,
                      "the correlation has no timespan", help);
      return;
    }
    struct Unit {
      char letter;
      std::int64_t seconds;
    };
    // Months and years are those of the Gregorian calendar on average.
    constexpr auto units = std::to_array<Unit>({{'s', 1},
                                                {'m', 60},
                                                {'h', 3600},
                                                {'d', 86'400},
                                                {'w', 604'800},
                                                {'M', 2'629'746},
                                                {'y', 31'556'952}});
    const auto* const unit = std::find_if(units.begin(), units.end(),
                                          [&](const auto& u) { return u.letter == text.back(); });
    const auto digits = text.substr(0, text.size() - 1);
    const auto count = to_int(digits);
    const auto whole = !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
    if (unit == units.end() || !whole || !count || *count == 0) {
      complaints_.add(Trouble::kCorrelationTimespan, node->mark,
                      fmt::format("'{}' is no timespan", text), help);
    } else if (*count > kLongestTimespan / unit->seconds) {
      complaints_.add(Trouble::kCorrelationTimespan, node->mark, "the timespan is above 200 years");
    } else {
      out_.timespan = *count * unit->seconds * kSecond;
    }
  }

  void generate() {
    const auto* const node = node_.find("generate");
    if (node && node->is_bool()) out_.generate = node->integer != 0;
  }

  void condition() {
    const auto* const node = node_.find("condition");
    if (!node || node->is_null()) {
      if (is_temporal(out_.type)) return;  // all rules
      complaints_.add(Trouble::kCorrelationCondition, node_.key_mark,
                      "the correlation has no condition", "for example: condition: {gte: 10}");
    } else if (node->is_mapping()) {
      thresholds(*node);
    } else if (node->is_text()) {
      expression(*node);
    } else {
      complaints_.add(Trouble::kCorrelationCondition, node->mark,
                      fmt::format("the condition is {}", yaml_kind_word(node->kind)));
    }
  }

  void expression(const YamlNode& node) {
    if (!is_temporal(out_.type)) {
      complaints_.add(Trouble::kCorrelationCondition, node.mark,
                      "only temporal correlations take an expression",
                      "for counts: condition: {gte: 10}");
      return;
    }
    if (out_.references.empty()) return;
    auto parsed = parse_expression(node, out_.references, complaints_);
    if (!parsed) return;
    if (out_.type == CorrelationType::kTemporalOrdered) {
      if (auto steps = ordered_steps(node, *parsed, complaints_)) out_.steps = std::move(*steps);
      return;
    }
    out_.at_close = parsed->has_not;
    out_.expression = std::move(parsed);
  }

  void thresholds(const YamlNode& node) {
    struct Operator {
      std::string_view name;
      Comparison comparison;
    };
    constexpr auto operators = std::to_array<Operator>({{"gt", Comparison::kGreater},
                                                        {"gte", Comparison::kGreaterEqual},
                                                        {"lt", Comparison::kLess},
                                                        {"lte", Comparison::kLessEqual},
                                                        {"eq", Comparison::kEqual},
                                                        {"neq", Comparison::kNotEqual}});
    for (const auto& entry : node.items) {
      const auto* const found = std::find_if(operators.begin(), operators.end(),
                                             [&](const auto& o) { return o.name == entry.key; });
      if (found != operators.end()) {
        const auto value = entry.is_scalar() && !entry.is_bool() && !entry.is_null()
                               ? decimal_of(entry)
                               : std::nullopt;
        if (!value) {
          complaints_.add(Trouble::kCorrelationCondition, entry.mark,
                          fmt::format("'{}' takes a number", entry.key));
          continue;
        }
        out_.thresholds.push_back({found->comparison, *value});
        if (found->comparison != Comparison::kGreater &&
            found->comparison != Comparison::kGreaterEqual)
          out_.at_close = true;
        lint(entry, out_.thresholds.back());
      } else if (entry.key == "field") {
        fields(entry);
      } else if (entry.key == "percentile" && out_.type == CorrelationType::kValuePercentile) {
        out_.percentile = decimal_of(entry);
        if (!out_.percentile || *out_.percentile <= 0 || *out_.percentile > 100 * kDecimalOne)
          complaints_.add(Trouble::kCorrelationCondition, entry.mark,
                          "percentile takes a number above 0, at most 100");
      } else {
        complaints_.add(Trouble::kCorrelationCondition, entry.key_mark,
                        fmt::format("no operator is called '{}'", entry.key),
                        did_you_mean(entry.key, {"gt", "gte", "lt", "lte", "eq", "neq", "field",
                                                 "percentile"}));
      }
    }
    if (out_.thresholds.empty() && !complaints_.failed())
      complaints_.add(Trouble::kCorrelationCondition, node.key_mark,
                      "the condition compares with nothing", "for example: condition: {gte: 10}");
    const auto wants_field = is_numeric(out_.type) || out_.type == CorrelationType::kValueCount;
    if (wants_field && out_.value_fields.empty() && !node.find("field"))
      complaints_.add(Trouble::kCorrelationField, node.key_mark,
                      "this type of correlation needs a field in its condition");
    // Rarity (C10): the share of a value is known when the window is full.
    if (out_.type == CorrelationType::kValuePercentile && !out_.percentile) out_.at_close = true;
  }

  static auto decimal_of(const YamlNode& node) -> std::optional<Wide> {
    if (node.kind == YamlKind::kInteger) return Wide{node.integer} * kDecimalOne;
    return parse_decimal(node.text);
  }

  void lint(const YamlNode& entry, const Threshold& threshold) {
    if (!is_temporal(out_.type)) return;
    const auto most = static_cast<std::int64_t>(out_.references.size());
    const auto never =
        (threshold.comparison == Comparison::kGreaterEqual &&
         threshold.value > most * kDecimalOne) ||
        (threshold.comparison == Comparison::kGreater && threshold.value >= most * kDecimalOne);
    if (never)
      complaints_.add(Trouble::kLintThreshold, entry.mark,
                      fmt::format("the correlation has only {} rules", most));
  }

  void fields(const YamlNode& entry) {
    if (is_temporal(out_.type) || out_.type == CorrelationType::kEventCount) return;  // unused
    if (!texts_of(entry, out_.value_fields))
      complaints_.add(Trouble::kCorrelationField, entry.mark,
                      "field must be a name or a list of names");
    else if (is_numeric(out_.type) && out_.value_fields.size() > 1)
      complaints_.add(Trouble::kCorrelationField, entry.mark,
                      "this type of correlation takes one field");
  }

  void aliases() {
    const auto* const node = node_.find("aliases");
    if (!node || node->is_null()) return;
    if (!node->is_mapping()) {
      complaints_.add(Trouble::kCorrelationAlias, node->mark, "aliases is not a mapping");
      return;
    }
    for (const auto& alias : node->items) {
      if (!alias.is_mapping()) {
        complaints_.add(Trouble::kCorrelationAlias, alias.mark,
                        "an alias is a mapping of rules to fields");
        continue;
      }
      for (const auto& entry : alias.items) {
        const auto known =
            std::any_of(out_.references.begin(), out_.references.end(),
                        [&](const Reference& reference) { return reference.word == entry.key; });
        if (!known) {
          auto words = std::vector<std::string_view>{};
          for (const auto& reference : out_.references) words.push_back(reference.word);
          complaints_.add(Trouble::kCorrelationAlias, entry.key_mark,
                          fmt::format("the alias '{}' is for '{}', which this correlation does not "
                                      "reference",
                                      alias.key, entry.key),
                          did_you_mean(entry.key, words));
        } else if (!entry.is_scalar() || entry.is_null() || entry.text.empty()) {
          complaints_.add(Trouble::kCorrelationAlias, entry.mark, "an alias names one field");
        }
      }
    }
  }

  const YamlNode& node_;
  Complaints& complaints_;
  Correlation out_;
  bool typed_ = false;
};

}  // namespace

auto parse_correlation(const YamlNode& root, Complaints& complaints) -> Correlation {
  check_title(root, complaints);
  const auto& node = *root.find("correlation");
  if (!node.is_mapping()) {
    complaints.add(Trouble::kCorrelationType, node.mark, "correlation is not a mapping");
    return {};
  }
  return CorrelationParser(node, complaints).run();
}

auto field_for(const YamlNode& correlation, std::string_view name, const Reference& reference)
    -> std::optional<std::string> {
  const auto* const aliases = correlation.find("aliases");
  const auto* const alias = aliases ? aliases->find(name) : nullptr;
  if (!alias) return std::string(name);
  const auto field = alias->text_of(reference.word);
  if (field.empty()) return std::nullopt;
  return std::string(field);
}

}  // namespace serjeant::sigma

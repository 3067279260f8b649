#include "detect/sigma/parse.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/text.h"
#include "detect/sigma/condition.h"
#include "detect/sigma/detection.h"

namespace serjeant::sigma {
namespace {

constexpr auto kLongestTitle = std::size_t{256};

auto count_characters(std::string_view text) -> std::size_t {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

auto parse_log_source(const YamlNode& root, Complaints& complaints) -> LogSource {
  auto out = LogSource{};
  const auto* const node = root.find("logsource");
  if (!node) {
    complaints.add(Trouble::kLogSource, {root.mark.offset, 1, root.mark.line},
                   "the document has no logsource");
    return out;
  }
  if (!node->is_mapping()) {
    complaints.add(Trouble::kLogSource, node->mark,
                   fmt::format("logsource is {}, not a mapping", yaml_kind_word(node->kind)));
    return out;
  }
  const auto take = [&](std::string_view name, std::string& to) {
    const auto* const value = node->find(name);
    if (!value || value->is_null()) return;
    if (!value->is_text() || value->text.empty())
      complaints.add(Trouble::kLogSource, value->mark,
                     fmt::format("{} of logsource must be text", name));
    else
      to = fold_case(value->text);
  };
  take("product", out.product);
  take("category", out.category);
  take("service", out.service);
  if (out == LogSource{} && !complaints.failed())
    complaints.add(Trouble::kLogSource, node->key_mark,
                   "logsource states none of category, product and service",
                   "one of them is needed; its other keys do not choose events");
  return out;
}

// A text or a list of texts, as pySigma takes `rules`, `group-by` and `field`.
auto texts_of(const YamlNode& node, std::vector<std::string>& out) -> bool {
  const auto take = [&](const YamlNode& value) {
    if (!value.is_scalar() || value.is_null() || value.text.empty()) return false;
    out.push_back(value.text);
    return true;
  };
  if (!node.is_sequence()) return take(node);
  for (const auto& value : node.items)
    if (!take(value)) return false;
  return true;
}

void check_sigma1(const YamlNode& detection, Complaints& complaints) {
  const auto* const timeframe = detection.find("timeframe");
  const auto* const condition = detection.find("condition");
  const auto text = [&]() -> std::string_view {
    if (!condition) return {};
    if (condition->is_scalar()) return condition->text;
    for (const auto& one : condition->items)
      if (one.text.find('|') != std::string::npos) return one.text;
    return {};
  }();
  const auto instead = correlation_instead(text, timeframe ? timeframe->text : std::string_view{});
  if (timeframe)
    complaints.add(Trouble::kSigma1Timeframe, timeframe->key_mark, "timeframe belongs to Sigma 1",
                   instead);
  const auto aggregated = [&](const YamlNode& one) {
    const auto bar = one.text.find('|');
    if (!one.is_text() || bar == std::string::npos) return;
    complaints.add(Trouble::kSigma1Aggregation, complaints.inside(one.mark, one.text, bar, 1),
                   "aggregations in conditions belong to Sigma 1", instead);
  };
  if (condition && condition->is_sequence())
    for (const auto& one : condition->items) aggregated(one);
  else if (condition)
    aggregated(*condition);
}

// The condition, or the alternatives of a list of them.
auto parse_conditions(const YamlNode& condition, Judgement& judgement, Complaints& complaints)
    -> std::optional<std::uint32_t> {
  const auto one = [&](const YamlNode& node) -> std::optional<std::uint32_t> {
    if (node.is_text()) return parse_condition(node, judgement, complaints);
    if (node.is_scalar() && !node.is_null()) return parse_condition(node, judgement, complaints);
    complaints.add(Trouble::kConditionSyntax, node.mark,
                   fmt::format("a condition is text, not {}", yaml_kind_word(node.kind)));
    return std::nullopt;
  };
  if (!condition.is_sequence()) return one(condition);
  if (condition.items.empty()) {
    complaints.add(Trouble::kConditionSyntax, condition.mark, "the condition is an empty list");
    return std::nullopt;
  }
  auto any = Node{Node::Kind::kOr, 0, {}};
  for (const auto& node : condition.items)
    if (const auto root = one(node)) any.children.push_back(*root);
  judgement.nodes.push_back(std::move(any));
  return static_cast<std::uint32_t>(judgement.nodes.size() - 1);
}

void lint_unused(const Judgement& judgement, const YamlNode& detection, Complaints& complaints) {
  auto used = std::set<std::uint32_t>{};
  for (const auto& node : judgement.nodes)
    if (node.kind == Node::Kind::kSelection) used.insert(node.index);
  for (auto i = std::uint32_t{0}; i < judgement.selections.size(); ++i) {
    if (used.contains(i)) continue;
    const auto& name = judgement.selections[i].name;
    const auto* const entry = detection.find(name);
    complaints.add(Trouble::kLintUnusedSelection, entry ? entry->key_mark : detection.mark,
                   fmt::format("the condition does not use the selection '{}'", name));
  }
}

}  // namespace

void check_title(const YamlNode& root, Complaints& complaints) {
  const auto* const title = root.find("title");
  if (!title)
    complaints.add(Trouble::kTitle, {root.mark.offset, 1, root.mark.line},
                   "the document has no title");
  else if (!title->is_text() || title->text.empty())
    complaints.add(Trouble::kTitle, title->mark,
                   fmt::format("the title is {}, not text",
                               title->text.empty() ? "empty" : yaml_kind_word(title->kind)));
  else if (count_characters(title->text) > kLongestTitle)
    complaints.add(Trouble::kTitle, title->mark,
                   fmt::format("the title has {} characters; {} are allowed",
                               count_characters(title->text), kLongestTitle));
}

auto read_info(const YamlNode& root, Complaints& complaints) -> RuleInfo {
  auto out = RuleInfo{};
  out.title = root.text_of("title");
  out.uid = root.text_of("id");
  out.name = root.text_of("name");
  out.author = root.text_of("author");
  out.description = root.text_of("description");
  out.license = root.text_of("license");
  const auto list = [&](std::string_view name, std::vector<std::string>& to) {
    const auto* const node = root.find(name);
    if (!node) return;
    if (node->is_scalar() && !node->is_null()) to.push_back(node->text);
    for (const auto& one : node->items)
      if (one.is_scalar() && !one.is_null()) to.push_back(one.text);
  };
  list("tags", out.tags);
  list("falsepositives", out.falsepositives);
  list("references", out.references);
  const auto word = lower_ascii(root.text_of("level"));
  const auto* const level = root.find("level");
  constexpr auto words =
      std::to_array<std::string_view>({"informational", "low", "medium", "high", "critical"});
  const auto* const found = std::find(words.begin(), words.end(), word);
  if (found != words.end())
    out.level = static_cast<Level>(found - words.begin());
  else if (level && !level->is_null())
    complaints.add(Trouble::kLintLevel, level->mark,
                   fmt::format("'{}' is no level; taken as informational", word),
                   did_you_mean(word, {words.begin(), words.end()}));
  return out;
}

auto parse_rule(const YamlNode& root, const Placeholders& placeholders, Complaints& complaints)
    -> Rule {
  auto out = Rule{};
  check_title(root, complaints);
  out.source = parse_log_source(root, complaints);
  const auto* const detection = root.find("detection");
  if (!detection || !detection->is_mapping()) {
    complaints.add(Trouble::kDetection,
                   detection ? detection->mark : YamlMark{root.mark.offset, 1, root.mark.line},
                   detection ? "detection is not a mapping" : "the document has no detection");
    return out;
  }
  check_sigma1(*detection, complaints);
  if (complaints.failed() &&
      (complaints.reason() == "sigma1-timeframe" || complaints.reason() == "sigma1-aggregation"))
    return out;
  parse_selections(*detection, {"condition", "timeframe"}, placeholders, out.judgement, complaints);
  const auto* const condition = detection->find("condition");
  if (!condition || condition->is_null()) {
    complaints.add(Trouble::kDetection, detection->key_mark, "the detection has no condition");
    return out;
  }
  if (out.judgement.selections.empty()) {
    complaints.add(Trouble::kDetection, detection->key_mark, "the detection has no selection");
    return out;
  }
  if (const auto at = parse_conditions(*condition, out.judgement, complaints)) {
    out.judgement.root = *at;
    if (!complaints.failed()) lint_unused(out.judgement, *detection, complaints);
  }
  return out;
}

auto parse_filter(const YamlNode& root, const Placeholders& placeholders, Complaints& complaints)
    -> Filter {
  auto out = Filter{};
  check_title(root, complaints);
  out.source = parse_log_source(root, complaints);
  const auto& filter = *root.find("filter");
  if (!filter.is_mapping()) {
    complaints.add(Trouble::kDetection, filter.mark, "filter is not a mapping");
    return out;
  }
  const auto* const rules = filter.find("rules");
  if (!rules || rules->is_null()) {
    complaints.add(Trouble::kFilterRules, filter.key_mark,
                   "the filter does not say for which rules",
                   "list ids or names under 'rules', or write 'rules: any'");
  } else if (rules->is_scalar() && lower_ascii(rules->text) == "any") {
    out.any = true;
  } else if (rules->is_sequence() && rules->items.empty()) {
    out.any = true;
  } else if (!texts_of(*rules, out.rules)) {
    complaints.add(Trouble::kFilterRules, rules->mark,
                   "rules must be 'any' or a list of ids or names");
  }
  check_sigma1(filter, complaints);
  parse_selections(filter, {"rules", "condition", "timeframe"}, placeholders, out.judgement,
                   complaints);
  const auto* const condition = filter.find("condition");
  if (!condition || !condition->is_text()) {
    complaints.add(
        Trouble::kFilterCondition, condition ? condition->mark : filter.key_mark,
        condition ? "the condition of a filter is one text" : "the filter has no condition");
    return out;
  }
  if (complaints.failed()) return out;
  if (const auto at = parse_condition(*condition, out.judgement, complaints)) {
    out.judgement.root = *at;
    const auto& nodes = out.judgement.nodes;
    if (std::none_of(nodes.begin(), nodes.end(),
                     [](const Node& node) { return node.kind == Node::Kind::kNot; }))
      complaints.add(Trouble::kLintFilterNarrows, condition->mark,
                     "the filter keeps only what its condition meets",
                     "to leave out what it meets, write: not (...)");
  }
  return out;
}

auto correlation_instead(std::string_view condition, std::string_view timeframe) -> std::string {
  const auto bar = condition.find('|');
  const auto aggregation =
      bar == std::string_view::npos ? std::string_view{} : trim(condition.substr(bar + 1));
  auto type = std::string_view("event_count");
  auto field = std::string_view{};
  auto group = std::string_view{};
  auto operation = std::string{"gte: N"};
  if (aggregation.starts_with("near")) {
    type = "temporal";
    operation.clear();
  } else if (const auto open = aggregation.find('('); open != std::string_view::npos) {
    const auto function = trim(aggregation.substr(0, open));
    const auto close = std::min(aggregation.find(')', open), aggregation.size());
    field = trim(aggregation.substr(open + 1, close - open - 1));
    if (function == "sum")
      type = "value_sum";
    else if (function == "avg")
      type = "value_avg";
    else if (!field.empty())
      type = "value_count";
    auto rest =
        close < aggregation.size() ? trim(aggregation.substr(close + 1)) : std::string_view{};
    if (rest.starts_with("by ")) {
      rest = trim(rest.substr(3));
      const auto end = rest.find_first_of(" <>=");
      group = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view{} : trim(rest.substr(end));
    }
    const auto number = rest.find_first_of("0123456789");
    const auto sign = trim(rest.substr(0, number));
    if (number != std::string_view::npos) {
      const auto word = sign == ">="                  ? "gte"
                        : sign == "<"                 ? "lt"
                        : sign == "<="                ? "lte"
                        : sign == "=" || sign == "==" ? "eq"
                                                      : "gt";
      operation = fmt::format("{}: {}", word, rest.substr(number));
    }
  }
  auto out = fmt::format(
      "give this rule a name, leave out {}, and add a document: correlation: {{type: {}, rules: "
      "[NAME]",
      timeframe.empty()     ? "the part behind the |"
      : aggregation.empty() ? "the timeframe"
                            : "the timeframe and the part behind the |",
      type);
  if (!group.empty()) out += fmt::format(", group-by: [{}]", group);
  out += fmt::format(", timespan: {}", timeframe.empty() ? "5m" : timeframe);
  if (!operation.empty())
    out += field.empty() ? fmt::format(", condition: {{{}}}", operation)
                         : fmt::format(", condition: {{field: {}, {}}}", field, operation);
  return out + "}";
}

}  // namespace serjeant::sigma

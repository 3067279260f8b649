#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "detect/ids.h"
#include "detect/matcher.h"
#include "detect/route.h"
#include "detect/sigma/reference.h"

namespace serjeant {
namespace {

class ReferenceMatcher final : public Matcher {
 public:
  explicit ReferenceMatcher(const RuleSet& rules) : rules_(rules), compiled_(rules.compiled()) {
    counts_.matches.resize(rules.rules().size());
    counts_.candidates.resize(rules.rules().size());
    counts_.no_group.resize(rules.rules().size());
  }

  void match(const Event& event, std::string_view raw, std::vector<Finding>& out) override {
    view_.reset(event, raw);
    const auto& route = router_.route(view_);
    auto& plan = plan_of(route);
    ++plan.source->events;
    note_fields(plan);
    for (const auto& [rule, map] : plan.rules) judge(*rule, map, route, out);
  }

  auto take_matches() -> std::vector<BaseMatch> override { return std::exchange(matches_, {}); }
  auto counts() const -> const MatchCounts& override { return counts_; }

 private:
  // The rules that judge the events of one route, each with the names that
  // fields have for it.
  struct Plan {
    std::vector<std::pair<const sigma::Rule*, const FieldMap*>> rules;
    std::vector<std::pair<std::string_view, const FieldMap*>> wanted;  // fields not seen yet
    std::unordered_set<std::uint64_t> shapes;  // of events whose fields were noted
    MatchCounts::Source* source = nullptr;
  };

  auto plan_of(const Route& route) -> Plan& {
    const auto [at, fresh] = plans_.try_emplace(route.key);
    auto& plan = at->second;
    if (!fresh) return plan;
    plan.source = &counts_.sources[route.key];
    auto wanted = std::set<std::pair<std::string_view, const FieldMap*>>{};
    for (const auto& rule : compiled_.rules) {
      if (route.unknown) {
        plan.rules.emplace_back(&rule, nullptr);
      } else {
        const auto source = std::find_if(
            route.sources.begin(), route.sources.end(),
            [&](const RoutedSource& one) { return sigma::covers(rule.source, one.source); });
        if (source == route.sources.end()) continue;
        plan.rules.emplace_back(&rule, source->map);
      }
      for (const auto& field : rule.fields) wanted.emplace(field, plan.rules.back().second);
    }
    plan.wanted.assign(wanted.begin(), wanted.end());
    return plan;
  }

  // Which of the fields that rules ask for occur in events of this route: the
  // union over all events, looked up once per set of names.
  void note_fields(Plan& plan) {
    if (plan.wanted.empty() || !plan.shapes.insert(shape_of(view_.event().native)).second) return;
    if (plan.shapes.size() > 100'000) plan.shapes.clear();
    std::erase_if(plan.wanted, [&](const auto& wanted) {
      if (!view_.field(wanted.first, wanted.second).present) return false;
      plan.source->fields.emplace(wanted.first);
      return true;
    });
  }

  static auto shape_of(Value value) -> std::uint64_t {
    auto hash = std::uint64_t{0xcbf29ce484222325};
    const auto* node = value.node();
    if (!node) return hash;
    for (const auto* const end = node + node->size; node < end; ++node) {
      for (const auto c : node->key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
      hash = (hash ^ static_cast<std::uint64_t>(node->kind) ^ 0x100) * 0x100000001b3;
    }
    return hash;
  }

  void judge(const sigma::Rule& rule, const FieldMap* map, const Route& route,
             std::vector<Finding>& out) {
    ++counts_.candidates[rule.document];
    if (!sigma::holds(rule.judgement, view_, map)) return;
    for (const auto& [filter, judgement] : rule.filters) {
      if (sigma::holds(*judgement, view_, map)) continue;
      ++counts_.matches[filter];
      return;
    }
    ++counts_.matches[rule.document];
    if (rule.correlated) keep(rule, map);
    if (rule.silent) return;
    const auto& event = view_.event();
    const auto& info = rules_.rules()[rule.document];
    auto finding = Finding{};
    finding.id = finding_id(info, event.eid, event.span);
    finding.rule = rule.document;
    finding.span = event.span;
    finding.at = event.at;
    finding.last = event.at;
    finding.basis = event.basis;
    finding.level = info.level;
    finding.logsource = route.unknown ? "unknown" : sigma::text_of(route.sources[0].source);
    if (!route.unknown)
      for (const auto& source : route.sources)
        if (sigma::covers(rule.source, source.source)) {
          finding.logsource = sigma::text_of(source.source);
          break;
        }
    sigma::collect_matched(rule.judgement, view_, map, finding.matched);
    out.push_back(std::move(finding));
  }

  void keep(const sigma::Rule& rule, const FieldMap* map) {
    const auto& event = view_.event();
    auto match = BaseMatch{rule.document, event.span, event.at, event.basis, event.eid, {}};
    for (const auto field : rule.kept) {
      auto values = sigma::kept_values(view_.field(compiled_.kept_fields[field], map));
      if (!values.empty()) match.fields.emplace_back(field, std::move(values));
    }
    matches_.push_back(std::move(match));
  }

  const RuleSet& rules_;
  const sigma::Compiled& compiled_;
  EventView view_;
  Router router_;
  std::unordered_map<std::string, Plan> plans_;
  std::vector<BaseMatch> matches_;
  MatchCounts counts_;
};

}  // namespace

auto make_reference_matcher(const RuleSet& rules) -> std::unique_ptr<Matcher> {
  return std::make_unique<ReferenceMatcher>(rules);
}

void MatchCounts::merge(const MatchCounts& other) {
  for (const auto& [key, source] : other.sources) {
    auto& own = sources[key];
    own.events += source.events;
    own.fields.insert(source.fields.begin(), source.fields.end());
  }
  const auto add = [](std::vector<std::uint64_t>& to, const std::vector<std::uint64_t>& from) {
    if (to.size() < from.size()) to.resize(from.size());
    for (auto i = std::size_t{0}; i < from.size(); ++i) to[i] += from[i];
  };
  add(matches, other.matches);
  add(candidates, other.candidates);
  add(no_group, other.no_group);
}

}  // namespace serjeant

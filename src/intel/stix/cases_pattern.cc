#include "core/json.h"
#include "core/text.h"
#include "intel/stix/cases_kinds.h"
#include "intel/stix/pattern.h"
#include "intel/stix/pattern_equal.h"
#include "intel/stix/pattern_match.h"

namespace serjeant::stix {
namespace {

auto version_of(Value question) -> PatternVersion {
  return question.get("input", "stix_version").text() == "2.0" ? PatternVersion::k20
                                                               : PatternVersion::k21;
}

void print_flaws(const std::vector<PatternFlaw>& flaws, JsonWriter& json) {
  json.key("flaws").begin_array();
  for (const auto& flaw : flaws)
    json.begin_object()
        .field("message", flaw.message)
        .field("offset", std::int64_t{flaw.offset})
        .end_object();
  json.end_array();
}

void print_path(const std::vector<PathStep>& path, JsonWriter& json) {
  json.begin_array();
  for (const auto& step : path) {
    if (step.kind == PathStep::Kind::kIndex)
      json.unsigned_number(step.index);
    else
      json.text(step.key);
  }
  json.end_array();
}

}  // namespace

auto answer_pattern_valid(const CaseFile&, Value question) -> Result<std::string> {
  const auto version = version_of(question);
  auto parsed = parse_pattern(question.get("input", "pattern").text(), version);
  if (parsed.flaws.empty()) parsed.flaws = check_pattern(parsed.pattern, version);
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object().key("valid").boolean(parsed.flaws.empty());
  if (!parsed.flaws.empty()) print_flaws(parsed.flaws, json);
  json.end_object();
  return out;
}

auto answer_pattern_inspect(const CaseFile&, Value question) -> Result<std::string> {
  const auto text = question.get("input", "pattern").text();
  const auto parsed = parse_pattern(text, version_of(question));
  if (!parsed.flaws.empty()) return fail(Code::kMalformed, parsed.flaws[0].message);
  const auto contents = inspect_pattern(parsed.pattern, text);
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object().key("qualifiers").begin_array();
  for (const auto& one : contents.qualifiers) json.text(one);
  json.end_array().key("observation_ops").begin_array();
  for (const auto& one : contents.observation_ops) json.text(one);
  json.end_array().key("comparisons").begin_object();
  for (const auto& [type, comparisons] : contents.comparisons) {
    json.key(type).begin_array();
    for (const auto& one : comparisons) {
      json.begin_array();
      print_path(one.path, json);
      json.text(one.op);
      if (one.literal.empty())
        json.null();
      else
        json.text(one.literal);
      json.end_array();
    }
    json.end_array();
  }
  json.end_object().end_object();
  return out;
}

auto answer_pattern_equivalence(const CaseFile&, Value question) -> Result<std::string> {
  const auto version = version_of(question);
  const auto a = parse_pattern(question.get("input", "p1").text(), version);
  const auto b = parse_pattern(question.get("input", "p2").text(), version);
  for (const auto* one : {&a, &b})
    if (!one->flaws.empty()) return fail(Code::kMalformed, one->flaws[0].message);
  const auto verdict = compare_patterns(a.pattern, b.pattern);
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object();
  if (verdict == Equivalence::kUndecided)
    json.key("undecided").boolean(true);
  else
    json.key("equivalent").boolean(verdict == Equivalence::kSame);
  json.end_object();
  return out;
}

auto answer_pattern_match(const CaseFile& file, Value question) -> Result<std::string> {
  const auto parsed = parse_pattern(question.get("input", "pattern").text(), version_of(question));
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object();
  if (!parsed.flaws.empty()) {
    json.field("error", "parse").field("why", parsed.flaws[0].message).end_object();
    return out;
  }
  const auto list = file.observations.find(question.get("input", "observations").text());
  if (!list) return fail(Code::kNotFound, "there are no observations of that name");
  const auto observations = read_observations(list);
  const auto got = observations ? match_pattern(parsed.pattern, *observations)
                                : MatchOutcome{.verdict = MatchVerdict::kError,
                                               .why = observations.error().message};
  switch (got.verdict) {
    case MatchVerdict::kError:
      json.field("error", "match").field("why", got.why);
      break;
    case MatchVerdict::kUndecided:
      json.key("undecided").boolean(true);
      break;
    case MatchVerdict::kMatch:
    case MatchVerdict::kNoMatch:
      json.key("match").boolean(got.verdict == MatchVerdict::kMatch);
      break;
  }
  if (got.verdict == MatchVerdict::kMatch && question.get("expect", "bound")) {
    // What was bound must satisfy the pattern by itself.
    auto alone = std::vector<Observation>{};
    json.key("bound").begin_array();
    for (const auto index : got.bound) {
      const auto& one = alone.emplace_back((*observations)[index]);
      json.begin_array().text(one.record.find("id").text());
      for (const auto reference : one.record.find("object_refs")) json.text(reference.text());
      json.end_array();
    }
    json.end_array();
    json.key("bound_matches")
        .boolean(match_pattern(parsed.pattern, alone).verdict == MatchVerdict::kMatch);
  }
  json.end_object();
  return out;
}

}  // namespace serjeant::stix

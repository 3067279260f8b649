#include "intel/stix/cases.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "core/json.h"
#include "core/sha256.h"
#include "core/text.h"
#include "intel/stix/cases_kinds.h"
#include "intel/stix/confidence.h"
#include "intel/stix/identifier.h"
#include "intel/stix/jcs.h"
#include "intel/stix/marking.h"

namespace serjeant::stix {
namespace {

auto no_form(std::string_view what) {
  return fail(Code::kMalformed, "the question has no " + std::string(what));
}

auto error_answer(std::string_view word) -> std::string {
  auto out = std::string{};
  JsonWriter(out).begin_object().field("error", word).end_object();
  return out;
}

auto answer_jcs(const CaseFile&, Value question) -> Result<std::string> {
  SJ_TRY(const auto text, canonical_json(question.find("input")));
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object().field("text", text).field("sha256", hex(sha256(text))).end_object();
  return out;
}

auto answer_number(const CaseFile&, Value question) -> Result<std::string> {
  const auto bytes = from_hex(question.get("input", "ieee754").text());
  if (!bytes || bytes->size() != 8) return no_form("16 hexadecimal digits in 'ieee754'");
  auto bits = std::uint64_t{0};
  for (const auto c : *bytes) bits = bits << 8 | static_cast<unsigned char>(c);
  auto text = std::string{};
  append_number(text, std::bit_cast<double>(bits));
  auto out = std::string{};
  JsonWriter(out).begin_object().field("text", text).end_object();
  return out;
}

auto answer_id(const CaseFile&, Value question) -> Result<std::string> {
  const auto object = question.find("input");
  const auto given = question.get("options", "id_contributing");
  auto names = std::vector<std::string_view>{};
  if (given) {
    for (const auto name : given) names.push_back(name.text());
  } else {
    const auto usual = id_contributing_properties(object.find("type").text());
    names.assign(usual.begin(), usual.end());
  }
  SJ_TRY(const auto id, deterministic_id(object, names));
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object();
  if (id)
    json.field("id", *id);
  else
    json.key("random_uuidv4").boolean(true);
  json.end_object();
  return out;
}

struct ScaleName {
  std::string_view name;
  ConfidenceScale scale;
};
constexpr auto kScales = std::array{
    ScaleName{"none_low_med_high", ConfidenceScale::kNoneLowMedHigh},
    ScaleName{"none_low_medium_high", ConfidenceScale::kNoneLowMedHigh},
    ScaleName{"zero_ten", ConfidenceScale::kZeroTen},
    ScaleName{"admiralty_credibility", ConfidenceScale::kAdmiraltyCredibility},
    ScaleName{"wep", ConfidenceScale::kWep},
    ScaleName{"dni", ConfidenceScale::kDni},
};

auto answer_confidence(const CaseFile&, Value question) -> Result<std::string> {
  const auto op = question.find("op").text();
  const auto input = question.find("input");
  constexpr auto kValueTo = std::string_view("value_to_");
  constexpr auto kToValue = std::string_view("_to_value");
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object();
  for (const auto& [name, scale] : kScales) {
    if (op.starts_with(kValueTo) && op.substr(kValueTo.size()) == name) {
      const auto value = to_int(input.text());
      const auto word = value && input.is_number() ? confidence_word(scale, *value) : std::nullopt;
      if (word)
        json.field("value", *word);
      else
        json.key("error").boolean(true);
      json.end_object();
      return out;
    }
    if (op.ends_with(kToValue) && op.substr(0, op.size() - kToValue.size()) == name) {
      const auto value = input.is_text() ? confidence_of(scale, input.text()) : std::nullopt;
      if (value)
        json.field("value", *value);
      else
        json.key("error").boolean(true);
      json.end_object();
      return out;
    }
  }
  return no_form("known 'op'");
}

// The arguments of a question about markings, by place or by name.
class MarkingArguments {
 public:
  MarkingArguments(Value input, std::initializer_list<std::string_view> names)
      : named_(input.find("kwargs")), names_(names) {
    for (const auto one : input.find("args")) placed_.push_back(one);
  }
  auto get(std::string_view name) const -> Value {
    if (const auto found = named_.find(name)) return found;
    for (auto i = std::size_t{0}; i < names_.size(); ++i)
      if (names_[i] == name && i + 1 < placed_.size()) return placed_[i + 1];
    return {};
  }
  auto object() const -> Value { return placed_.empty() ? Value{} : placed_.front(); }
  auto flag(std::string_view name, bool fallback) const -> bool {
    const auto found = get(name);
    return found.is_bool() ? found.text() == "true" : fallback;
  }

 private:
  Value named_;
  std::vector<std::string_view> names_;
  std::vector<Value> placed_;
};

// A text, a marking definition (its id stands for it), or a list of such.
// Anything else becomes an empty text, which no marking is.
auto texts(Value value) -> std::vector<std::string> {
  auto out = std::vector<std::string>{};
  const auto take = [&](Value one) {
    if (one.is_object()) one = one.find("id");
    out.emplace_back(one.is_text() ? one.text() : std::string_view{});
  };
  if (value.is_array()) {
    for (const auto one : value) take(one);
  } else if (value && !value.is_null()) {
    take(value);
  }
  return out;
}

auto error_class(MarkingFault fault) -> std::string_view {
  switch (fault) {
    case MarkingFault::kBadSelector:
      return "InvalidSelectorError";
    case MarkingFault::kNotFound:
      return "MarkingNotFoundError";
    case MarkingFault::kBadValue:
      return "InvalidValueError";
    case MarkingFault::kRevoked:
      return "RevokeError";
    case MarkingFault::kNone:
      break;
  }
  return "";
}

auto marking_query(const MarkingArguments& arguments) -> MarkingQuery {
  const auto selectors = arguments.get("selectors");
  return {.of_object = !selectors || selectors.is_null(),
          .selectors = texts(selectors),
          .marks = texts(arguments.get("marking")),
          .inherited = arguments.flag("inherited", false),
          .descendants = arguments.flag("descendants", false),
          .references = arguments.flag("marking_ref", true),
          .languages = arguments.flag("lang", true)};
}

auto print_markings(const Markings& markings) -> std::string {
  auto out = std::string{};
  auto json = JsonWriter(out);
  json.begin_object();
  if (markings.whole.empty() && markings.parts.empty()) json.key("no_markings").boolean(true);
  if (!markings.whole.empty()) {
    json.key("object_marking_refs").begin_array();
    for (const auto& mark : markings.whole) json.text(mark);
    json.end_array();
  }
  if (!markings.parts.empty()) {
    json.key("granular_markings").begin_array();
    for (auto at = markings.parts.begin(); at != markings.parts.end();) {
      const auto& first = *at;
      json.begin_object().field(first.language ? "lang" : "marking_ref", first.mark);
      json.key("selectors").begin_array();
      for (; at != markings.parts.end() && at->mark == first.mark; ++at) json.text(at->selector);
      json.end_array().end_object();
    }
    json.end_array();
  }
  json.end_object();
  return out;
}

auto answer_marking(const CaseFile&, Value question) -> Result<std::string> {
  const auto op = question.find("op").text();
  const auto input = question.find("input");
  auto out = std::string{};
  auto json = JsonWriter(out);
  if (op == "get_markings") {
    const auto arguments =
        MarkingArguments(input, {"selectors", "inherited", "descendants", "marking_ref", "lang"});
    const auto got = get_markings(arguments.object(), marking_query(arguments));
    if (got.fault != MarkingFault::kNone) return error_answer(error_class(got.fault));
    json.begin_object().key("value").begin_array();
    for (const auto& mark : got.marks) json.text(mark);
    json.end_array().end_object();
    return out;
  }
  if (op == "is_marked") {
    const auto arguments =
        MarkingArguments(input, {"marking", "selectors", "inherited", "descendants"});
    const auto got = is_marked(arguments.object(), marking_query(arguments));
    if (got.fault != MarkingFault::kNone) return error_answer(error_class(got.fault));
    json.begin_object().key("value").boolean(got.marked).end_object();
    return out;
  }
  auto change = MarkingChange::kClear;
  auto arguments = MarkingArguments(input, {"marking", "selectors", "marking_ref", "lang"});
  if (op == "add_markings")
    change = MarkingChange::kAdd;
  else if (op == "remove_markings")
    change = MarkingChange::kRemove;
  else if (op == "set_markings")
    change = MarkingChange::kSet;
  else if (op == "clear_markings")
    arguments = MarkingArguments(input, {"selectors", "marking_ref", "lang"});
  else
    return no_form("known 'op'");
  const auto got = change_markings(arguments.object(), change, marking_query(arguments));
  if (got.fault != MarkingFault::kNone) return error_answer(error_class(got.fault));
  return print_markings(got.markings);
}

struct CaseKind {
  std::string_view name;
  auto(*answer)(const CaseFile& file, Value question) -> Result<std::string>;
};
constexpr auto kKinds = std::array{
    CaseKind{"jcs", answer_jcs},
    CaseKind{"jcs-own", answer_jcs},
    CaseKind{"jcs-numbers", answer_number},
    CaseKind{"deterministic-ids", answer_id},
    CaseKind{"deterministic-ids-own", answer_id},
    CaseKind{"confidence-scales", answer_confidence},
    CaseKind{"markings", answer_marking},
    CaseKind{"validator-v20", answer_validate},
    CaseKind{"validator-v21", answer_validate},
    CaseKind{"pattern-valid", answer_pattern_valid},
    CaseKind{"pattern-inspect", answer_pattern_inspect},
    CaseKind{"pattern-match", answer_pattern_match},
    CaseKind{"pattern-equivalence", answer_pattern_equivalence},
};

}  // namespace

auto answer_case(const CaseFile& file, Value question) -> Result<std::string> {
  for (const auto& [name, answer] : kKinds)
    if (file.kind == name) return answer(file, question);
  return fail(Code::kUnsupported, "no questions of the kind '" + file.kind + "' are known");
}

auto knows_case_kind(std::string_view kind) -> bool {
  return std::any_of(kKinds.begin(), kKinds.end(),
                     [&](const auto& one) { return one.name == kind; });
}

}  // namespace serjeant::stix

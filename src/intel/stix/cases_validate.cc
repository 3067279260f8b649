#include "core/json.h"
#include "core/text.h"
#include "intel/stix/cases_kinds.h"
#include "intel/stix/validate.h"

namespace serjeant::stix {
namespace {

auto names_of(Value list) -> std::set<std::string, std::less<>> {
  auto out = std::set<std::string, std::less<>>{};
  if (list.is_array())
    for (const auto one : list) out.emplace(one.text());
  return out;
}

auto is_on(Value options, std::string_view name) -> bool {
  return options.find(name).text() == "true";
}

void print_numbers(std::string_view key, const ObjectVerdict& verdict, JsonWriter& json) {
  auto numbers = std::set<std::string_view>{};
  for (const auto& finding : verdict.findings)
    if (finding.kind == FindingKind::kShould) numbers.insert(finding.number);
  if (numbers.empty()) return;
  json.key(key).begin_array();
  for (const auto number : numbers) json.text(number);
  json.end_array();
}

void print_verdict(const ObjectVerdict& verdict, bool strict, JsonWriter& json) {
  json.begin_object();
  if (verdict.rejected) {
    json.key("rejected").boolean(true).end_object();
    return;
  }
  json.key("valid").boolean(verdict.valid(strict));
  json.key("valid_without_should").boolean(verdict.valid(false));
  print_numbers(strict ? "should_codes" : "warning_codes", verdict, json);
  json.key("messages").begin_array();
  for (const auto& finding : verdict.findings) {
    if (finding.kind == FindingKind::kShould) continue;
    json.text(finding.pointer + ": " + finding.message);
  }
  json.end_array().end_object();
}

auto rejected() -> std::string {
  auto out = std::string{};
  JsonWriter(out).begin_object().key("rejected").boolean(true).end_object();
  return out;
}

}  // namespace

auto answer_validate(const CaseFile& file, Value question) -> Result<std::string> {
  const auto given = question.find("options");
  auto options = ValidateOptions{.version = std::string(given.find("version").text()),
                                 .strict = is_on(given, "strict"),
                                 .disabled = names_of(given.find("disabled")),
                                 .enabled = names_of(given.find("enabled")),
                                 .strict_types = is_on(given, "strict_types"),
                                 .strict_properties = is_on(given, "strict_properties"),
                                 .enforce_refs = is_on(given, "enforce_refs"),
                                 .interop = is_on(given, "interop")};
  if (given.find("schema_dir"))
    options.schemas = options.version == "2.0" ? &file.schemas_20 : &file.schemas_21;
  if (!check_options(options)) return rejected();
  auto document = Document{};
  auto arena = Arena{};
  auto root = question.find("input");
  if (given.find("as").text() == "text") {
    const auto text = root.text();
    const auto outcome = parse_json(text, "", document, arena);
    if (!outcome.complete || outcome.fault || !trim(text.substr(outcome.consumed)).empty())
      return rejected();
    root = document.root();
  }
  auto out = std::string{};
  auto json = JsonWriter(out);
  if (root.is_array()) {
    json.begin_array();
    for (const auto one : root) print_verdict(validate(one, options), options.strict, json);
    json.end_array();
  } else {
    print_verdict(validate(root, options), options.strict, json);
  }
  return out;
}

}  // namespace serjeant::stix

#include "intel/stix/json_schema.h"

#include <re2/re2.h>

#include <charconv>
#include <deque>
#include <map>

#include "core/json.h"
#include "core/text.h"

namespace serjeant::stix {
namespace {

constexpr auto kDeepest = 64;
constexpr auto kMostSteps = std::size_t{1} << 20;

auto number_of(Value value) -> double {
  auto out = 0.0;
  const auto text = value.text();
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

auto count_of(Value value) -> double {
  return static_cast<double>(std::distance(value.begin(), value.end()));
}

auto equal(Value a, Value b) -> bool {
  return a.kind() == b.kind() && a.is_scalar() && a.text() == b.text();
}

// A value against one file of schemas.
class Judge {
 public:
  explicit Judge(const UserSchemas& schemas) : schemas_(schemas) {}

  auto run(Value value, std::string_view text) -> std::vector<SchemaFlaw> {
    const auto schema = read(text);
    if (!schema.is_object()) return {{"", "the schema is no JSON object"}};
    holds(value, schema, schema, 0, &flaws_);
    return std::move(flaws_);
  }

 private:
  using Flaws = std::vector<SchemaFlaw>;

  auto read(std::string_view text) -> Value {
    auto& document = documents_.emplace_back();
    const auto outcome = parse_json(text, "", document, arena_);
    if (!outcome.complete || !trim(text.substr(outcome.consumed)).empty()) return {};
    return document.root();
  }

  // Does `value` keep to `schema`? What it does not is added to `flaws`, if there
  // is one; `root` is the file's whole, for references.
  auto holds(Value value, Value schema, Value root, int depth, Flaws* flaws) -> bool {
    if (schema.is_bool()) return schema.text() == "true" || refuse(flaws, "", "nothing is allowed");
    if (!schema.is_object() || depth > kDeepest || ++steps_ > kMostSteps) return true;
    auto good = scalar(value, schema, flaws);
    if (value.is_object()) good = object(value, schema, root, depth, flaws) && good;
    if (value.is_array()) good = array(value, schema, root, depth, flaws) && good;
    if (const auto all = schema.find("allOf"); all.is_array())
      for (const auto one : all) good = holds(value, one, root, depth + 1, flaws) && good;
    if (const auto any = schema.find("anyOf");
        any.is_array() && matches(value, any, root, depth) == 0)
      good = refuse(flaws, "", "keeps to none of the schemas of anyOf");
    if (const auto one = schema.find("oneOf");
        one.is_array() && matches(value, one, root, depth) != 1)
      good = refuse(flaws, "", "keeps not to exactly one of the schemas of oneOf");
    if (const auto no = schema.find("not"); no && holds(value, no, root, depth + 1, nullptr))
      good = refuse(flaws, "", "keeps to a schema that it must not");
    if (const auto ref = schema.find("$ref"); ref.is_text())
      good = referred(value, ref.text(), root, depth, flaws) && good;
    return good;
  }
  static auto refuse(Flaws* flaws, std::string_view member, std::string message) -> bool {
    if (flaws != nullptr) flaws->push_back({std::string(member), std::move(message)});
    return false;
  }
  auto matches(Value value, Value list, Value root, int depth) -> int {
    auto out = 0;
    for (const auto one : list) out += holds(value, one, root, depth + 1, nullptr) ? 1 : 0;
    return out;
  }

  static auto is_of(Value value, std::string_view type) -> bool {
    switch (value.kind()) {
      case Kind::kNull:
        return type == "null";
      case Kind::kBool:
        return type == "boolean";
      case Kind::kText:
        return type == "string";
      case Kind::kArray:
        return type == "array";
      case Kind::kObject:
        return type == "object";
      case Kind::kNumber:
        return type == "number" ||
               (type == "integer" && value.text().find_first_of(".eE") == std::string_view::npos);
    }
    return false;
  }

  auto scalar(Value value, Value schema, Flaws* flaws) -> bool {
    auto good = true;
    if (const auto type = schema.find("type")) {
      auto any = type.is_text() && is_of(value, type.text());
      if (type.is_array())
        for (const auto one : type) any = any || is_of(value, one.text());
      if (!any) good = refuse(flaws, "", "is not of the type that the schema says");
    }
    if (const auto list = schema.find("enum"); list.is_array()) {
      auto any = false;
      for (const auto one : list) any = any || equal(value, one);
      if (!any) good = refuse(flaws, "", "is none of the values of the schema");
    }
    if (const auto same = schema.find("const"); same && !equal(value, same))
      good = refuse(flaws, "", "is not the value of the schema");
    if (value.is_text()) {
      if (const auto pattern = schema.find("pattern");
          pattern.is_text() && !fits(value.text(), pattern.text()))
        good = refuse(flaws, "", "does not match " + printable(pattern.text().substr(0, 60)));
      if (const auto least = schema.find("minLength");
          least && static_cast<double>(value.text().size()) < number_of(least))
        good = refuse(flaws, "", "is too short");
      if (const auto most = schema.find("maxLength");
          most && static_cast<double>(value.text().size()) > number_of(most))
        good = refuse(flaws, "", "is too long");
    }
    if (value.is_number()) {
      if (const auto least = schema.find("minimum"); least && number_of(value) < number_of(least))
        good = refuse(flaws, "", "is too small");
      if (const auto most = schema.find("maximum"); most && number_of(value) > number_of(most))
        good = refuse(flaws, "", "is too large");
    }
    return good;
  }

  auto fits(std::string_view text, std::string_view pattern) -> bool {
    auto& compiled = expressions_[std::string(pattern)];
    if (!compiled) {
      auto options = RE2::Options(RE2::Quiet);
      options.set_max_mem(std::int64_t{1} << 20);
      compiled = std::make_unique<RE2>(pattern, options);
    }
    return compiled->ok() && RE2::PartialMatch(text, *compiled);
  }

  // Flaws below are told of the member that they are in.
  auto inside(Value member, Value schema, Value root, int depth, Flaws* flaws) -> bool {
    auto inner = Flaws{};
    if (holds(member, schema, root, depth + 1, flaws != nullptr ? &inner : nullptr)) return true;
    for (auto& flaw : inner)
      refuse(flaws, member.key(), printable(member.key()) + ": " + flaw.message);
    return false;
  }

  auto object(Value value, Value schema, Value root, int depth, Flaws* flaws) -> bool {
    auto good = true;
    if (const auto required = schema.find("required"); required.is_array())
      for (const auto name : required)
        if (!value.find(name.text())) good = refuse(flaws, "", "lacks " + printable(name.text()));
    if (const auto least = schema.find("minProperties");
        least && count_of(value) < number_of(least))
      good = refuse(flaws, "", "has too few properties");
    const auto known = schema.find("properties");
    const auto patterns = schema.find("patternProperties");
    const auto others = schema.find("additionalProperties");
    for (const auto member : value) {
      auto named = false;
      if (const auto one = known.find(member.key())) {
        named = true;
        good = inside(member, one, root, depth, flaws) && good;
      }
      if (patterns.is_object())
        for (const auto pattern : patterns) {
          if (!fits(member.key(), pattern.key())) continue;
          named = true;
          good = inside(member, pattern, root, depth, flaws) && good;
        }
      if (!named && others) good = inside(member, others, root, depth, flaws) && good;
    }
    return good;
  }
  auto array(Value value, Value schema, Value root, int depth, Flaws* flaws) -> bool {
    auto good = true;
    if (const auto least = schema.find("minItems"); least && count_of(value) < number_of(least))
      good = refuse(flaws, "", "has too few members");
    if (const auto items = schema.find("items"); items.is_object())
      for (const auto member : value) good = holds(member, items, root, depth + 1, flaws) && good;
    return good;
  }

  auto referred(Value value, std::string_view ref, Value root, int depth, Flaws* flaws) -> bool {
    const auto hash = ref.find('#');
    const auto file = ref.substr(0, hash);
    auto at = root;
    if (!file.empty()) {
      if (file.find("://") != std::string_view::npos) return true;
      auto name = file.substr(file.rfind('/') == std::string_view::npos ? 0 : file.rfind('/') + 1);
      if (name.ends_with(".json")) name.remove_suffix(5);
      const auto found = schemas_.texts.find(name);
      if (found == schemas_.texts.end()) return true;
      auto& read_before = files_[std::string(name)];
      if (!read_before) read_before = read(found->second);
      at = root = read_before;
      if (!root) return refuse(flaws, "", "the schema " + printable(name) + " is no JSON");
    }
    if (hash != std::string_view::npos)
      for (const auto step : split(ref.substr(hash + 1), '/'))
        if (!step.empty()) at = at.find(step);
    return !at || holds(value, at, root, depth + 1, flaws);
  }

  const UserSchemas& schemas_;
  Arena arena_;
  std::deque<Document> documents_;
  std::map<std::string, Value> files_;
  std::map<std::string, std::unique_ptr<RE2>> expressions_;
  std::size_t steps_ = 0;
  Flaws flaws_;
};

}  // namespace

auto check_json_schema(Value value, std::string_view schema, const UserSchemas& schemas)
    -> std::vector<SchemaFlaw> {
  return Judge(schemas).run(value, schema);
}

}  // namespace serjeant::stix

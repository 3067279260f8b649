#include <algorithm>
#include <array>

#include "core/text.h"
#include "intel/stix/identifier.h"
#include "intel/stix/marking.h"
#include "intel/stix/moment.h"
#include "intel/stix/pattern.h"
#include "intel/stix/validate_impl.h"
#include "intel/stix/value_form.h"

namespace serjeant::stix {
namespace {

// Walks an object by its type's table.
class MustCheck {
 public:
  MustCheck(bool is_20, Findings& findings)
      : is_20_(is_20), schema_(is_20 ? Schema::v20() : Schema::v21()), findings_(findings) {}

  void top(Value object) {
    const auto type = object.find("type").text();
    const auto* spec = schema_.object(type);
    if (spec != nullptr) {
      properties(object, *spec);
      own_id(object, type);
    } else {
      unknown(object, type);
    }
  }

 private:
  // An object of a type that the table has not: what all have in common. One of
  // 2.1 without times is an observable.
  void unknown(Value object, std::string_view type) {
    type_name(type);
    const auto observable = !is_20_ && !object.find("created") && !object.find("modified");
    auto common = *schema_.object(observable ? "mutex" : "vulnerability");
    for (auto& property : common.properties)
      if (property.name == "name") property = {.name = "name"};
    common.rules.clear();
    properties(object, common);
  }
  void type_name(std::string_view type) {
    if (schema_.is_reserved_type(type))
      findings_.must("the type " + shown(type) + " is reserved", "type");
    else if (!is_type_name(type, is_20_))
      findings_.must("the type " + shown(type) + " is no name that a type can have", "type");
  }
  void own_id(Value object, std::string_view type) {
    const auto id = object.find("id").text();
    if (is_identifier(id) && id.substr(0, id.find("--")) != type)
      findings_.must("the id is not one of a " + std::string(type), "id");
  }

  void properties(Value object, const TypeSpec& spec) {
    type_ = spec.name;
    for (const auto member : object) {
      const auto* property = spec.find(member.key());
      if (property == nullptr) {
        foreign(member, spec);
      } else {
        value(member, property->type, member.key());
      }
    }
    for (const auto& property : spec.properties)
      if (property.required && !object.find(property.name))
        findings_.must("lacks the required property " + std::string(property.name));
    for (const auto& rule : spec.rules) hold(rule, object, spec);
  }

  // A property of one's own.
  void foreign(Value member, const TypeSpec& spec) {
    const auto name = member.key();
    if (spec.group < TypeGroup::kMeta && schema_.is_reserved(name))
      findings_.must("the property " + shown(name) + " is reserved", name);
    if (!is_property_name(name, is_20_) && spec.name != "bundle")
      findings_.must("the property " + shown(name) + " has no name that one can have", name);
    if (member.is_null() || (member.is_array() && member.begin() == member.end()))
      findings_.must("the property " + shown(name) + " has no value", name);
  }

  void value(Value value, const ValueType& type, std::string_view name) {
    if (!type.list) {
      single(value, type, name);
      return;
    }
    if (!value.is_array()) {
      findings_.must(shown(name) + " is no list", name);
      return;
    }
    if (!type.may_be_empty && value.begin() == value.end())
      findings_.must(shown(name) + " is empty", name);
    const auto step = Findings::Step(findings_, name);
    auto index = std::size_t{0};
    for (const auto one : value) single(one, type, std::to_string(index++));
  }

  void single(Value value, const ValueType& type, std::string_view name) {
    if (auto flaw = flaw_of(value, type, is_20_); !flaw.empty()) {
      findings_.must(shown(name) + " " + flaw, name);
      return;
    }
    if (type.kind == ValueKind::kReference && in_observables_) {
      reference(value, type, name);
      return;
    }
    if (type.kind != ValueKind::kPart && type.kind != ValueKind::kExtensions &&
        type.kind != ValueKind::kObservables)
      return;
    const auto step = Findings::Step(findings_, name);
    const auto outer = type_;
    if (type.kind == ValueKind::kPart) {
      const auto* part = schema_.part(type.words[0]);
      if (part != nullptr) properties(value, *part);
      if (type.words[0] == "external-reference") external_reference(value);
    } else if (type.kind == ValueKind::kExtensions) {
      extensions(value, outer);
    } else {
      observables(value);
    }
    type_ = outer;
  }

  void external_reference(Value reference) {
    const auto source = reference.find("source_name").text();
    const auto id = reference.find("external_id").text();
    const auto digits = [](std::string_view text, std::size_t least) {
      return text.size() >= least && text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (source == "cve" && !(id.starts_with("CVE-") && id.size() > 9 &&
                             digits(id.substr(4, 4), 4) && id[8] == '-' && digits(id.substr(9), 4)))
      findings_.must("a reference to CVE needs an external_id such as CVE-2016-1234");
    else if (source == "capec" && !(id.starts_with("CAPEC-") && digits(id.substr(6), 1)))
      findings_.must("a reference to CAPEC needs an external_id such as CAPEC-163");
    else if (!reference.find("external_id") && !reference.find("description") &&
             !reference.find("url"))
      findings_.must("an external reference needs a description, url or external_id");
  }

  void extensions(Value value, std::string_view type) {
    for (const auto extension : value) {
      const auto name = extension.key();
      if (!extension.is_object()) {
        findings_.must("the extension " + shown(name) + " is no object", name);
        continue;
      }
      const auto step = Findings::Step(findings_, name);
      if (const auto* spec = schema_.extension(name, type)) {
        properties(extension, *spec);
      } else if (!is_20_ && name.starts_with("extension-definition--")) {
        by_definition(extension, name);
      } else if (auto flaw = flaw_of(extension, {.kind = ValueKind::kDictionary}, is_20_);
                 !flaw.empty()) {
        findings_.must("the extension " + shown(name) + " " + flaw);
      }
    }
  }
  void by_definition(Value extension, std::string_view name) {
    if (!is_identifier(name)) findings_.must("the extension's name is no identifier");
    static const auto kinds =
        ValueType{.kind = ValueKind::kEnum,
                  .words = {"new-sdo", "new-sco", "new-sro", "property-extension",
                            "toplevel-property-extension"}};
    const auto kind = extension.find("extension_type");
    if (!kind)
      findings_.must("the extension lacks its extension_type");
    else if (auto flaw = flaw_of(kind, kinds, false); !flaw.empty())
      findings_.must("extension_type " + flaw, "extension_type");
    for (const auto member : extension)
      if (member.is_null() || (member.is_array() && member.begin() == member.end()))
        findings_.must(shown(member.key()) + " has no value", member.key());
  }

  // The `objects` of observed data, keyed by texts of one's own.
  void observables(Value value) {
    const auto outer = in_observables_;
    in_observables_ = value;
    for (const auto object : value) {
      const auto step = Findings::Step(findings_, object.key());
      const auto type = object.find("type");
      if (!object.is_object() || !type.is_text()) {
        findings_.must("an observed object needs a type");
        continue;
      }
      if (schema_.is_observable(type.text())) {
        properties(object, *schema_.object(type.text()));
      } else {
        type_name(type.text());
        auto common = *schema_.object("mutex");
        for (auto& property : common.properties)
          if (property.name == "name") property = {.name = "name"};
        properties(object, common);
      }
    }
    in_observables_ = outer;
  }
  void reference(Value value, const ValueType& type, std::string_view name) {
    const auto object = in_observables_.find(value.text());
    if (!object) {
      findings_.must("refers to no observed object", name);
      return;
    }
    const auto kind = object.find("type").text();
    if (!type.words.empty() && !kind.empty() &&
        std::find(type.words.begin(), type.words.end(), kind) == type.words.end())
      findings_.must("is not to refer to a " + printable(kind), name);
  }

  void hold(const RuleSpec& rule, Value object, const TypeSpec& spec) {
    const auto& names = rule.names;
    const auto has = [&](std::string_view name) { return static_cast<bool>(object.find(name)); };
    switch (rule.kind) {
      case RuleKind::kOneOf: {
        const auto any = names[0] == "*"
                             ? std::any_of(object.begin(), object.end(),
                                           [&](Value member) { return spec.find(member.key()); })
                             : std::any_of(names.begin(), names.end(), has);
        if (!any) findings_.must("needs at least one of: " + list_of(rule, spec));
        return;
      }
      case RuleKind::kOnlyOne:
        if (std::count_if(names.begin(), names.end(), has) != 1)
          findings_.must("needs exactly one of: " + list_of(rule, spec));
        return;
      case RuleKind::kWith:
        for (auto i = std::size_t{1}; i < names.size(); ++i)
          if (has(names[0]) && !has(names[i]))
            findings_.must(std::string(names[0]) + " needs " + std::string(names[i]), names[0]);
        return;
      case RuleKind::kAfter:
      case RuleKind::kNotBefore: {
        const auto later = read_moment(object.find(names[0]).text());
        const auto earlier = read_moment(object.find(names[1]).text());
        if (!later || !earlier) return;
        if (rule.kind == RuleKind::kAfter ? later->at <= earlier->at : later->at < earlier->at)
          findings_.must(std::string(names[0]) + " is to be later than " + std::string(names[1]),
                         names[0]);
        return;
      }
      case RuleKind::kWhenWithout:
      case RuleKind::kWhenNeeds:
        if (object.find(names[0]).text() != names[1]) return;
        if (has(names[2]) == (rule.kind == RuleKind::kWhenWithout))
          findings_.must(
              std::string(names[2]) +
                  (rule.kind == RuleKind::kWhenNeeds ? " is needed" : " is not to be there") +
                  " where " + std::string(names[0]) + " is " + std::string(names[1]),
              rule.kind == RuleKind::kWhenWithout ? names[2] : std::string_view{});
        return;
    }
  }
  static auto list_of(const RuleSpec& rule, const TypeSpec& spec) -> std::string {
    auto out = std::string{};
    if (rule.names[0] == "*") {
      for (const auto& property : spec.properties)
        (out += out.empty() ? "" : ", ") += property.name;
    } else {
      for (const auto name : rule.names) (out += out.empty() ? "" : ", ") += name;
    }
    return out;
  }

  bool is_20_;
  const Schema& schema_;
  Findings& findings_;
  std::string_view type_;
  Value in_observables_;
};

void check_times(Value object, Findings& findings) {
  const auto created = read_moment(object.find("created").text());
  const auto modified = read_moment(object.find("modified").text());
  if (created && modified && modified->at < created->at)
    findings.must("modified is to be no earlier than created", "modified");
}

void check_markings(Value object, Findings& findings) {
  const auto id = object.find("id").text();
  const auto is_marking = object.find("type").text() == "marking-definition";
  const auto refs = object.find("object_marking_refs");
  if (is_marking && refs.is_array())
    for (const auto ref : refs)
      if (ref.text() == id) findings.must("a marking does not mark itself", "object_marking_refs");
  const auto parts = object.find("granular_markings");
  if (!parts.is_array()) return;
  const auto step = Findings::Step(findings, "granular_markings");
  auto index = std::size_t{0};
  for (const auto part : parts) {
    const auto inner = Findings::Step(findings, index++);
    if (is_marking && part.find("marking_ref").text() == id)
      findings.must("a marking does not mark itself", "marking_ref");
    const auto selectors = part.find("selectors");
    if (!selectors.is_array()) continue;
    for (const auto selector : selectors)
      if (selector.is_text() && !is_there(object, selector.text()))
        findings.must("the selector " + shown(selector.text()) + " selects nothing", "selectors");
  }
}

void check_definition(Value object, Findings& findings) {
  const auto kind = object.find("definition_type").text();
  const auto definition = object.find("definition");
  if (!definition.is_object()) return;
  if (kind == "statement" && !definition.find("statement").is_text())
    findings.must("a statement marking needs its statement", "definition");
  if (kind != "tlp") return;
  const auto level = definition.find("tlp").text();
  if (level != "white" && level != "green" && level != "amber" && level != "red")
    findings.must("a TLP marking is white, green, amber or red", "definition");
}

// The standard's own id for a cyber-observable without contributing properties is
// one of version 4 (STIX 2.1, section 2.9).
void check_observable_id(Value object, Findings& findings) {
  const auto type = object.find("type").text();
  const auto id = object.find("id").text();
  if (!is_identifier(id)) return;
  const auto version = id[id.size() - 22];
  const auto contributing = id_contributing_properties(type);
  const auto any = std::any_of(contributing.begin(), contributing.end(),
                               [&](auto name) { return static_cast<bool>(object.find(name)); });
  const auto may_lack = type == "artifact" || type == "email-message" || type == "user-account" ||
                        type == "windows-registry-key" || type == "x509-certificate" ||
                        type == "process";
  if (may_lack && !any && version != '4')
    findings.must("without contributing properties the id is to be a UUID of version 4", "id");
}

class PatternCheck {
 public:
  PatternCheck(Value indicator, bool is_20, const ValidateOptions& options, Findings& findings)
      : indicator_(indicator),
        is_20_(is_20),
        options_(options),
        findings_(findings),
        schema_(is_20 ? Schema::v20() : Schema::v21()) {}

  void run() {
    const auto text = indicator_.find("pattern");
    if (!text.is_text() || (!is_20_ && indicator_.find("pattern_type").text() != "stix")) return;
    const auto given = indicator_.find("pattern_version");
    const auto old = is_20_ || given.text() == "2.0";
    const auto version = old ? PatternVersion::k20 : PatternVersion::k21;
    auto parsed = parse_pattern(text.text(), version);
    if (parsed.flaws.empty()) parsed.flaws = check_pattern(parsed.pattern, version);
    for (const auto& flaw : parsed.flaws)
      findings_.must("the pattern, at byte " + std::to_string(flaw.offset) + ": " + flaw.message,
                     "pattern");
    if (!parsed.flaws.empty()) return;
    for (const auto& [type, comparisons] :
         inspect_pattern(parsed.pattern, text.text()).comparisons) {
      object_type(type);
      for (const auto& one : comparisons) property(type, one.path[0].key);
    }
  }

 private:
  // Does the prefix of one's own names matter here? Not where extension
  // definitions are asked for, which tell more than prefixes.
  auto prefix_matters(std::string_view check) const -> bool {
    if (!is_20_ && findings_.on("401", false) != nullptr) return false;
    for (const auto* off : {"all", "format-checks"})
      if (options_.disabled.contains(off)) return false;
    return !options_.disabled.contains(check);
  }
  void object_type(std::string_view type) {
    if (schema_.is_observable(type)) return;
    if (options_.strict_types) {
      const auto message =
          "the pattern speaks of the type " + shown(type) + ", which is not STIX's";
      is_20_ ? findings_.must(message, "pattern") : findings_.asked(message, "pattern");
      if (is_20_) return;
    }
    if (!is_type_name(type, true))
      findings_.must("the pattern's type " + shown(type) + " is no name of a type", "pattern");
    else if (prefix_matters("custom-prefix") && !has_custom_prefix(type, '-', false))
      findings_.must("the pattern's type " + shown(type) + " is to begin with x- and a source",
                     "pattern");
    else if (prefix_matters("custom-prefix-lax") && !has_custom_prefix(type, '-', true))
      findings_.must("the pattern's type " + shown(type) + " is to begin with x-", "pattern");
  }
  void property(std::string_view type, std::string_view name) {
    const auto* spec = schema_.is_observable(type) ? schema_.object(type) : nullptr;
    if (spec != nullptr && spec->find(name) != nullptr) return;
    if (options_.strict_properties && (is_20_ || spec != nullptr)) {
      const auto message =
          "the pattern speaks of " + shown(name) + ", which " + shown(type) + " has not";
      is_20_ ? findings_.must(message, "pattern") : findings_.asked(message, "pattern");
      if (is_20_) return;
    }
    if (!is_property_name(name, true))
      findings_.must("the pattern's property " + shown(name) + " is no name of one", "pattern");
    else if (!is_20_ && spec == nullptr)
      return;
    else if (prefix_matters("custom-prefix") && !has_custom_prefix(name, '_', false))
      findings_.must("the pattern's property " + shown(name) + " is to begin with x_ and a source",
                     "pattern");
    else if (prefix_matters("custom-prefix-lax") && !has_custom_prefix(name, '_', true))
      findings_.must("the pattern's property " + shown(name) + " is to begin with x_", "pattern");
  }

  Value indicator_;
  bool is_20_;
  const ValidateOptions& options_;
  Findings& findings_;
  const Schema& schema_;
};

}  // namespace

void check_common_musts(Value object, const TypeSpec* type, bool is_20,
                        const ValidateOptions& options, Findings& findings) {
  check_times(object, findings);
  check_markings(object, findings);
  if (type == nullptr) return;
  if (type->name == "marking-definition") check_definition(object, findings);
  if (type->name == "indicator") PatternCheck(object, is_20, options, findings).run();
  if (!is_20 && type->group == TypeGroup::kObservable) check_observable_id(object, findings);
  if (type->name != "extension-definition" || !object.find("extension_properties")) return;
  const auto kinds = object.find("extension_types");
  if (kinds.is_array() && std::none_of(kinds.begin(), kinds.end(), [](Value kind) {
        return kind.text() == "toplevel-property-extension";
      }))
    findings.must("only an extension of top-level properties lists properties",
                  "extension_properties");
}

void check_musts(Value object, bool is_20, const ValidateOptions& options, Findings& findings) {
  MustCheck(is_20, findings).top(object);
  const auto* type = (is_20 ? Schema::v20() : Schema::v21()).object(object.find("type").text());
  check_common_musts(object, type, is_20, options, findings);
}

}  // namespace serjeant::stix

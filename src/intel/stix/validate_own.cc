#include <algorithm>

#include "intel/stix/validate_impl.h"
#include "intel/stix/value_form.h"

// Content that the standard does not define: custom types, properties and
// extensions. STIX 2.0 knows them by their prefixes (checks 101 and 102); 2.1 wants
// an extension definition that covers them (check 401), and falls back to
// prefixes where that check is off.
namespace serjeant::stix {
namespace {

class OwnContent {
 public:
  OwnContent(Value object, const ValidateOptions& options, bool is_20, Findings& findings)
      : object_(object),
        options_(options),
        is_20_(is_20),
        findings_(findings),
        schema_(is_20 ? Schema::v20() : Schema::v21()),
        type_(object.find("type").text()),
        spec_(schema_.object(type_)) {}

  void run() {
    uses_ = is_20_ ? nullptr : findings_.on("401", false);
    strict_ = uses_ != nullptr ? nullptr : findings_.on("101", is_20_);
    lax_ = uses_ != nullptr ? nullptr : findings_.on("102", is_20_);
    if (spec_ == nullptr) {
      own_type(type_);
      if (options_.strict_types) told("the type " + shown(type_) + " is not STIX's", "type");
    } else {
      marking();
      content(object_, *spec_);
    }
    const auto observed = object_.find("objects");
    if (type_ != "observed-data" || !observed.is_object()) return;
    const auto step = Findings::Step(findings_, "objects");
    for (const auto one : observed) {
      const auto inner = Findings::Step(findings_, one.key());
      const auto type = one.find("type").text();
      if (type.empty()) continue;
      if (schema_.is_observable(type)) {
        content(one, *schema_.object(type));
      } else {
        if (strict_ != nullptr || lax_ != nullptr) prefix(type, '-', "type");
        if (options_.strict_types) told("the type " + shown(type) + " is not STIX's", "type");
      }
    }
  }

 private:
  // What an option asked for is an error in 2.0 and counts as a SHOULD in 2.1.
  void told(std::string message, std::string_view member) {
    if (is_20_)
      findings_.must(std::move(message), member);
    else
      findings_.asked(std::move(message), member);
  }
  // Does an extension of the object have one of these kinds?
  auto extended(std::initializer_list<std::string_view> kinds) const -> bool {
    const auto extensions = object_.find("extensions");
    if (!extensions.is_object()) return false;
    return std::any_of(extensions.begin(), extensions.end(), [&](Value extension) {
      const auto kind = extension.find("extension_type").text();
      return extension.key().starts_with("extension-definition--") &&
             std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    });
  }
  void prefix(std::string_view name, char between, std::string_view member) {
    if (strict_ != nullptr && !has_custom_prefix(name, between, false))
      findings_.should(*strict_, shown(name) + " is to begin with x" + between + " and a source",
                       member);
    else if (lax_ != nullptr && !has_custom_prefix(name, between, true))
      findings_.should(*lax_, shown(name) + " is to begin with x" + between, member);
  }

  void own_type(std::string_view type) {
    if (schema_.is_reserved_type(type)) return;
    if (uses_ != nullptr) {
      if (!extended({"new-sdo", "new-sco", "new-sro"}))
        findings_.should(
            *uses_, "the type " + shown(type) + " is covered by no extension definition", "type");
      return;
    }
    prefix(type, '-', "type");
  }

  // A marking of a kind of one's own is to be an extension.
  void marking() {
    if (uses_ == nullptr || type_ != "marking-definition") return;
    const auto kind = object_.find("definition_type").text();
    if (kind == "statement" || kind == "tlp") return;
    if (!extended({"property-extension"}))
      findings_.should(*uses_, "a marking of its own kind is covered by no extension definition",
                       "definition_type");
  }

  void content(Value object, const TypeSpec& spec) {
    const auto observable = spec.group == TypeGroup::kObservable;
    // Top-level properties of an observable can come with an extension too, but
    // the check does not let it: which of them it covers is not told there.
    const auto covered = !observable && extended({"toplevel-property-extension"});
    members(object, spec, covered);
    extensions(object, spec);
  }

  void members(Value object, const TypeSpec& spec, bool covered) {
    for (const auto member : object) {
      const auto* property = spec.find(member.key());
      if (property == nullptr) {
        own_property(member.key(), covered, spec.group);
      } else if (property->type.kind == ValueKind::kPart && has_own(property->type.words[0])) {
        part(member, *schema_.part(property->type.words[0]));
      }
    }
  }
  // Parts in which properties of one's own are looked for: those of observables.
  auto has_own(std::string_view part) const -> bool {
    return part == "email-part" || part == "registry-value" || part == "x509-extensions" ||
           part == "data-stream" || part == "pe-header" || part == "pe-section";
  }
  void part(Value value, const TypeSpec& spec) {
    const auto step = Findings::Step(findings_, value.key());
    if (value.is_object()) members(value, spec, false);
    if (!value.is_array()) return;
    auto index = std::size_t{0};
    for (const auto one : value) {
      const auto inner = Findings::Step(findings_, index++);
      if (one.is_object()) members(one, spec, false);
    }
  }
  void own_property(std::string_view name, bool covered, TypeGroup group) {
    if (options_.strict_properties) told("the property " + shown(name) + " is not STIX's", name);
    if (group < TypeGroup::kMeta && schema_.is_reserved(name)) return;
    if (uses_ == nullptr) {
      prefix(name, '_', name);
    } else if (!covered) {
      findings_.should(
          *uses_, "the property " + shown(name) + " is covered by no extension definition", name);
    }
  }

  void extensions(Value object, const TypeSpec& spec) {
    const auto all = object.find("extensions");
    if (!all.is_object() || spec.find("extensions") == nullptr) return;
    const auto step = Findings::Step(findings_, "extensions");
    for (const auto extension : all) {
      const auto name = extension.key();
      if (const auto* known = schema_.extension(name, spec.name)) {
        const auto inner = Findings::Step(findings_, name);
        members(extension, *known, false);
      } else if (!is_20_ && name.starts_with("extension-definition--")) {
        continue;
      } else if (uses_ != nullptr) {
        findings_.should(*uses_, "the extension " + shown(name) + " has no definition", name);
      } else if (spec.group == TypeGroup::kObservable) {
        extension_name(name);
      }
    }
  }
  // "x-SOURCE-NAME-ext" in 2.1; in 2.0 the end is not looked at.
  void extension_name(std::string_view name) {
    const auto ends = is_20_ || name.ends_with("-ext");
    const auto begin = is_20_ || !ends ? name : name.substr(0, name.size() - 4);
    if (strict_ != nullptr && !(ends && has_custom_prefix(begin, '-', false)))
      findings_.should(*strict_, shown(name) + " is to be named x-SOURCE-NAME-ext", name);
    else if (lax_ != nullptr && !(ends && has_custom_prefix(begin, '-', true)))
      findings_.should(*lax_, shown(name) + " is to be named x-NAME-ext", name);
  }

  Value object_;
  const ValidateOptions& options_;
  bool is_20_;
  Findings& findings_;
  const Schema& schema_;
  std::string_view type_;
  const TypeSpec* spec_;
  const CheckSpec* uses_ = nullptr;
  const CheckSpec* strict_ = nullptr;
  const CheckSpec* lax_ = nullptr;
};

}  // namespace

void check_own_content(Value object, const ValidateOptions& options, bool is_20,
                       Findings& findings) {
  OwnContent(object, options, is_20, findings).run();
}

}  // namespace serjeant::stix

#include <algorithm>

#include "core/text.h"
#include "intel/stix/validate_impl.h"
#include "intel/stix/value_form.h"

namespace serjeant::stix {
namespace {

class ShouldCheck {
 public:
  ShouldCheck(Value object, bool is_20, const ValidateOptions& options, Findings& findings)
      : object_(object),
        is_20_(is_20),
        options_(options),
        findings_(findings),
        schema_(is_20 ? Schema::v20() : Schema::v21()),
        type_(object.find("type").text()),
        spec_(schema_.object(type_)) {}

  void run() {
    check_own_content(object_, options_, is_20_, findings_);
    uuid();
    kill_chains();
    references_with_hashes();
    if (spec_ != nullptr) {
      vocabularies(object_, *spec_);
      by_type();
    }
    if (is_observable(object_)) {
      observable(object_);
    } else if (type_ == "observed-data" && object_.find("objects").is_object()) {
      const auto step = Findings::Step(findings_, "objects");
      for (const auto one : object_.find("objects")) {
        if (const auto* check = on("141"); check != nullptr && !to_uint(one.key()))
          findings_.should(*check, shown(one.key()) + " is no number", one.key());
        const auto inner = Findings::Step(findings_, one.key());
        if (one.is_object()) observable(one);
      }
    }
  }

 private:
  auto on(std::string_view number) const -> const CheckSpec* {
    return findings_.on(number, is_20_);
  }
  auto is_observable(Value object) const -> bool {
    return schema_.is_observable(object.find("type").text());
  }

  void uuid() {
    const auto* check = on("103");
    const auto id = object_.find("id").text();
    if (check == nullptr || id.size() < 36 || !is_identifier(id)) return;
    const auto wanted = is_observable(object_) && type_ != "process" ? '5' : '4';
    if (id[id.size() - 22] != wanted)
      findings_.should(*check, std::string("the id is to be a UUID of version ") + wanted, "id");
  }

  void kill_chains() {
    const auto* check = on("121");
    const auto phases = object_.find("kill_chain_phases");
    if (check == nullptr || spec_ == nullptr || spec_->find("kill_chain_phases") == nullptr ||
        !phases.is_array())
      return;
    const auto step = Findings::Step(findings_, "kill_chain_phases");
    auto index = std::size_t{0};
    for (const auto phase : phases) {
      const auto inner = Findings::Step(findings_, index++);
      for (const auto* name : {"kill_chain_name", "phase_name"})
        if (const auto value = phase.find(name);
            value.is_text() && !is_lower_with_hyphens(value.text()))
          findings_.should(*check, "is to be lower case, with hyphens between words", name);
    }
  }

  void references_with_hashes() {
    const auto* check = on("302");
    const auto references = object_.find("external_references");
    if (check == nullptr || !references.is_array()) return;
    const auto step = Findings::Step(findings_, "external_references");
    auto index = std::size_t{0};
    for (const auto reference : references) {
      const auto inner = Findings::Step(findings_, index++);
      if (reference.find("url") && !reference.find("hashes"))
        findings_.should(*check, "has a URL but no hash of what is there", "url");
    }
  }

  void vocabularies(Value object, const TypeSpec& spec) {
    for (const auto& property : spec.properties) {
      if (property.vocabulary.empty()) continue;
      const auto value = object.find(property.name);
      if (value.is_array()) {
        const auto step = Findings::Step(findings_, property.name);
        auto index = std::size_t{0};
        for (const auto one : value) word(one, property, std::to_string(index++));
      } else if (value) {
        word(value, property, property.name);
      }
    }
  }
  void word(Value value, const PropertySpec& property, std::string_view member) {
    if (!value.is_text()) return;
    if (const auto* check = on("111");
        check != nullptr && property.spelling && !is_lower_with_hyphens(value.text()))
      findings_.should(*check, shown(value.text()) + " is to be lower case, with hyphens", member);
    if (const auto* check = on(property.vocabulary);
        check != nullptr && !schema_.in_vocabulary(property.vocabulary, value.text()))
      findings_.should(*check, shown(value.text()) + " is not of the vocabulary", member);
  }

  void by_type() {
    if (type_ == "marking-definition")
      marking();
    else if (type_ == "relationship")
      relationship();
    else if (type_ == "bundle")
      duplicates();
    else if (type_ == "malware-analysis")
      product();
    else if (type_ == "location")
      country();
    else if (type_ == "indicator")
      indicator();
    else if (type_ == "extension-definition")
      definition();
    else if (const auto* check = on("304");
             type_ == "observed-data" && check != nullptr && object_.find("objects"))
      findings_.should(*check, "the property is deprecated", "objects");
  }
  void marking() {
    const auto kind = object_.find("definition_type");
    if (const auto* check = on("201");
        kind && check != nullptr && kind.text() != "statement" && kind.text() != "tlp")
      findings_.should(*check, shown(kind.text()) + " is neither statement nor tlp",
                       "definition_type");
    if (const auto* check = on("111");
        kind.is_text() && check != nullptr && !is_lower_with_hyphens(kind.text()))
      findings_.should(*check, shown(kind.text()) + " is to be lower case, with hyphens",
                       "definition_type");
  }
  void relationship() {
    const auto* check = on("202");
    const auto name = object_.find("relationship_type").text();
    const auto source = object_.find("source_ref").text(),
               target = object_.find("target_ref").text();
    const auto from = source.substr(0, source.rfind("--")),
               to = target.substr(0, target.rfind("--"));
    if (check == nullptr || name.empty() || from.size() == source.size() ||
        to.size() == target.size())
      return;
    for (const auto* common : {"derived-from", "duplicate-of", "related-to"})
      if (name == common) return;
    for (const auto end : {from, to})
      for (const auto* other :
           {"bundle", "language-content", "marking-definition", "sighting", "relationship"})
        if (end == other) return;
    const auto* targets = schema_.targets(from, name);
    if (targets == nullptr)
      findings_.should(*check, shown(from) + " has no relationship " + shown(name),
                       "relationship_type");
    else if (!targets->contains(to))
      findings_.should(
          *check, shown(from) + " has a relationship " + shown(name) + ", but not to " + shown(to),
          "target_ref");
  }
  void duplicates() {
    const auto* check = on("203");
    const auto objects = object_.find("objects");
    if (check == nullptr || !objects.is_array()) return;
    auto seen = std::map<std::string_view, std::string_view>{};
    const auto step = Findings::Step(findings_, "objects");
    auto index = std::size_t{0};
    for (const auto object : objects) {
      const auto at = std::to_string(index++);
      const auto id = object.find("id"), modified = object.find("modified");
      if (!id || !modified) continue;
      const auto [first, fresh] = seen.emplace(id.text(), modified.text());
      if (!fresh && first->second == modified.text())
        findings_.should(*check, "the id occurred before, with the same time of modification", at);
    }
  }
  void product() {
    const auto* check = on("143");
    const auto name = object_.find("product");
    if (check == nullptr || !name.is_text()) return;
    const auto text = name.text();
    if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) {
          return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        }))
      findings_.should(*check, "is to be lower case, with hyphens between words", "product");
  }
  void country() {
    const auto* check = on("277");
    const auto code = object_.find("country");
    if (check != nullptr && code.is_text() && !is_country(code.text()))
      findings_.should(*check, shown(code.text()) + " is no code of ISO 3166-1", "country");
  }
  void indicator() {
    if (const auto* check = on("303");
        check != nullptr && (!object_.find("name") || !object_.find("description")))
      findings_.should(*check, "an indicator is to have a name and a description");
  }
  void definition() {
    if (const auto* check = on("305"); check != nullptr && !object_.find("description"))
      findings_.should(*check, "an extension definition is to have a description");
    const auto kinds = object_.find("extension_types");
    if (const auto* check = on("306");
        check != nullptr && kinds.is_array() && !object_.find("extension_properties") &&
        std::any_of(kinds.begin(), kinds.end(),
                    [](Value kind) { return kind.text() == "toplevel-property-extension"; }))
      findings_.should(*check, "the properties that it adds are to be listed");
  }

  // Checks of one observable, on its own or in observed data.
  void observable(Value object) {
    const auto type = object.find("type").text();
    const auto* spec = schema_.is_observable(type) ? schema_.object(type) : nullptr;
    if (const auto* check = on("142"); check != nullptr) keys(object, *check, 0);
    if (spec == nullptr) return;
    if (&object_ != &object && spec != spec_) vocabularies(object, *spec);
    hash_names(object);
    if (type == "file") file(object);
    if (type == "network-traffic") traffic(object);
    if (const auto* check = on("149"); type == "process" && check != nullptr) {
      const auto priority = object.get("extensions", "windows-process-ext", "priority");
      if (priority.is_text() &&
          (!priority.text().ends_with("_CLASS") || priority.text().size() < 7))
        findings_.should(*check, "priorities of Windows processes end in _CLASS", "extensions");
    }
  }

  // Keys of dictionaries at any depth, but for those whose keys are another's names.
  void keys(Value dictionary, const CheckSpec& check, int depth) {
    for (const auto member : dictionary) {
      const auto key = member.key();
      const auto capital =
          std::any_of(key.begin(), key.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
      if (capital || (is_20_ && key.size() > 30 && depth > 0))
        findings_.should(
            check,
            shown(key) + " is to be lower case" + (is_20_ ? ", with at most 30 characters" : ""),
            key);
      static const auto others = std::set<std::string_view>{"hashes",
                                                            "file_header_hashes",
                                                            "request_header",
                                                            "additional_header_fields",
                                                            "document_info_dict",
                                                            "exif_tags",
                                                            "ipfix",
                                                            "options",
                                                            "environment_variables",
                                                            "key",
                                                            "startup_info"};
      if (!member.is_object() || others.contains(key) || depth == 32) continue;
      const auto step = Findings::Step(findings_, key);
      keys(member, check, depth + 1);
    }
  }

  // All dictionaries of hashes in an observable.
  void hash_names(Value object) {
    const auto look = [&](Value hashes, std::string_view where) {
      if (!hashes.is_object()) return;
      for (const auto hash : hashes) {
        if (const auto* check = on("241"); check != nullptr && !hash.key().starts_with("x_") &&
                                           !schema_.in_vocabulary("241", hash.key()))
          findings_.should(*check, shown(hash.key()) + " is no hash algorithm of the vocabulary",
                           where);
        if (const auto* check = on("150"); check != nullptr && hash.key().size() > 30)
          findings_.should(*check, shown(hash.key()) + " is longer than 30 characters", where);
      }
    };
    look(object.find("hashes"), "hashes");
    if (object.find("type").text() != "file") return;
    const auto extensions = object.find("extensions");
    const auto binary = extensions.find("windows-pebinary-ext");
    look(binary.find("file_header_hashes"), "extensions");
    look(binary.get("optional_header", "hashes"), "extensions");
    for (const auto list :
         {binary.find("sections"), extensions.get("ntfs-ext", "alternate_data_streams")})
      if (list.is_array())
        for (const auto one : list) look(one.find("hashes"), "extensions");
  }

  void file(Value object) {
    const auto mime = object.find("mime_type");
    if (const auto* check = on("271");
        check != nullptr && mime.is_text() &&
        !flaw_of(mime, {.kind = ValueKind::kMediaType}, is_20_).empty())
      findings_.should(*check, shown(mime.text()) + " is no media type", "mime_type");
    if (const auto* check = on("242"); check != nullptr && is_20_) {
      const auto algorithm = object.find("encryption_algorithm");
      if (algorithm.is_text() && !schema_.in_vocabulary("242", algorithm.text()))
        findings_.should(*check, shown(algorithm.text()) + " is not of the vocabulary",
                         "encryption_algorithm");
    }
    const auto extensions = object.find("extensions");
    const auto kind = extensions.get("windows-pebinary-ext", "pe_type");
    if (const auto* check = on("243");
        check != nullptr && kind.is_text() && !schema_.in_vocabulary("243", kind.text()))
      findings_.should(*check, shown(kind.text()) + " is not of the vocabulary", "extensions");
    known_keys("276", extensions.get("pdf-ext", "document_info_dict"), "extensions");
  }
  void known_keys(std::string_view number, Value dictionary, std::string_view where) {
    const auto* check = on(number);
    if (check == nullptr || !dictionary.is_object()) return;
    for (const auto member : dictionary)
      if (!in_registry(number, member.key()))
        findings_.should(*check, shown(member.key()) + " is not known there", where);
  }

  void traffic(Value object) {
    if (const auto* check = on("301");
        check != nullptr && (!object.find("src_port") || !object.find("dst_port")))
      findings_.should(*check, "network traffic is to have both ports");
    const auto names = object.find("protocols");
    if (const auto* check = on("272"); check != nullptr && names.is_array())
      for (const auto name : names)
        if (name.is_text() && !is_service_name(name.text()))
          findings_.should(*check, shown(name.text()) + " is no name of a protocol", "protocols");
    const auto flow = object.find("ipfix");
    if (const auto* check = on("273"); check != nullptr && flow.is_object())
      for (const auto member : flow)
        if (member.key().size() < 2 || member.key()[0] < 'a' || member.key()[0] > 'z')
          findings_.should(*check, shown(member.key()) + " is no information element", "ipfix");
    const auto extensions = object.find("extensions");
    known_keys("274", extensions.get("http-request-ext", "request_header"), "extensions");
    known_keys("275", extensions.get("socket-ext", "options"), "extensions");
  }
  // RFC 6335, section 5.1.
  static auto is_service_name(std::string_view name) -> bool {
    return !name.empty() && name.size() <= 15 && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
  }

  Value object_;
  bool is_20_;
  const ValidateOptions& options_;
  Findings& findings_;
  const Schema& schema_;
  std::string_view type_;
  const TypeSpec* spec_;
};

}  // namespace

void check_shoulds(Value object, bool is_20, const ValidateOptions& options, Findings& findings) {
  ShouldCheck(object, is_20, options, findings).run();
}

}  // namespace serjeant::stix

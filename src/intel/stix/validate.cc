#include "intel/stix/validate.h"

#include <algorithm>

#include "core/json.h"
#include "core/text.h"
#include "intel/stix/json_schema.h"
#include "intel/stix/validate_impl.h"
#include "intel/stix/value_form.h"

namespace serjeant::stix {
namespace {

constexpr auto kDeepest = 32;  // objects within lists of objects

auto is_stix_object(Value value) -> bool {
  return value.is_object() && value.find("type").is_text() && value.find("id").is_text();
}

class Validator {
 public:
  Validator(Value root, const ValidateOptions& options)
      : root_(root), options_(options), findings_(options, verdict_) {}

  auto run() -> ObjectVerdict {
    if (!is_stix_object(root_)) {
      verdict_.rejected = true;
      return std::move(verdict_);
    }
    const auto is_bundle = root_.find("type").text() == "bundle";
    structure(root_, version_of(root_));
    if (is_bundle && !bundle()) return std::move(verdict_);
    more_checks(root_, 0);
    if (is_bundle && options_.enforce_refs) references();
    if (options_.interop) interoperability(is_bundle);
    return std::move(verdict_);
  }

 private:
  auto version_of(Value object) const -> std::string_view {
    if (!options_.version.empty()) return options_.version;
    const auto given = object.find("spec_version").text();
    return given.empty() ? "2.1" : given;
  }

  void structure(Value object, std::string_view version) {
    check_musts(object, version == "2.0", options_, findings_);
    if (options_.schemas != nullptr) user_schemas(object);
  }

  void user_schemas(Value object) {
    const auto apply = [&](std::string_view name) {
      const auto found = options_.schemas->texts.find(name);
      if (found == options_.schemas->texts.end()) return;
      for (auto& flaw : check_json_schema(object, found->second, *options_.schemas))
        findings_.must("by the schema " + shown(name) + ": " + flaw.message, flaw.member);
    };
    apply(object.find("type").text());
    const auto extensions = object.find("extensions");
    if (extensions.is_object())
      for (const auto extension : extensions) apply(extension.key());
    const auto observed = object.find("objects");
    if (object.find("type").text() != "observed-data" || !observed.is_object()) return;
    const auto step = Findings::Step(findings_, "objects");
    for (const auto one : observed) {
      const auto inner = Findings::Step(findings_, one.key());
      if (one.is_object()) user_schemas(one);
    }
  }

  // The objects of the bundle, each by its own version. False if one of them has
  // no type: then it is no bundle.
  auto bundle() -> bool {
    const auto objects = root_.find("objects");
    if (!objects.is_array()) return true;
    const auto given = root_.find("spec_version").text();
    const auto bundle_version = given.empty() ? std::string_view("2.1") : given;
    const auto step = Findings::Step(findings_, "objects");
    auto index = std::size_t{0};
    for (const auto object : objects) {
      const auto inner = Findings::Step(findings_, index++);
      if (!object.is_object()) {
        findings_.must("a bundle holds objects only");
        continue;
      }
      if (!object.find("type").is_text()) {
        verdict_.rejected = true;
        return false;
      }
      auto version = version_of(object);
      // Objects of 2.0 do not say their version; observables of 2.1 need not.
      const auto old =
          bundle_version == "2.1" && !object.find("spec_version") && object.find("created");
      if (bundle_version == "2.0" || old) version = "2.0";
      structure(object, version);
      const auto own = object.find("spec_version").text();
      if (!options_.version.empty() && !own.empty() && own != options_.version)
        findings_.asked("says that it is of another version than it was judged by", "spec_version");
    }
    return true;
  }

  // SHOULDs, of the object and of objects in its lists.
  void more_checks(Value object, int depth) {
    check_shoulds(object, options_.version == "2.0", options_, findings_);
    if (depth == kDeepest) return;
    for (const auto member : object) {
      if (!member.is_array()) continue;
      const auto step = Findings::Step(findings_, member.key());
      auto index = std::size_t{0};
      for (const auto one : member) {
        const auto inner = Findings::Step(findings_, index++);
        if (is_stix_object(one)) more_checks(one, depth + 1);
      }
    }
  }

  void references() {
    auto ids = std::set<std::string_view>{};
    const auto objects = root_.find("objects");
    for (const auto object : objects) ids.insert(object.find("id").text());
    const auto step = Findings::Step(findings_, "objects");
    auto index = std::size_t{0};
    for (const auto object : objects) {
      const auto inner = Findings::Step(findings_, index++);
      if (object.find("type").text() != "relationship") continue;
      for (const auto* name : {"source_ref", "target_ref"})
        if (const auto ref = object.find(name); ref && !ids.contains(ref.text()))
          findings_.asked("refers to an object that is not in the bundle", name);
    }
  }

  void interoperability(bool is_bundle) {
    if (!is_bundle) {
      producer(root_, nullptr);
      return;
    }
    auto producers = std::set<std::string_view>{};
    const auto objects = root_.find("objects");
    for (const auto object : objects)
      if (object.find("type").text() == "identity" && object.find("created_by_ref"))
        producers.insert(object.find("id").text());
    const auto step = Findings::Step(findings_, "objects");
    auto index = std::size_t{0};
    for (const auto object : objects) {
      const auto inner = Findings::Step(findings_, index++);
      if (object.is_object()) producer(object, &producers);
    }
  }
  void producer(Value object, const std::set<std::string_view>* known) {
    const auto type = object.find("type").text();
    const auto by = object.find("created_by_ref");
    const auto* spec = Schema::v21().object(type);
    if (spec != nullptr &&
        (spec->group == TypeGroup::kDomain || spec->group == TypeGroup::kRelationship)) {
      if (!by)
        findings_.must("names no producer (created_by_ref)");
      else if (known != nullptr && type != "identity" && !known->contains(by.text()))
        findings_.must("names a producer that is not in the bundle", "created_by_ref");
    }
    auto levels = 0;
    const auto marks = object.find("object_marking_refs");
    if (marks.is_array())
      for (const auto mark : marks) levels += is_tlp(mark.text()) ? 1 : 0;
    if (levels > 1) findings_.must("has more than one TLP marking", "object_marking_refs");
  }
  static auto is_tlp(std::string_view id) -> bool {
    for (const auto* one :
         {"613f2e26-407d-48c7-9eca-b8e91df99dc9", "34098fce-860f-48ae-8e50-ebd3cc5e41da",
          "f88d31f6-486f-44da-b317-01333bde0b82", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"})
      if (id == "marking-definition--" + std::string(one)) return true;
    return false;
  }

  Value root_;
  const ValidateOptions& options_;
  ObjectVerdict verdict_;
  Findings findings_;
};

// Escapes of JSON pointers (RFC 6901, section 3).
auto unescape(std::string_view segment) -> std::string {
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < segment.size(); ++i) {
    if (segment[i] == '~' && i + 1 < segment.size()) {
      out += segment[++i] == '1' ? '/' : '~';
    } else {
      out += segment[i];
    }
  }
  return out;
}

// Steps over JSON without making anything of it.
class Skipper {
 public:
  explicit Skipper(std::string_view text) : text_(text) { blanks(); }
  auto at() const -> std::size_t { return at_; }
  // Into the member that `segment` names; false, and not moved, if it is not there.
  auto enter(const std::string& segment) -> bool {
    const auto before = at_;
    const auto is_object = peek() == '{';
    if (!is_object && peek() != '[') return false;
    ++at_;
    for (auto index = std::size_t{0};; ++index) {
      blanks();
      if (at_ >= text_.size() || peek() == '}' || peek() == ']') break;
      auto name = std::to_string(index);
      if (is_object) {
        name = key();
        blanks();
        if (peek() != ':') break;
        ++at_;
        blanks();
      }
      if (name == segment) return true;
      value();
      blanks();
      if (peek() != ',') break;
      ++at_;
    }
    at_ = before;
    return false;
  }

 private:
  auto peek() const -> char { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blanks() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  void string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    ++at_;
  }
  auto key() -> std::string {
    auto document = Document{};
    auto arena = Arena{};
    const auto from = at_;
    if (peek() != '"') return {};
    string();
    parse_json(text_.substr(from, at_ - from), "", document, arena);
    return std::string(document.root().text());
  }
  void value() {
    auto depth = std::size_t{0};
    do {
      const auto c = peek();
      if (c == '"') {
        string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      if (depth == 0 && c != '}' && c != ']') {
        while (at_ < text_.size() &&
               std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos)
          ++at_;
        return;
      }
      ++at_;
    } while (depth > 0 && at_ < text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

auto shown(std::string_view name) -> std::string {
  return "'" + printable(name.substr(0, 80)) + "'";
}

Findings::Step::Step(Findings& findings, std::string_view name)
    : findings_(findings), before_(findings.path_.size()) {
  findings_.path_ += '/';
  for (const auto c : name) {
    if (c == '~')
      findings_.path_ += "~0";
    else if (c == '/')
      findings_.path_ += "~1";
    else
      findings_.path_ += c;
  }
}

void Findings::add(FindingKind kind, std::string_view number, std::string_view name,
                   std::string message, std::string_view member) {
  auto pointer = path_;
  if (!member.empty()) {
    const auto step = Step(*this, member);
    pointer = path_;
  }
  verdict_.findings.push_back({kind, number, name, std::move(pointer), std::move(message)});
}

auto Findings::on(std::string_view number, bool is_20) const -> const CheckSpec* {
  const auto* check = find_check(number, is_20);
  if (check == nullptr) return nullptr;
  const auto named = [&](const auto& set) {
    return set.contains("all") || set.contains(check->name) || set.contains(check->number) ||
           set.contains(check->group) ||
           (check->group != "format-checks" && !check->group.empty() &&
            set.contains("approved-values"));
  };
  if (named(options_.enabled)) return check;
  if (named(options_.disabled) || (options_.disabled.empty() && !options_.enabled.empty()))
    return nullptr;
  // The lax form stands in where the strict one was taken out.
  if (number == "102" && !options_.disabled.contains("custom-prefix") &&
      !options_.disabled.contains("101"))
    return nullptr;
  return check;
}

auto check_options(ValidateOptions& options) -> Result<> {
  if (!options.version.empty() && options.version != "2.0" && options.version != "2.1")
    return fail(Code::kMalformed,
                "STIX versions are 2.0 and 2.1, not " + printable(options.version));
  for (auto* set : {&options.disabled, &options.enabled}) {
    for (const auto* group :
         {"1:format-checks", "2:approved-values", "210:all-vocabs", "270:all-external-sources"}) {
      const auto both = std::string_view(group);
      const auto colon = both.find(':');
      if (set->erase(std::string(both.substr(0, colon))) > 0) set->emplace(both.substr(colon + 1));
    }
    for (const auto& word : *set)
      if (!is_check_group(word) && find_check(word, false) == nullptr &&
          find_check(word, true) == nullptr)
        return fail(Code::kNotFound, "there is no check " + shown(word));
  }
  return {};
}

auto ObjectVerdict::valid(bool strict) const -> bool {
  return !rejected && std::none_of(findings.begin(), findings.end(), [&](const auto& one) {
    return strict || one.kind == FindingKind::kMust;
  });
}

auto validate(Value root, const ValidateOptions& options) -> ObjectVerdict {
  return Validator(root, options).run();
}

auto json_offset(std::string_view text, std::string_view pointer) -> std::size_t {
  auto skipper = Skipper(text);
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    if (!skipper.enter(unescape(pointer.substr(0, end)))) break;
    pointer.remove_prefix(end);
  }
  return skipper.at();
}

}  // namespace serjeant::stix

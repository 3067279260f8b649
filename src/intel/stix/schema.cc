#include "intel/stix/schema.h"

#include <algorithm>
#include <array>

#include "core/check.h"
#include "core/text.h"
#include "intel/stix_tables.h"

namespace serjeant::stix {
namespace {

struct KindName {
  std::string_view name;
  ValueKind kind;
};
constexpr auto kKinds = std::array{
    KindName{"text", ValueKind::kText},
    KindName{"int", ValueKind::kInteger},
    KindName{"number", ValueKind::kNumber},
    KindName{"bool", ValueKind::kBool},
    KindName{"time", ValueKind::kTime},
    KindName{"time-seconds", ValueKind::kTimeSeconds},
    KindName{"id", ValueKind::kId},
    KindName{"not-id", ValueKind::kNotId},
    KindName{"ref", ValueKind::kReference},
    KindName{"enum", ValueKind::kEnum},
    KindName{"dict", ValueKind::kDictionary},
    KindName{"text-dict", ValueKind::kTextDictionary},
    KindName{"header-fields", ValueKind::kHeaderFields},
    KindName{"hashes", ValueKind::kHashes},
    KindName{"hex", ValueKind::kHex},
    KindName{"bytes", ValueKind::kBytes},
    KindName{"language", ValueKind::kLanguage},
    KindName{"iso639", ValueKind::kIso639},
    KindName{"charset", ValueKind::kCharset},
    KindName{"media-type", ValueKind::kMediaType},
    KindName{"cpe", ValueKind::kCpe},
    KindName{"email", ValueKind::kEmail},
    KindName{"uri", ValueKind::kUri},
    KindName{"ipv4", ValueKind::kIpv4},
    KindName{"ipv6", ValueKind::kIpv6},
    KindName{"mac", ValueKind::kMac},
    KindName{"registry-key", ValueKind::kRegistryKey},
    KindName{"selector", ValueKind::kSelector},
    KindName{"relationship-name", ValueKind::kRelationshipName},
    KindName{"translations", ValueKind::kTranslations},
    KindName{"extensions", ValueKind::kExtensions},
    KindName{"observables", ValueKind::kObservables},
    KindName{"object", ValueKind::kObject},
    KindName{"any", ValueKind::kAny},
};

using Words = std::vector<std::string_view>;

auto words_of(std::string_view line) -> Words {
  auto out = Words{};
  for (const auto word : split(line, ' '))
    if (!word.empty()) out.push_back(word);
  return out;
}

// "-90..90", "0.."
void read_range(std::string_view text, ValueType& out) {
  const auto dots = text.find("..");
  out.low = to_int(text.substr(0, dots));
  out.high = to_int(text.substr(dots + 2));
}

auto read_type(const Words& words, std::size_t& at) -> ValueType {
  auto out = ValueType{};
  auto word = words[at++];
  if (word.starts_with("[]")) {
    out.list = out.may_be_empty = true;
    word.remove_prefix(2);
  } else if (word.starts_with('[')) {
    out.list = true;
    word.remove_prefix(1);
  }
  const auto closed = word.ends_with(']');
  if (closed) word.remove_suffix(1);
  const auto kind =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& one) { return one.name == word; });
  if (kind == kKinds.end()) {
    out.kind = ValueKind::kPart;
    out.words = {word};
    return out;
  }
  out.kind = kind->kind;
  if (closed || at >= words.size() || words[at].starts_with('~')) return out;
  auto argument = words[at++];
  if (argument.ends_with(']')) argument.remove_suffix(1);
  if (out.kind == ValueKind::kInteger || out.kind == ValueKind::kNumber)
    read_range(argument, out);
  else
    out.words = split(argument, '|');
  return out;
}

auto read_property(const Words& words) -> PropertySpec {
  auto out = PropertySpec{.name = words[0]};
  if (out.name.ends_with('!')) {
    out.required = true;
    out.name.remove_suffix(1);
  }
  auto at = std::size_t{1};
  out.type = read_type(words, at);
  if (at < words.size()) {
    out.vocabulary = words[at].substr(1);
    out.spelling = !out.vocabulary.starts_with('!');
    if (!out.spelling) out.vocabulary.remove_prefix(1);
  }
  return out;
}

// `words` begins with "|".
auto read_rule(const Words& words) -> RuleSpec {
  auto out = RuleSpec{};
  const auto name = words[1];
  if (name == "when") {
    out.kind = words[4] == "without" ? RuleKind::kWhenWithout : RuleKind::kWhenNeeds;
    out.names = {words[2], words[3], words[5]};
    return out;
  }
  out.kind = name == "one-of"     ? RuleKind::kOneOf
             : name == "only-one" ? RuleKind::kOnlyOne
             : name == "with"     ? RuleKind::kWith
             : name == "after"    ? RuleKind::kAfter
                                  : RuleKind::kNotBefore;
  out.names.assign(words.begin() + 2, words.end());
  return out;
}

auto group_of(std::string_view word) -> TypeGroup {
  if (word == "sdo") return TypeGroup::kDomain;
  if (word == "sro") return TypeGroup::kRelationship;
  if (word == "sco") return TypeGroup::kObservable;
  if (word == "meta") return TypeGroup::kMeta;
  return word == "extension" ? TypeGroup::kExtension : TypeGroup::kPart;
}

auto table(std::string_view name) -> std::string_view {
  for (const auto& [path, text] : kStixTables)
    if (path.ends_with(name)) return text;
  SJ_CHECK(false);
  return {};
}

auto read_checks() -> std::vector<CheckSpec> {
  auto out = std::vector<CheckSpec>{};
  for (const auto line : split(table("checks.txt"), '\n')) {
    const auto words = words_of(line);
    if (words.empty() || words[0] == "#") continue;
    const auto& versions = words[3];
    out.push_back({.number = words[0],
                   .name = words[1],
                   .group = words[2] == "-" ? std::string_view{} : words[2],
                   .ensures = line.substr(static_cast<std::size_t>(words[4].data() - line.data())),
                   .in_20 = versions.find("20") != std::string_view::npos,
                   .in_21 = versions.find("21") != std::string_view::npos});
  }
  return out;
}

auto read_registries() -> std::map<std::string_view, std::set<std::string_view>> {
  auto out = std::map<std::string_view, std::set<std::string_view>>{};
  for (const auto line : split(table("registries.txt"), '\n')) {
    const auto words = words_of(line);
    if (words.size() > 2 && words[0] == "list")
      out[words[1]].insert(words.begin() + 2, words.end());
  }
  return out;
}

}  // namespace

auto TypeSpec::find(std::string_view property) const -> const PropertySpec* {
  for (const auto& one : properties)
    if (one.name == property) return &one;
  return nullptr;
}

Schema::Schema(std::string_view table) {
  auto commons = std::map<std::string_view, std::vector<PropertySpec>>{};
  auto* properties = static_cast<std::vector<PropertySpec>*>(nullptr);
  auto* type = static_cast<TypeSpec*>(nullptr);
  for (const auto line : split(table, '\n')) {
    const auto words = words_of(line);
    if (words.empty() || words[0] == "#") continue;
    const auto key = words[0];
    if (line.starts_with(' ')) {
      if (key == "|")
        type->rules.push_back(read_rule(words));
      else if (auto made = read_property(words); true) {
        // A type's own line about a common property takes the place of the common one.
        std::erase_if(*properties, [&](const auto& one) { return one.name == made.name; });
        properties->push_back(std::move(made));
      }
    } else if (key == "common") {
      properties = &commons[words[1]];
    } else if (key == "vocabulary") {
      vocabularies_[words[1]].insert(words.begin() + 2, words.end());
    } else if (key == "reserved") {
      reserved_.insert(words.begin() + 1, words.end());
    } else if (key == "reserved-type") {
      reserved_types_.insert(words.begin() + 1, words.end());
    } else if (key == "relates") {
      sources_.insert(words[1]);
      relates_[{words[1], words[2]}].insert(words.begin() + 3, words.end());
    } else {
      type = &types_[words[1]];
      *type = {.name = words[1], .group = group_of(key)};
      if (words.size() > 3 && words[2] == ":") type->properties = commons[words[3]];
      if (words.size() > 3 && words[2] == "of") type->of = words[3];
      properties = &type->properties;
    }
  }
}

auto Schema::v20() -> const Schema& {
  static const auto schema = Schema(table("stix20.txt"));
  return schema;
}
auto Schema::v21() -> const Schema& {
  static const auto schema = Schema(table("stix21.txt"));
  return schema;
}

auto Schema::object(std::string_view type) const -> const TypeSpec* {
  const auto found = types_.find(type);
  return found == types_.end() || found->second.group >= TypeGroup::kPart ? nullptr
                                                                          : &found->second;
}
auto Schema::part(std::string_view name) const -> const TypeSpec* {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : &found->second;
}
auto Schema::extension(std::string_view name, std::string_view of) const -> const TypeSpec* {
  const auto* found = part(name);
  return found != nullptr && found->group == TypeGroup::kExtension && found->of == of ? found
                                                                                      : nullptr;
}
auto Schema::is_observable(std::string_view type) const -> bool {
  const auto* found = object(type);
  return found != nullptr && found->group == TypeGroup::kObservable;
}
auto Schema::in_vocabulary(std::string_view number, std::string_view word) const -> bool {
  const auto found = vocabularies_.find(number);
  return found != vocabularies_.end() && found->second.contains(word);
}
auto Schema::targets(std::string_view source, std::string_view relationship) const
    -> const std::set<std::string_view>* {
  const auto found = relates_.find({source, relationship});
  return found == relates_.end() ? nullptr : &found->second;
}

auto checks() -> std::span<const CheckSpec> {
  static const auto all = read_checks();
  return all;
}

auto find_check(std::string_view number_or_name, bool is_20) -> const CheckSpec* {
  for (const auto& check : checks())
    if ((is_20 ? check.in_20 : check.in_21) &&
        (check.number == number_or_name || check.name == number_or_name))
      return &check;
  return nullptr;
}

auto is_check_group(std::string_view word) -> bool {
  for (const auto* group : {"all", "format-checks", "approved-values", "all-vocabs",
                            "all-external-sources", "1", "2", "210", "270"})
    if (word == group) return true;
  return false;
}

auto in_registry(std::string_view number, std::string_view word) -> bool {
  static const auto all = read_registries();
  const auto found = all.find(number);
  return found != all.end() && found->second.contains(word);
}

}  // namespace serjeant::stix

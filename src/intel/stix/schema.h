#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

// What the standard says of each type of object, as tables: tables/stix20.txt and
// stix21.txt, compiled in and read once. A line of a table is a property: its name
// (`!` = required), the kind of its value (in brackets: a list with at least one
// member; after `[]`: a list that may be empty) and, after `~`, the number of the
// check that holds it against a vocabulary (`~!`: but not against its spelling).
// Lines with `|` are rules between properties:
//   one-of a b     at least one is there (* = any property of the object)
//   only-one a b   exactly one
//   with a b       where a is, b is
//   after a b      time a is later than b; not-before: or equal
//   when a V without b, when a V needs b
namespace serjeant::stix {

enum class ValueKind : std::uint8_t {
  kText,
  kInteger,
  kNumber,
  kBool,
  kTime,
  kTimeSeconds,
  kId,
  kNotId,
  kReference,
  kEnum,
  kDictionary,
  kTextDictionary,
  kHeaderFields,
  kHashes,
  kHex,
  kBytes,
  kLanguage,
  kIso639,
  kCharset,
  kMediaType,
  kCpe,
  kEmail,
  kUri,
  kIpv4,
  kIpv6,
  kMac,
  kRegistryKey,
  kSelector,
  kRelationshipName,
  kTranslations,
  kExtensions,
  kObservables,
  kObject,
  kAny,
  kPart
};

struct ValueType {
  ValueKind kind = ValueKind::kAny;
  bool list = false, may_be_empty = false;
  std::vector<std::string_view> words = {};  // allowed values or types, or the part's name
  std::optional<std::int64_t> low = {}, high = {};
};

struct PropertySpec {
  std::string_view name;
  bool required = false;
  ValueType type = {};
  std::string_view vocabulary = {};  // the number of its check, or empty
  bool spelling = false;             // check 111 applies too
};

enum class RuleKind : std::uint8_t {
  kOneOf,
  kOnlyOne,
  kWith,
  kAfter,
  kNotBefore,
  kWhenWithout,
  kWhenNeeds
};
struct RuleSpec {
  RuleKind kind = RuleKind::kOneOf;
  std::vector<std::string_view> names = {};
};

enum class TypeGroup : std::uint8_t {
  kDomain,
  kRelationship,
  kObservable,
  kMeta,
  kPart,
  kExtension
};

struct TypeSpec {
  std::string_view name;
  TypeGroup group = TypeGroup::kPart;
  std::string_view of = {};  // of an extension: the type that it extends
  std::vector<PropertySpec> properties = {};
  std::vector<RuleSpec> rules = {};
  auto find(std::string_view property) const -> const PropertySpec*;
};

class Schema {
 public:
  static auto v20() -> const Schema&;
  static auto v21() -> const Schema&;

  // A type of objects: no part and no extension.
  auto object(std::string_view type) const -> const TypeSpec*;
  auto part(std::string_view name) const -> const TypeSpec*;
  auto extension(std::string_view name, std::string_view of) const -> const TypeSpec*;
  auto is_observable(std::string_view type) const -> bool;
  auto in_vocabulary(std::string_view number, std::string_view word) const -> bool;
  auto is_reserved(std::string_view property) const -> bool { return reserved_.contains(property); }
  auto is_reserved_type(std::string_view type) const -> bool {
    return reserved_types_.contains(type);
  }
  // What may be the target of the relationship; null if the source has none of
  // that name. `knows_source` says whether it has any.
  auto targets(std::string_view source, std::string_view relationship) const
      -> const std::set<std::string_view>*;
  auto knows_source(std::string_view source) const -> bool { return sources_.contains(source); }

  explicit Schema(std::string_view table);  // for `v20` and `v21`

 private:
  std::map<std::string_view, TypeSpec> types_;
  std::map<std::string_view, std::set<std::string_view>> vocabularies_;
  std::map<std::pair<std::string_view, std::string_view>, std::set<std::string_view>> relates_;
  std::set<std::string_view> reserved_, reserved_types_, sources_;
};

// A SHOULD check: tables/checks.txt.
struct CheckSpec {
  std::string_view number, name, group, ensures;
  bool in_20 = false, in_21 = false;
};
auto checks() -> std::span<const CheckSpec>;
auto find_check(std::string_view number_or_name, bool is_20) -> const CheckSpec*;
// "format-checks" and the other names of groups, and "all".
auto is_check_group(std::string_view number_or_name) -> bool;
// Is `word` in the list of that number (tables/registries.txt)?
auto in_registry(std::string_view number, std::string_view word) -> bool;

}  // namespace serjeant::stix

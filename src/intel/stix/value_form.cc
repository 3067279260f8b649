#include "intel/stix/value_form.h"

#include <unicode/uloc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "core/text.h"
#include "core/uuid.h"
#include "intel/stix/address.h"
#include "intel/stix/identifier.h"
#include "intel/stix/moment.h"

namespace serjeant::stix {
namespace {

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }
auto is_lower(char c) -> bool { return c >= 'a' && c <= 'z'; }
auto is_letter(char c) -> bool { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
auto is_hex(char c) -> bool {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
template <class Test>
auto all(std::string_view text, Test test) -> bool {
  return std::all_of(text.begin(), text.end(), test);
}

auto is_whole(std::string_view number) -> bool {
  if (to_int(number)) return true;
  auto value = 0.0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  return error == std::errc{} && value >= -9.2e18 && value <= 9.2e18 &&
         value == static_cast<double>(static_cast<std::int64_t>(value));
}

auto in_range(std::string_view number, const ValueType& type) -> bool {
  auto value = 0.0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{}) return !type.low && !type.high;
  return (!type.low || value >= static_cast<double>(*type.low)) &&
         (!type.high || value <= static_cast<double>(*type.high));
}

// RFC 3986, section 3: a scheme and characters that a URI may have.
auto is_uri(std::string_view text) -> bool {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text[0])) return false;
  const auto scheme = text.substr(0, colon);
  if (!all(scheme,
           [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }))
    return false;
  return all(text, [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("<>\"{}|\\^`").find(c) == std::string_view::npos;
  });
}

auto is_email(std::string_view text) -> bool {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 >= text.size()) return false;
  const auto domain = text.substr(at + 1);
  return text.find_first_of(" \t\r\n") == std::string_view::npos &&
         text.substr(0, at).find('@') == std::string_view::npos && domain.front() != '.' &&
         domain.back() != '.';
}

// CPE 2.3, formatted string binding (NISTIR 7695): cpe:2.3: and 11 components.
auto is_cpe(std::string_view text) -> bool {
  constexpr auto kBegin = std::string_view("cpe:2.3:");
  if (!text.starts_with(kBegin)) return false;
  text.remove_prefix(kBegin.size());
  auto components = 1;
  auto length = 0;
  for (auto i = std::size_t{0}; i < text.size(); ++i) {
    const auto c = text[i];
    if (c <= ' ' || c >= 0x7f) return false;
    if (c == '\\') {
      if (++i >= text.size()) return false;
      ++length;
    } else if (c == ':') {
      if (length == 0) return false;
      ++components;
      length = 0;
    } else {
      ++length;
    }
  }
  return components == 11 && length > 0 &&
         std::string_view("aho*-").find(text[0]) != std::string_view::npos && text[1] == ':';
}

auto is_media_type(std::string_view text) -> bool {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 >= text.size()) return false;
  for (const auto* top :
       {"application", "audio", "font", "image", "message", "model", "multipart", "text", "video"})
    if (text.substr(0, slash) == top)
      return all(text.substr(slash + 1, text.find(';') - slash - 1), [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view(".+_-").find(c) != std::string_view::npos;
      });
  return false;
}

auto is_block(std::string_view text, std::uint8_t size) -> bool {
  const auto block = read_address(text);
  if (!block || block->size != size) return false;
  const auto slash = text.find('/');
  return slash == std::string_view::npos || text.size() == slash + 2 || text[slash + 1] != '0';
}

auto is_mac(std::string_view text) -> bool {
  if (text.size() != 17) return false;
  for (auto i = std::size_t{0}; i < text.size(); ++i)
    if (i % 3 == 2 ? text[i] != ':' : !(is_digit(text[i]) || (text[i] >= 'a' && text[i] <= 'f')))
      return false;
  return true;
}

// "a.b.[0].c"; whether it selects something is told elsewhere.
auto is_selector(std::string_view text) -> bool {
  if (text.empty() || !is_lower(text[0])) return false;
  for (const auto step : split(text, '.')) {
    if (step.empty()) return false;
    if (step.front() == '[' ? step.size() < 3 || step.back() != ']' ||
                                  !all(step.substr(1, step.size() - 2), is_digit)
                            : !all(step, [](char c) {
                                return is_letter(c) || is_digit(c) || c == '_' || c == '-';
                              }))
      return false;
  }
  return true;
}

// The codes of ISO 639-2, both those made from the English and from the
// language's own name.
auto iso639() -> const std::set<std::string>& {
  static const auto codes = [] {
    auto out = std::set<std::string>{"alb", "arm", "baq", "bur", "chi", "cze", "dut", "fre",
                                     "geo", "ger", "gre", "ice", "mac", "mao", "may", "per",
                                     "rum", "slo", "tib", "wel", "mis", "mul", "und", "zxx"};
    for (const auto* const* language = uloc_getISOLanguages(); *language != nullptr; ++language) {
      const auto* three = uloc_getISO3Language(*language);
      out.emplace(*three != '\0' ? three : *language);
    }
    return out;
  }();
  return codes;
}

auto is_listed(const char* const* list, std::string_view code) -> bool {
  for (; *list != nullptr; ++list)
    if (equals_ignoring_ascii_case(*list, code)) return true;
  return false;
}

auto join(const std::vector<std::string_view>& words) -> std::string {
  auto out = std::string{};
  for (const auto word : words) (out += out.empty() ? "" : ", ") += word;
  return out;
}

auto flaw_of_number(Value value, const ValueType& type) -> std::string {
  const auto whole = type.kind == ValueKind::kInteger;
  if (!value.is_number() || (whole && !is_whole(value.text())))
    return whole ? "is no whole number" : "is no number";
  if (in_range(value.text(), type)) return {};
  return "is not within " + (type.low ? std::to_string(*type.low) : "") + ".." +
         (type.high ? std::to_string(*type.high) : "");
}

auto flaw_of_time(std::string_view text, bool seconds) -> std::string {
  const auto time = read_moment(text);
  if (!time) return "is no time such as 2016-05-12T08:17:27.000Z";
  if (!time->exists) return "is a day that does not exist";
  return seconds && text.find('.') != std::string_view::npos ? "is not to have a fraction" : "";
}

auto flaw_of_id(std::string_view text, const ValueType& type) -> std::string {
  if (!is_identifier(text)) return "is no identifier such as malware--<UUID>";
  const auto kind = text.substr(0, text.find("--"));
  const auto named = std::find(type.words.begin(), type.words.end(), kind) != type.words.end();
  if (type.kind == ValueKind::kNotId)
    return named ? "is not to refer to a " + std::string(kind) : "";
  return type.words.empty() || named ? "" : "is to refer to one of: " + join(type.words);
}

// Kinds whose values are all text.
auto flaw_of_text(std::string_view text, const ValueType& type) -> std::string {
  switch (type.kind) {
    case ValueKind::kTime:
    case ValueKind::kTimeSeconds:
      return flaw_of_time(text, type.kind == ValueKind::kTimeSeconds);
    case ValueKind::kId:
    case ValueKind::kNotId:
      return flaw_of_id(text, type);
    case ValueKind::kEnum:
      return std::find(type.words.begin(), type.words.end(), text) != type.words.end()
                 ? ""
                 : "is none of: " + join(type.words);
    case ValueKind::kHex:
      return text.size() % 2 == 0 && all(text, is_hex) ? "" : "is no hexadecimal";
    case ValueKind::kBytes:
      return base64_decode(text) ? "" : "is no base64";
    case ValueKind::kLanguage:
      return is_language_tag(text) ? "" : "is no language tag of RFC 5646";
    case ValueKind::kIso639:
      return iso639().contains(std::string(text)) ? "" : "is no language code of ISO 639-2";
    case ValueKind::kCharset:
      return !text.empty() &&
                     all(text,
                         [](char c) {
                           return is_letter(c) || is_digit(c) ||
                                  std::string_view("_()-").find(c) != std::string_view::npos;
                         })
                 ? ""
                 : "is no name of a character set";
    case ValueKind::kMediaType:
      return is_media_type(text) ? "" : "is no media type such as application/zip";
    case ValueKind::kCpe:
      return is_cpe(text) ? "" : "is no CPE 2.3";
    case ValueKind::kEmail:
      return is_email(text) ? "" : "is no mail address";
    case ValueKind::kUri:
      return is_uri(text) ? "" : "is no URI";
    case ValueKind::kIpv4:
      return is_block(text, 4) ? "" : "is no IPv4 address or CIDR block";
    case ValueKind::kIpv6:
      return is_block(text, 16) ? "" : "is no IPv6 address or CIDR block";
    case ValueKind::kMac:
      return is_mac(text) ? "" : "is no MAC address such as d2:fb:49:24:37:18";
    case ValueKind::kRegistryKey:
      for (const auto* hive : {"HKLM", "HKCC", "HKCR", "HKCU", "HKU"})
        if (starts_with_ignoring_case(text, hive)) return "is to have its hive in full";
      return "";
    case ValueKind::kSelector:
      return is_selector(text) ? "" : "is no selector such as labels.[0]";
    case ValueKind::kRelationshipName:
      return !text.empty() &&
                     all(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; })
                 ? ""
                 : "is to be lower case letters, digits and hyphens";
    default:
      return "";
  }
}

auto is_key(std::string_view key, std::size_t least, std::size_t most) -> bool {
  return key.size() >= least && key.size() <= most &&
         all(key, [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; });
}

auto flaw_of_dictionary(Value value, const ValueType& type, bool is_20) -> std::string {
  if (!value.is_object()) return "is no dictionary";
  const auto headers = type.kind == ValueKind::kHeaderFields;
  if (value.begin() == value.end() && !headers) return "is empty";
  for (const auto member : value) {
    if (!headers && !is_key(member.key(), is_20 ? 3 : 1, is_20 ? 256 : 250))
      return "has a key that is none: " + printable(member.key().substr(0, 60));
    const auto is_list = member.is_array();
    if (member.is_null() || (is_list && member.begin() == member.end()))
      return "has no value for " + printable(member.key());
    if (type.kind == ValueKind::kTextDictionary && !member.is_text())
      return "has a value that is no text: " + printable(member.key());
    if (headers && !member.is_text() && !is_list)
      return "has a value that is neither text nor list: " + printable(member.key());
  }
  return {};
}

struct HashForm {
  std::string_view name;
  std::size_t digits;
};
constexpr auto kHashForms =
    std::array{HashForm{"MD5", 32},      HashForm{"RIPEMD-160", 40}, HashForm{"SHA-1", 40},
               HashForm{"SHA-224", 56},  HashForm{"SHA-256", 64},    HashForm{"SHA-384", 96},
               HashForm{"SHA-512", 128}, HashForm{"SHA3-224", 56},   HashForm{"SHA3-256", 64},
               HashForm{"SHA3-384", 96}, HashForm{"SHA3-512", 128},  HashForm{"WHIRLPOOL", 128}};

auto flaw_of_hashes(Value value, bool is_20) -> std::string {
  if (!value.is_object()) return "is no dictionary of hashes";
  if (value.begin() == value.end()) return "is empty";
  for (const auto member : value) {
    const auto name = member.key();
    if (!is_key(name, 3, is_20 ? 256 : 250))
      return "has a name that no hash can have: " + printable(name.substr(0, 60));
    if (!member.is_text()) return "has a hash that is no text: " + printable(name);
    for (const auto& form : kHashForms)
      if (form.name == name && (member.text().size() != form.digits || !all(member.text(), is_hex)))
        return "has a " + std::string(name) + " that is none";
  }
  return {};
}

auto flaw_of_translations(Value value) -> std::string {
  if (!value.is_object()) return "is no dictionary of languages";
  for (const auto language : value) {
    if (!is_language_tag(language.key()))
      return "has a key that is no language tag: " + printable(language.key());
    if (!language.is_object()) return "has a language without properties";
    for (const auto property : language)
      if (!is_property_name(property.key(), false))
        return "has a name that is no property's: " + printable(property.key());
  }
  return {};
}

}  // namespace

auto flaw_of(Value value, const ValueType& type, bool is_20) -> std::string {
  switch (type.kind) {
    case ValueKind::kAny:
      return value.is_null() ? "is null" : "";
    case ValueKind::kInteger:
    case ValueKind::kNumber:
      return flaw_of_number(value, type);
    case ValueKind::kBool:
      return value.is_bool() ? "" : "is neither true nor false";
    case ValueKind::kObject:
    case ValueKind::kPart:
      return value.is_object() ? "" : "is no object";
    case ValueKind::kDictionary:
    case ValueKind::kTextDictionary:
    case ValueKind::kHeaderFields:
      return flaw_of_dictionary(value, type, is_20);
    case ValueKind::kHashes:
      return flaw_of_hashes(value, is_20);
    case ValueKind::kTranslations:
      return flaw_of_translations(value);
    case ValueKind::kExtensions:
    case ValueKind::kObservables:
      if (!value.is_object()) return "is no dictionary";
      return value.begin() == value.end() ? "is empty" : "";
    default:
      return value.is_text() ? flaw_of_text(value.text(), type) : "is no text";
  }
}

auto is_type_name(std::string_view name, bool is_20) -> bool {
  if (name.size() < 3 || name.size() > 250) return false;
  if (is_20 && name.front() == '-') name.remove_prefix(1);
  if (name.ends_with('-')) name.remove_suffix(1);
  if (name.empty() || (!is_20 && !is_lower(name[0]))) return false;
  for (const auto word : split(name, '-'))
    if (word.empty() || !all(word, [](char c) { return is_lower(c) || is_digit(c); })) return false;
  return true;
}

auto is_property_name(std::string_view name, bool is_20) -> bool {
  const auto fits = [](char c) { return is_lower(c) || is_digit(c) || c == '_'; };
  if (is_20) return name.size() >= 3 && name.size() <= 250 && all(name, fits);
  return name.size() >= 3 && is_lower(name[0]) && all(name, fits);
}

auto is_identifier(std::string_view text) -> bool {
  const auto dashes = text.find("--");
  if (dashes == std::string_view::npos || dashes < 3) return false;
  const auto type = text.substr(0, dashes);
  const auto uuid = text.substr(dashes + 2);
  return is_lower(type[0]) && type.back() != '-' &&
         all(type, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; }) &&
         is_uuid(uuid) && uuid[14] >= '1' && uuid[14] <= '5' &&
         std::string_view("89abAB").find(uuid[19]) != std::string_view::npos;
}

auto is_language_tag(std::string_view text) -> bool {
  const auto subtags = split(text, '-');
  if (subtags[0].size() < 2 || subtags[0].size() > 3 ||
      !is_listed(uloc_getISOLanguages(), subtags[0]))
    return false;
  for (auto i = std::size_t{1}; i < subtags.size(); ++i) {
    const auto subtag = subtags[i];
    if (subtag.empty() || subtag.size() > 8 ||
        !all(subtag, [](char c) { return is_letter(c) || is_digit(c); }))
      return false;
    if (i == 1 && subtag.size() == 2 && !is_country(subtag) && subtag != "CB" && subtag != "SP")
      return false;
  }
  return true;
}

auto is_country(std::string_view code) -> bool {
  return code.size() == 2 && is_listed(uloc_getISOCountries(), code);
}

auto has_custom_prefix(std::string_view name, char between, bool lax) -> bool {
  if (name.size() < 3 || name[0] != 'x' || name[1] != between) return false;
  if (lax) return true;
  // x_SOURCE_NAME: something on either side of a further separator.
  const auto next = name.find(between, 3);
  return next != std::string_view::npos && next + 1 < name.size();
}

auto is_lower_with_hyphens(std::string_view word) -> bool {
  return std::any_of(word.begin(), word.end(), is_lower) &&
         std::none_of(word.begin(), word.end(),
                      [](char c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == ' '; });
}

}  // namespace serjeant::stix

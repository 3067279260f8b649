#include "detect/mail/auth/spf_record.h"

#include <arpa/inet.h>

#include <algorithm>

#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostExpanded = std::size_t{65'536};
constexpr auto kLongestDomain = std::size_t{253};

auto is_alpha(char c) -> bool { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }
auto is_alnum(char c) -> bool { return is_alpha(c) || is_digit(c); }
auto is_delimiter(char c) -> bool {
  return std::string_view(".-+,/_=").find(c) != std::string_view::npos;
}

// A macro at the start of `text`, which begins with '%'.
struct Macro {
  char letter = 0;           // lower case; 0 for %%, %_ and %-
  std::string_view literal;  // what those stand for
  bool escaped = false;      // written in upper case
  bool reversed = false;
  std::uint32_t parts = 0;  // rightmost ones to keep; 0 = all
  std::string_view delimiters;
  std::size_t length = 0;
};
auto read_macro(std::string_view text, SpfText kind) -> std::optional<Macro> {
  auto out = Macro{};
  if (text.size() < 2) return std::nullopt;
  out.length = 2;
  switch (text[1]) {
    case '%':
      out.literal = "%";
      return out;
    case '_':
      out.literal = " ";
      return out;
    case '-':
      out.literal = "%20";
      return out;
    case '{':
      break;
    default:
      return std::nullopt;
  }
  const auto close = text.find('}');
  if (close == text.npos || close < 3) return std::nullopt;
  const auto letters = std::string_view(kind == SpfText::kExplanation ? "slodiphvcrt" : "slodiphv");
  out.letter = lower_ascii(text.substr(2, 1))[0];
  if (letters.find(out.letter) == letters.npos) return std::nullopt;
  out.escaped = text[2] != out.letter;
  auto at = std::size_t{3};
  const auto digits = at;
  while (at < close && is_digit(text[at])) ++at;
  if (at > digits) {
    const auto count = to_uint(text.substr(digits, at - digits));
    if (count && *count == 0) return std::nullopt;
    out.parts = static_cast<std::uint32_t>(std::min(count.value_or(1000), std::uint64_t{1000}));
  }
  if (at < close && (text[at] == 'r' || text[at] == 'R')) {
    out.reversed = true;
    ++at;
  }
  out.delimiters = text.substr(at, close - at);
  if (!std::all_of(out.delimiters.begin(), out.delimiters.end(), is_delimiter)) return std::nullopt;
  out.length = close + 1;
  return out;
}

// The macro-string of section 7.1; `ends_in_macro` for the rule of domain-end.
auto is_macro_string(std::string_view text, SpfText kind, std::size_t* last_macro_end = nullptr)
    -> bool {
  for (auto i = std::size_t{0}; i < text.size();) {
    if (text[i] == '%') {
      const auto macro = read_macro(text.substr(i), kind);
      if (!macro) return false;
      i += macro->length;
      if (last_macro_end) *last_macro_end = i;
    } else {
      if (text[i] < 0x21 || text[i] > 0x7e) {
        if (kind == SpfText::kDomain || text[i] != ' ') return false;
      }
      ++i;
    }
  }
  return true;
}

// domain-end: a top label that is not all digits, or a macro.
auto is_domain_spec(std::string_view text) -> bool {
  auto macro_end = std::size_t{0};
  if (text.empty() || !is_macro_string(text, SpfText::kDomain, &macro_end)) return false;
  if (macro_end == text.size()) return true;
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto dot = text.rfind('.');
  if (dot == text.npos || dot < macro_end - std::min(macro_end, std::size_t{1})) {
    if (dot == text.npos || dot + 1 < macro_end) return false;
  }
  const auto label = text.substr(dot + 1);
  if (label.empty() || !is_alnum(label.front()) || !is_alnum(label.back())) return false;
  auto only_digits = true;
  for (const auto c : label) {
    if (!is_alnum(c) && c != '-') return false;
    only_digits = only_digits && is_digit(c);
  }
  return !only_digits;
}

// A prefix length without leading zeros, at most `most`.
auto read_prefix(std::string_view digits, std::uint32_t most) -> std::optional<std::uint32_t> {
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0'))
    return std::nullopt;
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  const auto value = to_uint(digits);
  if (!value || *value > most) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

// Takes "/24", "//64" or "/24//64" off the end of `text`; false if a number is wrong.
auto take_prefixes(std::string_view& text, SpfDirective& out) -> bool {
  const auto digits_from = [&] {
    auto at = text.size();
    while (at > 0 && is_digit(text[at - 1])) --at;
    return at;
  };
  auto at = digits_from();
  if (at < text.size() && at >= 2 && text[at - 1] == '/' && text[at - 2] == '/') {
    const auto six = read_prefix(text.substr(at), 128);
    if (!six) return false;
    out.prefix6 = *six;
    text.remove_suffix(text.size() - at + 2);
    at = digits_from();
  }
  if (at < text.size() && at >= 1 && text[at - 1] == '/') {
    const auto four = read_prefix(text.substr(at), 32);
    if (!four) return false;
    out.prefix4 = *four;
    text.remove_suffix(text.size() - at + 1);
  }
  return true;
}

auto read_network(std::string_view text, bool six, SpfDirective& out) -> bool {
  const auto slash = text.find('/');
  if (slash != text.npos) {
    const auto bits = read_prefix(text.substr(slash + 1), six ? 128 : 32);
    if (!bits) return false;
    (six ? out.prefix6 : out.prefix4) = *bits;
    text = text.substr(0, slash);
  }
  const auto literal = std::string(text);
  if (literal.find('\0') != literal.npos) return false;
  return inet_pton(six ? AF_INET6 : AF_INET, literal.c_str(), out.network.data()) == 1;
}

auto read_directive(std::string_view term, SpfDirective& out) -> bool {
  out.text = term;
  if (std::string_view("+-~?").find(term[0]) != std::string_view::npos) {
    out.qualifier = term[0];
    term.remove_prefix(1);
  }
  const auto name_end = std::min(term.find_first_of(":/"), term.size());
  const auto name = lower_ascii(term.substr(0, name_end));
  auto rest = term.substr(name_end);
  const auto argument = rest.starts_with(':') ? rest.substr(1) : std::string_view{};
  const auto named = [&](SpfMechanism mechanism) {
    out.mechanism = mechanism;
    out.domain = argument;
    return rest.starts_with(':') && is_domain_spec(argument);
  };
  if (name == "all") return rest.empty();
  if (name == "include") return named(SpfMechanism::kInclude);
  if (name == "exists") return named(SpfMechanism::kExists);
  if (name == "ptr") {
    out.mechanism = SpfMechanism::kPtr;
    return rest.empty() || named(SpfMechanism::kPtr);
  }
  if (name == "a" || name == "mx") {
    out.mechanism = name == "a" ? SpfMechanism::kA : SpfMechanism::kMx;
    if (!take_prefixes(rest, out)) return false;
    if (rest.empty()) return true;
    if (!rest.starts_with(':')) return false;
    out.domain = rest.substr(1);
    return is_domain_spec(out.domain);
  }
  if (name == "ip4" || name == "ip6") {
    const auto six = name == "ip6";
    out.mechanism = six ? SpfMechanism::kIp6 : SpfMechanism::kIp4;
    return rest.starts_with(':') && read_network(argument, six, out);
  }
  return false;
}

// name "=" value; the place of the "=", or npos if the term is no modifier.
auto modifier_sign(std::string_view term) -> std::size_t {
  if (!is_alpha(term[0])) return term.npos;
  for (auto i = std::size_t{0}; i < term.size(); ++i) {
    if (term[i] == '=') return i;
    if (!is_alnum(term[i]) && term[i] != '-' && term[i] != '_' && term[i] != '.') break;
  }
  return term.npos;
}

auto read_term(std::string_view term, SpfRecord& out) -> bool {
  const auto sign = modifier_sign(term);
  if (sign == term.npos) {
    auto directive = SpfDirective{};
    if (!read_directive(term, directive)) return false;
    out.directives.push_back(std::move(directive));
    return true;
  }
  const auto name = lower_ascii(term.substr(0, sign));
  const auto value = term.substr(sign + 1);
  if (name != "redirect" && name != "exp") return is_macro_string(value, SpfText::kDomain);
  auto& place = name == "redirect" ? out.redirect : out.explanation;
  if (!place.empty() || !is_domain_spec(value)) return false;  // each at most once (section 6)
  place = value;
  return true;
}

auto url_escaped(std::string_view text) -> std::string {
  constexpr auto kDigits = std::string_view("0123456789ABCDEF");
  auto out = std::string{};
  for (const auto c : text) {
    if (is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

auto value_of(char letter, const SpfMacros& macros) -> const std::string& {
  switch (letter) {
    case 's':
      return macros.sender;
    case 'l':
      return macros.local;
    case 'o':
      return macros.sender_domain;
    case 'd':
      return macros.domain;
    case 'h':
      return macros.helo;
    case 'i':
      return macros.ip;
    case 'c':
      return macros.ip_readable;
    case 'v':
      return macros.ip_kind;
    case 'p':
      return macros.validated;
    case 'r':
      return macros.receiver;
    default:
      return macros.seconds;
  }
}

auto transformed(const Macro& macro, std::string_view value) -> std::string {
  const auto delimiters = macro.delimiters.empty() ? std::string_view(".") : macro.delimiters;
  auto parts = std::vector<std::string_view>{};
  for (auto at = std::size_t{0}; at <= value.size();) {
    const auto end = std::min(value.find_first_of(delimiters, at), value.size());
    parts.push_back(value.substr(at, end - at));
    at = end + 1;
  }
  if (macro.reversed) std::reverse(parts.begin(), parts.end());
  const auto skip =
      macro.parts != 0 && parts.size() > macro.parts ? parts.size() - macro.parts : std::size_t{0};
  auto out = std::string{};
  for (auto i = skip; i < parts.size(); ++i) {
    if (i > skip) out += '.';
    out += parts[i];
  }
  return out;
}

}  // namespace

auto is_spf_record(std::string_view text) -> bool {
  return starts_with_ignoring_case(text, "v=spf1") && (text.size() == 6 || text[6] == ' ');
}

auto parse_spf_record(std::string_view text) -> SpfRecord {
  auto out = SpfRecord{};
  for (const auto term : split(text.substr(6), ' ')) {
    if (term.empty() || read_term(term, out)) continue;
    out = {};
    out.flaw = term;
    break;
  }
  return out;
}

auto uses_validated_name(std::string_view text) -> bool {
  for (auto at = text.find("%{"); at != text.npos; at = text.find("%{", at + 2))
    if (at + 2 < text.size() && (text[at + 2] == 'p' || text[at + 2] == 'P')) return true;
  return false;
}

auto expand_spf(std::string_view text, const SpfMacros& macros, SpfText kind)
    -> std::optional<std::string> {
  if (!is_macro_string(text, kind)) return std::nullopt;
  auto out = std::string{};
  for (auto i = std::size_t{0}; i < text.size();) {
    if (text[i] != '%') {
      out += text[i++];
      continue;
    }
    const auto macro = *read_macro(text.substr(i), kind);
    i += macro.length;
    if (macro.letter == 0) {
      out += macro.literal;
      continue;
    }
    auto value = transformed(macro, value_of(macro.letter, macros));
    out += macro.escaped ? url_escaped(value) : value;
    if (out.size() > kMostExpanded) return std::nullopt;
  }
  if (kind == SpfText::kDomain) {
    if (out.ends_with('.')) out.pop_back();
    while (out.size() > kLongestDomain) {
      const auto dot = out.find('.');
      if (dot == out.npos) break;
      out.erase(0, dot + 1);
    }
  }
  return out;
}

}  // namespace serjeant::mail

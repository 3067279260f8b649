#include "intel/report/indicators.h"

#include <arpa/inet.h>
#include <libpsl.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/text.h"
#include "intel/report/words.h"

namespace serjeant::report {
namespace {

constexpr std::size_t kLongestWord = 4096;

auto all(std::string_view text, bool (*is)(char)) -> bool {
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}
auto hexdigit(char c) -> bool { return digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

// The ways writers make an address harmless, longest first.
struct Disarmed {
  std::string_view written, meant;
};
constexpr auto kDisarmed = std::to_array<Disarmed>({{"[://]", "://"},
                                                    {"[dot]", "."},
                                                    {"(dot)", "."},
                                                    {"{dot}", "."},
                                                    {"[at]", "@"},
                                                    {"(at)", "@"},
                                                    {"[.]", "."},
                                                    {"(.)", "."},
                                                    {"{.}", "."},
                                                    {"[@]", "@"},
                                                    {"(@)", "@"},
                                                    {"[:]", ":"},
                                                    {"[/]", "/"}});

struct Word {
  std::string text;                 // as meant
  std::vector<std::uint32_t> from;  // per byte, the shadow's; one more at the end
  bool disarmed = false;
};

auto breaks(char c) -> bool {
  return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '<' || c == '>' || c == '|' ||
         c == ',' || c == ';';
}

// The word at `at`, with "hxxp" and the like undone.
auto word_at(std::string_view shadow, std::size_t at) -> Word {
  auto word = Word{};
  while (at < shadow.size() && !breaks(shadow[at]) && word.text.size() <= kLongestWord) {
    auto taken = std::size_t{0};
    if (shadow[at] == '[' || shadow[at] == '(' || shadow[at] == '{')
      for (const auto& [written, meant] : kDisarmed)
        if (starts_with_ignoring_case(shadow.substr(at, written.size()), written)) {
          for (const auto c : meant) {
            word.text += c;
            word.from.push_back(static_cast<std::uint32_t>(at));
          }
          taken = written.size();
          word.disarmed = true;
          break;
        }
    if (taken == 0) {
      word.text += shadow[at];
      word.from.push_back(static_cast<std::uint32_t>(at));
      taken = 1;
    }
    at += taken;
  }
  word.from.push_back(static_cast<std::uint32_t>(at));
  for (const auto form : {"hxxp", "hXXp", "HXXP", "h**p"})
    if (const auto where = word.text.find(form); where != std::string::npos) {
      word.text.replace(where, 4, "http");
      word.disarmed = true;
    }
  return word;
}

auto ipv4(std::string_view text) -> bool {
  auto parts = 0;
  for (const auto part : split(text, '.')) {
    if (part.size() > 3 || !all(part, digit) || (part.size() > 1 && part[0] == '0')) return false;
    if (to_uint(part).value_or(256) > 255) return false;
    ++parts;
  }
  return parts == 4;
}

auto ipv6(std::string_view text) -> std::optional<std::string> {
  if (text.size() < 3 || text.size() > 45 || std::count(text.begin(), text.end(), ':') < 2)
    return {};
  auto address = in6_addr{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) return {};
  char to[INET6_ADDRSTRLEN];
  return std::string(inet_ntop(AF_INET6, &address, to, sizeof to));
}

auto known_top(std::string_view label) -> bool {
  constexpr auto kOwn = std::to_array<std::string_view>({"example", "onion", "test", "bit"});
  if (one_of(kOwn, label)) return true;
  return psl_is_public_suffix2(psl_builtin(), std::string(label).c_str(),
                               PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 1;
}

auto host(std::string_view text) -> bool {
  if (text.size() > 253) return false;
  auto labels = 0;
  for (const auto label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    for (const auto c : label)
      if (!alnum(c) && c != '-' && c != '_' && static_cast<unsigned char>(c) < 0x80) return false;
    ++labels;
  }
  return labels >= 2;
}
auto domain(std::string_view text) -> bool {
  if (!host(text)) return false;
  const auto top = lower_ascii(text.substr(text.rfind('.') + 1));
  return (top.starts_with("xn--") || !std::any_of(top.begin(), top.end(), digit)) && known_top(top);
}

constexpr auto kFileEndings = std::to_array<std::string_view>(
    {"py",   "php",  "exe", "dll",  "js",  "sh",   "pl",  "rs",   "zip", "md",
     "bin",  "bat",  "ps1", "vbs",  "doc", "docx", "xls", "xlsx", "pdf", "txt",
     "html", "htm",  "asp", "aspx", "jsp", "jar",  "lnk", "iso",  "img", "dat",
     "cfg",  "conf", "ini", "log",  "so",  "sys",  "tmp", "rar",  "hta", "json",
     "xml",  "yml",  "cs",  "java", "cpp", "msi",  "apk", "net",  "io"});
constexpr auto kAlsoTops = std::to_array<std::string_view>({"net", "io"});

auto is_file_name(std::string_view text) -> bool {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const auto ending = lower_ascii(text.substr(dot + 1));
  if (!one_of(kFileEndings, ending)) return false;
  // "System.IO", "ASP.NET" are names of libraries; "files.net" is a domain.
  if (one_of(kAlsoTops, ending)) return text[dot + 1] >= 'A' && text[dot + 1] <= 'Z';
  return text.find('/') == std::string_view::npos;
}

constexpr auto kResolvers = std::to_array<std::string_view>(
    {"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222",
     "208.67.220.220", "2001:4860:4860::8888", "2001:4860:4860::8844", "2606:4700:4700::1111"});
constexpr auto kWellKnown = std::to_array<std::string_view>(
    {"google.com", "microsoft.com", "github.com", "apple.com", "facebook.com", "twitter.com",
     "x.com", "linkedin.com", "youtube.com", "wikipedia.org", "mitre.org", "amazon.com",
     "cloudflare.com", "dropbox.com", "virustotal.com", "nist.gov", "cisa.gov", "fbi.gov"});
constexpr auto kEmptyFile = std::to_array<std::string_view>(
    {"d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877e"
     "ec2f63b931bd47417a81a538327af927da3e"});

auto special_ipv4(std::string_view text) -> bool {
  const auto parts = split(text, '.');
  const auto a = to_uint(parts[0]).value_or(0), b = to_uint(parts[1]).value_or(0);
  return a == 0 || a == 10 || a == 127 || a >= 224 || (a == 172 && b >= 16 && b < 32) ||
         (a == 192 && b == 168) || (a == 169 && b == 254) || (a == 100 && b >= 64 && b < 128);
}

auto well_known(std::string_view name) -> bool {
  return std::any_of(kWellKnown.begin(), kWellKnown.end(), [&](auto known) {
    return name == known || (name.size() > known.size() && name.ends_with(known) &&
                             name[name.size() - known.size() - 1] == '.');
  });
}

class Finder {
 public:
  Finder(const Text& text, const std::vector<Paragraph>& paragraphs)
      : text_(text), shadow_(text.shadow), paragraphs_(paragraphs) {}

  auto run() -> Indicators {
    // A report that disarms what is dangerous means its live links to be followed.
    for (const auto sign : {"[.]", "(dot)", "[dot]", "hxxp", "[:]", "[@]", "(.)"})
      disarms_ = disarms_ || shadow_.find(sign) != std::string_view::npos;
    for (const auto& paragraph : paragraphs_) {
      if (paragraph.section == Section::kBoilerplate) continue;
      disarms_ = disarms_ || paragraph.section == Section::kAppendix;
    }
    for (const auto& paragraph : paragraphs_)
      if (paragraph.section != Section::kBoilerplate) take(paragraph);
    return std::move(out_);
  }

 private:
  void take(const Paragraph& paragraph) {
    here_ = &paragraph;
    const auto words = text_.words(paragraph.span);
    line_ = words.size() < 2000 ? lower_ascii(words) : std::string();
    auto row_label = std::string();
    for (auto at = std::size_t{paragraph.span.begin}; at < paragraph.span.end;) {
      if (breaks(shadow_[at])) {
        ++at;
        continue;
      }
      auto word = word_at(shadow_, at);
      const auto next = word.from.back();
      if (word.text.size() <= kLongestWord) {
        const auto done = classify(word, at, row_label);
        if (row_label.empty()) row_label = lower_ascii(word.text);
        at = std::max<std::size_t>(done, next);
      } else {
        at = next;
      }
    }
  }

  void put(std::string_view type, std::string value, const Word& word, std::size_t from,
           std::size_t to, std::string_view reason = {}) {
    auto made = Indicator{type, std::move(value), "body", {word.from[from], word.from[to]}, reason};
    if (made.span.end > shadow_.size()) return;
    const auto& section = here_->section;
    if (section == Section::kAppendix || section == Section::kTable) made.tier = "appendix";
    if (line_.find("withdrawn") != std::string::npos ||
        line_.find("withdraw ") != std::string::npos || line_.find("retract") != std::string::npos)
      made.tier = "withdrawn";
    (made.reason.empty() ? out_.taken : out_.rejected).push_back(std::move(made));
  }

  // Why a live address is not meant as an indicator.
  auto why_not(std::string_view type, const Word& word, std::size_t at) const -> std::string_view {
    if (here_->section == Section::kReferences)
      return type == "email-addr" ? "contact address of the publisher"
                                  : "reference link of a publisher";
    if (word.disarmed || here_->section == Section::kAppendix) return {};
    const auto start = at > here_->span.begin + 80 ? at - 80 : here_->span.begin;
    const auto before = lower_ascii(shadow_.substr(start, at - start));
    for (const auto sign : {"contact", "write to", "questions to", "report to", "press office"})
      if (before.find(sign) != std::string::npos) return "contact address of the publisher";
    for (const auto sign : {"see ", "visit", "available at", "more information", "published at",
                            "published on", "read ", "source:", "full text", "details at"})
      if (before.find(sign) != std::string::npos) return "reference link of a publisher";
    return disarms_ && type != "ipv4-addr" && type != "ipv6-addr"
               ? "live link in a report that disarms its indicators"
               : std::string_view();
  }

  auto classify(const Word& word, std::size_t at, std::string_view row_label) -> std::size_t {
    auto text = std::string_view(word.text);
    auto begin = std::size_t{0};
    while (begin < text.size() && (text[begin] == '(' || text[begin] == '[' ||
                                   text[begin] == '\'' || text[begin] == '{' || text[begin] == '*'))
      ++begin;
    auto end = text.size();
    while (end > begin &&
           std::string_view(".,:;)]}'!?*").find(text[end - 1]) != std::string_view::npos)
      --end;
    const auto body = text.substr(begin, end - begin);
    if (body == "AS" || body == "ASN") return spaced_system(word);
    if (body.size() < 4) return 0;
    if (path_or_agent(word, body, at, row_label)) return taken_to_;
    if (body.find("://") != std::string_view::npos) return url(word, begin, body), 0;
    if (hash(word, begin, end, body) || code(word, begin, end, body)) return 0;
    if (const auto sign = body.find('@'); sign != std::string_view::npos) {
      const auto local = body.substr(0, sign), name = body.substr(sign + 1);
      if (!local.empty() && local.size() <= 64 && domain(name) &&
          std::all_of(local.begin(), local.end(), [](char c) {
            return alnum(c) || std::string_view("._%+-").find(c) != std::string_view::npos;
          }))
        put("email-addr", std::string(local) + "@" + lower_ascii(name), word, begin, end,
            why_not("email-addr", word, at));
      return 0;
    }
    if (address(word, begin, end, body, at)) return 0;
    name(word, begin, end, body, at);
    return 0;
  }

  // "AS 64500".
  auto spaced_system(const Word& word) -> std::size_t {
    const auto start = word.from.front();
    auto to = std::size_t{word.from.back()} + 1;
    const auto digits = to;
    while (to < here_->span.end && to < digits + 10 && digit(shadow_[to])) ++to;
    if (shadow_[digits - 1 < shadow_.size() ? digits - 1 : 0] != ' ' || to < digits + 3) return 0;
    auto place = Word{};
    place.from = {start, static_cast<std::uint32_t>(to)};
    put("autonomous-system", "AS" + std::string(shadow_.substr(digits, to - digits)), place, 0, 1);
    return to;
  }

  // Things with blanks in them: user agents; and keys of the registry.
  auto path_or_agent(const Word& word, std::string_view body, std::size_t at,
                     std::string_view row_label) -> bool {
    constexpr auto kHives = std::to_array<std::string_view>(
        {"HKLM\\", "HKCU\\", "HKCR\\", "HKU\\", "HKCC\\", "HKEY_LOCAL_MACHINE\\",
         "HKEY_CURRENT_USER\\", "HKEY_CLASSES_ROOT\\", "HKEY_USERS\\", "HKEY_CURRENT_CONFIG\\"});
    const auto hive = std::any_of(kHives.begin(), kHives.end(),
                                  [&](auto one) { return starts_with_ignoring_case(body, one); });
    const auto agent = body.starts_with("Mozilla/") && at + 20 < shadow_.size() &&
                       shadow_.substr(word.from.back(), 2) == " (";
    const auto mutex = row_label.starts_with("mutex");
    if (!hive && !agent && !mutex) return false;
    auto stop = std::min<std::size_t>(here_->span.end, at + 600);
    const auto in_row = here_->section == Section::kAppendix || here_->section == Section::kTable;
    auto to = word.from.back();
    if (agent || (hive && in_row)) {
      while (to < stop && shadow_[to] != '"' && shadow_[to] != '\n' && shadow_[to] != '\t' &&
             shadow_.substr(to, 2) != "  ")
        ++to;
    }
    auto whole = trim(shadow_.substr(at, to - at));
    while (!whole.empty() && (whole.back() == '.' || whole.back() == ')') && !agent)
      whole.remove_suffix(1);
    const auto type = agent  ? std::string_view("user-agent")
                      : hive ? std::string_view("windows-registry-key")
                             : "mutex";
    auto place = Word{};
    place.from = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + whole.size())};
    put(type, std::string(whole), place, 0, 1);
    taken_to_ = at + whole.size();
    return true;
  }

  void url(const Word& word, std::size_t begin, std::string_view body) {
    const auto colon = body.find("://");
    auto scheme = colon;
    while (scheme > 0 && alpha(body[scheme - 1])) --scheme;
    const auto name = lower_ascii(body.substr(scheme, colon - scheme));
    constexpr auto kSchemes = std::to_array<std::string_view>({"http", "https", "ftp", "tcp"});
    if (!one_of(kSchemes, name)) return;
    auto end = body.find_first_of("{}$'", colon);
    end = std::min(end, body.size());
    // A closing bracket belongs to the address only if it was opened in it.
    const auto closed = body.find(')', colon);
    if (closed < end && body.substr(colon, closed - colon).find('(') == std::string_view::npos)
      end = closed;
    const auto start = begin + scheme;
    const auto rest = body.substr(colon + 3, end - colon - 3);
    auto length = rest.find_first_of("/?#");
    length = std::min(length, rest.size());
    const auto server = lower_ascii(rest.substr(0, length));
    auto bare = std::string_view(server);
    if (const auto port = bare.rfind(':'); port != std::string_view::npos && bare[0] != '[')
      bare = bare.substr(0, port);
    if (!ipv4(bare) && !host(bare) && !bare.starts_with('[')) return;
    auto reason = why_not("url", word, word.from[start]);
    if (reason.empty() && !word.disarmed && well_known(bare) &&
        here_->section != Section::kAppendix)
      reason = "well-known site on a warning list";
    if (reason.empty() && ipv4(bare) && special_ipv4(bare)) reason = "private address";
    put("url", name + "://" + server + std::string(rest.substr(length)), word, start, begin + end,
        reason);
  }

  auto hash(const Word& word, std::size_t begin, std::size_t end, std::string_view body) -> bool {
    auto digits = body;
    if (const auto colon = digits.rfind(':'); colon != std::string_view::npos) {
      digits.remove_prefix(colon + 1);
      begin += colon + 1;
    }
    const auto type = digits.size() == 32    ? std::string_view("file-md5")
                      : digits.size() == 40  ? std::string_view("file-sha1")
                      : digits.size() == 56  ? std::string_view("file-sha224")
                      : digits.size() == 64  ? std::string_view("file-sha256")
                      : digits.size() == 96  ? std::string_view("file-sha384")
                      : digits.size() == 128 ? std::string_view("file-sha512")
                                             : std::string_view();
    if (type.empty() || !all(digits, hexdigit)) return false;
    auto value = lower_ascii(digits);
    const auto empty = one_of(kEmptyFile, value);
    put(type, std::move(value), word, begin, end,
        empty ? std::string_view("hash of the empty file") : std::string_view());
    return true;
  }

  // CVE numbers, ATT&CK ids, autonomous systems, wallets.
  auto code(const Word& word, std::size_t begin, std::size_t end, std::string_view body) -> bool {
    if (body.size() >= 13 && starts_with_ignoring_case(body, "CVE-") &&
        all(body.substr(4, 4), digit) && body[8] == '-') {
      auto stop = std::size_t{9};
      while (stop < body.size() && digit(body[stop])) ++stop;
      const auto number = body.substr(9, stop - 9);
      if (number.size() < 4 || number.size() > 7 || (number.size() > 4 && number[0] == '0'))
        return true;
      auto value = "CVE-" + std::string(body.substr(4, stop - 4));
      put("vulnerability", std::move(value), word, begin, begin + stop);
      return true;
    }
    const auto letters = body.find_first_of("0123456789");
    const auto head = body.substr(0, letters);
    if ((head == "T" || head == "TA" || head == "G" || head == "S" || head == "M") &&
        body.size() >= letters + 4 && all(body.substr(letters, 4), digit) &&
        (body.size() == letters + 4 ||
         (head == "T" && body.size() == letters + 8 && body[letters + 4] == '.' &&
          all(body.substr(letters + 5), digit)))) {
      out_.attack_ids.push_back(
          {"attack-id", std::string(body), "body", {word.from[begin], word.from[end]}, {}});
      return true;
    }
    if ((head == "AS" || head == "ASN") && all(body.substr(letters), digit)) {
      const auto number = to_uint(body.substr(letters)).value_or(0);
      if (number >= 1 && number < 4294967295u && body.size() - letters >= 3)
        put("autonomous-system", "AS" + std::to_string(number), word, begin, end);
      return true;
    }
    if (body.size() == 42 && body.starts_with("0x") && all(body.substr(2), hexdigit)) {
      put("cryptocurrency-eth", lower_ascii(body), word, begin, end);
      return true;
    }
    const auto wallet =
        (body.size() >= 26 && body.size() <= 35 && (body[0] == '1' || body[0] == '3') &&
         all(body, alnum) && body.find_first_of("0OIl") == std::string_view::npos) ||
        (body.size() >= 42 && body.size() <= 62 && body.starts_with("bc1") && all(body, alnum));
    if (wallet && std::any_of(body.begin(), body.end(), alpha)) {
      put("cryptocurrency-btc", std::string(body), word, begin, end);
      return true;
    }
    return false;
  }

  auto address(const Word& word, std::size_t begin, std::size_t end, std::string_view body,
               std::size_t at) -> bool {
    auto net = std::string_view();
    auto bare = body;
    if (const auto slash = body.find('/'); slash != std::string_view::npos) {
      net = body.substr(slash);
      bare = body.substr(0, slash);
    } else if (const auto colon = body.find(':');
               colon != std::string_view::npos && ipv4(body.substr(0, colon))) {
      if (to_uint(body.substr(colon + 1)).value_or(70000) > 65535) return true;
      bare = body.substr(0, colon);
      end = begin + colon;
    }
    if (ipv4(bare)) {
      if (!net.empty() &&
          (!all(net.substr(1), digit) || to_uint(net.substr(1)).value_or(99) > 32)) {
        return true;
      }
      auto reason = std::string_view();
      const auto start = at > here_->span.begin + 24 ? at - 24 : here_->span.begin;
      const auto before = lower_ascii(shadow_.substr(start, at - start));
      if (before.find("version") != std::string::npos ||
          before.find("release") != std::string::npos ||
          before.find("build") != std::string::npos || before.ends_with(" v ") ||
          before.find("firmware") != std::string::npos)
        reason = "version number";
      else if (one_of(kResolvers, bare))
        reason = "public resolver on a warning list";
      else if (special_ipv4(bare))
        reason = "private address";
      put("ipv4-addr", std::string(bare) + std::string(net), word, begin, end, reason);
      return true;
    }
    // Brackets were taken off: "[2001:db8::1]:80".
    if (const auto close = bare.find("]:"); close != std::string_view::npos && begin > 0) {
      if (to_uint(bare.substr(close + 2)).value_or(70000) > 65535) return true;
      bare = bare.substr(0, close);
      end = begin + close;
    }
    if (auto value = ipv6(bare)) {
      if (!net.empty() &&
          (!all(net.substr(1), digit) || to_uint(net.substr(1)).value_or(999) > 128))
        return true;
      if (net.empty() && bare.ends_with("::")) return true;
      const auto listed = one_of(kResolvers, *value);
      const auto local = *value == "::1" || value->starts_with("fe80:") || value->starts_with("fd");
      put("ipv6-addr", *value + std::string(net), word, begin, end,
          listed  ? std::string_view("public resolver on a warning list")
          : local ? std::string_view("private address")
                  : std::string_view());
      return true;
    }
    return false;
  }

  void name(const Word& word, std::size_t begin, std::size_t end, std::string_view body,
            std::size_t at) {
    auto bare = body;
    auto rest = std::string_view();
    if (const auto slash = body.find_first_of("/:"); slash != std::string_view::npos) {
      bare = body.substr(0, slash);
      rest = body.substr(slash);
    }
    if (bare.empty() || !host(bare)) return;
    if (!word.disarmed && is_file_name(bare)) {
      if (rest.empty() && !(bare[0] >= 'A' && bare[0] <= 'Z'))
        put("domain-name", lower_ascii(bare), word, begin, end, "file name, not a domain");
      return;
    }
    if (!domain(bare) || (!rest.empty() && !word.disarmed && rest[0] == '/')) return;
    auto reason = why_not("domain-name", word, at);
    const auto value = lower_ascii(bare);
    if (reason.empty() && well_known(value)) reason = "well-known site on a warning list";
    put("domain-name", value, word, begin, begin + bare.size(), reason);
  }

  const Text& text_;
  std::string_view shadow_;
  const std::vector<Paragraph>& paragraphs_;
  const Paragraph* here_ = nullptr;
  std::string line_;
  std::size_t taken_to_ = 0;
  bool disarms_ = false;
  Indicators out_;
};

}  // namespace

auto find_indicators(const Text& text, const std::vector<Paragraph>& paragraphs) -> Indicators {
  return Finder(text, paragraphs).run();
}

}  // namespace serjeant::report

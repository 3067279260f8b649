#include "read/mail/received.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/text.h"
#include "read/mail/words.h"

namespace serjeant::mail {
namespace {

auto is_digit(char c) -> bool { return c >= '0' && c <= '9'; }
auto is_hex(char c) -> bool {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

auto is_v4(std::string_view text) -> bool {
  auto parts = 0;
  for (const auto part : split(text, '.')) {
    if (part.empty() || part.size() > 3 || !std::all_of(part.begin(), part.end(), is_digit))
      return false;
    if (*to_uint(part) > 255) return false;
    ++parts;
  }
  return parts == 4;
}

auto is_v6(std::string_view text) -> bool {
  if (std::count(text.begin(), text.end(), ':') < 2 || text.size() > 45) return false;
  const auto last = text.rfind(':');
  if (text.find('.') != text.npos) {
    if (!is_v4(text.substr(last + 1))) return false;
    text = text.substr(0, last);
  }
  return std::all_of(text.begin(), text.end(), [](char c) { return is_hex(c) || c == ':'; });
}

auto without(std::string_view text, char open, char close) -> std::string_view {
  if (text.size() >= 2 && text.front() == open && text.back() == close)
    return text.substr(1, text.size() - 2);
  return text;
}

auto looks_like_host(std::string_view text) -> bool {
  if (text.find('.') == text.npos || text.front() == '.') return false;
  const auto ok = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '.' ||
           c == '-' || c == '_';
  };
  if (!std::all_of(text.begin(), text.end(), ok)) return false;
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; });
}

auto tls_version(std::string_view word) -> std::string_view {
  constexpr auto versions =
      std::array<std::pair<std::string_view, std::string_view>, 6>{{{"tlsv1.3", "TLSv1_3"},
                                                                    {"tlsv1.2", "TLSv1_2"},
                                                                    {"tlsv1.1", "TLSv1_1"},
                                                                    {"tlsv1.0", "TLSv1_0"},
                                                                    {"tlsv1", "TLSv1_0"},
                                                                    {"sslv3", "SSLv3"}}};
  auto plain = lower_ascii(word);
  std::replace(plain.begin(), plain.end(), '_', '.');
  if (plain.starts_with("tls-")) plain.replace(0, 4, "tlsv");
  if (plain.size() > 3 && plain.starts_with("tls") && is_digit(plain[3])) plain.insert(3, "v");
  for (const auto& [name, version] : versions)
    if (plain == name) return version;
  return {};
}

auto is_cipher(std::string_view word) -> bool {
  if (word.size() < 8 || word.find('.') != word.npos) return false;
  const auto upper = std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-';
  });
  constexpr auto marks =
      std::array<std::string_view, 6>{"AES", "DES", "RC4", "CHACHA", "CAMELLIA", "ARIA"};
  return upper && std::any_of(marks.begin(), marks.end(),
                              [&](auto mark) { return word.find(mark) != word.npos; });
}

// The protocol of RFC 3848 and its kin inside a word or phrase.
auto protocol(std::string_view phrase) -> std::string_view {
  constexpr auto words = std::array<std::pair<std::string_view, std::string_view>, 25>{
      {{"esmtp", "ESMTP"},   {"smtp", "SMTP"},        {"esmtps", "ESMTPS"},
       {"esmtpa", "ESMTPA"}, {"esmtpsa", "ESMTPSA"},  {"lmtp", "LMTP"},
       {"lmtpa", "LMTPA"},   {"lmtps", "LMTPS"},      {"lmtpsa", "LMTPSA"},
       {"http", "HTTP"},     {"https", "HTTPS"},      {"imap", "IMAP"},
       {"httprest", "HTTP"}, {"pop3", "POP3"},        {"local", "Local"},
       {"mms", "MMS"},       {"smtpsvc", "SMTP"},     {"bsmtp", "SMTP"},
       {"asmtp", "ESMTPA"},  {"utf8smtp", "SMTP"},    {"utf8smtps", "ESMTPS"},
       {"smtps", "ESMTPS"},  {"utf8smtpa", "ESMTPA"}, {"utf8smtpsa", "ESMTPSA"},
       {"pop", "POP3"}}};
  auto best = std::string_view{};
  auto tls = false;
  const auto lowered = lower_ascii(phrase);
  auto rest = std::string_view(lowered);
  while (!rest.empty()) {
    const auto end = rest.find_first_of(" \t\r\n-/()[],;:");
    const auto word = rest.substr(0, end);
    if (word == "tls" || word == "ssl") tls = true;
    for (const auto& [name, value] : words)
      if (word == name && (best.empty() || best == "Local")) best = value;
    if (end == rest.npos) break;
    // In "ESMTP/TLS/cipher" the slashes only add; in "ESMTP-TLS" the word changes.
    if (rest[end] == '/' && !best.empty()) break;
    rest.remove_prefix(end + 1);
  }
  if (tls && best == "ESMTP") return "ESMTPS";
  return best;
}

enum class Clause { kNone, kFrom, kBy, kVia, kWith, kId, kFor, kAs };

auto clause_of(std::string_view word) -> Clause {
  constexpr auto words =
      std::array<std::pair<std::string_view, Clause>, 6>{{{"from", Clause::kFrom},
                                                          {"by", Clause::kBy},
                                                          {"via", Clause::kVia},
                                                          {"with", Clause::kWith},
                                                          {"id", Clause::kId},
                                                          {"for", Clause::kFor}}};
  for (const auto& [name, clause] : words)
    if (equals_ignoring_ascii_case(word, name)) return clause;
  return Clause::kNone;
}

// "<host>", "host,"
auto bare_host(std::string_view text) -> std::string_view {
  while (text.ends_with(',')) text.remove_suffix(1);
  return without(text, '<', '>');
}

class ReceivedParser {
 public:
  ReceivedParser(std::string_view raw, Arena& arena) : raw_(raw), arena_(arena) {}

  auto parse() -> Hop {
    while (at_ < raw_.size() && raw_[at_] != ';') {
      if (is_blank(raw_[at_]))
        ++at_;
      else if (raw_[at_] == '(')
        comment();
      else
        word();
    }
    hop_.with = protocol(with_);
    if (at_ < raw_.size()) hop_.date = parse_date(raw_);
    return hop_;
  }

 private:
  void comment() {
    auto text = std::string{};
    at_ += take_comment(raw_.substr(at_), text);
    if (clause_ == Clause::kFrom) wants_value_ = false;  // "from ([192.0.2.1]) by ..."
    const auto kept = arena_.copy(text);
    const auto of_client =
        clause_ == Clause::kFrom || (clause_ == Clause::kNone && hop_.by.empty());
    read_comment(kept, of_client);
  }

  void word() {
    const auto start = at_;
    const auto in_brackets = raw_[at_] == '[';
    while (at_ < raw_.size() && !is_blank(raw_[at_]) && raw_[at_] != ';' &&
           (raw_[at_] != '(' || (in_brackets && at_ == start + 1)))
      ++at_;
    const auto text = raw_.substr(start, at_ - start);
    // The word after a keyword is its value, even if it reads like a keyword ("id com").
    if (!wants_value_) {
      if (const auto next = clause_of(text); next != Clause::kNone) {
        if (next == Clause::kFrom && !hop_.from.empty()) return begin(Clause::kNone);
        begin(next);
        return;
      }
      if (equals_ignoring_ascii_case(text, "as") && clause_ == Clause::kFrom)
        return begin(Clause::kAs);
    }
    value(text);
  }

  void begin(Clause clause) {
    clause_ = clause;
    wants_value_ = clause == Clause::kFrom || clause == Clause::kBy || clause == Clause::kId ||
                   clause == Clause::kFor || clause == Clause::kVia;
  }

  void value(std::string_view text) {
    const auto first = std::exchange(wants_value_, false);
    switch (clause_) {
      case Clause::kFrom:
        if (first && hop_.from.empty()) {
          const auto literal = address_literal(text);
          hop_.from = literal.empty() ? bare_host(text) : literal;
        } else if (const auto ip = address_literal(text); !ip.empty() && hop_.from_ip.empty()) {
          hop_.from_ip = ip;
        }
        break;
      case Clause::kBy:
        if (first) hop_.by = bare_host(text);
        break;
      case Clause::kVia:
        if (first) hop_.via = text;
        break;
      case Clause::kWith:
        if (with_.size() < 200) with_ += std::string(text) + ' ';
        for (const auto part : split(text, '/'))
          if (is_cipher(part)) hop_.tls_cipher = part;
        break;
      case Clause::kId:
        if (first) hop_.id = without(text, '<', '>');
        break;
      case Clause::kFor:
        if (first && hop_.for_.empty() && text.find('@') != text.npos)
          hop_.for_ = without(text, '<', '>');
        break;
      case Clause::kAs:
        if (!equals_ignoring_ascii_case(text, "user") && hop_.ident.empty()) hop_.ident = text;
        break;
      case Clause::kNone:
        break;
    }
  }

  // What the server adds in brackets about the client and the connection.
  void read_comment(std::string_view text, bool of_client) {
    auto previous = std::string_view{};
    auto helo_next = false;
    auto index = 0;
    for (auto rest = text; !rest.empty(); ++index) {
      const auto start = rest.find_first_not_of(" \t\r\n,");
      if (start == rest.npos) break;
      rest.remove_prefix(start);
      const auto end = std::min(rest.find_first_of(" \t\r\n,"), rest.size());
      auto word = rest.substr(0, end);
      rest.remove_prefix(end);
      read_tls(word, previous);
      if (of_client) read_client(word, previous, helo_next, index);
      previous = word;
    }
  }

  void read_tls(std::string_view word, std::string_view previous) {
    if (word.find('=') != word.npos) {
      const auto name = lower_ascii(word.substr(0, word.find('=')));
      word = word.substr(word.find('=') + 1);
      if (name != "version" && name != "cipher") return;
    }
    for (auto rest = word; !rest.empty();) {
      const auto end = std::min(rest.find_first_of(":/"), rest.size());
      const auto part = rest.substr(0, end);
      if (hop_.tls_version.empty()) hop_.tls_version = tls_version(part);
      if (hop_.tls_cipher.empty() &&
          (is_cipher(part) || (!part.empty() && equals_ignoring_ascii_case(previous, "cipher") &&
                               tls_version(part).empty())))
        hop_.tls_cipher = part;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  void read_client(std::string_view word, std::string_view previous, bool& helo_next, int index) {
    // "(from user@host)", "(qmail 1 invoked from network)" before any clause.
    if (clause_ == Clause::kNone && hop_.from.empty() &&
        equals_ignoring_ascii_case(previous, "from")) {
      hop_.from = word;
      return;
    }
    if (std::exchange(helo_next, false)) {
      set_helo(word);
      return;
    }
    constexpr auto commands = std::array<std::pair<std::string_view, std::string_view>, 3>{
        {{"helo", "Helo"}, {"ehlo", "Ehlo"}, {"lhlo", "Lhlo"}}};
    for (const auto& [command, shown] : commands) {
      if (equals_ignoring_ascii_case(word, command)) {
        hop_.helo_cmd = shown;
        helo_next = true;
        return;
      }
      if (word.size() > 5 && word[4] == '=' &&
          equals_ignoring_ascii_case(word.substr(0, 4), command)) {
        hop_.helo_cmd = shown;
        set_helo(word.substr(5));
        return;
      }
    }
    if (starts_with_ignoring_case(word, "ident="))
      return set_ident(without(word.substr(6), '[', ']'));
    if (starts_with_ignoring_case(word, "ident:")) return set_ident(word.substr(6));
    if (equals_ignoring_ascii_case(previous, "envelope-sender")) return;
    if (const auto ip = address_literal(word); !ip.empty()) {
      if (hop_.from_ip.empty()) hop_.from_ip = ip;
      return;
    }
    // host[address], <host>[address], user@[address]
    if (const auto open = word.find('['); open != word.npos && word.ends_with(']')) {
      const auto ip = address_literal(word.substr(open));
      if (!ip.empty() && hop_.from_ip.empty()) hop_.from_ip = ip;
      const auto left = without(word.substr(0, open), '<', '>');
      if (left.ends_with('@'))
        set_ident(left.substr(0, left.size() - 1));
      else
        set_rdns(left);
      return;
    }
    if (word.find('@') != word.npos && word.find('=') == word.npos && word.front() != '<') {
      set_ident(word);
      return;
    }
    if (index == 0) set_rdns(without(word, '<', '>'));
  }

  void set_helo(std::string_view word) {
    const auto literal = address_literal(word);
    if (hop_.helo.empty()) hop_.helo = literal.empty() ? word : literal;
  }
  void set_ident(std::string_view word) {
    if (hop_.ident.empty()) hop_.ident = word;
  }
  void set_rdns(std::string_view word) {
    if (hop_.from_rdns.empty() && !word.empty() && looks_like_host(word)) hop_.from_rdns = word;
  }

  std::string_view raw_;
  Arena& arena_;
  std::size_t at_ = 0;
  Hop hop_;
  Clause clause_ = Clause::kNone;
  bool wants_value_ = false;
  std::string with_;
};

}  // namespace

auto address_literal(std::string_view text) -> std::string_view {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == text.npos) return {};
    text = text.substr(1, close - 1);
  }
  text = without(text, '(', ')');
  if (starts_with_ignoring_case(text, "ipv6:")) text.remove_prefix(5);
  text = text.substr(0, text.find('%'));
  if (is_v6(text)) return text;
  if (const auto colon = text.find(':'); colon != text.npos) text = text.substr(0, colon);
  return is_v4(text) ? text : std::string_view{};
}

auto parse_received(std::string_view raw, Arena& arena) -> Hop {
  return ReceivedParser(raw, arena).parse();
}

}  // namespace serjeant::mail

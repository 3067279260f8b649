#include "detect/mail/auth/spf.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"
#include "detect/mail/auth/spf_record.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostLookups = 10u;
constexpr auto kMostVoids = 2u;
constexpr auto kMostNames = std::size_t{10};

auto result_of(char qualifier) -> SpfResult {
  switch (qualifier) {
    case '-':
      return SpfResult::kFail;
    case '~':
      return SpfResult::kSoftFail;
    case '?':
      return SpfResult::kNeutral;
    default:
      return SpfResult::kPass;
  }
}

auto same_bits(const std::uint8_t* a, const std::uint8_t* b, std::uint32_t bits) -> bool {
  for (auto i = 0u; i < bits / 8; ++i)
    if (a[i] != b[i]) return false;
  const auto left = bits % 8;
  return left == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - left)) == 0;
}

auto is_in_domain(std::string_view name, std::string_view domain) -> bool {
  return name == domain || (name.size() > domain.size() && name.ends_with(domain) &&
                            name[name.size() - domain.size() - 1] == '.');
}

// One evaluation of check_host; include puts another above it. The limit on
// lookups bounds how many there can be.
struct Frame {
  explicit Frame(std::string name) : domain(std::move(name)) {}
  std::string domain;
  SpfRecord record;
  std::size_t next = 0;  // directive to look at
  bool started = false;  // the record was fetched
  std::optional<SpfResult> result;
  std::string reason;
};

class Check {
 public:
  Check(const SpfQuestion& question, const DnsSnapshot& dns)
      : question_(question), dns_(dns), four_(question.ip.is_v4()) {
    address_ = question.ip.bytes.data() + (four_ ? 12 : 0);
    const auto at = question.sender.rfind('@');
    macros_.local = at == std::string::npos ? "" : question.sender.substr(0, at);
    macros_.sender_domain =
        at == std::string::npos ? question.sender : question.sender.substr(at + 1);
    if (macros_.local.empty()) macros_.local = "postmaster";
    if (macros_.sender_domain.empty()) macros_.sender_domain = question.domain;
    macros_.sender = macros_.local + "@" + macros_.sender_domain;
    macros_.helo = question.helo;
    macros_.ip_readable = format_ip(question.ip);
    macros_.ip_kind = four_ ? "in-addr" : "ip6";
    macros_.ip = four_ ? macros_.ip_readable : nibbles();
    if (question.at) macros_.seconds = std::to_string(*question.at / kSecond);
  }

  auto run() -> SpfAnswer {
    frames_.emplace_back(question_.domain);
    while (true) {
      auto& frame = frames_.back();
      if (!frame.started)
        start(frame);
      else if (!frame.result)
        step(frame);
      if (!frames_.back().result) continue;
      const auto done = std::move(frames_.back());
      frames_.pop_back();
      if (frames_.empty()) {
        finish(done);
        return std::move(out_);
      }
      return_to(frames_.back(), done);
    }
  }

 private:
  auto nibbles() const -> std::string {
    constexpr auto kDigits = std::string_view("0123456789ABCDEF");
    auto out = std::string{};
    for (const auto byte : question_.ip.bytes) {
      if (!out.empty()) out += '.';
      out += kDigits[byte >> 4];
      out += '.';
      out += kDigits[byte & 15];
    }
    return out;
  }

  void end(Frame& frame, SpfResult result, std::string reason) {
    frame.result = result;
    frame.reason = std::move(reason);
  }

  auto ask(const std::string& name, std::string_view type) -> DnsAnswer {
    // A name that the DNS cannot hold cannot be there.
    if (!is_dns_name(name)) {
      auto answer = DnsAnswer{};
      answer.status = DnsStatus::kVoid;
      return answer;
    }
    auto answer = dns_.query(name, type, question_.at);
    if (answer.status == DnsStatus::kUnknown) {
      auto what = std::string(type) + ' ' + answer.name;
      if (std::find(out_.missing.begin(), out_.missing.end(), what) == out_.missing.end())
        out_.missing.push_back(std::move(what));
    } else if (answer.seen) {
      out_.farthest = std::max(out_.farthest, answer.distance);
      out_.distance_known = out_.distance_known && answer.distance_known;
    }
    return answer;
  }

  // Section 4.3 and 4.4: is it a name, and what record has it?
  void start(Frame& frame) {
    frame.started = true;
    const auto domain = std::string_view(frame.domain);
    if (!is_dns_name(domain) || domain.find('.') == domain.npos || domain.starts_with('['))
      return end(frame, SpfResult::kNone, "'" + frame.domain + "' is no domain");
    const auto answer = ask(frame.domain, "TXT");
    if (answer.status == DnsStatus::kUnknown)
      return end(frame, SpfResult::kNotEvaluable, "TXT " + frame.domain + " was not observed");
    if (answer.status == DnsStatus::kTemporary)
      return end(frame, SpfResult::kTempError, "TXT " + frame.domain + " had no answer");
    auto found = std::string_view{};
    auto count = 0;
    for (const auto& text : answer.records()) {
      if (!is_spf_record(text)) continue;
      found = text;
      ++count;
    }
    if (count == 0) return end(frame, SpfResult::kNone, frame.domain + " has no SPF record");
    if (count > 1)
      return end(frame, SpfResult::kPermError, frame.domain + " has more than one SPF record");
    frame.record = parse_spf_record(found);
    if (!frame.record.flaw.empty())
      end(frame, SpfResult::kPermError,
          frame.domain + ": '" + frame.record.flaw + "' is not of the grammar");
  }

  auto expand(Frame& frame, const std::string& spec) -> std::string {
    if (spec.empty()) return frame.domain;
    return expand_for(frame.domain, spec, SpfText::kDomain).value_or("");
  }

  auto expand_for(const std::string& domain, const std::string& spec, SpfText kind)
      -> std::optional<std::string> {
    macros_.domain = domain;
    macros_.validated = uses_validated_name(spec) ? validated_name(domain) : "unknown";
    return expand_spf(spec, macros_, kind);
  }

  // Counts a term that asks; false, and the frame ended, if it is one too many.
  auto may_ask(Frame& frame) -> bool {
    if (++out_.lookups <= kMostLookups) return true;
    end(frame, SpfResult::kPermError, "more than 10 terms that ask the DNS");
    return false;
  }
  auto void_ends(Frame& frame, const DnsAnswer& answer) -> bool {
    if (answer.status != DnsStatus::kVoid || ++out_.voids <= kMostVoids) return false;
    end(frame, SpfResult::kPermError, "more than 2 lookups without an answer");
    return true;
  }
  auto error_ends(Frame& frame, const DnsAnswer& answer, const std::string& what) -> bool {
    if (answer.status != DnsStatus::kTemporary) return false;
    end(frame, SpfResult::kTempError, what + " had no answer");
    return true;
  }

  auto is_client(const std::string& text, std::uint32_t bits4, std::uint32_t bits6) const -> bool {
    auto bytes = std::array<std::uint8_t, 16>{};
    if (inet_pton(four_ ? AF_INET : AF_INET6, text.c_str(), bytes.data()) != 1) return false;
    return same_bits(bytes.data(), address_, four_ ? bits4 : bits6);
  }
  auto holds_client(const DnsAnswer& answer, std::uint32_t bits4, std::uint32_t bits6) const
      -> bool {
    return std::any_of(answer.records().begin(), answer.records().end(),
                       [&](const auto& text) { return is_client(text, bits4, bits6); });
  }
  auto address_type() const -> std::string_view { return four_ ? "A" : "AAAA"; }

  auto matches_a(Frame& frame, const SpfDirective& term) -> bool {
    const auto name = expand(frame, term.domain);
    const auto answer = ask(name, address_type());
    if (error_ends(frame, answer, name) || void_ends(frame, answer)) return false;
    return holds_client(answer, term.prefix4, term.prefix6);
  }

  auto matches_mx(Frame& frame, const SpfDirective& term) -> bool {
    const auto name = expand(frame, term.domain);
    const auto answer = ask(name, "MX");
    if (error_ends(frame, answer, name) || void_ends(frame, answer)) return false;
    // The eleventh host may not be asked for (section 4.6.4); in order of preference.
    auto hosts = std::vector<std::pair<std::uint64_t, std::string>>{};
    for (const auto& record : answer.records()) {
      const auto text = trim(record);
      const auto blank = text.rfind(' ');
      const auto preference = blank == text.npos ? std::nullopt : to_uint(text.substr(0, blank));
      hosts.emplace_back(preference.value_or(0),
                         dns_name(blank == text.npos ? text : text.substr(blank + 1)));
    }
    std::sort(hosts.begin(), hosts.end());
    auto asked = std::size_t{0};
    for (const auto& [preference, host] : hosts) {
      if (asked++ == kMostNames) {
        end(frame, SpfResult::kPermError, name + " has more than 10 MX records");
        return false;
      }
      if (host.empty()) continue;  // "0 .": takes no mail (RFC 7505)
      const auto addresses = ask(host, address_type());
      if (error_ends(frame, addresses, host) || void_ends(frame, addresses)) return false;
      if (holds_client(addresses, term.prefix4, term.prefix6)) return true;
    }
    return false;
  }

  auto matches_exists(Frame& frame, const SpfDirective& term) -> bool {
    const auto name = expand(frame, term.domain);
    const auto answer = ask(name, "A");  // also for IPv6 clients (section 5.7)
    if (error_ends(frame, answer, name) || void_ends(frame, answer)) return false;
    return answer.status == DnsStatus::kFound;
  }

  // Names of the client whose addresses hold it (section 5.5). Errors are no names.
  auto validated_names() -> const std::vector<std::string>& {
    if (names_) return *names_;
    names_.emplace();
    auto reverse = std::string{};
    const auto labels = split(macros_.ip, '.');
    for (auto i = labels.size(); i-- > 0;) reverse += std::string(labels[i]) + '.';
    reverse += four_ ? "in-addr.arpa" : "ip6.arpa";
    const auto answer = ask(reverse, "PTR");
    auto count = std::size_t{0};
    for (const auto& record : answer.records()) {
      if (++count > kMostNames) break;
      const auto name = dns_name(record);
      if (holds_client(ask(name, address_type()), 32, 128)) names_->push_back(name);
    }
    return *names_;
  }
  auto matches_ptr(Frame& frame, const SpfDirective& term) -> bool {
    const auto name = dns_name(expand(frame, term.domain));
    const auto& names = validated_names();
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& one) { return is_in_domain(one, name); });
  }
  auto validated_name(const std::string& domain) -> std::string {
    const auto own = dns_name(domain);
    const auto& names = validated_names();
    if (names.empty()) return "unknown";
    if (std::find(names.begin(), names.end(), own) != names.end()) return own;
    for (const auto& name : names)
      if (is_in_domain(name, own)) return name;
    return names[0];
  }

  void step(Frame& frame) {
    if (frame.next == frame.record.directives.size()) return after_all(frame);
    const auto& term = frame.record.directives[frame.next];
    auto matched = false;
    switch (term.mechanism) {
      case SpfMechanism::kAll:
        matched = true;
        break;
      case SpfMechanism::kIp4:
        matched = four_ && same_bits(term.network.data(), address_, term.prefix4);
        break;
      case SpfMechanism::kIp6:
        // An IPv4 client as ::ffff:a.b.c.d, but only by a network of such addresses.
        matched = (!four_ || term.prefix6 >= 96) &&
                  same_bits(term.network.data(), question_.ip.bytes.data(), term.prefix6);
        break;
      default:
        if (!may_ask(frame)) return;
        if (term.mechanism == SpfMechanism::kInclude) {
          frames_.emplace_back(expand(frame, term.domain));
          return;  // return_to goes on
        }
        matched = term.mechanism == SpfMechanism::kA        ? matches_a(frame, term)
                  : term.mechanism == SpfMechanism::kMx     ? matches_mx(frame, term)
                  : term.mechanism == SpfMechanism::kExists ? matches_exists(frame, term)
                                                            : matches_ptr(frame, term);
        if (frame.result) return;
    }
    if (matched) return end(frame, result_of(term.qualifier), frame.domain + ": " + term.text);
    ++frame.next;
  }

  // Section 5.2: what the included record's result means here.
  void return_to(Frame& frame, const Frame& inner) {
    const auto& term = frame.record.directives[frame.next];
    switch (*inner.result) {
      case SpfResult::kPass:
        return end(frame, result_of(term.qualifier), frame.domain + ": " + term.text);
      case SpfResult::kTempError:
        return end(frame, SpfResult::kTempError, inner.reason);
      case SpfResult::kPermError:
        return end(frame, SpfResult::kPermError, inner.reason);
      case SpfResult::kNone:
        return end(frame, SpfResult::kPermError, term.text + ": " + inner.reason);
      default:
        ++frame.next;  // also where a name is missing: more of them are found so
    }
  }

  void after_all(Frame& frame) {
    if (frame.record.redirect.empty())
      return end(frame, SpfResult::kNeutral, frame.domain + ": nothing matched");
    if (!may_ask(frame)) return;
    auto target = Frame(expand(frame, frame.record.redirect));
    start(target);
    if (target.result == SpfResult::kNone) {  // section 6.1
      target.result = SpfResult::kPermError;
      target.reason = "redirect: " + target.reason;
    }
    frame = std::move(target);
  }

  void finish(const Frame& frame) {
    out_.result = *frame.result;
    out_.reason = frame.reason;
    // A name that was not observed might have matched first; only what no name can
    // change stands.
    if (!out_.missing.empty()) {
      out_.result = SpfResult::kNotEvaluable;
      out_.reason = "not observed: " + out_.missing[0];
    }
    if (out_.result == SpfResult::kFail && !frame.record.explanation.empty()) explain(frame);
  }

  // Section 6.2. Whatever goes wrong, there is just no explanation.
  void explain(const Frame& frame) {
    const auto name = expand_for(frame.domain, frame.record.explanation, SpfText::kDomain);
    if (!name || !is_dns_name(*name)) return;
    const auto answer = dns_.query(*name, "TXT", question_.at);
    if (answer.records().size() != 1) return;
    const auto text = expand_for(frame.domain, answer.records()[0], SpfText::kExplanation);
    if (text) out_.explanation = *text;
  }

  const SpfQuestion& question_;
  const DnsSnapshot& dns_;
  bool four_;
  const std::uint8_t* address_;
  SpfMacros macros_;
  std::vector<Frame> frames_;
  std::optional<std::vector<std::string>> names_;
  SpfAnswer out_;
};

}  // namespace

auto spf_word(SpfResult result) -> std::string_view {
  constexpr std::string_view words[] = {"none",     "neutral",   "pass",      "fail",
                                        "softfail", "temperror", "permerror", "not_evaluable"};
  return words[static_cast<std::size_t>(result)];
}

auto check_spf(const SpfQuestion& question, const DnsSnapshot& dns) -> SpfAnswer {
  return Check(question, dns).run();
}

auto mail_from_question(Ip ip, std::string_view helo, std::string_view mail_from,
                        std::optional<Nanos> at) -> SpfQuestion {
  if (mail_from.empty() || mail_from == "<>") return helo_question(ip, helo, at);
  const auto sign = mail_from.rfind('@');
  const auto domain = sign == mail_from.npos ? mail_from : mail_from.substr(sign + 1);
  auto sender =
      sign == mail_from.npos ? "postmaster@" + std::string(mail_from) : std::string(mail_from);
  return {ip, std::string(domain), std::move(sender), std::string(helo), at};
}

auto helo_question(Ip ip, std::string_view helo, std::optional<Nanos> at) -> SpfQuestion {
  return {ip, std::string(helo), "postmaster@" + std::string(helo), std::string(helo), at};
}

}  // namespace serjeant::mail

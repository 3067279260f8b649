#include "detect/mail/auth/dkim.h"

#include <algorithm>
#include <limits>

#include "core/text.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostSignatures = std::size_t{20};

auto seconds_of(std::string_view text) -> std::optional<Nanos> {
  if (text.empty() || text.size() > 12) return std::nullopt;
  const auto value = to_uint(text);
  if (!value || *value > std::uint64_t{9'000'000'000}) return std::nullopt;
  return static_cast<Nanos>(*value) * kSecond;
}

auto is_same_or_below(std::string_view name, std::string_view domain) -> bool {
  const auto a = dns_name(name), b = dns_name(domain);
  return a == b || (a.size() > b.size() && a.ends_with(b) && a[a.size() - b.size() - 1] == '.');
}

auto has_name(std::string_view list, std::string_view wanted) -> bool {
  for (const auto piece : split(list, ':'))
    if (equals_ignoring_ascii_case(without_blanks(piece), wanted)) return true;
  return false;
}

class Signature {
 public:
  Signature(const WireMessage& message, const WireMessage::WireField& field, const DnsSnapshot* dns,
            std::optional<Nanos> at)
      : message_(message), field_(field), dns_(dns), at_(at), tags_(parse_tags(field.value)) {}

  auto judge() -> DkimResult {
    out_.domain = dns_name(without_blanks(tags_.value("d")));
    out_.selector = without_blanks(tags_.value("s"));
    out_.algorithm = without_blanks(tags_.value("a"));
    if (is_readable()) decide();
    return std::move(out_);
  }

 private:
  auto unusable(std::string reason) -> bool {
    out_.reason = std::move(reason);
    return false;
  }

  // Section 6.1.1.
  auto is_readable() -> bool {
    if (!tags_.flaw.empty()) return unusable(tags_.flaw);
    for (const auto* name : {"v", "a", "b", "bh", "d", "h", "s"})
      if (tags_.value(name).empty()) return unusable("no " + std::string(name) + "=");
    if (tags_.value("v") != "1") return unusable("v= is not 1");
    algorithm_ = read_algorithm(out_.algorithm);
    if (!algorithm_.known) return unusable("unknown a=");
    if (!is_dns_name(out_.domain) || out_.domain.find('.') == std::string::npos)
      return unusable("d= is no domain");
    out_.canonicalization = tags_.find("c") ? without_blanks(tags_.value("c")) : "simple/simple";
    parts_ = read_canonicalization(out_.canonicalization);
    if (!parts_.known) return unusable("unknown c=");
    if (!has_name(tags_.value("h"), "From")) return unusable("h= does not cover From");
    out_.identity = tags_.find("i") ? without_blanks(tags_.value("i")) : "@" + out_.domain;
    const auto sign = out_.identity.rfind('@');
    if (sign == std::string::npos ||
        !is_same_or_below(std::string_view(out_.identity).substr(sign + 1), out_.domain))
      return unusable("i= is not of d=");
    if (tags_.find("q") && !has_name(tags_.value("q"), "dns/txt"))
      return unusable("q= names no way that we know");
    if (const auto* const length = tags_.find("l")) {
      out_.signed_octets = length->value.size() > 18 ? std::nullopt : to_uint(length->value);
      if (!out_.signed_octets) return unusable("l= is no number");
    }
    for (const auto& [name, place] : {std::pair{"t", &out_.made}, std::pair{"x", &out_.expires}}) {
      if (!tags_.find(name)) continue;
      *place = seconds_of(tags_.value(name));
      if (!*place) return unusable(std::string(name) + "= is no time");
    }
    if (out_.made && out_.expires && *out_.expires <= *out_.made)
      return unusable("x= is not after t=");
    auto signature = read_base64(tags_.value("b"));
    auto hash = read_base64(tags_.value("bh"));
    if (!signature || !hash) return unusable("b= or bh= is not base64");
    signature_ = std::move(*signature);
    hash_ = std::move(*hash);
    return true;
  }

  void say(SignatureState state, std::string_view result, std::string reason) {
    out_.state = state;
    out_.result = result;
    out_.reason = std::move(reason);
  }

  void decide() {
    const auto intact = body_is_intact(message_, parts_.body, algorithm_.sha1, out_.signed_octets,
                                       hash_, &out_.body_octets);
    out_.body = intact ? Body::kIntact : Body::kAltered;
    out_.key = find_key(dns_, out_.selector, out_.domain, algorithm_, at_);
    const auto header = signed_fields(message_, tags_.value("h"), field_, parts_.header);
    out_.fits = fits(out_.key, algorithm_, header, signature_);
    if (!intact) {
      const auto cut = out_.signed_octets && *out_.signed_octets > out_.body_octets;
      return say(SignatureState::kBodyAltered, "fail",
                 cut ? "the body is shorter than l=" : "the body hash differs");
    }
    if (algorithm_.sha1)
      return say(SignatureState::kSignatureInvalid, "permerror",
                 "rsa-sha1 is not accepted (RFC 8301)");
    switch (out_.key.state) {
      case KeyState::kUsable:
        break;
      case KeyState::kNotObserved:
        return say(SignatureState::kBodyIntactKeyUnavailable, "none", out_.key.reason);
      case KeyState::kTemporary:
        return say(SignatureState::kBodyIntactKeyUnavailable, "temperror", out_.key.reason);
      case KeyState::kAbsent:
      case KeyState::kRevoked:
        return say(SignatureState::kBodyIntactKeyUnavailable, "permerror", out_.key.reason);
      default:
        return say(SignatureState::kSignatureInvalid, "permerror", out_.key.reason);
    }
    const auto sign = out_.identity.rfind('@');
    if (out_.key.same_domain &&
        dns_name(std::string_view(out_.identity).substr(sign + 1)) != out_.domain)
      return say(SignatureState::kSignatureInvalid, "permerror",
                 "the key is for i= of exactly d= only");
    if (!out_.fits)
      return say(SignatureState::kSignatureInvalid, "fail", "the signature does not fit");
    if (at_ && out_.expires && *at_ > *out_.expires)
      return say(SignatureState::kExpiredAtT, "fail",
                 "it fits, but was valid until " + format_time(*out_.expires) + " only");
    say(SignatureState::kVerified, "pass", {});
  }

  const WireMessage& message_;
  const WireMessage::WireField& field_;
  const DnsSnapshot* dns_;
  std::optional<Nanos> at_;
  TagList tags_;
  Algorithm algorithm_;
  SignedParts parts_;
  std::string signature_, hash_;
  DkimResult out_;
};

}  // namespace

auto signature_word(SignatureState state) -> std::string_view {
  constexpr std::string_view words[] = {"verified",     "signature_invalid",
                                        "body_altered", "body_intact_key_unavailable",
                                        "expired_at_T", "not_evaluable"};
  return words[static_cast<std::size_t>(state)];
}

auto read_canonicalization(std::string_view text) -> SignedParts {
  auto out = SignedParts{};
  const auto slash = text.find('/');
  const auto header = text.substr(0, slash);
  const auto body = slash == text.npos ? std::string_view("simple") : text.substr(slash + 1);
  const auto is_form = [](std::string_view word) { return word == "simple" || word == "relaxed"; };
  out.known = is_form(header) && is_form(body);
  out.header = header == "relaxed" ? Canonical::kRelaxed : Canonical::kSimple;
  out.body = body == "relaxed" ? Canonical::kRelaxed : Canonical::kSimple;
  return out;
}

auto body_is_intact(const WireMessage& message, Canonical form, bool sha1,
                    std::optional<std::uint64_t> octets, std::string_view hash,
                    std::uint64_t* total) -> bool {
  const auto body = canonical_body(message.body, form);
  if (total) *total = body.size();
  if (octets && *octets > body.size()) return false;
  const auto counted = octets ? std::string_view(body).substr(0, *octets) : std::string_view(body);
  return digest_of(counted, sha1) == hash;
}

auto check_dkim(const WireMessage& message, const DnsSnapshot* dns, std::optional<Nanos> at)
    -> std::vector<DkimResult> {
  auto out = std::vector<DkimResult>{};
  for (const auto& field : message.fields) {
    if (!equals_ignoring_ascii_case(field.name, "DKIM-Signature")) continue;
    if (out.size() == kMostSignatures) break;
    out.push_back(Signature(message, field, dns, at).judge());
  }
  return out;
}

}  // namespace serjeant::mail

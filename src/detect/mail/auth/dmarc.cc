#include "detect/mail/auth/dmarc.h"

#include <algorithm>

#include "core/arena.h"
#include "core/text.h"
#include "detect/mail/auth/tag_list.h"
#include "detect/mail/psl.h"

namespace serjeant::mail {
namespace {

struct Policy {
  std::string domain;
  std::string p, sp, np;
  bool strict_dkim = false, strict_spf = false;
  bool testing = false;
  char psd = 'u';
  DnsAnswer seen;
};

auto labels_of(std::string_view domain) -> std::size_t {
  return domain.empty()
             ? 0
             : static_cast<std::size_t>(std::count(domain.begin(), domain.end(), '.') + 1);
}
auto parent_of(std::string_view domain) -> std::string_view {
  const auto dot = domain.find('.');
  return dot == domain.npos ? std::string_view{} : domain.substr(dot + 1);
}

class Judge {
 public:
  Judge(const DmarcEvidence& evidence, const DnsSnapshot& dns, DmarcRules rules,
        std::optional<Nanos> at)
      : evidence_(evidence), dns_(dns), rules_(rules), at_(at) {}

  auto run() -> DmarcAnswer {
    if (evidence_.from_domain.empty()) {
      out_.result = DmarcResult::kPermError;
      out_.reason = "From does not hold one address";
      return std::move(out_);
    }
    out_.organisation = organisation_of(evidence_.from_domain);
    const auto policy = policy_for(evidence_.from_domain);
    if (!policy)
      without_policy();
    else
      with_policy(*policy);
    return std::move(out_);
  }

 private:
  void without_policy() {
    if (!out_.missing.empty()) {
      out_.result = DmarcResult::kNotEvaluable;
      out_.reason = "not observed: " + out_.missing[0];
    } else if (failed_) {
      out_.result = DmarcResult::kTempError;
      out_.reason = "the query for the policy had no answer";
    } else {
      out_.reason = "no policy";
    }
  }

  void with_policy(const Policy& policy) {
    out_.policy_domain = policy.domain;
    out_.seen = policy.seen.seen;
    out_.distance = policy.seen.distance;
    out_.distance_known = policy.seen.distance_known;
    out_.testing = policy.testing;
    out_.policy = policy.p;
    if (policy.domain != evidence_.from_domain) {
      const auto name = dns_.query(evidence_.from_domain, "A", at_);
      const auto absent = rules_ == DmarcRules::kTreeWalk && name.status == DnsStatus::kVoid &&
                          name.seen->rcode == "NXDOMAIN";
      if (absent && !policy.np.empty())
        out_.policy = policy.np;
      else if (!policy.sp.empty())
        out_.policy = policy.sp;
    }
    out_.spf_aligned = aligned(evidence_.spf_pass, policy.strict_spf);
    out_.dkim_aligned =
        std::any_of(evidence_.dkim_pass.begin(), evidence_.dkim_pass.end(),
                    [&](const auto& one) { return aligned(one, policy.strict_dkim); });
    if (out_.spf_aligned || out_.dkim_aligned) {
      out_.result = DmarcResult::kPass;
      out_.missing.clear();
    } else if (evidence_.spf_open || evidence_.dkim_open || !out_.missing.empty()) {
      out_.result = DmarcResult::kNotEvaluable;
      out_.reason = "what SPF or DKIM would say is not known";
    } else {
      out_.result = DmarcResult::kFail;
      out_.reason = "neither SPF nor DKIM passed for a domain of From's organisation";
    }
  }

  auto aligned(const std::string& domain, bool strict) -> bool {
    if (domain.empty()) return false;
    if (strict) return domain == evidence_.from_domain;
    return organisation_of(domain) == out_.organisation;
  }

  // The policy record at a domain; nothing if there is none, or more than one.
  auto record_at(std::string_view domain) -> std::optional<Policy> {
    const auto name = "_dmarc." + std::string(domain);
    if (!is_dns_name(name)) return std::nullopt;
    auto answer = dns_.query(name, "TXT", at_);
    if (answer.status == DnsStatus::kUnknown) {
      auto what = "TXT " + answer.name;
      if (std::find(out_.missing.begin(), out_.missing.end(), what) == out_.missing.end())
        out_.missing.push_back(std::move(what));
    }
    failed_ = failed_ || answer.status == DnsStatus::kTemporary;
    auto found = std::optional<Policy>{};
    for (const auto& text : answer.records()) {
      const auto tags = parse_tags(text);
      if (tags.tags.empty() || tags.tags[0].name != "v" || tags.tags[0].value != "DMARC1") continue;
      if (found) return std::nullopt;
      found = read_policy(tags, domain);
    }
    if (!found || found->p.empty()) return std::nullopt;
    found->seen = std::move(answer);
    return found;
  }

  auto read_policy(const TagList& tags, std::string_view domain) const -> Policy {
    const auto word = [&](std::string_view name) {
      auto value = lower_ascii(tags.value(name));
      return value == "none" || value == "quarantine" || value == "reject" ? value : std::string{};
    };
    auto out = Policy{};
    out.domain = domain;
    out.p = word("p");
    out.sp = word("sp");
    out.np = word("np");
    // Without a policy that can be read, one that asks for reports is "none" (RFC 7489, 6.6.3).
    if (out.p.empty() && (tags.find("rua") || rules_ == DmarcRules::kTreeWalk)) out.p = "none";
    out.strict_dkim = lower_ascii(tags.value("adkim")) == "s";
    out.strict_spf = lower_ascii(tags.value("aspf")) == "s";
    const auto psd = lower_ascii(tags.value("psd"));
    if (psd == "y" || psd == "n") out.psd = psd[0];
    out.testing = rules_ == DmarcRules::kTreeWalk ? lower_ascii(tags.value("t")) == "y"
                                                  : tags.value("pct") == "0";
    return out;
  }

  // The records met on the way up (DMARCbis, section 4.10): at most eight queries.
  auto walk(std::string_view domain) -> std::vector<Policy> {
    auto out = std::vector<Policy>{};
    for (auto at = domain; !at.empty();) {
      if (auto policy = record_at(at)) {
        const auto ends = policy->psd == 'n' || (policy->psd == 'y' && at != domain);
        out.push_back(std::move(*policy));
        if (ends) break;
      }
      at = parent_of(at);
      while (labels_of(at) > 7) at = parent_of(at);
    }
    return out;
  }

  auto organisation_of(const std::string& domain) -> std::string {
    if (rules_ == DmarcRules::kPublicSuffixList)
      return std::string(registrable_domain(domain, arena_));
    const auto met = walk(domain);
    for (const auto& policy : met) {
      if (policy.psd == 'n') return policy.domain;
      if (policy.psd == 'y' && policy.domain != domain) {
        auto below = std::string_view(domain);
        while (parent_of(below) != policy.domain) below = parent_of(below);
        return std::string(below);
      }
    }
    return met.empty() ? domain : met.back().domain;
  }

  auto policy_for(const std::string& domain) -> std::optional<Policy> {
    if (auto own = record_at(domain)) return own;
    if (out_.organisation != domain)
      if (auto policy = record_at(out_.organisation)) return policy;
    if (rules_ == DmarcRules::kTreeWalk)
      for (auto& policy : walk(domain))
        if (policy.psd == 'y') return std::move(policy);
    return std::nullopt;
  }

  const DmarcEvidence& evidence_;
  const DnsSnapshot& dns_;
  DmarcRules rules_;
  std::optional<Nanos> at_;
  bool failed_ = false;
  Arena arena_;
  DmarcAnswer out_;
};

}  // namespace

auto dmarc_word(DmarcResult result) -> std::string_view {
  constexpr std::string_view words[] = {"none",      "pass",      "fail",
                                        "temperror", "permerror", "not_evaluable"};
  return words[static_cast<std::size_t>(result)];
}

auto check_dmarc(const DmarcEvidence& evidence, const DnsSnapshot& dns, DmarcRules rules,
                 std::optional<Nanos> at) -> DmarcAnswer {
  return Judge(evidence, dns, rules, at).run();
}

}  // namespace serjeant::mail

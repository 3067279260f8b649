#include "detect/mail/auth/verdict.h"

#include <algorithm>

#include "core/text.h"
#include "read/mail/address.h"

namespace serjeant::mail {
namespace {

auto sent_from(const MailFacts& facts, const WireMessage& message) -> std::optional<std::string> {
  if (!facts.return_path.empty()) return std::string(facts.return_path);
  for (const auto& field : message.fields)
    if (equals_ignoring_ascii_case(field.name, "Return-Path") && trim(field.value) == "<>")
      return std::string{};
  if (!facts.envelope_from.empty() && facts.envelope_from.find('@') != std::string_view::npos)
    return std::string(facts.envelope_from);
  return std::nullopt;
}

void add_missing(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const auto& one : from)
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
}

void spf(MailAuth& auth, const DnsSnapshot& dns) {
  if (!auth.boundary) return;
  const auto& way = *auth.boundary;
  if (!way.helo.empty()) auth.spf_helo = check_spf(helo_question(way.ip, way.helo, auth.at), dns);
  if (!auth.mail_from) return;
  const auto question = mail_from_question(way.ip, way.helo, *auth.mail_from, auth.at);
  auth.spf_domain = dns_name(question.domain);
  auth.spf_mail_from = check_spf(question, dns);
}

void dmarc(MailAuth& auth, const MailFacts& facts, const DnsSnapshot& dns) {
  auto evidence = DmarcEvidence{};
  if (facts.more_from.empty()) evidence.from_domain = auth.from_domain;
  if (!auth.spf_mail_from || auth.spf_mail_from->result == SpfResult::kNotEvaluable)
    evidence.spf_open = true;
  else if (auth.spf_mail_from->result == SpfResult::kPass)
    evidence.spf_pass = auth.spf_domain;
  for (const auto& signature : auth.dkim) {
    if (signature.state == SignatureState::kVerified)
      evidence.dkim_pass.push_back(signature.domain);
    else if (signature.state == SignatureState::kBodyIntactKeyUnavailable &&
             signature.key.state == KeyState::kNotObserved)
      evidence.dkim_open = true;
  }
  auth.dmarc = check_dmarc(evidence, dns, DmarcRules::kPublicSuffixList, auth.at);
  auth.dmarc_tree = check_dmarc(evidence, dns, DmarcRules::kTreeWalk, auth.at);
}

void contradict(MailAuth& auth) {
  const auto add = [&](const Said& said, const std::string& what, std::string_view now) {
    auth.contradictions.push_back(what + ": receiver said " + said.result + ", now " +
                                  std::string(now));
  };
  for (const auto& said : auth.said) {
    if (!said.trusted || (said.result != "pass" && said.result != "fail")) continue;
    const auto passed = said.result == "pass";
    if (said.method == "spf" && auth.spf_mail_from) {
      const auto ours = auth.spf_mail_from->result;
      if ((passed && ours == SpfResult::kFail) || (!passed && ours == SpfResult::kPass))
        add(said, "spf " + auth.spf_domain, spf_word(ours));
    }
    if (said.method != "dkim" || said.domain.empty()) continue;
    for (const auto& ours : auth.dkim) {
      if (ours.domain != said.domain || (!said.selector.empty() && ours.selector != said.selector))
        continue;
      const auto bad = ours.state == SignatureState::kBodyAltered ||
                       (ours.state == SignatureState::kSignatureInvalid && ours.result == "fail");
      if ((passed && bad) || (!passed && ours.state == SignatureState::kVerified))
        add(said, "dkim d=" + ours.domain, signature_word(ours.state));
    }
  }
}

void optional(JsonWriter& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.field(key, text);
}

void texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& list) {
  if (list.empty()) return;
  json.key(key).begin_array();
  for (const auto& one : list) json.text(one);
  json.end_array();
}

void distance(JsonWriter& json, Nanos length, bool known) {
  json.key("distance_seconds");
  if (known)
    json.number(length / kSecond);
  else
    json.null();
}

void observation(JsonWriter& json, const DnsInterval* seen, Nanos length, bool known) {
  if (!seen) return;
  if (seen->dated) json.field("observed_at", format_time(seen->last));
  optional(json, "observer", seen->observer);
  optional(json, "grade", seen->grade);
  distance(json, length, known);
}

void write_key(const DkimKey& key, JsonWriter& json) {
  if (key.name.empty()) return;
  json.key("key").begin_object().field("name", key.name);
  if (key.bits != 0) json.key("bits").unsigned_number(key.bits);
  if (key.testing) json.key("testing").boolean(true);
  if (key.state != KeyState::kUsable) optional(json, "reason", key.reason);
  observation(json, key.seen, key.distance, key.distance_known);
  json.end_object();
}

void write_signature(const DkimResult& one, JsonWriter& json) {
  json.begin_object()
      .field("state", signature_word(one.state))
      .field("result", one.result)
      .field("domain", one.domain)
      .field("selector", one.selector)
      .field("algorithm", one.algorithm);
  optional(json, "canonicalization", one.canonicalization);
  optional(json, "identity", one.identity);
  optional(json, "reason", one.reason);
  if (one.body != Body::kUnknown)
    json.field("body", one.body == Body::kIntact ? "intact" : "altered");
  if (one.signed_octets)
    json.key("signed_octets")
        .unsigned_number(*one.signed_octets)
        .key("body_octets")
        .unsigned_number(one.body_octets);
  if (one.key.state == KeyState::kUsable) json.key("signature_fits").boolean(one.fits);
  if (one.made) json.field("signed_at", format_time(*one.made));
  if (one.expires) json.field("expires_at", format_time(*one.expires));
  write_key(one.key, json);
  json.end_object();
}

void write_chain(const ArcAnswer& arc, JsonWriter& json) {
  json.begin_object().field("result", chain_word(arc.result));
  optional(json, "reason", arc.reason);
  if (arc.result == ChainResult::kPass) json.field("oldest_pass", arc.oldest_pass);
  json.key("sets").begin_array();
  for (const auto& set : arc.sets) {
    json.begin_object()
        .field("instance", set.instance)
        .field("sealer", set.domain)
        .field("selector", set.selector)
        .field("stated", set.stated)
        .field("seal", seal_word(set.seal))
        .field("message", seal_word(set.message));
    optional(json, "reason", set.reason);
    write_key(set.seal_key, json);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_policy(const DmarcAnswer& answer, JsonWriter& json) {
  json.begin_object()
      .field("state",
             answer.result == DmarcResult::kNone ? "policy_none" : dmarc_word(answer.result))
      .field("result", dmarc_word(answer.result));
  optional(json, "reason", answer.reason);
  optional(json, "organisation", answer.organisation);
  optional(json, "policy_domain", answer.policy_domain);
  optional(json, "policy", answer.policy);
  if (answer.testing) json.key("testing").boolean(true);
  json.key("spf_aligned").boolean(answer.spf_aligned);
  json.key("dkim_aligned").boolean(answer.dkim_aligned);
  observation(json, answer.seen, answer.distance, answer.distance_known);
  json.end_object();
}

void write_boundary(const MailAuth& auth, JsonWriter& json) {
  if (!auth.boundary) return;
  const auto& way = *auth.boundary;
  json.key("boundary").begin_object().field("hop", static_cast<std::int64_t>(way.hop));
  optional(json, "by", way.by);
  optional(json, "ip", format_ip(way.ip));
  optional(json, "helo", way.helo);
  if (auth.mail_from) json.field("mail_from", *auth.mail_from);
  json.end_object();
}

}  // namespace

auto authenticate(const Message& message, const MailFacts& facts, const DnsSnapshot* dns,
                  std::optional<Nanos> at) -> MailAuth {
  auto out = MailAuth{};
  const auto wire = WireMessage(message.raw());
  out.line_ends_changed = wire.line_ends_changed;
  out.asked = dns != nullptr;
  out.boundary = boundary_of(facts);
  if (at) {
    out.at = at;
    out.basis = AtBasis::kGiven;
  } else if (out.boundary && out.boundary->at) {
    out.at = out.boundary->at;
    out.basis = AtBasis::kBoundary;
  } else if (facts.basis != TimeBasis::kNone) {
    out.at = facts.at;
    out.basis = AtBasis::kDate;
  }
  out.mail_from = sent_from(facts, wire);
  out.from_domain = dns_name(domain_of(facts.from));
  out.dkim = check_dkim(wire, dns, out.at);
  out.arc = check_arc(wire, dns, out.at);
  out.said = receiver_said(wire, out.boundary);
  if (dns) {
    spf(out, *dns);
    dmarc(out, facts, *dns);
    contradict(out);
  } else {
    contradict(out);  // a body that is another than the one that passed needs no key
    if (out.mail_from && out.boundary) {
      const auto domain = domain_of(*out.mail_from);
      if (!domain.empty()) out.missing.push_back("TXT " + dns_name(domain));
    }
    if (!out.from_domain.empty()) out.missing.push_back("TXT _dmarc." + out.from_domain);
  }
  for (const auto& one : out.dkim)
    if (!one.key.name.empty() && one.key.state == KeyState::kNotObserved)
      add_missing(out.missing, {"TXT " + one.key.name});
  add_missing(out.missing, out.arc.missing);
  if (out.spf_mail_from) add_missing(out.missing, out.spf_mail_from->missing);
  if (out.spf_helo) add_missing(out.missing, out.spf_helo->missing);
  if (out.dmarc) add_missing(out.missing, out.dmarc->missing);
  if (out.dmarc_tree) add_missing(out.missing, out.dmarc_tree->missing);
  return out;
}

void write_spf(const SpfAnswer& answer, JsonWriter& json) {
  json.field("result", spf_word(answer.result));
  optional(json, "explanation", answer.explanation);
  optional(json, "reason", answer.reason);
  json.field("lookups", answer.lookups).field("void_lookups", answer.voids);
  distance(json, answer.farthest, answer.distance_known);
  texts(json, "missing", answer.missing);
}

void write_mail_auth(const MailAuth& auth, JsonWriter& json) {
  constexpr std::string_view bases[] = {"none", "given", "boundary", "date"};
  json.begin_object();
  if (auth.at)
    json.field("at", format_time(*auth.at))
        .field("at_basis", bases[static_cast<std::size_t>(auth.basis)]);
  if (auth.line_ends_changed) json.key("line_ends_changed").boolean(true);
  write_boundary(auth, json);
  const auto spf_part = [&](std::string_view key, const std::optional<SpfAnswer>& answer,
                            std::string_view domain) {
    if (!answer) return;
    json.key(key).begin_object().field("domain", domain);
    write_spf(*answer, json);
    json.end_object();
  };
  spf_part("spf", auth.spf_mail_from, auth.spf_domain);
  spf_part("spf_helo", auth.spf_helo, auth.boundary ? auth.boundary->helo : std::string{});
  if (auth.dkim.empty()) json.field("dkim_state", "unsigned");
  json.key("dkim").begin_array();
  for (const auto& one : auth.dkim) write_signature(one, json);
  json.end_array().key("arc");
  write_chain(auth.arc, json);
  if (auth.dmarc) write_policy(*auth.dmarc, json.key("dmarc"));
  if (auth.dmarc_tree) write_policy(*auth.dmarc_tree, json.key("dmarc_tree"));
  json.key("receiver_said").begin_array();
  for (const auto& said : auth.said) {
    json.begin_object().field("method", said.method).field("result", said.result);
    optional(json, "server", said.server);
    optional(json, "domain", said.domain);
    optional(json, "selector", said.selector);
    json.key("at_boundary").boolean(said.trusted);
    json.end_object();
  }
  json.end_array();
  texts(json, "contradictions", auth.contradictions);
  texts(json, "missing", auth.missing);
  json.end_object();
}

}  // namespace serjeant::mail

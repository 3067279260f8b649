#include "detect/mail/auth/receiver.h"

#include <algorithm>

#include "core/arena.h"
#include "core/text.h"
#include "detect/mail/auth/dns_snapshot.h"
#include "detect/mail/psl.h"
#include "shape/addresses.h"

namespace serjeant::mail {
namespace {

constexpr auto kMostSaid = std::size_t{100};

// Nobody else's client has an address of a house's own.
auto is_public(const Ip& ip) -> bool {
  const auto role = role_of(ip);
  return !ip.empty() && role != IpRole::kPrivate && role != IpRole::kLoopback;
}

// Comments out, folds to blanks; the quotes of strings are dropped.
auto plain(std::string_view value) -> std::string {
  auto out = std::string{};
  auto depth = 0;
  auto quoted = false;
  for (auto i = std::size_t{0}; i < value.size(); ++i) {
    const auto c = value[i];
    if (c == '\\' && i + 1 < value.size()) {
      ++i;
      if (depth == 0) out += value[i];
    } else if (quoted) {
      if (c == '"')
        quoted = false;
      else
        out += c == ';' ? ' ' : c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0) {
      if (c == '"')
        quoted = true;
      else
        out += c == '\r' || c == '\n' || c == '\t' ? ' ' : c;
    }
  }
  return out;
}

auto domain_part(std::string_view text) -> std::string {
  const auto sign = text.rfind('@');
  return dns_name(sign == text.npos ? text : text.substr(sign + 1));
}

// "spf=pass reason=... smtp.mailfrom=a@b"
auto read_statement(std::string_view piece, Said& out) -> bool {
  auto first = true;
  for (const auto word : split(piece, ' ')) {
    const auto sign = word.find('=');
    if (word.empty()) continue;
    if (sign == word.npos) {
      if (first) return false;
      continue;
    }
    const auto name = lower_ascii(word.substr(0, sign));
    const auto value = word.substr(sign + 1);
    if (first) {
      out.method = name.substr(0, name.find('/'));
      out.result = lower_ascii(value);
      first = false;
    } else if (name == "header.d" || (name == "header.i" && out.domain.empty()) ||
               (out.method == "spf" && (name == "smtp.mailfrom" || name == "smtp.mail")) ||
               (out.method == "dmarc" && name == "header.from")) {
      out.domain = domain_part(value);
    } else if (name == "header.s") {
      out.selector = value;
    }
  }
  return !first;
}

}  // namespace

auto boundary_of(const MailFacts& facts) -> std::optional<Boundary> {
  auto arena = Arena{};
  const auto made = [&](std::size_t index) {
    const auto& hop = facts.hops[index];
    auto out = Boundary{};
    out.hop = index;
    out.by = hop.by;
    out.helo = hop.helo.empty() ? hop.from : hop.helo;
    out.client = hop.rdns.empty() ? hop.from : hop.rdns;
    out.ip = hop.ip;
    if (hop.dated) out.at = hop.at;
    return out;
  };
  auto any = std::optional<Boundary>{};
  for (auto i = std::size_t{0}; i < facts.hops.size(); ++i) {
    const auto& hop = facts.hops[i];
    if (!is_public(hop.ip)) continue;
    const auto client = hop.rdns.empty() ? hop.from : hop.rdns;
    if (registrable_domain(client, arena) != registrable_domain(hop.by, arena)) return made(i);
    if (!any) any = made(i);
  }
  return any;
}

auto receiver_said(const WireMessage& message, const std::optional<Boundary>& boundary)
    -> std::vector<Said> {
  auto out = std::vector<Said>{};
  auto arena = Arena{};
  auto hops = std::size_t{0};
  const auto own = boundary ? arena.copy(registrable_domain(boundary->by, arena)) : "";
  for (const auto& field : message.fields) {
    if (equals_ignoring_ascii_case(field.name, "Received")) ++hops;
    const auto results = equals_ignoring_ascii_case(field.name, "Authentication-Results");
    const auto spf = equals_ignoring_ascii_case(field.name, "Received-SPF");
    if (!results && !spf) continue;
    const auto above = boundary && hops <= boundary->hop;
    const auto text = plain(field.value);
    if (spf) {
      auto said = Said{.method = "spf", .result = {}, .server = {}, .domain = {}, .selector = {}};
      const auto begin = trim(text);
      said.result = lower_ascii(begin.substr(0, begin.find(' ')));
      said.trusted = above;
      if (out.size() < kMostSaid) out.push_back(std::move(said));
      continue;
    }
    const auto pieces = split(text, ';');
    const auto head = trim(pieces[0]);
    const auto server = lower_ascii(head.substr(0, head.find(' ')));
    const auto ours = boundary && !own.empty() && registrable_domain(server, arena) == own;
    for (auto i = std::size_t{1}; i < pieces.size(); ++i) {
      auto said = Said{};
      if (!read_statement(pieces[i], said) || out.size() >= kMostSaid) continue;
      said.server = server;
      said.boundary_server = ours;
      said.trusted = ours && above;
      out.push_back(std::move(said));
    }
  }
  return out;
}

}  // namespace serjeant::mail

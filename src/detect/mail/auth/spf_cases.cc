#include "detect/mail/auth/spf_cases.h"

#include <algorithm>

#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "detect/mail/auth/spf.h"
#include "detect/mail/auth/verdict.h"

namespace serjeant::mail {
namespace {

// False if it is no question.
auto answer_one(std::string_view line, const DnsSnapshot& dns, JsonWriter& json) -> bool {
  auto document = Document{};
  auto arena = Arena{};
  const auto outcome = parse_json(line, {}, document, arena, {.depth = 4, .nodes = 256});
  const auto root = document.root();
  json.begin_object();
  if (const auto id = root.find("id")) json.key("id").value(id);
  const auto ip = parse_ip(root.find("ip").text());
  auto at = std::optional<Nanos>{};
  const auto time = root.find("time");
  if (time.is_text()) {
    if (const auto read = parse_iso_time(time.text())) at = read->at;
  } else if (time.is_number()) {
    const auto seconds = to_int(time.text());
    if (seconds && *seconds > -9'000'000'000 && *seconds < 9'000'000'000) at = *seconds * kSecond;
  }
  const auto good = outcome.complete && root.is_object() && !ip.empty() &&
                    (!time || time.is_null() || at.has_value());
  if (!good) {
    json.field("error", "not a question: it needs ip, helo and mail_from").end_object();
    return false;
  }
  const auto helo = root.find("helo").text();
  const auto mail_from = root.find("mail_from").text();
  json.field("identity", mail_from.empty() || mail_from == "<>" ? "helo" : "mail_from");
  write_spf(check_spf(mail_from_question(ip, helo, mail_from, at), dns), json);
  json.key("helo").begin_object();
  write_spf(check_spf(helo_question(ip, helo, at), dns), json);
  json.end_object().end_object();
  return true;
}

}  // namespace

auto answer_spf_cases(std::string_view text, const DnsSnapshot& dns, std::string& out)
    -> std::vector<Fault> {
  auto faults = std::vector<Fault>{};
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    if (!trim(line).empty()) {
      auto json = JsonWriter(out);
      if (!answer_one(line, dns, json)) {
        const auto length = std::min(line.size(), std::size_t{0xffffffff});
        faults.push_back({FaultKind::kBadSyntax, Span{at, static_cast<std::uint32_t>(length), 0}});
      }
      out += '\n';
    }
    at = end + 1;
  }
  return faults;
}

}  // namespace serjeant::mail

#include "expose/reach.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/text.h"
#include "expose/native.h"

namespace serjeant {
namespace {

auto contains(std::string_view text, std::string_view part) -> bool {
  return text.find(part) != std::string_view::npos;
}

// Message-IDs compare without their brackets and blanks.
auto bare_id(std::string_view id) -> std::string_view {
  id = trim(id);
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return id;
}

auto record_of(const Event& event) -> BasisRecord {
  return {{event.span, event.eid, event.at}, std::string(event.record_id)};
}

// DELIVER of tracking logs, "Delivered" of traces (FilteredAsSpam and
// Quarantined are not).
auto is_delivery(const Event& event) -> bool {
  auto word = lower_ascii(event.operation);
  if (word == "deliver" || word == "delivered" || word == "receive.deliver") return true;
  for (auto name : {"event-id", "EventId", "Status", "status"})
    if (auto text = lower_ascii(native_text(event, name)); text == "deliver" || text == "delivered")
      return true;
  return false;
}

constexpr auto kTokenBytes = std::size_t{6};

// What stands between the separators of a URL's path and query.
auto words_of(std::string_view text) -> std::vector<std::string_view> {
  auto out = std::vector<std::string_view>{};
  while (!text.empty() && out.size() < 64) {
    auto end = text.find_first_of("/?&=#;,+");
    auto word = text.substr(0, end);
    if (word.size() >= kTokenBytes) out.push_back(word);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

auto is_fetched(const Event& event) -> bool {
  return event.outcome != Outcome::kFailure && event.outcome != Outcome::kBlocked;
}

}  // namespace

auto fetch_by(const Event& event) -> FetchBy {
  constexpr auto kProxies = std::to_array<std::string_view>(
      {"googleimageproxy", "yahoomailproxy", "yahoocachesystem", "ggpht.com", "outlookimageproxy",
       "bingpreview", "mail.ru image proxy", "protonmail-image-proxy"});
  constexpr auto kScanners = std::to_array<std::string_view>(
      {"barracuda", "proofpoint", "mimecast", "safelinks", "microsoft office existence discovery",
       "urldefense", "symantec", "fireeye", "trendmicro", "headlesschrome", "python-requests",
       "curl/", "wget/", "go-http-client", "facebookexternalhit", "slackbot", "skypeuripreview"});
  auto agent = lower_ascii(event.agent);
  for (auto proxy : kProxies)
    if (contains(agent, proxy)) return FetchBy::kProxy;
  for (auto scanner : kScanners)
    if (contains(agent, scanner)) return FetchBy::kScanner;
  return event.ip_role == IpRole::kProvider ? FetchBy::kProxy : FetchBy::kPerson;
}

auto url_parts(std::string_view url) -> UrlParts {
  url = trim(url);
  if (auto scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  auto end = url.find_first_of("/?#");
  auto authority = url.substr(0, end);
  if (auto user = authority.rfind('@'); user != std::string_view::npos)
    authority.remove_prefix(user + 1);
  if (auto port = authority.rfind(':'); port != std::string_view::npos &&
                                        authority.find(']', port) == std::string_view::npos &&
                                        std::count(authority.begin(), authority.end(), ':') == 1)
    authority = authority.substr(0, port);
  if (authority.ends_with('.')) authority.remove_suffix(1);
  return {lower_ascii(authority),
          end == std::string_view::npos ? std::string_view{} : url.substr(end)};
}

auto find_reach(std::span<const Aim> aims, const EventStream* deliveries,
                const EventStream* fetches) -> Result<std::vector<AimReach>> {
  auto out = std::vector<AimReach>(aims.size());
  auto by_mail = std::map<std::pair<std::string, std::string>, std::vector<std::size_t>>{};
  auto by_host = std::map<std::string, std::vector<std::size_t>, std::less<>>{};
  auto by_token = std::map<std::string, std::vector<std::size_t>, std::less<>>{};
  auto by_actor = std::map<std::pair<std::string, std::string>, std::vector<std::size_t>>{};
  for (auto i = std::size_t{0}; i < aims.size(); ++i) {
    const auto& aim = aims[i];
    by_mail[{std::string(bare_id(aim.message_id)), aim.recipient}].push_back(i);
    auto add = [i](std::vector<std::size_t>& list) {
      if (list.empty() || list.back() != i) list.push_back(i);
    };
    for (const auto* hosts : {&aim.open_hosts, &aim.click_hosts})
      for (const auto& host : *hosts) {
        add(by_host[lower_ascii(host)]);
        add(by_actor[{lower_ascii(host), aim.recipient}]);
      }
    for (const auto& token : aim.tokens)
      if (token.size() >= kTokenBytes) add(by_token[token]);
    // A mail that lies in the recipient's own mailbox was delivered.
    if (!aim.mailbox.empty() && lower_ascii(aim.mailbox) == aim.recipient)
      out[i].delivered = BasisRecord{{aim.span, {}, aim.at}, aim.message_id};
  }
  if (deliveries != nullptr && !aims.empty())
    SJ_DO(deliveries->each([&](const Event& event) {
      if (!is_delivery(event)) return;
      auto id = std::string(bare_id(event.message_id));
      for (auto recipient : {event.target, event.mailbox}) {
        if (recipient.empty()) continue;
        auto found = by_mail.find({id, lower_ascii(recipient)});
        if (found == by_mail.end()) continue;
        for (auto i : found->second)
          if (!out[i].delivered) out[i].delivered = record_of(event);
      }
    }));
  if (fetches != nullptr && !aims.empty())
    SJ_DO(fetches->each([&](const Event& event) {
      if (!is_fetched(event)) return;
      auto url = url_parts(event.object);
      auto found = by_host.find(url.host);
      if (found == by_host.end()) return;
      auto hits = std::vector<std::size_t>{};
      for (auto text : {url.rest, native_text(event, "cs-uri-query")})
        for (auto word : words_of(text))
          for (auto whole : {word, word.substr(0, word.rfind('.'))})
            if (auto token = by_token.find(whole); hits.empty() && token != by_token.end())
              for (auto i : token->second)
                if (std::binary_search(found->second.begin(), found->second.end(), i))
                  hits.push_back(i);
      if (hits.empty() && !event.actor.empty())
        if (auto mine = by_actor.find({url.host, lower_ascii(event.actor)}); mine != by_actor.end())
          hits = mine->second;
      // A host that one recipient's mail names and no other's.
      if (hits.empty() && found->second.size() == 1) hits = found->second;
      for (auto i : hits) {
        const auto& aim = aims[i];
        if (aim.basis != TimeBasis::kNone && event.basis != TimeBasis::kNone &&
            event.at < aim.at - kDay)
          continue;
        auto in = [&](const std::vector<std::string>& hosts) {
          return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
            return equals_ignoring_ascii_case(host, url.host);
          });
        };
        auto& reach = out[i];
        ++reach.fetches;
        auto by = fetch_by(event);
        if (by == FetchBy::kScanner) continue;
        if (in(aim.open_hosts)) {
          auto& slot = by == FetchBy::kProxy ? reach.proxied : reach.opened;
          if (!slot) {
            slot = record_of(event);
            if (by == FetchBy::kPerson || reach.opened_client.empty())
              reach.opened_client = std::string(event.agent);
            if (by == FetchBy::kPerson) reach.opened_address = format_ip(event.ip);
          }
        } else if (in(aim.click_hosts) && by == FetchBy::kPerson && !reach.clicked) {
          reach.clicked = record_of(event);
        }
      }
    }));
  return out;
}

}  // namespace serjeant

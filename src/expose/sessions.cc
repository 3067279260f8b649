#include "expose/sessions.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace serjeant {
namespace {

constexpr auto kPause = 24 * kHour;
// A session of more strands than this is a gateway's; the rest goes to the last.
constexpr auto kMostStrands = std::size_t{64};

// Protocol names and empty strings do not tell one client from another.
auto is_telling(const Deed& deed) -> bool {
  return deed.family != 0 && deed.client.find("Action=") == std::string_view::npos &&
         deed.client != "Client=REST;;";
}

// Acts that a person does from where he sits. Reads by applications and by the
// provider's own systems have an address, but nobody sits there; failures are
// attempts, not acts; renderers act for a person from the provider's place.
auto is_personal(const Deed& deed) -> bool {
  if (!has_place(deed)) return false;
  switch (deed.kind.act) {
    case Act::kSignInFailed:
      return false;
    case Act::kMailRead:
    case Act::kMailSent:
    case Act::kMailRemoved:
      return read_origin(deed).kind == ReadBy::kAddress;
    case Act::kFile:
      return !is_rendering(deed.client);
    default:
      return true;
  }
}

// Addresses that somebody signs in from or handles mail or files at. Directory
// changes alone make no such place: their records often carry the address of
// the provider's backend.
auto inhabited(const AccountFacts& facts) -> std::set<Ip> {
  auto out = std::set<Ip>{};
  for (const auto& deed : facts.deeds)
    if (is_personal(deed) && deed.kind.act != Act::kControl && deed.kind.act != Act::kConsent)
      out.insert(deed.ip);
  return out;
}

}  // namespace

auto find_stays(const AccountFacts& facts) -> std::vector<Stay> {
  auto out = std::vector<Stay>{};
  auto open = std::map<std::pair<Ip, std::uint32_t>, std::size_t>{};
  auto last_at = std::map<Ip, std::uint32_t>{};
  auto last_in = std::map<std::pair<Ip, std::string_view>, std::uint32_t>{};
  auto places = inhabited(facts);
  // A first pass lets acts that come before the telling one find it too.
  for (const auto& deed : facts.deeds)
    if (is_personal(deed) && is_telling(deed)) {
      last_at.emplace(deed.ip, deed.family);
      if (!deed.session.empty()) last_in.emplace(std::pair{deed.ip, deed.session}, deed.family);
    }
  for (auto i = std::size_t{0}; i < facts.deeds.size(); ++i) {
    const auto& deed = facts.deeds[i];
    if (!is_personal(deed) || places.count(deed.ip) == 0) continue;
    auto family = deed.family;
    if (is_telling(deed)) {
      last_at[deed.ip] = family;
      if (!deed.session.empty()) last_in[{deed.ip, deed.session}] = family;
    } else if (auto in = last_in.find({deed.ip, deed.session});
               !deed.session.empty() && in != last_in.end()) {
      family = in->second;
    } else if (auto at = last_at.find(deed.ip); at != last_at.end()) {
      family = at->second;
    }
    auto key = std::pair{deed.ip, family};
    auto found = open.find(key);
    if (found == open.end() || deed.cite.at - out[found->second].last >= kPause) {
      out.push_back({deed.ip, family, deed.cite.at, deed.cite.at, {}, {}, {}, {}, 0, 0});
      found = open.insert_or_assign(key, out.size() - 1).first;
    }
    auto& stay = out[found->second];
    stay.last = std::max(stay.last, deed.cite.at);
    stay.deeds.push_back(narrow<std::uint32_t>(i));
    auto day = day_of(deed.cite.at);
    if (stay.days.empty() || stay.days.back() != day) stay.days.push_back(day);
    if (deed.agent != 0 && is_telling(deed)) stay.agents.insert(deed.agent);
    if (!deed.session.empty()) stay.sessions.insert(deed.session);
    ++(deed.kind.act == Act::kSignIn ? stay.sign_ins : stay.acts);
  }
  std::sort(out.begin(), out.end(), [](const Stay& a, const Stay& b) {
    return std::tie(a.first, a.ip, a.deeds.front()) < std::tie(b.first, b.ip, b.deeds.front());
  });
  return out;
}

auto find_sessions(const AccountFacts& facts) -> std::vector<Session> {
  auto by_name = std::map<std::string_view, Session>{};
  for (auto i = std::size_t{0}; i < facts.deeds.size(); ++i) {
    const auto& deed = facts.deeds[i];
    if (deed.session.empty() || !is_personal(deed)) continue;
    auto& session = by_name[deed.session];
    if (session.strands.empty()) {
      session.native = deed.session;
      session.first = session.last = deed.cite.at;
    }
    session.last = std::max(session.last, deed.cite.at);
    auto network = network_of(deed.ip);
    auto telling = is_telling(deed);
    auto same =
        std::find_if(session.strands.rbegin(), session.strands.rend(), [&](const Strand& strand) {
          return network_of(strand.ip) == network &&
                 (!telling || strand.family == 0 || strand.family == deed.family);
        });
    if (same == session.strands.rend() && session.strands.size() >= kMostStrands)
      same = session.strands.rbegin();
    if (same == session.strands.rend()) {
      session.strands.push_back(
          {deed.ip, telling ? deed.family : 0, deed.cite.at, deed.cite.at, {}, false});
      same = session.strands.rbegin();
    }
    if (telling && same->family == 0) same->family = deed.family;
    same->last = std::max(same->last, deed.cite.at);
    same->deeds.push_back(narrow<std::uint32_t>(i));
    same->has_sign_in = same->has_sign_in || deed.fresh;
  }
  auto out = std::vector<Session>{};
  for (auto& [name, session] : by_name) {
    for (auto i = std::size_t{0}; i + 1 < session.strands.size(); ++i)
      for (auto j = i + 1; j < session.strands.size(); ++j) {
        const auto& a = session.strands[i];
        const auto& b = session.strands[j];
        if (b.first <= a.last)
          session.interleaved = true;
        else if (a.family == b.family)
          session.roaming = true;
      }
    out.push_back(std::move(session));
  }
  std::sort(out.begin(), out.end(), [](const Session& a, const Session& b) {
    return std::tie(a.first, a.native) < std::tie(b.first, b.native);
  });
  return out;
}

}  // namespace serjeant

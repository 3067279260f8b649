#include "expose/stays.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "expose/files.h"
#include "expose/first_party.h"
#include "expose/hands.h"

namespace serjeant {
namespace {

constexpr auto kBasis = std::size_t{64};
constexpr auto kNear = kHour;
constexpr auto kTied = 10 * kMinute;
constexpr auto kAtOnce = 10 * kMinute;
constexpr auto kComesBack = std::int64_t{14};
constexpr auto kMostDays = std::size_t{4000};
constexpr auto kLongStay = std::size_t{14};
constexpr auto kGuessedWithin = 30 * kDay;

auto plural(std::uint64_t count, std::string_view one, std::string_view many) -> std::string {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

void sign(Verdict& verdict, std::string family, std::int64_t weight, std::string words) {
  if (weight == 0) return;
  verdict.signs.push_back({std::move(family), weight, std::move(words)});
}

// Habit speaks only as far as it was seen before: a nat a day.
auto at_most_days(std::int64_t weight, std::uint32_t days_before) -> std::int64_t {
  return std::min(weight, static_cast<std::int64_t>(days_before) * kNat);
}

// The days that a stay must not be judged by: its own and the fortnight after,
// in which an intruder comes back.
auto days_left_out(const Stay& stay) -> std::vector<std::int64_t> {
  auto out = std::vector<std::int64_t>{};
  for (auto day = stay.days.front(); day <= stay.days.back() + kComesBack; ++day) {
    if (out.size() > kMostDays) break;
    out.push_back(day);
  }
  return out;
}

void weigh_identity(const AccountFacts& facts, const Stay& stay, const Habit& habit,
                    const StayContext& context, Verdict& verdict) {
  auto days = days_left_out(stay);
  auto best = novelty(habit, context.origins, stay.ip, 0, stay.family, days);
  if (best.days_before == 0) {
    verdict.against.emplace_back(
        "nothing is known of this account before: there is no habit to compare with");
    return;
  }
  // Of several versions of one client, the most familiar one counts.
  auto client = std::optional<std::int64_t>{};
  for (auto agent : stay.agents) {
    auto one = novelty(habit, context.origins, stay.ip, agent, stay.family, days);
    if (!client || one.client < *client) client = one.client;
  }
  if (best.egress)
    verdict.against.push_back("many accounts share the network of " + format_ip(stay.ip) +
                              " over weeks: being there says nothing");
  // Attackers may use the owner's place too; that makes it no stranger's.
  auto familiar = habit.days_in(network_of(stay.ip), days) > 0;
  if (familiar) best.origin = std::min<std::int64_t>(best.origin, 0);
  sign(verdict, "origin", std::min(at_most_days(best.origin, best.days_before), 3 * kNat),
       best.origin > 0 ? "address not used on any of the " +
                             plural(best.days, "other day", "other days") + " of this account"
                       : "address that the account or its colleagues use on other days");
  if (client)
    sign(verdict, "client",
         std::clamp(at_most_days(*client, best.days_before), -3 * kNat, 5 * kNat / 2),
         *client > 0 ? "client string that the account does not use on other days"
                     : "client string that the account uses on other days");
  // A registered device is told by its key; a client string is what anybody says.
  auto known = std::any_of(stay.deeds.begin(), stay.deeds.end(), [&](std::uint32_t index) {
    const auto& device = facts.deeds[index].device;
    return !device.empty() && habit.days_on_device(device, days) > 0;
  });
  if (known)
    sign(verdict, "device", -3 * kNat,
         "signed in from a registered device that the account uses on other days");
  if (stay.days.size() >= kLongStay)
    sign(verdict, "habit", -2 * kNat, "a stay of two weeks and more: rather a move of the owner");
}

// Another account at the same rarely used address with the same client within
// an hour: weighs as much as the client is rare.
void weigh_company(const Stay& stay, const StayContext& context, Verdict& verdict) {
  const auto* visits = context.origins.visits(stay.ip);
  if (visits == nullptr) return;
  auto others = std::set<std::uint32_t>{};
  for (const auto& visit : *visits)
    if (visit.account != context.account && stay.agents.count(visit.agent) != 0 &&
        visit.first <= stay.last + kNear && visit.last >= stay.first - kNear)
      others.insert(visit.account);
  if (others.empty()) return;
  auto rare = kNat;
  const auto& all = context.origins.all().used;
  for (auto agent : stay.agents) {
    auto use = context.origins.agent(agent).used;
    // micro-nats of the client's rarity, by halving: log2 of the share, floored.
    auto ratio = all.days / std::max(use.days, 1u);
    auto weight = std::int64_t{0};
    while (ratio > 1) {
      ratio /= 2;
      weight += 693'147;
    }
    rare = std::max(rare, weight);
  }
  sign(verdict, "company", std::min(rare, 3 * kNat),
       plural(others.size(), "other account came", "other accounts came") +
           " from this address with the same client within an hour");
}

// Have acts of two strands of one session turns within few hours, so that one
// person would have to be here, there, and here again? A strand that ends where
// the other begins is a person on the way (exposure notes, 6.5).
auto take_turns(const AccountFacts& facts, const Strand& a, const Strand& b) -> bool {
  constexpr auto kTurn = 3 * kHour;
  constexpr auto kTurns = 2;
  auto turns = 0;
  auto before = std::optional<std::pair<Nanos, bool>>{};
  auto x = a.deeds.begin();
  auto y = b.deeds.begin();
  while (x != a.deeds.end() || y != b.deeds.end()) {
    // Deeds are numbered in order of time.
    auto first = y == b.deeds.end() || (x != a.deeds.end() && *x < *y);
    auto at = facts.deeds[first ? *x++ : *y++].cite.at;
    if (before && before->second != first) {
      turns = at - before->first <= kTurn ? turns + 1 : 0;
      if (turns >= kTurns) return true;
    }
    before = {at, first};
  }
  return false;
}

// An account's sessions, and what is asked of them stay by stay.
class SessionBook {
 public:
  explicit SessionBook(const AccountFacts& facts) : facts_(facts), sessions_(find_sessions(facts)) {
    for (const auto& session : sessions_) {
      const auto& strands = session.strands;
      auto moves = std::any_of(strands.begin(), strands.end(), [&](const Strand& strand) {
        return network_of(strand.ip) != network_of(strands.front().ip);
      });
      by_name_.emplace(session.native, Known{&session, moves});
      carried_ += moves ? 1 : 0;
    }
  }

  auto at(std::string_view name) const -> const Session& { return *by_name_.at(name).session; }

  // Each pair of strands is walked once, however many stays ask.
  auto take_turns(const Strand& a, const Strand& b) -> bool {
    auto [known, fresh] = turns_.try_emplace(std::minmax(&a, &b), false);
    if (fresh) known->second = serjeant::take_turns(facts_, a, b);
    return known->second;
  }

  // How much a session that is carried from place to place says against its
  // owner: the less, the more of the account's other sessions are carried too.
  auto carried_weight(const Stay& stay, std::int64_t most) const -> std::int64_t {
    constexpr auto kPriorCarried = 0.5, kPriorAll = 6.0;
    auto all = static_cast<double>(sessions_.size() - stay.sessions.size());
    auto carried = carried_;
    for (auto name : stay.sessions) carried -= by_name_.at(name).moves ? 1 : 0;
    auto odds = (all + kPriorAll) / (static_cast<double>(carried) + kPriorCarried);
    return std::min(most, static_cast<std::int64_t>(std::llround(1e6 * std::log(odds))));
  }

 private:
  struct Known {
    const Session* session;
    bool moves;  // is seen in more than one network
  };
  const AccountFacts& facts_;
  std::vector<Session> sessions_;
  std::map<std::string_view, Known> by_name_;
  std::map<std::pair<const Strand*, const Strand*>, bool> turns_;
  std::int64_t carried_ = 0;  // sessions that move
};

void weigh_session(const AccountFacts& facts, SessionBook& sessions, const Stay& stay,
                   const Habit& habit, const AgentNames& agents, Verdict& verdict) {
  // A person has several clients of his own: another one says something only if
  // the account does not use it on other days.
  auto foreign_client = family_total(verdict.signs, "client") > 0;
  auto new_place = family_total(verdict.signs, "origin") > 0;
  auto days = days_left_out(stay);
  auto strange = [&](std::uint32_t family) {
    return family != 0 && family != stay.family && habit.days(days) > 0 &&
           habit.days_of_family(family, days) == 0;
  };
  auto unborn = false, phished = false, proxied = false, apart = false, beside = false;
  for (auto name : stay.sessions) {
    const auto& session = sessions.at(name);
    if (session.strands.size() < 2) continue;
    const Strand* here = nullptr;
    for (const auto& strand : session.strands)
      if (network_of(strand.ip) == network_of(stay.ip) && strand.family == stay.family)
        here = &strand;
    if (here == nullptr) continue;
    for (const auto& strand : session.strands) {
      if (&strand == here) continue;
      auto other_client = foreign_client && strand.family != here->family && strand.family != 0 &&
                          here->family != 0;
      auto elsewhere = network_of(strand.ip) != network_of(here->ip);
      auto turns = elsewhere && sessions.take_turns(*here, strand);
      if (other_client || turns) {
        // Two browsers behind one address are mostly one person's.
        (elsewhere ? apart : beside) = true;
        verdict.against.push_back("session " + std::string(session.native) + " is also seen from " +
                                  format_ip(strand.ip) +
                                  (agents.name(strand.family).empty()
                                       ? std::string{}
                                       : " with " + agents.name(strand.family)) +
                                  " (" + format_time(strand.first) + ")");
      }
      // The session began elsewhere and was never signed in from here.
      if (elsewhere && !here->has_sign_in && strand.has_sign_in && strand.first < here->first &&
          (other_client || turns))
        unborn = true;
      // Signed in through an adversary in the middle: his proxy shows the owner's
      // client, then he acts with his own from the same address; or the session
      // that was signed in to here moves away at once, with another client.
      if (!elsewhere && new_place && other_client && strand.has_sign_in && !here->has_sign_in &&
          strand.first <= here->first)
        proxied = true;
      if (elsewhere && here->has_sign_in && strand.first >= here->first &&
          strand.first - here->first <= kAtOnce && (other_client || strange(strand.family)))
        phished = true;
    }
  }
  if (unborn)
    sign(verdict, "session", sessions.carried_weight(stay, 5 * kNat / 2),
         "acts in a session that was signed in to from elsewhere: a token that was carried over");
  else if (apart)
    sign(verdict, "session", sessions.carried_weight(stay, 2 * kNat), "one session, two places");
  else if (beside)
    sign(verdict, "session", kNat, "one session, two clients at one place");
  if (phished || proxied)
    sign(verdict, "session", kNat,
         proxied ? "signed in through this address with another client than the one that acts"
                 : "the session moves to another client within 10 minutes");
  // A device code typed at the usual place is the owner's.
  auto elsewhere = family_total(verdict.signs, "origin") >= kNat;
  for (auto index : stay.deeds) {
    const auto& deed = facts.deeds[index];
    if (deed.kind.act != Act::kSignIn || !elsewhere) continue;
    if (deed.request.find("deviceCode") != std::string_view::npos || deed.request == "Cmsi:Cmsi" ||
        is_device_code_client(deed.app)) {
      sign(verdict, "session", 2 * kNat, "signed in by a device code or a broker");
      verdict.route = "device_code";
      break;
    }
  }
  if (verdict.route.empty()) verdict.route = phished || proxied ? "aitm" : unborn ? "session" : "";
}

// A guesser's own sign-ins and nothing more: told as a password that is known.
auto is_told_as_guess(const Stay& stay, const StayContext& context) -> bool {
  if (stay.acts > 0 || context.guessed == nullptr) return false;
  return std::any_of(context.guessed->begin(), context.guessed->end(), [&](const Verdict& guess) {
    return stay.first >= guess.first && stay.last <= guess.last &&
           std::find(guess.origins.begin(), guess.origins.end(), format_ip(stay.ip)) !=
               guess.origins.end();
  });
}

void weigh_guesses(const Stay& stay, const StayContext& context, Verdict& verdict) {
  if (context.guessed == nullptr) return;
  for (const auto& guess : *context.guessed) {
    if (guess.verdict != "credentials_known" || guess.first > stay.last ||
        stay.first - guess.first > kGuessedWithin)
      continue;
    auto same = stay.agents.count(guess.client) != 0;
    sign(verdict, "guess", same ? 4 * kNat : 3 * kNat / 2,
         same ? "the password was guessed with this client before"
              : "the password had been guessed before");
    if (verdict.route.empty()) verdict.route = guess.route;
    break;
  }
}

// Every personal act with its stay, by time: answers which stay was active last.
class Activity {
 public:
  Activity(const AccountFacts& facts, const std::vector<Stay>& stays) {
    for (const auto& stay : stays) {
      places_.insert(stay.ip);
      for (auto index : stay.deeds) acts_.emplace_back(facts.deeds[index].cite.at, &stay);
    }
    std::stable_sort(acts_.begin(), acts_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  // Is this a place where the account was, and not a backend's address?
  auto is_place(const Ip& ip) const -> bool { return places_.count(ip) != 0; }
  // The stay whose act lies nearest before `at`, no more than 10 minutes.
  auto last_before(Nanos at) const -> const Stay* {
    auto after = std::upper_bound(acts_.begin(), acts_.end(), at,
                                  [](Nanos time, const auto& act) { return time < act.first; });
    if (after == acts_.begin() || at - (after - 1)->first > kTied) return nullptr;
    return (after - 1)->second;
  }

 private:
  std::set<Ip> places_;
  std::vector<std::pair<Nanos, const Stay*>> acts_;
};

void weigh_acts(const Activity& activity, const Stay& stay, const StayContext& context,
                Candidate& out) {
  auto acts = std::vector<Sign>{};
  auto begin =
      std::lower_bound(context.changes.begin(), context.changes.end(), stay.first,
                       [](const Change* change, Nanos at) { return change->cite.at < at; });
  for (auto next = begin; next != context.changes.end(); ++next) {
    const auto* change = *next;
    auto at = change->cite.at;
    if (at > stay.last + kTied) break;
    if (change->undoes || change->failed) continue;
    auto placed = activity.is_place(change->ip);
    auto mine =
        placed ? change->ip == stay.ip && at <= stay.last : activity.last_before(at) == &stay;
    if (!mine) continue;
    out.changes.push_back(change);
    if (change->weight == 0) continue;
    auto reasons = std::string{};
    for (const auto& reason : change->reasons) reasons += (reasons.empty() ? "" : ", ") + reason;
    acts.push_back({"act", placed ? change->weight : change->weight / 2,
                    change->operation +
                        (change->name.empty() ? std::string{} : " \"" + change->name + "\"") +
                        ": " + reasons + (placed ? "" : " (tied by account and time only)")});
    out.verdict.acts.push_back(acts.back().words);
    if (is_hostile(*change)) {
      ++out.verdict.hostile_acts;
      out.by_own_acts = out.by_own_acts || placed;
    }
  }
  std::stable_sort(acts.begin(), acts.end(),
                   [](const Sign& a, const Sign& b) { return a.weight > b.weight; });
  constexpr auto kTold = std::size_t{12};
  if (acts.size() > kTold) acts.resize(kTold);
  for (auto& act : acts) out.verdict.signs.push_back(std::move(act));
}

void tell_contents(const AccountFacts& facts, const std::vector<std::uint32_t>& deeds,
                   Verdict& verdict) {
  auto items = std::set<std::string_view>{};
  auto add = [&](const Deed& deed) {
    if (verdict.basis.size() < kBasis)
      verdict.basis.push_back({deed.cite, std::string(deed.record)});
  };
  auto sign_ins = 0;
  for (auto index : deeds) {
    const auto& deed = facts.deeds[index];
    if (deed.kind.act == Act::kSignIn) {
      if (++sign_ins <= 8) add(deed);
      continue;
    }
    add(deed);
    switch (deed.kind.act) {
      case Act::kMailRead:
        if (deed.sync) {
          verdict.whole_mailbox = true;
          verdict.because = {"folders were synchronised: the items are not listed"};
        }
        for (auto n = std::uint32_t{0}; n < deed.items; ++n) {
          const auto& item = facts.items[deed.items_first + n];
          items.insert(item.message_id.empty() ? item.native_id : item.message_id);
        }
        break;
      case Act::kMailSent:
        ++verdict.sent;
        break;
      case Act::kMailRemoved:
        ++verdict.removed;
        break;
      case Act::kFile:
        ++verdict.files;
        if (takes_file(deed)) {
          ++verdict.downloads;
          verdict.bytes += deed.bytes;
        }
        break;
      default:
        break;
    }
  }
  items.erase(std::string_view{});
  verdict.items_read = items.size();
}

auto identity_of(const Verdict& verdict) -> std::int64_t {
  return family_total(verdict.signs, "origin") + family_total(verdict.signs, "client") +
         family_total(verdict.signs, "habit");
}

// Weights that a likelihood ratio of e^w would earn are reached by chance once in e^w
// accounts, so that among thousands of honest ones some pass any fixed bar (decision
// 0076). Six nats for the few, the logarithm of their number for the many.
auto bar_among(std::size_t accounts) -> std::int64_t {
  auto by_chance = std::log(static_cast<double>(std::max(accounts, std::size_t{1})));
  return std::max(6 * kNat, static_cast<std::int64_t>(by_chance * static_cast<double>(kNat)));
}

void conclude(Candidate& candidate, std::int64_t bar) {
  auto& verdict = candidate.verdict;
  // Acts count only where something else says that a stranger may be there: an
  // administrator changes rights at his usual desk every day.
  auto acts = family_total(verdict.signs, "act");
  verdict.total = total_of(verdict.signs);
  if (verdict.total - acts < 3 * kNat) verdict.total -= acts;
  verdict.decisive = candidate.by_own_acts && identity_of(verdict) >= 3 * kNat;
  auto enough = verdict.total >= bar && families_for(verdict.signs) >= 2;
  if (enough || verdict.decisive) {
    verdict.verdict = "taken_over";
    verdict.certainty = std::string(certainty_of(std::max(verdict.total, 6 * kNat)));
    verdict.readings.clear();
  } else if (verdict.total >= 3 * kNat && candidate.acts > 0) {
    verdict.verdict = "undecidable";
    verdict.certainty = "possible";
    verdict.readings = {"the owner, at a new place or with a new device",
                        "somebody else who holds the account's password or token"};
  } else {
    verdict.verdict.clear();
    verdict.certainty.clear();
  }
}

void state(Candidate& candidate) {
  auto& verdict = candidate.verdict;
  if (verdict.verdict.empty()) return;
  auto did = std::string{};
  auto tell = [&](std::uint64_t count, std::string_view verb, std::string_view one,
                  std::string_view many) {
    if (count == 0) return;
    did += (did.empty() ? "" : ", ") + std::string(verb) + " " + plural(count, one, many);
  };
  tell(verdict.items_read, "opened", "mail", "mails");
  tell(verdict.removed, "removed items in", "act", "acts");
  tell(verdict.sent, "sent", "mail", "mails");
  tell(verdict.downloads, "downloaded", "file", "files");
  tell(verdict.hostile_acts, "made", "change that serves an intruder",
       "changes that serve an intruder");
  if (did.empty()) did = "did nothing that the log names as a read, a send or a change";
  auto client = candidate.clients.empty() ? std::string{} : " with " + candidate.clients.front();
  verdict.statement =
      "Between " + format_time(verdict.first) + " and " + format_time(verdict.last) +
      " somebody at " + verdict.origins.front() +
      (verdict.origins.size() > 1
           ? " and " + plural(verdict.origins.size() - 1, "more address", "more addresses")
           : std::string{}) +
      client + " held this account and " + did + ".";
  if (verdict.verdict == "undecidable")
    verdict.statement += " Whether it was the owner, the log cannot tell.";
  if (verdict.items_read > 0 || verdict.whole_mailbox)
    verdict.statement += " At least " + plural(verdict.items_read, "mail", "mails") +
                         (verdict.whole_mailbox     ? ", at most the whole mailbox."
                          : verdict.items_read == 1 ? " was read."
                                                    : " were read.");
}

// What speaks for one stay's being a stranger's, acts left aside.
auto weigh_stay(const AccountFacts& facts, const Habit& habit, const StayContext& context,
                SessionBook& sessions, const Stay& stay) -> Verdict {
  auto out = Verdict{};
  weigh_identity(facts, stay, habit, context, out);
  weigh_company(stay, context, out);
  weigh_session(facts, sessions, stay, habit, context.agents, out);
  weigh_guesses(stay, context, out);
  return out;
}

// Takes over from a part of a hand what speaks loudest in each family.
void add_part(const Verdict& part, Verdict& whole) {
  auto families = std::set<std::string>{};
  for (const auto& sign : part.signs) families.insert(sign.family);
  for (const auto& family : families) {
    auto have = std::any_of(whole.signs.begin(), whole.signs.end(),
                            [&](const Sign& sign) { return sign.family == family; });
    if (have && family_total(part.signs, family) <= family_total(whole.signs, family)) continue;
    std::erase_if(whole.signs, [&](const Sign& sign) { return sign.family == family; });
    for (const auto& sign : part.signs)
      if (sign.family == family) whole.signs.push_back(sign);
  }
  for (const auto& against : part.against)
    if (std::find(whole.against.begin(), whole.against.end(), against) == whole.against.end())
      whole.against.push_back(against);
  if (whole.route.empty() || part.route == "aitm") whole.route = part.route;
}

auto candidate_of(const AccountFacts& facts, const std::vector<Stay>& stays,
                  const std::vector<Verdict>& weighed, const std::vector<std::size_t>& members,
                  const Activity& activity, const StayContext& context) -> Candidate {
  auto out = Candidate{};
  auto& verdict = out.verdict;
  auto deeds = std::vector<std::uint32_t>{};
  auto sessions = std::set<std::string_view>{};
  auto clients = std::set<std::string>{};
  verdict.account = facts.key;
  verdict.org = facts.org;
  verdict.first = stays[members.front()].first;
  for (auto member : members) {
    const auto& stay = stays[member];
    add_part(weighed[member], verdict);
    deeds.insert(deeds.end(), stay.deeds.begin(), stay.deeds.end());
    sessions.insert(stay.sessions.begin(), stay.sessions.end());
    for (auto agent : stay.agents) clients.insert(context.agents.name(agent));
    verdict.last = std::max(verdict.last, stay.last);
    auto origin = format_ip(stay.ip);
    if (std::find(verdict.origins.begin(), verdict.origins.end(), origin) == verdict.origins.end())
      verdict.origins.push_back(origin);
    out.acts += stay.acts;
    out.parts.push_back({stay.ip, context.agents.name(stay.family), stay.first, stay.last});
    if (members.size() > 1 && family_total(weighed[member].signs, "origin") < 0)
      verdict.against.push_back("the same hand is seen at " + origin +
                                ", an address that this account uses too");
  }
  for (auto member : members) weigh_acts(activity, stays[member], context, out);
  out.acts += out.changes.size();
  std::sort(deeds.begin(), deeds.end());
  tell_contents(facts, deeds, verdict);
  verdict.sessions.assign(sessions.begin(), sessions.end());
  out.clients.assign(clients.begin(), clients.end());
  if (verdict.route.empty()) verdict.route = "sign_in";
  auto known = std::set<Id>{};
  for (const auto& one : verdict.basis) known.insert(one.cite.eid);
  for (const auto* change : out.changes)
    if (verdict.basis.size() < kBasis && known.insert(change->cite.eid).second)
      verdict.basis.push_back({change->cite, change->record});
  std::sort(verdict.basis.begin(), verdict.basis.end(),
            [](const BasisRecord& a, const BasisRecord& b) {
              return std::tie(a.cite.at, a.record) < std::tie(b.cite.at, b.record);
            });
  return out;
}

}  // namespace

auto weigh_stays(const AccountFacts& facts, const Habit& habit, const StayContext& context)
    -> std::vector<Candidate> {
  auto stays = find_stays(facts);
  auto activity = Activity(facts, stays);
  auto sessions = SessionBook(facts);
  auto weighed = std::vector<Verdict>{};
  auto weights = std::vector<StayWeight>{};
  for (const auto& stay : stays) {
    // A usual place with a usual client is the owner's, whatever is done there:
    // acts show what an intruder did, not who he is.
    weighed.push_back(weigh_stay(facts, habit, context, sessions, stay));
    const auto& signs = weighed.back().signs;
    auto told = is_told_as_guess(stay, context);
    weights.push_back({told ? 0 : total_of(signs), family_total(signs, "client")});
  }
  auto out = std::vector<Candidate>{};
  for (const auto& members : join_hands(stays, weights))
    out.push_back(candidate_of(facts, stays, weighed, members, activity, context));
  return out;
}

void judge_candidates(std::vector<Candidate>& candidates, std::size_t accounts) {
  const auto bar = bar_among(accounts);
  for (auto& candidate : candidates) conclude(candidate, bar);
  auto known = std::vector<std::size_t>{};
  for (auto i = std::size_t{0}; i < candidates.size(); ++i)
    if (candidates[i].verdict.verdict == "taken_over" && candidates[i].by_own_acts)
      known.push_back(i);
  // Where and with what they were.
  auto by_part = std::map<std::pair<Ip, std::string>, std::vector<std::size_t>>{};
  for (auto i : known)
    for (const auto& part : candidates[i].parts) by_part[{part.ip, part.family}].push_back(i);
  for (auto& candidate : candidates) {
    const Candidate* same = nullptr;
    for (const auto& part : candidate.parts) {
      auto found = by_part.find({part.ip, part.family});
      if (found == by_part.end() || same != nullptr) continue;
      for (auto i : found->second) {
        const auto& other = candidates[i];
        if (other.verdict.account != candidate.verdict.account &&
            other.verdict.first <= candidate.verdict.last + kDay &&
            candidate.verdict.first <= other.verdict.last + kDay) {
          same = &other;
          break;
        }
      }
    }
    if (same == nullptr) continue;
    sign(candidate.verdict, "known_origin", 4 * kNat,
         "address and client of the takeover of " + same->verdict.account + " within a day");
    conclude(candidate, bar);
  }
  for (auto& candidate : candidates) state(candidate);
}

}  // namespace serjeant

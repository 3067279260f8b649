#include "expose/attacks.h"

#include <algorithm>
#include <map>
#include <span>

#include "expose/control.h"

namespace serjeant {
namespace {

constexpr auto kTogether = kHour;
constexpr auto kAfter = 24 * kHour;
constexpr auto kBasis = std::size_t{32};

auto time_words(Nanos first, Nanos last) -> std::string {
  return first == last ? "at " + format_time(first)
                       : "between " + format_time(first) + " and " + format_time(last);
}

void add_unique(std::vector<std::string>& to, std::string text) {
  if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
}

}  // namespace

auto find_attacks(const AccountFacts& facts, const GuessBook& book, const AgentNames& agents)
    -> std::vector<Attack> {
  auto out = std::vector<Attack>{};
  auto errors = std::map<std::string, std::uint32_t, std::less<>>{};
  auto clients = std::vector<std::string>{};
  auto strongest = Guessing::kNone;
  auto widest = GuessBook::Window{};
  auto close = [&] {
    if (out.empty() || strongest == Guessing::kNone) return;
    auto& attack = out.back();
    attack.kind = std::string(guessing_word(strongest));
    attack.certainty = strongest == Guessing::kFew ? "probable" : "certain";
    attack.errors.assign(errors.begin(), errors.end());
    std::sort(attack.origins.begin(), attack.origins.end());
    attack.note = std::to_string(attack.failed) +
                  " failed sign-ins of this account; within an hour " +
                  std::to_string(widest.failures) + " against " + std::to_string(widest.accounts) +
                  (widest.accounts == 1 ? " account" : " accounts") +
                  " from one network with one client string";
    for (const auto& client : clients)
      attack.note += clients.front() == client ? ": " + client : ", " + client;
    errors.clear();
    clients.clear();
    strongest = Guessing::kNone;
    widest = {};
  };
  for (const auto& deed : facts.deeds) {
    if (deed.kind.act != Act::kSignInFailed || password_sign(deed.error) != PasswordSign::kWrong)
      continue;
    auto window = book.window(deed.ip, deed.agent, deed.cite.at);
    if (window.guessing == Guessing::kNone) continue;
    if (out.empty() || strongest == Guessing::kNone || deed.cite.at - out.back().last > kTogether) {
      close();
      out.emplace_back();
      out.back().first = deed.cite.at;
    }
    auto& attack = out.back();
    attack.last = deed.cite.at;
    ++attack.failed;
    ++errors[std::string(deed.error)];
    add_unique(attack.origins, format_ip(deed.ip));
    if (const auto& client = agents.name(deed.agent); !client.empty() && clients.size() < 4)
      add_unique(clients, client);
    if (window.guessing > strongest) strongest = window.guessing;
    if (window.failures > widest.failures) widest = window;
    if (attack.basis.size() < kBasis) attack.basis.push_back({deed.cite, std::string(deed.record)});
  }
  close();
  return out;
}

auto judge_attacks(const AccountFacts& facts, const GuessBook& book, const Habit& habit,
                   const OriginBook& origins, const AgentNames& agents,
                   std::vector<Attack>& attacks) -> std::vector<Verdict> {
  auto out = std::vector<Verdict>{};
  for (auto& attack : attacks) {
    // The pairs of network and client that guessed here.
    auto pairs = std::vector<std::pair<Ip, std::uint32_t>>{};
    auto begin = std::lower_bound(facts.deeds.begin(), facts.deeds.end(), attack.first,
                                  [](const Deed& deed, Nanos at) { return deed.cite.at < at; });
    auto end = std::upper_bound(begin, facts.deeds.end(), attack.last + kAfter,
                                [](Nanos at, const Deed& deed) { return at < deed.cite.at; });
    auto nearby = std::span(begin, end);
    for (const auto& deed : nearby)
      if (deed.kind.act == Act::kSignInFailed && deed.cite.at <= attack.last &&
          password_sign(deed.error) == PasswordSign::kWrong &&
          book.window(deed.ip, deed.agent, deed.cite.at).guessing != Guessing::kNone)
        if (auto pair = std::pair{network_of(deed.ip), deed.agent};
            std::find(pairs.begin(), pairs.end(), pair) == pairs.end())
          pairs.push_back(pair);
    auto verdict = Verdict{};
    auto right_error = std::string{};
    const Deed* example = nullptr;
    for (const auto& deed : nearby) {
      auto success = deed.kind.act == Act::kSignIn;
      if (!success && !(deed.kind.act == Act::kSignInFailed &&
                        password_sign(deed.error) == PasswordSign::kRight))
        continue;
      if (std::find(pairs.begin(), pairs.end(), std::pair{network_of(deed.ip), deed.agent}) ==
          pairs.end())
        continue;
      if (!success) right_error = std::string(deed.error);
      if (example == nullptr) {
        example = &deed;
        verdict.first = deed.cite.at;
      }
      verdict.last = deed.cite.at;
      add_unique(verdict.origins, format_ip(deed.ip));
      if (verdict.basis.size() < kBasis)
        verdict.basis.push_back({deed.cite, std::string(deed.record)});
    }
    if (example == nullptr) continue;
    auto spray = attack.kind == "password-spray";
    verdict.signs.push_back(
        {"guess", spray ? 4 * kNat : 2 * kNat,
         spray ? "ends a spray over several accounts" : "ends many guesses on this account"});
    verdict.signs.push_back(
        {"guess", 3 * kNat, "same network and same client string as the guesses"});
    auto days = std::vector<std::int64_t>{};
    for (auto day = day_of(attack.first); day <= day_of(verdict.last); ++day) days.push_back(day);
    auto fresh = novelty(habit, origins, example->ip, example->agent, example->family, days);
    // Guesses come from where the owner is when he is the one who guesses: what he
    // uses on other days weighs against, however many failures came from there.
    auto knows_client = habit.days_with(example->agent, days) > 0;
    auto knows_place = habit.days_in(network_of(example->ip), days) > 0;
    if (fresh.days > 0) {
      verdict.signs.push_back(
          {"client",
           knows_client ? -3 * kNat : std::clamp<std::int64_t>(fresh.client, 0, 5 * kNat / 2),
           knows_client ? "client string that this account uses on other days"
                        : "client string that this account does not use on other days"});
      verdict.signs.push_back(
          {"origin", knows_place ? -kNat : std::clamp<std::int64_t>(fresh.origin, 0, 3 * kNat),
           knows_place ? "address that this account uses on other days"
                       : "address that this account does not use on other days"});
    }
    verdict.total = total_of(verdict.signs);
    // Who mistypes ten times at his own machine and then gets it right is no thief.
    if (verdict.total < 3 * kNat) continue;
    verdict.client = example->agent;
    verdict.account = facts.key;
    verdict.org = facts.org;
    verdict.route = spray ? "spray" : "guessing";
    verdict.verdict = verdict.total >= 6 * kNat ? "credentials_known" : "undecidable";
    verdict.certainty = std::string(certainty_of(verdict.total));
    auto elsewhere = false;
    for (const auto& deed : nearby)
      elsewhere = elsewhere || (deed.kind.act == Act::kSignIn && deed.ip == example->ip &&
                                deed.agent != example->agent &&
                                day_of(deed.cite.at) == day_of(example->cite.at));
    if (elsewhere)
      verdict.against.push_back("on the same day the account signs in from " +
                                format_ip(example->ip) +
                                " with another client: the address alone does not separate "
                                "the guesser from the usual user");
    if (knows_place)
      verdict.against.emplace_back("the address is one that this account also uses at other times");
    if (verdict.verdict == "undecidable")
      verdict.readings = {"the guesser found the password",
                          "the owner, at a usual place, got his password right after failing"};
    verdict.statement =
        std::string(spray ? "A password spray" : "Password guessing") + " against this account (" +
        std::to_string(attack.failed) + " failures " + time_words(attack.first, attack.last) +
        (right_error.empty() ? ") ends with a successful sign-in "
                             : ") ends with an error that comes only after the right password (" +
                                   right_error + ") ") +
        time_words(verdict.first, verdict.last) + " from " + format_ip(example->ip) +
        " with the guessing client string" +
        (agents.name(example->agent).empty() ? std::string{}
                                             : " (" + agents.name(example->agent) + ")") +
        ".";
    attack.success = verdict.basis;
    out.push_back(std::move(verdict));
  }
  return out;
}

}  // namespace serjeant

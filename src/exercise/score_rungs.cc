#include <algorithm>
#include <set>

#include "core/text.h"
#include "exercise/score_parts.h"
#include "store/rows.h"

namespace serjeant::exercise {
namespace {

struct Standing {
  int rung = -1;  // highest that the case holds likely; -1 = none
  bool opened = false, opened_by_proxy = false;
};

auto rung_number(std::string_view rung) -> int {
  return rung.size() == 2 && rung[0] == 'T' ? rung[1] - '0' : -1;
}

// Aliases lead to their account.
auto accounts_by_address(const Truth& truth) -> std::map<std::string, const AccountTruth*> {
  auto map = std::map<std::string, const AccountTruth*>{};
  for (const auto& account : truth.accounts) {
    map[account.account] = &account;
    for (const auto& alias : account.aliases) map[alias] = &account;
  }
  return map;
}

auto read_standings(const ScoreInput& input,
                    const std::map<std::string, const AccountTruth*>& known,
                    std::string_view domain) -> Result<std::map<std::string, Standing>> {
  auto standings = std::map<std::string, Standing>{};
  const auto account_of = [&](std::string_view address) {
    const auto found = known.find(lower_ascii(address));
    return found == known.end() ? lower_ascii(address) : found->second->account;
  };
  SJ_DO(input.reader.query("SELECT e.value FROM account a JOIN entity e ON e.id=a.id",
                           [&](const Row& row) {
                             if (row.text(0).ends_with(domain)) standings[account_of(row.text(0))];
                           }));
  SJ_DO(input.reader.query(
      "SELECT n.value, x.stage, c.words FROM exposure x LEFT JOIN entity n ON n.id=x.subject LEFT "
      "JOIN claim c ON c.id=x.id WHERE x.likely>0",
      [&](const Row& row) {
        if (!row.text(0).ends_with(domain)) return;
        auto& standing = standings[account_of(row.text(0))];
        const auto stage = static_cast<int>(row.integer(1));
        standing.rung = std::max(standing.rung, stage);
        if (stage != 2) return;
        standing.opened = true;
        // Words of a mail that was shown through a provider say so.
        if (row.text(2).find("no location") != std::string_view::npos) {
          standing.opened_by_proxy = true;
        }
      }));
  return standings;
}

void judge_rungs(const ScoreInput& input, const std::map<std::string, Standing>& standings,
                 const std::map<std::string, const AccountTruth*>& known,
                 std::vector<Measure>& out) {
  auto exact = std::uint64_t{0}, higher = std::uint64_t{0};
  auto misses = std::vector<Miss>{};
  auto accounts = std::set<std::string>{};
  for (const auto& [account, standing] : standings) accounts.insert(account);
  for (const auto& account : input.truth.accounts) accounts.insert(account.account);
  for (const auto& account : accounts) {
    const auto truth = known.find(account);
    const auto want = truth == known.end() ? -1 : rung_number(truth->second->rung);
    const auto found = standings.find(account);
    const auto got = found == standings.end() ? -1 : found->second.rung;
    if (want == got) {
      ++exact;
      continue;
    }
    if (got >= 5 && got > want) ++higher;
    misses.push_back({account + ": T" + std::to_string(got) + ", truly T" + std::to_string(want) +
                          (want < 0 ? " (none)" : ""),
                      "", 0, 0});
  }
  // Planted accounts first among the misses.
  std::stable_partition(misses.begin(), misses.end(), [](const Miss& miss) {
    return miss.what.find("(none)") == std::string::npos;
  });
  out.push_back(judged("rungs.exact", ratio(exact, accounts.size()),
                       "exact rung for >= 0.99 of accounts", exact * 100 >= accounts.size() * 99,
                       Detail{}
                           .count("accounts", static_cast<std::int64_t>(accounts.size()))
                           .count("misses", static_cast<std::int64_t>(misses.size()))
                           .worst(misses)
                           .end()));
  auto planted = std::vector<Miss>{};
  for (const auto& miss : misses) {
    if (miss.what.find("(none)") == std::string::npos) planted.push_back(miss);
  }
  const auto total = input.truth.accounts.size();
  const auto right = total - planted.size();
  out.push_back(judged("rungs.planted", ratio(right, total),
                       "exact rung for >= 0.9 of the accounts that somebody aimed at",
                       right * 10 >= total * 9, Detail{}.worst(std::move(planted)).end()));
  out.push_back(judged("rungs.higher", std::to_string(higher),
                       "higher than true at T5 and above: 0", higher == 0, "{}"));
}

void judge_opened(const ScoreInput& input, const std::map<std::string, Standing>& standings,
                  std::vector<Measure>& out) {
  auto opened = std::uint64_t{0}, found = std::uint64_t{0}, proxied = std::uint64_t{0},
       said = std::uint64_t{0};
  auto misses = std::vector<Miss>{}, wrong = std::vector<Miss>{};
  for (const auto& account : input.truth.accounts) {
    const auto at = standings.find(account.account);
    const auto standing = at == standings.end() ? Standing{} : at->second;
    const auto truly = account.opened.when != 0;
    if (truly) {
      ++opened;
      found += standing.opened ? 1 : 0;
      if (!standing.opened) misses.push_back({"opened, not found: " + account.account, "", 0, 0});
      if (!account.opened.location_leaked) {
        ++proxied;
        said += standing.opened_by_proxy ? 1 : 0;
      }
    }
    const auto placed = standing.opened && !standing.opened_by_proxy;
    if (placed && !account.opened.location_leaked) {
      wrong.push_back({"a location claimed: " + account.account, "", 0, 0});
    }
  }
  out.push_back(judged(
      "opened.found", ratio(found, opened), "all openings that left a record", found == opened,
      Detail{}.count("opened", static_cast<std::int64_t>(opened)).worst(std::move(misses)).end()));
  out.push_back(judged("opened.no_location", ratio(said, proxied),
                       "provider-proxy opens called \"no location\": all", said == proxied, "{}"));
  const auto count = wrong.size();
  out.push_back(judged("opened.false_location", std::to_string(count), "location claims false: 0",
                       count == 0, Detail{}.worst(std::move(wrong)).end()));
}

}  // namespace

auto score_rungs(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  if (input.truth.accounts.empty()) return {};
  if (!input.has("P/ual/") || !input.has("P/mail/")) {
    out.push_back(not_testable("rungs.exact", "exact rung for >= 0.99 of accounts",
                               "needs both the audit log and the mailboxes in the case"));
    return {};
  }
  const auto& some = input.truth.accounts.front().account;
  const auto domain = some.substr(some.find('@'));
  const auto known = accounts_by_address(input.truth);
  SJ_TRY(const auto standings, read_standings(input, known, domain));
  judge_rungs(input, standings, known, out);
  if (input.has("P/proxy/")) {
    judge_opened(input, standings, out);
  } else {
    out.push_back(not_testable("opened.found", "all openings that left a record",
                               "no proxy log is in the case"));
  }
  return {};
}

}  // namespace serjeant::exercise

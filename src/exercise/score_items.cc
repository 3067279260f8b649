#include <algorithm>
#include <set>

#include "core/json.h"
#include "exercise/score_parts.h"
#include "store/rows.h"

namespace serjeant::exercise {
namespace {

auto bare(std::string_view id) -> std::string {
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return std::string{id};
}

// Message-IDs that strands judged hostile read exactly.
auto read_exact(const ScoreInput& input, const ItemsTruth& truth) -> Result<std::set<std::string>> {
  auto ids = std::set<std::string>{};
  SJ_DO(input.reader.query(
      "SELECT DISTINCT i.key FROM item_read r JOIN item i ON i.id=r.item JOIN session s ON "
      "s.id=r.session JOIN strand t ON t.session=r.session AND t.n=r.strand WHERE s.account=? AND "
      "i.kind=? AND t.verdict=2 AND r.mode<>'Sync'",
      {account_id(truth.account), std::string_view{truth.kind}},
      [&](const Row& row) { ids.insert(bare(row.text(0))); }));
  return ids;
}

// What the account's reading claim says of folders: the least upper bound that
// has a number, and whether one names the folder.
struct FolderBound {
  bool named = false, whole_mailbox = false;
  std::int64_t at_most = -1;
};
auto read_bound(const ScoreInput& input, const ItemsTruth& truth) -> Result<FolderBound> {
  auto bound = FolderBound{};
  const auto origins = [&] {
    auto set = std::set<std::string>{};
    for (const auto& account : input.truth.accounts) {
      if (account.account != truth.account) continue;
      for (const auto& stay : account.intervals) {
        set.insert(stay.origins.begin(), stay.origins.end());
      }
    }
    return set;
  }();
  SJ_DO(input.reader.query(
      "SELECT quantity FROM claim WHERE subject=? AND literal='mail_read' ORDER BY id",
      {account_id(truth.account)}, [&](const Row& row) {
        auto document = Document{};
        auto arena = Arena{};
        parse_json(row.text(0), "", document, arena);
        if (!document.root().is_array()) return;
        for (const auto group : document.root()) {
          if (group.find("mode").text() != "Sync") continue;
          if (origins.find(std::string{group.find("origin").text()}) == origins.end()) continue;
          const auto kind = group.find("at_most_kind").text();
          bound.whole_mailbox = bound.whole_mailbox || kind == "mailbox";
          for (const auto folder : group.find("folders")) {
            bound.named = bound.named || folder.text() == truth.container;
          }
          if (const auto most = group.find("at_most"); most.is_number()) {
            auto value = std::int64_t{0};
            for (const auto c : most.text()) {
              if (c >= '0' && c <= '9') value = value * 10 + (c - '0');
            }
            bound.at_most = std::max(bound.at_most, value);
          }
        }
      }));
  return bound;
}

}  // namespace

auto score_items(const ScoreInput& input, std::vector<Measure>& out) -> Result<> {
  const auto exact_bar = std::string{"exact sets equal"};
  const auto most_bar = std::string{"at_most holds the truth and is at most 1.2 times it"};
  if (!input.has("P/ual/")) {
    out.push_back(not_testable("items.exact", exact_bar, "no audit log is in the case"));
    return {};
  }
  for (const auto& truth : input.truth.items) {
    if (truth.mode == "exact") {
      SJ_TRY(const auto got, read_exact(input, truth));
      auto misses = std::vector<Miss>{};
      auto want = std::set<std::string>{};
      for (const auto& id : truth.ids) want.insert(bare(id));
      auto both = std::uint64_t{0};
      for (const auto& id : want) {
        if (got.find(id) != got.end()) {
          ++both;
        } else {
          misses.push_back({"read, not found: <" + id + ">", "", 0, 0});
        }
      }
      for (const auto& id : got) {
        if (want.find(id) == want.end()) {
          misses.push_back({"not read by the intruder: <" + id + ">", "", 0, 0});
        }
      }
      const auto equal = misses.empty();
      out.push_back(judged("items.exact", ratio(both, want.size() + got.size() - both), exact_bar,
                           equal,
                           Detail{}
                               .count("true", static_cast<std::int64_t>(want.size()))
                               .count("said", static_cast<std::int64_t>(got.size()))
                               .worst(std::move(misses))
                               .end()));
      continue;
    }
    SJ_TRY(const auto bound, read_bound(input, truth));
    const auto most = static_cast<std::int64_t>(truth.at_most);
    if (bound.at_most >= 0) {
      out.push_back(judged("items.at_most", std::to_string(bound.at_most), most_bar,
                           bound.at_most >= most && bound.at_most * 10 <= most * 12,
                           Detail{}.count("true", most).end()));
    } else if (bound.named || bound.whole_mailbox) {
      out.push_back(not_testable("items.at_most", most_bar,
                                 bound.named ? "the case names the folder and gives no count"
                                             : "the case says: the whole mailbox"));
    } else {
      out.push_back(judged("items.at_most", "0", most_bar, false,
                           Detail{}.note("missed", truth.container).count("true", most).end()));
    }
  }
  return {};
}

}  // namespace serjeant::exercise

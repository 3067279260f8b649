#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "exercise/exercise.h"

// The answers beside the evidence (docs/formats/truth.md). Written from the
// simulator's own state, never read back from the logs it wrote.
namespace serjeant::exercise {

struct EventTruth {
  std::string file;
  std::uint64_t offset = 0, length = 0;
  std::string actor;     // "A", "B", "C", "D", "none"
  std::string campaign;  // empty = null
  std::string stage;     // "T0".."T9", "support"
  std::string strand;    // empty = null
};

struct MailTruth {
  std::string org, message_id, file;
  std::uint64_t offset = 0, length = 0;
  std::string campaign, template_id, sender_account;  // empty = null
  std::string kind;                                   // lure, newsletter, training, benign
  std::vector<std::string> recipients;
  std::string token;  // empty = null
};

struct CampaignTruth {
  std::string id, actor;
  std::int64_t first = 0, last = 0;  // seconds since 1970
  std::uint64_t mails = 0, accounts = 0;
  std::vector<std::string> templates;
  std::uint64_t member = 0, staff = 0, spouse = 0;
};

struct IntervalTruth {
  std::string strand, actor, route;
  std::int64_t from = 0, to = 0;
  std::vector<std::string> origins;
  std::string session;
};

struct OpenedTruth {
  std::int64_t when = 0;  // 0 = not opened
  bool location_leaked = false;
  std::vector<std::string> leak;
};

struct AccountTruth {
  std::string org, account;
  std::vector<std::string> aliases;
  std::string role, rung, sub;  // sub empty = null
  std::vector<IntervalTruth> intervals;
  OpenedTruth opened;
  std::string why_not_higher;
};

struct ItemsTruth {
  std::string org, account, strand, kind, mode;
  std::vector<std::string> ids;
  std::string container;  // empty = null
  std::uint64_t at_least = 0, at_most = 0;
  std::string at_most_kind = "count";
};

struct GapTruth {
  std::string org, source, kind, entity;  // entity empty = null
  std::int64_t from = 0, to = 0;
  std::int64_t records = -1;  // -1 = null
};

struct PersistenceTruth {
  std::string org, kind;
  std::int64_t set = 0, unset = 0;  // unset 0 = null
  std::string account, file;
  std::uint64_t offset = 0, length = 0;
};

struct DecoyTruth {
  std::string kind, what, must_not;
};

// A row that was written damaged, so that its reading can be checked. One line
// each of damage.ndjson, an addition to the note's list.
struct DamageTruth {
  std::string file;
  std::uint64_t offset = 0, length = 0;
  std::string kind;  // cut, nul, quote, newline
};

struct AttributionTruth {
  std::string incident, actual;
  std::vector<std::string> allowed_top;
};

struct Truth {
  std::uint64_t seed = 0;
  std::string size;
  std::vector<std::string> without;
  std::vector<EventTruth> events;
  std::vector<MailTruth> mails;
  std::vector<CampaignTruth> campaigns;
  std::vector<AccountTruth> accounts;
  std::vector<ItemsTruth> items;
  std::vector<GapTruth> gaps;
  std::vector<PersistenceTruth> persistence;
  std::vector<DecoyTruth> decoys;
  std::vector<DamageTruth> damage;
  std::vector<AttributionTruth> attribution;
};

// Sorts what has an order and writes DIR/truth/. Gives the files written.
auto write_truth(const std::string& dir, Truth& truth) -> Result<std::vector<ExerciseFile>>;

}  // namespace serjeant::exercise

#include "share/show.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "store/rows.h"

namespace serjeant {
namespace {

// A topic is a query. What a column holds stands behind an @ in its name:
// time (ns), ppm, nats (micro-nats), json, level, tlp, state, flag, stage, class
// (OCSF), predicate, stance, verdict; without one, text or a number as it is. A -
// after the @ keeps the column out of tables for people.
struct Topic {
  std::string_view name;
  std::string_view sql;
};

constexpr auto kTopics = std::to_array<Topic>({
    {"summary", R"(
SELECT 'case key' AS what, lower(hex(case_key)) AS value FROM run
UNION ALL SELECT 'build', build_id FROM run
UNION ALL SELECT 'marking', CASE tlp WHEN 0 THEN 'TLP:CLEAR' WHEN 1 THEN 'TLP:GREEN' WHEN 2 THEN 'TLP:AMBER'
  WHEN 3 THEN 'TLP:AMBER+STRICT' ELSE 'TLP:RED' END FROM run
UNION ALL SELECT 'sources of evidence', count(*) FROM source WHERE kind IN ('evidence','roster')
UNION ALL SELECT 'bytes of evidence', coalesce(sum(size),0) FROM source WHERE kind='evidence'
UNION ALL SELECT 'records read', coalesce(sum(records),0) FROM coverage c JOIN source s ON s.id=c.source
  WHERE s.kind IN ('evidence','roster')
UNION ALL SELECT 'bytes not read', coalesce(sum(len),0) FROM coverage WHERE state=3 OR why='unknown format'
UNION ALL SELECT 'rules loaded', count(*) FROM rule WHERE state=1
UNION ALL SELECT 'rules rejected', count(*) FROM rule WHERE state<>1
UNION ALL SELECT 'findings', count(*) FROM finding
UNION ALL SELECT 'campaigns', count(*) FROM campaign
UNION ALL SELECT 'campaign mails', count(*) FROM campaign_member
UNION ALL SELECT 'accounts', count(*) FROM account
UNION ALL SELECT 'accounts taken over', count(DISTINCT subject) FROM exposure WHERE stage>=5 AND likely>0
UNION ALL SELECT 'items read, proven', count(DISTINCT item) FROM item_read WHERE proven=1
UNION ALL SELECT 'gaps', count(*) FROM gap
UNION ALL SELECT 'hypotheses', count(*) FROM hypothesis)"},
    {"sources", R"(
SELECT s.id, o.name, s.size, s.kind, s.profile, g.name AS org,
  (SELECT sum(records) FROM coverage c WHERE c.source=s.id) AS records,
  (SELECT sum(faults) FROM coverage c WHERE c.source=s.id) AS faults, lower(hex(s.sha256)) AS "sha256@-",
  s.tlp AS "tlp@-tlp", o.container, o.codec AS "codec@-"
FROM source s JOIN origin o ON o.source=s.id LEFT JOIN org g ON g.id=s.org
ORDER BY o.container, o.name, s.id)"},
    {"coverage", R"(
SELECT (SELECT min(name) FROM origin o WHERE o.source=c.source) AS name, c.source AS "source@-", c.off AS offset, c.len AS length,
  c.state AS "state@state", c.reader, c.records, c.faults, c.why
FROM coverage c ORDER BY c.source, c.off)"},
    {"unread", R"(
SELECT 'bytes' AS kind, (SELECT min(name) FROM origin o WHERE o.source=c.source) AS path, c.source, c.off AS offset,
  c.len AS length, c.state AS "state@state", c.reader, c.why
FROM coverage c WHERE c.state<>1 ORDER BY c.source, c.off)"},
    {"findings", R"(
SELECT lower(hex(f.id)) AS "finding@-", f.ts AS "time@time", f.level AS "level@level", r.title AS rule,
  r.uid AS "uid@-", e.value AS account, (SELECT min(name) FROM origin o WHERE o.source=f.source) AS path,
  f.source AS "source@-", f.off AS offset, f.len AS "length@-", f.matched AS "matched@-json"
FROM finding f JOIN rule r ON r.id=f.rule LEFT JOIN event v ON v.eid=f.eid LEFT JOIN entity e ON e.id=v.actor_acct
ORDER BY f.ts IS NULL, f.ts, f.id)"},
    {"accounts", R"(
SELECT e.value AS account, g.name AS org, a.kind, p.label AS person, max(x.stage) AS "stage@stage",
  (SELECT y.why_not_higher FROM exposure y WHERE y.subject=a.id AND y.likely>0 ORDER BY y.stage DESC, y.id LIMIT 1) AS why_not_higher
FROM account a JOIN entity e ON e.id=a.id LEFT JOIN org g ON g.id=a.org LEFT JOIN person p ON p.id=a.person
LEFT JOIN exposure x ON x.subject=a.id AND x.likely>0 GROUP BY a.id ORDER BY max(x.stage) DESC, account)"},
    {"sessions", R"(
SELECT e.value AS account, s.native AS session, t.n AS "strand@-", t.agent, t.device AS "device@-", t.t0 AS "first@time",
  t.t1 AS "last@time", t.events, t.llr AS "llr@nats", t.verdict AS "verdict@verdict"
FROM strand t JOIN session s ON s.id=t.session JOIN entity e ON e.id=s.account ORDER BY account, s.t0, session, t.n)"},
    {"items", R"(
SELECT e.value AS holder, i.kind, i.key, r.mode, r.proven AS "proven@flag", r.t0 AS "first@time", r.t1 AS "last@time",
  i.size AS "size@-", i.persons AS "persons@-" FROM item i LEFT JOIN item_read r ON r.item=i.id LEFT JOIN entity e ON e.id=i.holder
ORDER BY holder, i.kind, i.key, r.mode, r.t0)"},
    {"persons", R"(
SELECT p.label AS person, r.role, g.name AS org, (SELECT count(*) FROM account a WHERE a.person=p.id) AS accounts,
  (SELECT max(x.stage) FROM account a JOIN exposure x ON x.subject=a.id AND x.likely>0 WHERE a.person=p.id) AS "stage@stage"
FROM person p LEFT JOIN person_role r ON r.person=p.id LEFT JOIN org g ON g.id=r.org ORDER BY 5 DESC, person, role)"},
    {"campaigns", R"(
SELECT c.label AS campaign, lower(hex(c.id)) AS "id@-", c.purpose, c.t0 AS "first@time", c.t1 AS "last@time",
  (SELECT count(*) FROM campaign_member m WHERE m.campaign=c.id) AS mails,
  (SELECT max(wave) FROM campaign_member m WHERE m.campaign=c.id) AS waves,
  (SELECT words FROM claim k WHERE k.subject=c.id ORDER BY k.id LIMIT 1) AS because
FROM campaign c ORDER BY c.t0, c.label)"},
    {"hypotheses", R"(
SELECT h.kind, e.value AS subject, a.posterior AS "posterior@ppm", a.lo AS "low@ppm", a.hi AS "high@ppm", a.word,
  CASE a.confidence WHEN 0 THEN 'none' WHEN 1 THEN 'low' WHEN 2 THEN 'moderate' ELSE 'high' END AS confidence,
  h.prior AS "prior@-ppm", a.named AS "named@flag", a.technique_only AS "technique_only@-flag", a.cost AS "cost_of_frame@-",
  a.reasons AS "reasons@-json"
FROM hypothesis h JOIN assessment a ON a.hypothesis=h.id LEFT JOIN entity e ON e.id=h.subject
ORDER BY a.posterior DESC, h.kind, subject)"},
    {"claims", R"(
SELECT lower(hex(c.id)) AS "claim@-", c.held0 AS "from@time", c.held1 AS "to@-time", c.predicate AS "predicate@predicate",
  c.stance AS "stance@stance",
  coalesce(nullif(c.words,''), c.literal) AS words, c.literal AS "literal@-", c.word AS certainty, c.reliability AS "reliability@-",
  c.credibility AS "credibility@-", c.quantity AS "quantity@-json",
  (SELECT count(*) FROM claim_evidence v WHERE v.claim=c.id) AS evidence, c.tlp AS "tlp@-tlp"
FROM claim c ORDER BY c.held0 IS NULL, c.held0, c.id)"},
    {"timeline", R"(
SELECT v.ts_ns AS "time@time", e.value AS account, v.class_uid AS "class@class",
  v.class_uid AS "class_uid@-", v.activity_id AS "activity_id@-", v.ua AS "agent@-", v.object,
  v.error AS "error@-",
  (SELECT group_concat(title, '; ') FROM (SELECT DISTINCT r.title FROM finding f JOIN rule r ON r.id=f.rule
    WHERE f.eid=v.eid ORDER BY r.title)) AS findings,
  (SELECT min(name) FROM origin o WHERE o.source=v.source) AS path, v.off AS offset, v.len AS "length@-"
FROM event v LEFT JOIN entity e ON e.id=v.actor_acct WHERE v.ts_ns IS NOT NULL ORDER BY v.ts_ns, v.eid)"},
    {"gaps", R"(
SELECT g.kind AS gap, g.t0 AS "first@time", g.t1 AS "last@time",
  (SELECT min(name) FROM origin o WHERE o.source=g.source) AS path, g.effect FROM gap g
ORDER BY g.t0 IS NULL, g.t0, g.kind, g.id)"},
});

auto find_topic(std::string_view name) -> const Topic* {
  for (const auto& topic : kTopics)
    if (topic.name == name) return &topic;
  return nullptr;
}

auto no_topic(std::string_view name) {
  return fail(Code::kMalformed, fmt::format("a case has no topic '{}'", printable(name)));
}

// "first@time": the name that people see, and what the column holds.
struct Column {
  std::string_view name, holds;
  bool for_people = true;
  explicit Column(std::string_view full) : name(full.substr(0, full.find('@'))) {
    if (name.size() == full.size()) return;
    holds = full.substr(name.size() + 1);
    for_people = !holds.starts_with('-');
    if (!for_people) holds.remove_prefix(1);
  }
};

auto level_name(std::int64_t level) -> std::string_view {
  constexpr auto names =
      std::to_array<std::string_view>({"informational", "low", "medium", "high", "critical"});
  return level >= 0 && level < 5 ? names[static_cast<std::size_t>(level)] : "unknown";
}
auto tlp_name(std::int64_t tlp) -> std::string_view {
  constexpr auto names =
      std::to_array<std::string_view>({"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"});
  return tlp >= 0 && tlp < 5 ? names[static_cast<std::size_t>(tlp)] : "unknown";
}
auto state_name(std::int64_t state) -> std::string_view {
  return state == 1 ? "read" : state == 2 ? "skipped" : "failed";
}

// The classes of OCSF that sources are shaped into, by their names there.
auto class_name(std::int64_t uid) -> std::string_view {
  constexpr auto names = std::to_array<std::pair<std::int64_t, std::string_view>>({
      {1001, "file activity"},
      {1006, "scheduled job"},
      {1007, "process activity"},
      {2001, "security finding"},
      {2004, "detection finding"},
      {3001, "account change"},
      {3002, "authentication"},
      {3005, "user access"},
      {3006, "group management"},
      {4001, "network activity"},
      {4002, "HTTP activity"},
      {4003, "DNS activity"},
      {4007, "SSH activity"},
      {4009, "email activity"},
      {6001, "web resources"},
      {6003, "API activity"},
      {6006, "file hosting"},
  });
  for (const auto& [known, name] : names)
    if (known == uid) return name;
  return "other";
}
auto predicate_name(std::int64_t number) -> std::string_view {
  switch (static_cast<Predicate>(number)) {
    case Predicate::kResponsibleFor:
      return "responsible for";
    case Predicate::kConducted:
      return "conducted";
    case Predicate::kDirected:
      return "directed";
    case Predicate::kSponsoredBy:
      return "sponsored by";
    case Predicate::kActsInInterestOf:
      return "acts in the interest of";
    case Predicate::kPartOf:
      return "part of";
    case Predicate::kMemberOf:
      return "member of";
    case Predicate::kEmployedBy:
      return "employed by";
    case Predicate::kLinkedTo:
      return "linked to";
    case Predicate::kSameAs:
      return "same as";
    case Predicate::kOverlapsWith:
      return "overlaps with";
    case Predicate::kAlsoCalled:
      return "also called";
    case Predicate::kTrackedAs:
      return "tracked as";
    case Predicate::kUsed:
      return "used";
    case Predicate::kTargeted:
      return "targeted";
    case Predicate::kAccessed:
      return "accessed";
    case Predicate::kExfiltrated:
      return "exfiltrated";
    case Predicate::kSent:
      return "sent";
    case Predicate::kCompromised:
      return "compromised";
    case Predicate::kRepelled:
      return "repelled";
    case Predicate::kFailed:
      return "failed";
    case Predicate::kAffected:
      return "affected";
    case Predicate::kCharged:
      return "charged";
    case Predicate::kConvicted:
      return "convicted";
    case Predicate::kAcquitted:
      return "acquitted";
    case Predicate::kDesignated:
      return "designated";
    case Predicate::kDelisted:
      return "delisted";
    case Predicate::kSummoned:
      return "summoned";
    case Predicate::kProtested:
      return "protested";
    case Predicate::kDenies:
      return "denies";
    case Predicate::kDoubts:
      return "doubts";
    case Predicate::kRetracts:
      return "retracts";
    case Predicate::kReplaces:
      return "replaces";
    case Predicate::kExposed:
      return "exposed";
    case Predicate::kObserved:
      return "observed";
    case Predicate::kCovered:
      return "covered";
  }
  return "unknown";
}
auto stance_name(std::int64_t stance) -> std::string_view {
  return stance < 0 ? "denies" : stance == 0 ? "doubts" : stance == 1 ? "asserts" : "retracts";
}
auto verdict_name(std::int64_t verdict) -> std::string_view {
  return verdict == 2 ? "taken over" : verdict == 1 ? "undecidable" : "none";
}

// Fixed-point with three decimals: floats have no place in what is compared.
auto decimal(std::int64_t value, std::int64_t unit) -> std::string {
  const auto negative = value < 0;
  const auto magnitude = negative ? -value : value;
  return fmt::format("{}{}.{:03}", negative ? "-" : "", magnitude / unit,
                     magnitude % unit * 1000 / unit);
}

auto words(const Row& row, int column, const Column& meaning) -> std::string {
  if (row.is_null(column)) return {};
  if (row.kind(column) == 't') return std::string(row.text(column));
  const auto number = row.integer(column);
  if (meaning.holds == "time") return format_time(number);
  if (meaning.holds == "ppm" || meaning.holds == "nats") return decimal(number, 1'000'000);
  if (meaning.holds == "level") return std::string(level_name(number));
  if (meaning.holds == "tlp") return std::string(tlp_name(number));
  if (meaning.holds == "state") return std::string(state_name(number));
  if (meaning.holds == "flag") return number != 0 ? "yes" : "no";
  if (meaning.holds == "stage") return fmt::format("T{}", number);
  if (meaning.holds == "class") return std::string(class_name(number));
  if (meaning.holds == "predicate") return std::string(predicate_name(number));
  if (meaning.holds == "stance") return std::string(stance_name(number));
  if (meaning.holds == "verdict") return std::string(verdict_name(number));
  return std::to_string(number);
}

void write_cell(const Row& row, int column, const Column& meaning, JsonWriter& json) {
  json.key(meaning.name);
  if (row.is_null(column))
    json.null();
  else if (meaning.holds == "json")
    json.raw(row.text(column));
  else if (meaning.holds == "flag")
    json.boolean(row.integer(column) != 0);
  else if (meaning.holds == "ppm" || meaning.holds == "nats")
    json.raw(decimal(row.integer(column), 1'000'000));
  else if (row.kind(column) == 'i' && (meaning.holds.empty() || meaning.holds == "stage"))
    json.number(row.integer(column));
  else
    json.text(words(row, column, meaning));
}

}  // namespace

auto show_topics() -> const std::vector<std::string_view>& {
  static const auto all = [] {
    auto out = std::vector<std::string_view>{};
    for (const auto& topic : kTopics) out.push_back(topic.name);
    return out;
  }();
  return all;
}

auto show_json(const CaseReader& reader, std::string_view topic, std::string& out) -> Result<> {
  const auto* const found = find_topic(topic);
  if (found == nullptr) return no_topic(topic);
  return reader.query(found->sql, [&](const Row& row) {
    auto json = JsonWriter(out);
    json.begin_object();
    for (auto column = 0; column < row.size(); ++column)
      write_cell(row, column, Column(row.name(column)), json);
    json.end_object();
    out += '\n';
  });
}

auto show_table(const CaseReader& reader, std::string_view topic, ForWhom whom)
    -> Result<std::vector<std::vector<std::string>>> {
  const auto* const found = find_topic(topic);
  if (found == nullptr) return no_topic(topic);
  auto out = std::vector<std::vector<std::string>>{};
  const auto wanted = [whom](const Column& column) {
    return whom == ForWhom::kPrograms || column.for_people;
  };
  const auto head = [&](const Row& row) {
    auto& line = out.emplace_back();
    for (auto column = 0; column < row.size(); ++column)
      if (const auto meaning = Column(row.name(column)); wanted(meaning))
        line.emplace_back(meaning.name);
  };
  SJ_DO(reader.query(found->sql, [&](const Row& row) {
    if (out.empty()) head(row);
    auto& line = out.emplace_back();
    for (auto column = 0; column < row.size(); ++column)
      if (const auto meaning = Column(row.name(column)); wanted(meaning))
        line.push_back(words(row, column, meaning));
  }));
  // No rows tell no names: one row of nothing does.
  if (out.empty())
    SJ_DO(reader.query(
        fmt::format("SELECT q.* FROM (SELECT 1) LEFT JOIN ({}) q LIMIT 1", found->sql), head));
  return out;
}

}  // namespace serjeant

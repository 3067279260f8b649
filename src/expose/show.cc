#include "expose/show.h"

#include <array>
#include <map>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "shape/event.h"
#include "store/rows.h"

namespace serjeant {
namespace {

constexpr auto kFacts =
    std::to_array<std::string_view>({"signins", "mail_read", "mail_sent", "mail_removed", "files",
                                     "consents", "control_changes", "attacks"});

void time_column(JsonWriter& json, std::string_view name, const Row& row, int column) {
  if (row.is_null(column))
    json.key(name).null();
  else
    json.field(name, format_time(row.integer(column)));
}

void text_column(JsonWriter& json, std::string_view name, const Row& row, int column) {
  if (row.is_null(column))
    json.key(name).null();
  else
    json.field(name, row.text(column));
}

auto ip_text(std::string_view bytes) -> std::string {
  auto ip = Ip{};
  if (bytes.size() != ip.bytes.size()) return {};
  for (auto i = std::size_t{0}; i < bytes.size(); ++i)
    ip.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
  return format_ip(ip);
}

// A JSON object's text without its braces, to be continued.
auto inside(std::string_view object) -> std::string_view {
  return object.size() < 2 ? std::string_view{} : object.substr(1, object.size() - 2);
}

auto account_line(const CaseReader& reader, const Id& id, const Row& account, std::string& out)
    -> Result<> {
  auto json = JsonWriter(out);
  json.begin_object().field("account", account.text(1));
  text_column(json, "org", account, 2);
  json.field("kind", account.text(3));
  text_column(json, "person", account, 4);

  auto facts = std::map<std::string, std::string, std::less<>>{};
  SJ_DO(reader.query(
      "SELECT literal, quantity FROM claim WHERE subject=?1 AND rung=0 AND extractor='expose' AND "
      "literal IS NOT NULL AND predicate IN(101,102) ORDER BY id",
      {id}, [&](const Row& row) { facts[std::string(row.text(0))] = std::string(row.text(1)); }));
  json.key("ladder");
  if (auto found = facts.find("ladder"); found != facts.end())
    json.raw(found->second);
  else
    json.null();
  json.key("steps").begin_array();
  SJ_DO(reader.query(
      "SELECT e.stage, e.t0, e.t1, e.low, e.likely, e.high, c.word, c.words, g.label FROM exposure "
      "e LEFT JOIN claim c ON c.id=e.id LEFT JOIN campaign g ON g.id=e.campaign WHERE e.subject=?1 "
      "ORDER BY e.stage, e.id",
      {id}, [&](const Row& row) {
        json.begin_object().field("stage", "T" + std::to_string(row.integer(0)));
        time_column(json, "first", row, 1);
        time_column(json, "last", row, 2);
        json.field("low", row.integer(3)).field("likely", row.integer(4));
        json.field("high", row.integer(5));
        text_column(json, "certainty", row, 6);
        text_column(json, "words", row, 7);
        text_column(json, "campaign", row, 8);
        json.end_object();
      }));
  json.end_array();
  auto fact = [&](std::string_view name) {
    auto found = facts.find(name);
    json.key(name).raw(found == facts.end() ? std::string_view("[]") : found->second);
  };
  for (auto name : kFacts) fact(name);
  json.key("takeovers").begin_array();
  SJ_DO(reader.query(
      "SELECT quantity, words, hedges FROM claim WHERE subject=?1 AND rung=0 AND predicate=45 AND "
      "extractor='expose' ORDER BY held0, id",
      {id}, [&](const Row& row) {
        auto object = "{" + std::string(inside(row.text(0)));
        object += ",\"statement\":";
        append_json_text(object, row.text(1));
        object += ",\"against\":";
        object += row.is_null(2) ? std::string_view("[]") : row.text(2);
        object += '}';
        json.raw(object);
      }));
  json.end_array();
  fact("persistence");
  json.end_object();
  return {};
}

}  // namespace

auto show_accounts(const CaseReader& reader, const LineSink& line) -> Result<> {
  auto error = Result<>{};
  SJ_DO(reader.query(
      "SELECT a.id, e.value, o.name, a.kind, p.label FROM account a JOIN entity e ON e.id=a.id "
      "LEFT JOIN org o ON o.id=a.org LEFT JOIN person p ON p.id=a.person ORDER BY e.value, a.id",
      [&](const Row& row) {
        if (!error) return;
        auto out = std::string{};
        error = account_line(reader, row.id(0), row, out);
        if (error) line(out);
      }));
  return error;
}

auto show_sessions(const CaseReader& reader, const LineSink& line) -> Result<> {
  constexpr auto kVerdicts = std::to_array<std::string_view>({"none", "undecidable", "taken_over"});
  return reader.query(
      "SELECT e.value, s.native, t.n, t.ip, t.agent, t.device, t.t0, t.t1, t.events, t.llr, "
      "t.verdict FROM strand t JOIN session s ON s.id=t.session JOIN entity e ON e.id=s.account "
      "ORDER BY e.value, s.t0, s.native, t.n",
      [&](const Row& row) {
        auto out = std::string{};
        auto json = JsonWriter(out);
        json.begin_object().field("account", row.text(0)).field("session", row.text(1));
        json.field("strand", row.integer(2)).field("ip", ip_text(row.blob(3)));
        text_column(json, "client", row, 4);
        text_column(json, "device", row, 5);
        time_column(json, "first", row, 6);
        time_column(json, "last", row, 7);
        json.field("events", row.integer(8)).field("llr", row.integer(9));
        auto verdict = static_cast<std::size_t>(row.integer(10));
        json.field("verdict", verdict < kVerdicts.size() ? kVerdicts[verdict] : "none");
        json.end_object();
        line(out);
      });
}

auto show_items(const CaseReader& reader, const LineSink& line) -> Result<> {
  return reader.query(
      "SELECT h.value, i.kind, i.key, s.native, r.strand, r.mode, r.proven, r.t0, r.t1, r.eid FROM "
      "item_read r JOIN item i ON i.id=r.item JOIN session s ON s.id=r.session LEFT JOIN entity h "
      "ON h.id=i.holder ORDER BY h.value, i.key, s.native, r.strand, r.mode",
      [&](const Row& row) {
        auto out = std::string{};
        auto json = JsonWriter(out);
        json.begin_object();
        text_column(json, "mailbox", row, 0);
        json.field("kind", row.text(1)).field("key", row.text(2));
        json.field("session", row.text(3)).field("strand", row.integer(4));
        json.field("mode", row.text(5)).key("proven").boolean(row.integer(6) != 0);
        time_column(json, "first", row, 7);
        time_column(json, "last", row, 8);
        if (row.is_null(9))
          json.key("event").null();
        else
          json.field("event", hex(row.id(9)));
        json.end_object();
        line(out);
      });
}

auto show_coverage(const CaseReader& reader, const LineSink& line) -> Result<> {
  SJ_DO(reader.query(
      "SELECT quantity, words FROM claim WHERE predicate=102 AND literal='log' AND "
      "extractor='expose' ORDER BY id",
      [&](const Row& row) {
        auto out = "{\"kind\":\"log\"," + std::string(inside(row.text(0))) + ",\"words\":";
        append_json_text(out, row.text(1));
        line(out += '}');
      }));
  return reader.query(
      "SELECT g.kind, s.sha256, e.value, g.t0, g.t1, g.effect FROM gap g LEFT JOIN source s ON "
      "s.id=g.source LEFT JOIN entity e ON e.id=g.subject ORDER BY g.t0, g.t1, g.kind, g.id",
      [&](const Row& row) {
        auto out = std::string{};
        auto json = JsonWriter(out);
        json.begin_object().field("kind", "gap").field("gap", row.text(0));
        if (row.is_null(1))
          json.key("source").null();
        else
          json.field("source", hex(row.blob(1)));
        text_column(json, "entity", row, 2);
        time_column(json, "first", row, 3);
        time_column(json, "last", row, 4);
        json.field("effect", row.text(5)).end_object();
        line(out);
      });
}

}  // namespace serjeant
